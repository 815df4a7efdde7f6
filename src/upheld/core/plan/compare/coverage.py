"""
Coverage: what becomes of each kind of request in each situation that the rules tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from upheld.core.plan.compare.changes import ABSENT, Change, Said, Verdict, merely, plainly
from upheld.core.plan.compare.sides import Side, Sides
from upheld.core.plan.lint.found import Key
from upheld.core.plan.lint.situations import Situation, first_fit
from upheld.core.plan.model.terms import CoverageRule

_STRENGTH: Final = {"covered": 3, "chargeable": 2, "best_effort": 2, "not_covered": 0}
"""How much a verdict promises; two of one strength, and what is undecided, cannot be ranked."""
_NOT_RANKED: Final = Said("compare.not_ranked", {"key": "coverage"})
_WHOLE: Final = (Key(("coverage",)), Key(("coverage",)))


def coverage_changes(sides: Sides) -> Iterator[Change]:
    """
    Yield what becomes of requests; rules that a person decides on grounds are compared as they stand.
    """
    deciding = [[(at, each) for at, each in enumerate(side.plan.coverage) if not each.grounds] for side in sides]
    if any(deciding):
        yield from _decided(sides, deciding)
    grounds = [[each for each in side.plan.coverage if each.grounds] for side in sides]
    if grounds[0] != grounds[1]:
        yield _change(("grounds",), Verdict.NOT_COMPARABLE, _counts(*grounds), _NOT_RANKED, _WHOLE)


def _decided(sides: Sides, deciding: Sequence[list[tuple[int, CoverageRule]]]) -> Iterator[Change]:
    tried = sides.situations([rule for rules in deciding for _, rule in rules])
    if tried is None:
        there = Said("compare.there"), Said("compare.there")
        yield _change(("coverage",), Verdict.NOT_COMPARABLE, there, Said("compare.too_many_situations"), _WHOLE)
        return
    seen: set[Any] = set()
    is_same = True
    for situation in tried:
        found = [_rule(side, rules, situation) for side, rules in zip(sides, deciding, strict=True)]
        key = (str(situation.get("request_type")), found[0] and found[0][0], found[1] and found[1][0])
        if key in seen:
            continue
        seen.add(key)
        change = _judged(situation, found[0], found[1])
        if change is not None:
            yield change
            is_same = False
    if is_same:
        there = Said("compare.there"), Said("compare.there")
        yield _change(("coverage",), Verdict.SAME, there, merely(Verdict.SAME), _WHOLE)


def _rule(side: Side, rules: list[tuple[int, CoverageRule]], situation: Situation) -> tuple[int, CoverageRule] | None:
    at = first_fit([rule for _, rule in rules], {**situation, "tier": side.tier}, side.plan)
    return None if at is None else rules[at]


def _judged(
    situation: Situation, before: tuple[int, CoverageRule] | None, after: tuple[int, CoverageRule] | None
) -> Change | None:
    words = [each[1].coverage if each else "undecided" for each in (before, after)]
    if words[0] == words[1] and (before and before[1].excluded_from) == (after and after[1].excluded_from):
        return None
    verdict = _verdict(words[0], words[1])
    paths: list[Any] = [("coverage", each[0]) if each else None for each in (before, after)]
    subject = (str(situation.get("request_type") or "other"),)
    values = plainly(words[0].replace("_", " ")), plainly(words[1].replace("_", " "))
    because = _NOT_RANKED if verdict is Verdict.NOT_COMPARABLE else merely(verdict)
    return _change(subject, verdict, values, because, (paths[0], paths[1]))


def _verdict(before: str, after: str) -> Verdict:
    one, other = _STRENGTH.get(before), _STRENGTH.get(after)
    if one is None or other is None or one == other:
        return Verdict.NOT_COMPARABLE
    return Verdict.BETTER if other > one else Verdict.WORSE


def _counts(before: Sequence[CoverageRule], after: Sequence[CoverageRule]) -> tuple[Said, Said]:
    told = [Said("compare.entries", {"count": len(rules)}) if rules else ABSENT for rules in (before, after)]
    return told[0], told[1]


def _change(
    subject: tuple[str, ...], verdict: Verdict, values: tuple[Said, Said], because: Said, where: tuple[Any, Any]
) -> Change:
    return Change(
        section="coverage",
        subject=subject,
        verdict=verdict,
        before=values[0],
        after=values[1],
        because=because,
        before_path=where[0],
        after_path=where[1],
    )
