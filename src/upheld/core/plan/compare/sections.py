"""
Every section of a plan that is not hours, channels, targets or coverage: entry by entry, key by key.

Invariant: no section of the plan format is left out; one without rules of its own is compared key by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from upheld.core.dates import MONTHS
from upheld.core.plan.compare import money
from upheld.core.plan.compare.changes import ABSENT, SECTIONS, Change, Said, Verdict, merely, plainly
from upheld.core.plan.compare.leanings import Lean, Leaning
from upheld.core.plan.compare.parts import Compared
from upheld.core.plan.compare.promises import Promises
from upheld.core.plan.compare.sides import Sides
from upheld.core.plan.compare.values import judged
from upheld.core.plan.lint.found import Key
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import Part
from upheld.core.plan.places import Path

GAINED: Final[Mapping[str, Verdict]] = {
    "allowances": Verdict.BETTER,
    "reviews": Verdict.BETTER,
    "roles": Verdict.BETTER,
    "rights": Verdict.BETTER,
    "credits": Verdict.BETTER,
    "compliance": Verdict.BETTER,
    "availability": Verdict.BETTER,
    "measured": Verdict.BETTER,
    "notices": Verdict.BETTER,
    "security_fixes": Verdict.BETTER,
    "provisioning": Verdict.BETTER,
    "escalations": Verdict.BETTER,
    "exclusions": Verdict.WORSE,
    "duties": Verdict.WORSE,
    "maintenance": Verdict.WORSE,
    "contacts": Verdict.NOT_COMPARABLE,
    "severities": Verdict.NOT_COMPARABLE,
    "metrics": Verdict.BETTER,
    "request_types": Verdict.BETTER,
    "environments": Verdict.BETTER,
}
"""What a new entry of a section is for the customer; a lost one is the opposite."""
BY_TIER: Final = ("allowances", "reviews", "roles", "rights", "credits", "contacts", "request_types")
"""Sections whose entries name the tiers that have them."""
SINGLE: Final = ("terms", "recovery", "reproduction", "fair_use", "severity_process")
"""Sections that are one part."""
QUIET: Final = ("severities", "environments", "request_types", "products", "intake", "metrics")
"""Sections of which only what differs is told."""
NAMES: Final = ("add_ons", "products", "components")
"""Sections of names and texts alone."""
ELSEWHERE: Final = frozenset(
    {"upheld", "plan", "version", "name", "vendor", "source", "effective", "language", "zone", "days", "assumptions",
     "tiers", "coverage", "intake", "calendars", "holiday_lists", "channels", "milestones", "statuses", "regions"}
)  # fmt: skip
"""Keys that are no promise, or are compared by their meaning where they are used."""


@dataclass(frozen=True, slots=True)
class Rest:
    """
    Compares every section that is not hours, channels, targets or coverage.
    """

    sides: Sides
    promises: Promises

    def changes(self) -> Iterator[Change]:
        """
        Yield the changes of every section; in those that promise nothing by themselves, only what differs.
        """
        for each in self._changes():
            if each.verdict is not Verdict.SAME or each.section not in QUIET:
                yield each

    def _changes(self) -> Iterator[Change]:
        before, after = (each.plan for each in self.sides)
        for section in Plan.model_fields:
            if section in ELSEWHERE:
                continue
            compared = Compared(section if section in SECTIONS else _HOME[section], self._calendars)
            one, other = getattr(before, section), getattr(after, section)
            if section in NAMES:
                yield from _named_texts(compared, one, other, section)
            elif section in SINGLE:
                yield from self._single(compared, one, other, section)
            elif isinstance(one, Mapping) and isinstance(other, Mapping):
                yield from self._section(compared, one, other, section)
            elif one != other:
                yield _unranked(compared, section)
        yield from self._intake(Compared("intake", self._calendars))

    def _calendars(self, before: str, after: str) -> tuple[Verdict, Said]:
        if before == "all_time" or after == "all_time":
            verdict = Verdict.SAME if before == after else Verdict.NOT_COMPARABLE
            return verdict, merely(verdict)
        return self.promises.calendars(before, after, {})

    def _single(self, compared: Compared, one: Part | None, other: Part | None, section: str) -> Iterator[Change]:
        if one is not None and other is not None:
            yield from compared.parts(one, other, ((section,), (section,)), ())
            if one == other and one.model_fields_set:
                there = Said("compare.there")
                where = Key((section,)), Key((section,))
                yield compared.change((section,), Verdict.SAME, (there, there), Said("compare.same"), where)
        elif one is not other:
            came = one is None
            verdict = Verdict.BETTER if came else Verdict.WORSE
            if section in ("fair_use", "reproduction"):
                verdict = Verdict.WORSE if came else Verdict.BETTER
            values = (ABSENT, Said("compare.there")) if came else (Said("compare.there"), ABSENT)
            path = Key((section,))
            places: tuple[Key | None, Key | None] = (None, path) if came else (path, None)
            yield compared.change((section,), verdict, values, Said("compare.new" if came else "compare.gone"), places)

    def _section(
        self, compared: Compared, one: Mapping[str, Any], other: Mapping[str, Any], section: str
    ) -> Iterator[Change]:
        before, after = self.sides
        if section in BY_TIER:
            one, other = _of_tier(one, before.tier), _of_tier(other, after.tier)
        if section == "metrics":
            one = {name: each for name, each in one.items() if name in before.rules.targets}
            other = {name: each for name, each in other.items() if name in after.rules.targets}
        if any(not isinstance(each, Part) for each in (*one.values(), *other.values())):
            if one != other:
                yield from _ladders(compared, one, other, section)
            return
        gained = GAINED.get(section, Verdict.NOT_COMPARABLE)
        extra = {"credits": self._credit, "allowances": self._allowance, "availability": self._availability,
                 "contacts": self._contacts, "reviews": self._review, "measured": self._measured}  # fmt: skip
        make = extra.get(section)

        def each(first: str, second: str) -> Iterator[Change]:
            if make is not None:
                yield from make(compared, one[first], other[second], (first, second))

        yield from compared.named(one, other, (section,), gained=gained, each=each)

    def _credit(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        yield from money.credit_changes(compared, one, other, names)

    def _allowance(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        tiers = self.sides.before.tier, self.sides.after.tier
        yield from money.allowance_changes(compared, one, other, names, tiers)

    def _availability(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        yield from self._by_tier(compared, "target", (one, other), names, absent="worst")

    def _contacts(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        yield from self._by_tier(compared, "at_most", (one, other), names, absent="best")

    def _measured(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        yield from self._by_tier(compared, "promise", (one, other), names, absent="")

    def _by_tier(
        self, compared: Compared, key: str, parts: tuple[Any, Any], names: tuple[str, str], *, absent: str
    ) -> Iterator[Change]:
        """
        Yield how a value differs that can be written for each tier, where either side does so.
        """
        pairs = zip(parts, self.sides, strict=True)
        values = [part.by_tier.get(side.tier, getattr(part, key)) for part, side in pairs]
        if values[0] == values[1] or not any(part.by_tier for part in parts):
            return
        verdict = judged(Leaning(Lean.MORE, absent), values[0], values[1])
        told = [ABSENT if each is None else plainly(each) for each in values]
        where = (compared.section, names[0], "by_tier"), (compared.section, names[1], "by_tier")
        yield compared.change((names[0], key), verdict, (told[0], told[1]), merely(verdict), where)

    def _review(self, compared: Compared, one: Any, other: Any, names: tuple[str, str]) -> Iterator[Change]:
        if one.every == other.every:
            return
        months = [MONTHS.get(each.every.each) for each in (one, other)]
        verdict = Verdict.NOT_COMPARABLE
        if months[0] and months[1] and months[0] != months[1]:
            verdict = Verdict.BETTER if months[1] < months[0] else Verdict.WORSE  # the more often, the better
        values = plainly(one.every.each), plainly(other.every.each)
        where = (("reviews", names[0], "every"), ("reviews", names[1], "every"))
        yield compared.change((names[0], "every"), verdict, values, merely(verdict), where)

    def _intake(self, compared: Compared) -> Iterator[Change]:
        one, other = (each.plan.intake for each in self.sides)
        yield from compared.parts(one, other, (("intake",), ("intake",)), ())
        known = [{each.field: (at, each) for at, each in enumerate(fields)} for fields in (one.fields, other.fields)]
        for name in dict.fromkeys((*known[0], *known[1])):
            found = [each.get(name) for each in known]
            paths: list[Path | None] = [None if each is None else ("intake", "fields", each[0]) for each in found]
            if found[0] is not None and found[1] is not None:
                where = (paths[0] or (), paths[1] or ())
                yield from compared.parts(found[0][1], found[1][1], where, (name,))
                continue
            came = found[0] is None
            there = found[1] if came else found[0]
            is_required = there is not None and there[1].required
            verdict = (Verdict.WORSE if came else Verdict.BETTER) if is_required else Verdict.SAME
            values = (ABSENT, Said("compare.there")) if came else (Said("compare.there"), ABSENT)
            because = Said("compare.asked" if came else "compare.not_asked")
            yield compared.change((name,), verdict, values, because, (paths[0], paths[1]))


_HOME: Final = {
    "urgencies": "severities",
    "severity_questions": "severities",
    "severity_matrix": "severities",
    "severity_scores": "severities",
    "severity_process": "severities",
    "components": "products",
}
"""Sections that are shown under another."""


def _unranked(compared: Compared, section: str) -> Change:
    there = Said("compare.there")
    because = Said("compare.not_ranked", {"key": section})
    where = Key((section,)), Key((section,))
    return compared.change((section,), Verdict.NOT_COMPARABLE, (there, there), because, where)


def _of_tier(parts: Mapping[str, Any], tier: str) -> dict[str, Any]:
    return {name: each for name, each in parts.items() if not each.tiers or tier in each.tiers}


def _named_texts(
    compared: Compared, one: Mapping[str, Any], other: Mapping[str, Any], section: str
) -> Iterator[Change]:
    for name in dict.fromkeys((*one, *other)):
        if (name in one) == (name in other):
            continue
        came = name in other
        values = (ABSENT, Said("compare.there")) if came else (Said("compare.there"), ABSENT)
        where = (None, (section, name)) if came else ((section, name), None)
        verdict = Verdict.BETTER if came else Verdict.WORSE
        yield compared.change((name,), verdict, values, Said("compare.new" if came else "compare.gone"), where)


def _ladders(compared: Compared, one: Mapping[str, Any], other: Mapping[str, Any], section: str) -> Iterator[Change]:
    """
    Yield what became of escalation ladders: step by step where both have it.
    """
    for name in dict.fromkeys((*one, *other)):
        steps = [{each.step: (at, each) for at, each in enumerate(ladder.get(name, ()))} for ladder in (one, other)]
        for step in dict.fromkeys((*steps[0], *steps[1])):
            found = [each.get(step) for each in steps]
            paths = [None if each is None else (section, name, each[0]) for each in found]
            if found[0] is not None and found[1] is not None:
                where = (paths[0] or (), paths[1] or ())
                yield from compared.parts(found[0][1], found[1][1], where, (name, step))
                continue
            came = found[0] is None
            values = (ABSENT, Said("compare.there")) if came else (Said("compare.there"), ABSENT)
            verdict = Verdict.BETTER if came else Verdict.WORSE
            because = Said("compare.new" if came else "compare.gone")
            yield compared.change((name, step), verdict, values, because, (paths[0], paths[1]))
