"""
Hours, channels and targets of two tiers, in every kind of ticket that their rules tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.durations import spell_seconds
from upheld.core.periods import Period, merged
from upheld.core.plan.compare import due_times, open_time
from upheld.core.plan.compare.changes import ABSENT, Change, Said, Verdict, plainly
from upheld.core.plan.compare.due_times import Lateness, Promised
from upheld.core.plan.compare.sides import Side, Sides, unions
from upheld.core.plan.compare.values import order_of
from upheld.core.plan.describe.weeks import notation
from upheld.core.plan.lint.found import Key
from upheld.core.plan.lint.situations import Situation, first_fit, fits
from upheld.core.plan.model.metrics import Target
from upheld.core.plan.model.tiers import ChannelHours
from upheld.core.plan.places import Path
from upheld.core.plan.support_hours import ELAPSED

_STRENGTH: Final = {"none": 0, "best_effort": 1, "duration": 2}


@dataclass(frozen=True, slots=True)
class Promises:
    """
    Compares what the tiers of both sides promise; each pair of calendars and of promises is compared once.
    """

    sides: Sides
    _open: dict[Any, tuple[Verdict, Said]] = field(default_factory=dict, repr=False)
    _due: dict[Any, Lateness | None] = field(default_factory=dict, repr=False)

    def hours(self) -> Iterator[Change]:
        """
        Yield how support hours differ, by what decides them.
        """
        before, after = self.sides
        tried = self.sides.situations([*before.rules.hours, *after.rules.hours])
        if tried is None:
            yield _too_many("hours", ("hours",), (("tiers", before.tier, "hours"), ("tiers", after.tier, "hours")))
            return
        found: dict[Any, tuple[Change, list[Situation]]] = {}
        for situation in tried:
            rules = before.hours_rule(situation), after.hours_rule(situation)
            if rules[0] is None and rules[1] is None:
                continue
            change = self._hours(situation, rules)
            key = (rules, change.verdict, change.because.code, str(change.because.params))
            found.setdefault(key, (change, []))[1].append(situation)
        yield from _grouped([(change, each) for change, each in found.values()], len(tried))

    def _hours(self, situation: Situation, rules: tuple[int | None, int | None]) -> Change:
        sides = tuple(self.sides)
        names = [None if at is None else side.rules.hours[at].use for side, at in zip(sides, rules, strict=True)]
        verdict, because = self.calendars(names[0], names[1], situation)
        paths = [
            None if at is None else ("tiers", side.tier, "hours", at) for side, at in zip(sides, rules, strict=True)
        ]
        return Change(
            section="hours",
            subject=("hours",),
            verdict=verdict,
            before=self._calendar_named(0, names[0]),
            after=self._calendar_named(1, names[1]),
            because=because,
            before_path=paths[0],
            after_path=paths[1],
        )

    def _calendar_named(self, which: int, name: str | None) -> Said:
        if name is None:
            return ABSENT
        return Said("compare.value", {"value": _hours_of(tuple(self.sides)[which], name)})

    def calendars(self, before: str | None, after: str | None, situation: Situation) -> tuple[Verdict, Said]:
        """
        Return how the open time of two calendars differs for the severity and channel of a situation.
        """
        if before is None or after is None:
            both_missing = before is after
            verdict = Verdict.SAME if both_missing else (Verdict.BETTER if before is None else Verdict.WORSE)
            return verdict, Said(
                "compare.same" if both_missing else ("compare.new" if before is None else "compare.gone")
            )
        severity, channel = _text(situation, "severity"), _text(situation, "channel")
        key = (before, after, severity, channel)
        if key not in self._open:
            self._open[key] = self._compared(before, after, severity, channel)
        return self._open[key]

    def _compared(self, before: str, after: str, severity: str | None, channel: str | None) -> tuple[Verdict, Said]:
        one, other = (
            side.calendar(name, severity, channel) for side, name in zip(self.sides, (before, after), strict=True)
        )
        if one is None or other is None:
            return Verdict.NOT_COMPARABLE, Said(
                "compare.calendar_unknown", {"calendar": before if one is None else after}
            )
        if not self._are_comparable(before, after):
            return Verdict.NOT_COMPARABLE, Said("compare.customers_hours", {"calendar": after})
        return _open_time(self.sides.before, [one], [other])

    def _are_comparable(self, before: str, after: str) -> bool:
        follows = [side.follows_customer(name) for side, name in zip(self.sides, (before, after), strict=True)]
        calendars = [side.calendar(name) for side, name in zip(self.sides, (before, after), strict=True)]
        never_closes = any(each is not None and len(each.opens) == 1 for each in calendars)
        return follows[0] == follows[1] or never_closes

    def channels(self) -> Iterator[Change]:
        """
        Yield how channels differ, for severities and for who may use them.
        """
        before, after = self.sides
        for channel in unions(before.rules.channels, after.rules.channels):
            yield from self._channel(channel)

    def _channel(self, channel: str) -> Iterator[Change]:
        paths: list[Path] = [("tiers", side.tier, "channels", channel) for side in self.sides]
        has = [channel in side.rules.channels for side in self.sides]
        if not all(has):
            came = has[1]
            yield Change(
                section="channels",
                subject=(channel,),
                verdict=Verdict.BETTER if came else Verdict.WORSE,
                before=ABSENT if came else Said("compare.there"),
                after=Said("compare.there") if came else ABSENT,
                because=Said("compare.new" if came else "compare.gone"),
                before_path=None if came else Key(paths[0]),
                after_path=Key(paths[1]) if came else None,
            )
            return
        found: dict[Any, tuple[Change, list[Situation]]] = {}
        severities = self.sides.severities()
        people = ("designated", "all") if self._tells_people_apart(channel) else ("all",)
        for who in people:
            for severity in severities:
                change = self._opening(channel, severity, who, (paths[0], paths[1]))
                if change is not None:
                    key = (change.verdict, change.because.code, str(change.because.params), who)
                    found.setdefault(key, (change, []))[1].append({"severity": severity})
        yield from _grouped([(change, each) for change, each in found.values()], len(severities))

    def _tells_people_apart(self, channel: str) -> bool:
        return any(each.contacts != "all" for side in self.sides for each in side.rules.channels.get(channel, ()))

    def _opening(self, channel: str, severity: str, who: str, paths: tuple[Path, Path]) -> Change | None:
        named = [self._open_calendars(side, channel, severity, who) for side in self.sides]
        if not named[0] and not named[1]:
            return None
        verdict, because = self._unions(named, severity, channel)
        subject = (channel,) if who == "all" else (channel, who)
        return Change(
            section="channels",
            subject=subject,
            verdict=verdict,
            before=_opened(self.sides.before, named[0]),
            after=_opened(self.sides.after, named[1]),
            because=because,
            before_path=paths[0],
            after_path=paths[1],
        )

    def _unions(self, named: Sequence[Sequence[str]], severity: str, channel: str) -> tuple[Verdict, Said]:
        if not named[0] or not named[1]:
            came = bool(named[1])
            return (Verdict.BETTER if came else Verdict.WORSE), Said("compare.new" if came else "compare.gone")
        calendars: list[list[CompiledCalendar]] = [[], []]
        for which, side in enumerate(self.sides):
            for name in named[which]:
                found = side.calendar(name, severity, channel)
                if found is None:
                    return Verdict.NOT_COMPARABLE, Said("compare.calendar_unknown", {"calendar": name})
                calendars[which].append(found)
        if not any(self._are_comparable(one, other) for one in named[0] for other in named[1]):
            return Verdict.NOT_COMPARABLE, Said("compare.customers_hours", {"calendar": named[1][0]})
        return _open_time(self.sides.before, calendars[0], calendars[1])

    def _open_calendars(self, side: Side, channel: str, severity: str, who: str) -> list[str]:
        """
        Return the calendars in which a channel is open for a severity and for everybody, or for designated contacts.
        """
        openings: Iterable[ChannelHours] = side.rules.channels.get(channel, ())
        found = []
        for each in openings:
            if (each.severities and severity not in each.severities) or (who == "all" and each.contacts != "all"):
                continue
            situation: Situation = {"severity": severity, "channel": channel}
            name = side.support_calendar(situation) if each.open == "support_hours" else each.open
            found += [name] if name else []
        return found

    def targets(self) -> Iterator[Change]:
        """
        Yield how targets differ, metric by metric and severity by severity.
        """
        before, after = self.sides
        for metric in unions(before.rules.targets, after.rules.targets):
            if metric not in before.plan.metrics and metric not in after.plan.metrics:
                continue
            rows = [*before.rules.targets.get(metric, ()), *after.rules.targets.get(metric, ())]
            only = [side.plan.metrics[metric].only_if for side in self.sides if metric in side.plan.metrics]
            tried = self.sides.situations([*only, *before.rules.hours, *after.rules.hours, *rows])
            if tried is None:
                paths: list[Path] = [("tiers", side.tier, "targets", metric) for side in self.sides]
                yield _too_many("targets", (metric,), (paths[0], paths[1]))
                continue
            yield from self._metric(metric, tried)

    def _metric(self, metric: str, tried: Sequence[Situation]) -> Iterator[Change]:
        for severity in self.sides.severities():
            mine = [each for each in tried if each.get("severity") == severity]
            found: dict[Any, tuple[Change, list[Situation]]] = {}
            for situation in mine:
                change = self._target(metric, severity, situation)
                if change is not None:
                    key = (change.verdict, change.before, change.after, change.because.code, str(change.because.params))
                    found.setdefault(_frozen(key), (change, []))[1].append(situation)
            yield from _grouped([(change, each) for change, each in found.values()], len(mine), without="severity")

    def _target(self, metric: str, severity: str, situation: Situation) -> Change | None:
        rows = [_row(side, metric, situation) for side in self.sides]
        if rows[0] is None and rows[1] is None:
            return None
        paths: list[Path | Key | None] = []
        for side, at in zip(self.sides, rows, strict=True):
            base: Path = ("tiers", side.tier, "targets", metric)
            paths.append(Key(base) if at is None else (*base, at))
        targets = [
            None if at is None else side.rules.targets[metric][at] for side, at in zip(self.sides, rows, strict=True)
        ]
        verdict, because = self._judged(metric, situation, targets[0], targets[1])
        return Change(
            section="targets",
            subject=(metric, severity),
            verdict=verdict,
            before=self._told(self.sides.before, situation, targets[0]),
            after=self._told(self.sides.after, situation, targets[1]),
            because=because,
            before_path=paths[0],
            after_path=paths[1],
        )

    def _judged(
        self, metric: str, situation: Situation, before: Target | None, after: Target | None
    ) -> tuple[Verdict, Said]:
        kinds = [each.kind if each else "none" for each in (before, after)]
        if kinds[0] != kinds[1]:
            return _by_kind(kinds[0], kinds[1])
        if before is None or after is None or kinds[0] != "duration":
            return Verdict.SAME, Said("compare.same")
        pairs = [(self.sides.before, before), (self.sides.after, after)]
        one, other = (self._promised(side, metric, situation, each) for side, each in pairs)
        names = [self._runs_on(side, situation, each) for side, each in pairs]
        if one is None or other is None or names[0] is None or names[1] is None:
            return Verdict.NOT_COMPARABLE, Said("compare.due_unknown")
        if not self._are_comparable(names[0], names[1]):
            return Verdict.NOT_COMPARABLE, Said("compare.customers_hours", {"calendar": names[1]})
        verdict, because = self._by_due_times(one, other)
        return _with_conditions(before, after, verdict, because)

    def _promised(self, side: Side, metric: str, situation: Situation, target: Target) -> Promised | None:
        if target.within is None:
            return None
        name = self._runs_on(side, situation, target)
        calendar = side.calendar(name, _text(situation, "severity"), _text(situation, "channel")) if name else None
        if calendar is None:
            return None
        length = target.within.with_mode(side.plan.metrics[metric].days or side.plan.days)
        return Promised(length, calendar, target.bound == "exclusive")

    @staticmethod
    def _runs_on(side: Side, situation: Situation, target: Target) -> str | None:
        if target.within is not None and target.within.elapsed:
            return ELAPSED
        return target.use or side.support_calendar(situation)

    def _by_due_times(self, one: Promised, other: Promised) -> tuple[Verdict, Said]:
        if one.calendar.revision == other.calendar.revision and one.length.mode == other.length.mode:
            order = order_of(one.length, other.length)
            if order == 0:
                return _by_bound(one, other)
        key = (id(one.calendar), one.length, id(other.calendar), other.length)
        if key not in self._due:
            self._due[key] = due_times.lateness(one, other, self.sides.before.span())
        found = self._due[key]
        if found is None:
            return Verdict.NOT_COMPARABLE, Said("compare.due_unknown")
        if found.later is None and found.earlier is None:
            return _by_bound(one, other)
        return _of_lateness(found, one.calendar.spec.zone)

    def _told(self, side: Side, situation: Situation, target: Target | None) -> Said:
        if target is None:
            return ABSENT
        if target.within is None:
            return Said("compare.target_kind", {"kind": target.kind})
        calendar = _hours_of(side, self._runs_on(side, situation, target) or "")
        length = f"{target.early} - {target.within}" if target.early else str(target.within)
        code = "compare.target_below" if target.bound == "exclusive" else "compare.target"
        return Said(code, {"length": length, "hours": calendar})


def _hours_of(side: Side, name: str) -> str:
    """
    Return the hours of a calendar and where they are meant: ``Mon-Fri 09:00-17:00, Europe/Zurich``.
    """
    rule = side.plan.calendars.get(name)
    if rule is None:
        return "24x7"
    week = notation(rule.week)
    zone = side.contract.zone if side.is_known and rule.zone in ("customer", "contract") else rule.zone
    return week if week == "24x7" else f"{week}, {zone}"


def _opened(side: Side, names: Sequence[str]) -> Said:
    return plainly([_hours_of(side, name) for name in dict.fromkeys(names)]) if names else ABSENT


def _row(side: Side, metric: str, situation: Situation) -> int | None:
    """
    Return the row of a metric that decides in a situation; none where the tier's tickets do not have the metric.
    """
    mine = {**situation, "tier": side.tier}
    rule = side.plan.metrics.get(metric)
    if rule is None or not fits(rule.only_if, mine, side.plan):
        return None
    return first_fit(side.rules.targets.get(metric, ()), mine, side.plan)


def _by_kind(before: str, after: str) -> tuple[Verdict, Said]:
    if before not in _STRENGTH or after not in _STRENGTH:
        return Verdict.NOT_COMPARABLE, Said("compare.kinds", {"before": before, "after": after})
    facts = {"before": before.replace("_", " "), "after": after.replace("_", " ")}
    if _STRENGTH[after] > _STRENGTH[before]:
        return Verdict.BETTER, Said("compare.kind_better", facts)
    return Verdict.WORSE, Said("compare.kind_worse", facts)


def _by_bound(one: Promised, other: Promised) -> tuple[Verdict, Said]:
    if one.is_exclusive == other.is_exclusive:
        return Verdict.SAME, Said("compare.due_same")
    if other.is_exclusive:
        return Verdict.BETTER, Said("compare.bound_better")
    return Verdict.WORSE, Said("compare.bound_worse")


def _of_lateness(found: Lateness, zone: str) -> tuple[Verdict, Said]:
    facts: dict[str, Any] = {"zone": zone}
    sample = found.later or found.earlier
    if sample is not None:
        named = {"start": sample.start, "before": sample.before, "after": sample.after}
        facts |= {name: open_time.moment(at, zone) for name, at in named.items()}
    if found.later is None:
        return Verdict.BETTER, Said("compare.due_earlier", facts)
    facts |= {"most": spell_seconds(found.most), "percent": found.percent}
    if found.equal is None:
        return Verdict.WORSE, Said("compare.due_later", facts)
    equal = {
        "equal_start": open_time.moment(found.equal.start, zone),
        "equal": open_time.moment(found.equal.after, zone),
    }
    return Verdict.WORSE, Said("compare.due_later_sometimes", {**facts, **equal})


def _with_conditions(before: Target, after: Target, verdict: Verdict, because: Said) -> tuple[Verdict, Said]:
    """
    Return the verdict with what else keeps the promise: more ways to keep it are worse.
    """
    if before.or_agreed != after.or_agreed and verdict is not Verdict.WORSE:
        return Verdict.NOT_COMPARABLE, Said("compare.or_agreed")
    one, other = set(before.or_met_by), set(after.or_met_by)
    if one == other or verdict is Verdict.WORSE:
        return verdict, because
    if other - one:
        return Verdict.WORSE, Said("compare.kept_by_more", {"events": sorted(other - one)})
    return Verdict.BETTER, Said("compare.kept_by_less", {"events": sorted(one - other)})


def _open_time(
    side: Side, before: Sequence[CompiledCalendar], after: Sequence[CompiledCalendar]
) -> tuple[Verdict, Said]:
    span = side.span()
    found = open_time.difference(_periods(before, span), _periods(after, span))
    return found.verdict, open_time.because(found, before[0].spec.zone)


def _periods(calendars: Sequence[CompiledCalendar], span: Period) -> tuple[Period, ...]:
    return merged(period for each in calendars for period in each.open_periods(span.start, span.end))


def _text(situation: Situation, key: str) -> str | None:
    value = situation.get(key)
    return value if isinstance(value, str) else None


def _frozen(key: tuple[Any, ...]) -> str:
    return repr(key)


def _grouped(found: list[tuple[Change, list[Situation]]], tried: int, *, without: str = "") -> Iterator[Change]:
    """
    Yield changes with the situations in which each holds, where that is not all of them.
    """
    for change, situations in found:
        if len(situations) == tried or len(found) == 1:
            yield change
            continue
        where = _common(situations, without)
        yield _about(change, where) if where else change


def _common(situations: Sequence[Situation], without: str) -> list[str]:
    """
    Return what situations have in common: the severities in which they lie, then other facts.
    """
    first = situations[0]
    shared = {
        name: value
        for name, value in first.items()
        if name not in ("tier", "severity")
        and value not in (None, False)
        and all(each.get(name) == value for each in situations)
    }
    severities = unions([str(each["severity"]) for each in situations if each.get("severity")])
    facts = [name if value is True else f"{name}: {value}" for name, value in shared.items()]
    return [*([] if without == "severity" else severities), *facts]


def _about(change: Change, where: list[str]) -> Change:
    return replace(change, subject=(*change.subject, *where))


def _too_many(section: str, subject: tuple[str, ...], paths: tuple[Path, Path]) -> Change:
    return Change(
        section=section,
        subject=subject,
        verdict=Verdict.NOT_COMPARABLE,
        before=Said("compare.there"),
        after=Said("compare.there"),
        because=Said("compare.too_many_situations"),
        before_path=Key(paths[0]),
        after_path=Key(paths[1]),
    )
