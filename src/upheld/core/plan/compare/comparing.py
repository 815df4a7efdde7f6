"""
The comparison as a whole: tier by tier, then everything that plans say beside.

Invariant: every section of the plan format takes part; a section without rules of its own is compared key by key, and
what no rule ranks is not comparable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from upheld.core.errors import Place, UpheldError
from upheld.core.plan.compare.changes import ABSENT, ORDER, SECTIONS, Change, Comparison, Said, Verdict
from upheld.core.plan.compare.coverage import coverage_changes
from upheld.core.plan.compare.parts import paired
from upheld.core.plan.compare.promises import Promises
from upheld.core.plan.compare.sections import Rest
from upheld.core.plan.compare.sides import Sides, side, year_of
from upheld.core.plan.contract import Contract
from upheld.core.plan.lint.assumptions import resolved
from upheld.core.plan.lint.found import Key, Whereabouts
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.places import Document, Path


class CompareError(UpheldError):
    """
    Sides that cannot be held against each other.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    One side: a plan with its document, and a tier (all tiers that both sides have, where none is named). ``lists`` are
    holiday list revisions by name that are kept apart from the plan.
    """

    plan: Plan
    document: Document | None = None
    tier: str | None = None
    lists: Mapping[str, Any] = field(default_factory=dict)


def compare(
    before: Subject, after: Subject, *, contract: Contract | None = None, year: int | None = None
) -> Comparison:
    """
    Return what changes for the customer from one side to the other; ``contract`` gives its zone and place.

    Raises :class:`CompareError` ``compare.unknown_tier``, ``compare.no_common_tier``.
    """
    pairs = _pairs(before, after)
    tried = year or year_of(before.plan, after.plan)
    found: list[Change] = list(_tiers(before, after)) if before.tier is None else []
    per_tier = [list(_of_pair(before, after, pair, contract, tried)) for pair in pairs]
    found += _together(per_tier, [_label(pair) for pair in pairs])
    placed = [_placed(each, before, after) for each in found]
    placed.sort(key=lambda each: (SECTIONS.index(each.section), _rank(each)))
    return Comparison(
        before=(before.plan.plan, before.plan.version, before.tier or ""),
        after=(after.plan.plan, after.plan.version, after.tier or ""),
        year=tried,
        changes=tuple(placed),
        fees=tuple(_fees(before.plan, after.plan, pairs)),
        names=_names(before.plan, after.plan),
    )


def _rank(change: Change) -> int:
    """
    Return where a change stands in its section: the worst first; targets stay in the order of their severities.
    """
    return 0 if change.section == "targets" else ORDER.index(change.verdict)


def _pairs(before: Subject, after: Subject) -> list[tuple[str, str]]:
    for each in (before, after):
        if each.tier is not None and each.tier not in each.plan.tiers:
            raise CompareError("compare.unknown_tier", given=each.tier, known=list(each.plan.tiers))
    if before.tier is not None or after.tier is not None:
        one, other = before.tier or after.tier or "", after.tier or before.tier or ""
        for name, each in ((one, before), (other, after)):
            if name not in each.plan.tiers:
                raise CompareError("compare.unknown_tier", given=name, known=list(each.plan.tiers))
        return [(one, other)]
    pairs = [(one, other) for one, other in paired(before.plan.tiers, after.plan.tiers) if one and other]
    if not pairs:
        raise CompareError("compare.no_common_tier", before=list(before.plan.tiers), after=list(after.plan.tiers))
    return pairs


def _label(pair: tuple[str, str]) -> str:
    return pair[0] if pair[0] == pair[1] else f"{pair[0]} > {pair[1]}"


def _tiers(before: Subject, after: Subject) -> Iterator[Change]:
    for one, other in paired(before.plan.tiers, after.plan.tiers):
        if one and other:
            continue
        came = one is None
        path = Key(("tiers", one or other or ""))
        yield Change(
            section="tiers",
            subject=(one or other or "",),
            verdict=Verdict.BETTER if came else Verdict.WORSE,
            before=ABSENT if came else Said("compare.there"),
            after=Said("compare.there") if came else ABSENT,
            because=Said("compare.new" if came else "compare.tier_gone"),
            before_path=None if came else path,
            after_path=path if came else None,
        )


def _of_pair(
    before: Subject, after: Subject, pair: tuple[str, str], contract: Contract | None, year: int
) -> Iterator[Change]:
    mine = [None if contract is None else replace(contract, tier=tier) for tier in pair]
    sides = Sides(
        side(before.plan, pair[0], year, mine[0], before.lists), side(after.plan, pair[1], year, mine[1], after.lists)
    )
    promises = Promises(sides)
    yield from promises.hours()
    yield from promises.channels()
    yield from promises.targets()
    yield from coverage_changes(sides)
    yield from _features(sides)
    yield from Rest(sides, promises).changes()


def _features(sides: Sides) -> Iterator[Change]:
    one, other = (set(each.rules.features) for each in sides)
    for name in sorted(one ^ other):
        came = name in other
        tier = (sides.after if came else sides.before).tier
        yield Change(
            section="rights",
            subject=(name,),
            verdict=Verdict.BETTER if came else Verdict.WORSE,
            before=ABSENT if came else Said("compare.there"),
            after=Said("compare.there") if came else ABSENT,
            because=Said("compare.new" if came else "compare.gone"),
            before_path=None if came else ("tiers", tier, "features"),
            after_path=("tiers", tier, "features") if came else None,
        )


def _together(per_tier: list[list[Change]], labels: list[str]) -> Iterator[Change]:
    """
    Yield the changes of all tiers, each once; one that holds for some tiers only names them.
    """
    found: dict[str, tuple[Change, list[str]]] = {}
    for label, changes in zip(labels, per_tier, strict=True):
        for each in changes:
            key = repr((each.section, each.subject, each.verdict, each.before, each.after, each.because))
            found.setdefault(key, (each, []))[1].append(label)
    for change, tiers in found.values():
        if len(labels) == 1:
            yield change
            continue
        yield change if len(tiers) == len(labels) else replace(change, tiers=tuple(tiers))


def _placed(change: Change, before: Subject, after: Subject) -> Change:
    places = [_place(change.before_path, before), _place(change.after_path, after)]
    rests = any(_rests(path, each) for path, each in ((change.before_path, before), (change.after_path, after)))
    return replace(change, before_at=places[0], after_at=places[1], rests_on_assumption=rests)


def _place(path: Path | Key | None, subject: Subject) -> Place | None:
    if path is None or subject.document is None:
        return None
    return Whereabouts(subject.document).place(path)


def _rests(path: Path | Key | None, subject: Subject) -> bool:
    """
    Return whether a path lies in a place about which the plan has an assumption.
    """
    if path is None or subject.document is None:
        return False
    mine = path.path if isinstance(path, Key) else path
    whereabouts = Whereabouts(subject.document)
    for each in subject.plan.assumptions:
        about = resolved(subject.plan, whereabouts, each.about)
        if isinstance(about, tuple) and len(about) > 1 and mine[: len(about)] == about:
            return True
    return False


def _fees(before: Plan, after: Plan, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for one, other in pairs:
        fees = before.tiers[one].fee, after.tiers[other].fee
        if fees[0] != fees[1]:
            yield _label((one, other)), str(fees[0] or ""), str(fees[1] or "")


def _names(before: Plan, after: Plan) -> dict[str, str]:
    """
    Return what people call the parts that subjects name, by their names in the plans.
    """
    found: dict[str, str] = {}
    for plan in (before, after):
        for section in Plan.model_fields:
            parts = getattr(plan, section)
            if not isinstance(parts, Mapping):
                continue
            for name, part in parts.items():
                text = part if isinstance(part, dict) else getattr(part, "name", None)
                if isinstance(text, Mapping) and section not in ("escalations", "holiday_lists"):
                    found[f"{section}.{name}"] = in_language(text, "en", name)
    return found
