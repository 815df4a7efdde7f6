"""
Explanations in words: the steps and stretches of a clock as sentences, in the reader's zone and the plan's names.

Invariant: nothing is decided here; each sentence is one step of the core with its parameters made readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upheld.core.calendars.zones import zone
from upheld.core.clocks.explain import Explanation, Standing, Step
from upheld.core.clocks.stretches import Stretch, StretchKind
from upheld.core.durations import DAY, HOUR, MINUTE, DayMode, Duration, Unit
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.support_hours import ELAPSED
from upheld.rendering.dates import dated
from upheld.rendering.findings import visible
from upheld.wording import say, word
from upheld.wording.clocks import AFTER, CONDITIONS, ENDS, EXCLUSIONS, MILESTONE, PROMISES, STATES, STRETCHES, TRIGGERS


def spell(seconds: int) -> str:
    """
    Return a length of support time as people read it; days are never made up, for nobody knows how long one is.

    >>> spell(5430), spell(266400), spell(0), spell(-1800)
    ('1 h 30 min 30 s', '74 h', '0 min', '-30 min')
    """
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for size, unit in ((HOUR, "h"), (MINUTE, "min"), (1, "s")):
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {unit}")
    return sign + (" ".join(parts) or "0 min")


def spell_elapsed(seconds: int, language: str = "en") -> str:
    """
    Return a length of elapsed time as people read it: from a day on in days of 24 hours and whole hours.

    >>> spell_elapsed(266700), spell_elapsed(86400), spell_elapsed(86399)
    ('3 days 2 h', '1 day', '23 h 59 min 59 s')
    """
    if seconds < DAY:
        return spell(seconds)
    days, rest = divmod(seconds, DAY)
    hours = f" {rest // HOUR} h" if rest >= HOUR else ""
    return f"{days} {word('day' if days == 1 else 'days', language)}{hours}"


@dataclass(frozen=True, slots=True)
class Reader:
    """
    For whom a text is made: the plan whose names are used, the reader's zone (IANA) and language.
    """

    plan: Plan
    zone: str
    language: str = "en"

    def moment(self, instant: Instant | None) -> str:
        """
        Return an instant in the reader's zone: ``Fri 17 Apr 2026 16:30 PDT``.
        """
        if instant is None:
            return self.word("now")
        name = to_datetime(instant, zone(self.zone)).tzname() or ""
        # Many zones have no letters, only their distance: "-03" alone would read like a range.
        return self._shown(
            instant, "{weekday} {day} {month} {year}", f" UTC{name}" if name[:1] in {"+", "-"} else f" {name}"
        )

    def day_time(self, instant: Instant) -> str:
        """
        Return an instant without its year and zone: ``Fri 17 Apr 16:30``.
        """
        return self._shown(instant, "{weekday} {day} {month}")

    def _shown(self, instant: Instant, date: str, tail: str = "") -> str:
        local = to_datetime(instant, zone(self.zone))
        clock = local.strftime("%H:%M:%S" if local.second else "%H:%M")
        return f"{dated(local, date, self.language)} {clock}{tail}"

    def word(self, text: str) -> str:
        """
        Return a word or a part of a sentence in the reader's language.
        """
        return word(text, self.language)

    def named(self, text: Mapping[str, str] | None, otherwise: str) -> str:
        """
        Return a text of the plan in the reader's language, or ``otherwise`` where it has none.
        """
        return visible(in_language(text, self.language, otherwise))

    def metric(self, name: str) -> str:
        """
        Return what people call a metric.
        """
        rule = self.plan.metrics.get(name)
        return self.named(rule.name if rule else None, plain(name))

    def tier(self, name: str) -> str:
        """
        Return what people call a tier.
        """
        rule = self.plan.tiers.get(name)
        return self.named(rule.name if rule else None, plain(name))

    def severity(self, name: str | None) -> str:
        """
        Return what people call a severity.
        """
        if name is None:
            return self.word("no severity")
        rule = self.plan.severities.get(name)
        return self.named(rule.name if rule else None, plain(name))

    def calendar(self, name: str | None) -> str:
        """
        Return what people call a calendar, as a part of "it counts in ...".
        """
        if name is None or name == ELAPSED:
            return self.word("all hours, day and night")
        return self.word("the support hours {name}").format(name=self.calendar_name(name))

    def calendar_name(self, name: str | None) -> str:
        """
        Return what people call a calendar, in quotes.
        """
        title = self.calendar_title(name)
        return title if name is None or name == ELAPSED else self.word("“{name}”").format(name=title)

    def calendar_title(self, name: str | None) -> str:
        """
        Return what people call a calendar, as it stands alone.
        """
        if name is None or name == ELAPSED:
            return self.word("all hours")
        rule = self.plan.calendars.get(name)
        return self.named(rule.name if rule else None, plain(name))

    def conditions(self, names: tuple[str, ...]) -> str:
        """
        Return what people call conditions of a ticket.
        """
        words = (
            self.named(self.plan.statuses.get(name), self.word(CONDITIONS.get(name, plain(name).lower())))
            for name in names
        )
        return ", ".join(words)

    def length(self, duration: Duration | None, calendar: str | None = None) -> str:
        """
        Return a length as a promise says it: hours as "4 h", days with how they count ("2 support days of 9 h").
        """
        if duration is None:
            return self.word("no time")
        if duration.unit is not Unit.DAYS:
            return spell(duration.count) if duration.unit is Unit.SECONDS else str(duration)
        days = self.word("{count} support day" if duration.count == 1 else "{count} support days")
        tail = {DayMode.SAME_TIME: self.word(" (same time of day)"), DayMode.END_OF_DAY: self.word(" (by closing)")}
        rule = self.plan.calendars.get(calendar or "")
        day = self.word(" of {length}").format(length=spell(rule.day.count)) if rule and rule.day else ""
        return f"{days.format(count=duration.count)}{tail.get(duration.mode or DayMode.HOURS, day)}"


def plain(name: str) -> str:
    """
    Return a name of the plan as words: ``first_response`` is "First response".
    """
    words = visible(name).replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def headline(explanation: Explanation, standing: Standing, reader: Reader) -> tuple[str, str]:
    """
    Return what is measured, and which time it is, and how it stands: ("Follow up (2)", "kept").
    """
    clock = explanation.clock
    cycle = f" ({clock.cycle})" if clock.cycle > 1 else ""
    return f"{reader.metric(clock.metric)}{cycle}", reader.word(STATES[standing.state.value])


def sentences(explanation: Explanation, reader: Reader) -> list[str]:
    """
    Return the explanation as sentences in order of time.
    """
    return [sentence(step, reader) for step in explanation.steps]


def sentence(step: Step, reader: Reader) -> str:
    """
    Return one step as a sentence.
    """
    return say(step.code, readable(step, reader), reader.language)


def readable(step: Step, reader: Reader) -> Mapping[str, object]:
    """
    Return a step's parameters as words.
    """
    given = step.params
    made: dict[str, object] = {
        "at": reader.moment(step.at),
        "metric": reader.metric(str(given.get("metric", ""))),
        "by": _by(str(given.get("by", "")), reader),
        "conditions": reader.conditions(tuple(given.get("conditions", ()))),
        "because": reader.word(ENDS.get(str(given.get("because")), plain(str(given.get("because"))).lower())),
        "cause": _cause(str(given.get("cause", "")), reader),
        **{name: reader.moment(value) for name, value in given.items() if name.endswith("_at")},
    }
    return made | _promise_words(given, reader) | _amounts(given, reader) | _due_change(given, reader)


def _due_change(given: Mapping[str, Any], reader: Reader) -> dict[str, str]:
    """
    Return how a due time moved, where a step tells that.
    """
    before, after = given.get("due_before_at"), given.get("due_after_at")
    if after is None:
        words = reader.word("there is no due time for the present")
    elif before is None or before == after:
        words = reader.word("due {after}").format(after=reader.moment(after))
    else:
        words = reader.word("due {after} instead of {before}").format(
            after=reader.moment(after), before=reader.moment(before)
        )
    return {"due_change": words}


def _promise_words(given: Mapping[str, Any], reader: Reader) -> dict[str, str]:
    """
    Return what is promised, for whom and in which hours, in words.
    """
    severity, calendar = given.get("severity"), given.get("calendar")
    new, old = reader.severity(severity), reader.severity(given.get("old_severity"))
    lengths = {name: reader.length(given.get(name), calendar) for name in ("length", "early")}
    is_elapsed = calendar == ELAPSED
    where = {"calendar": reader.calendar(calendar)}
    hours = reader.word(", day and night" if is_elapsed else ", counted in {calendar}").format_map(where)
    new_hours = reader.word(", day and night" if is_elapsed else ", in {calendar}").format_map(where)
    is_new = calendar != given.get("old_calendar")
    return {
        **lengths,
        "for_severity": reader.word(" for {severity}").format(severity=new) if severity else "",
        "severity": new,
        "old_severity": old,
        "from_to": reader.word("from {old} to {new}" if given.get("old_severity") else "to {new}").format(
            old=old, new=new
        ),
        "calendar": reader.calendar(calendar),
        "old_calendar": reader.calendar_name(given.get("old_calendar")),
        "hours": hours,
        "new_hours": new_hours if is_new else "",
        "or_agreed": reader.word(", or by a date agreed with the customer") if given.get("or_agreed") else "",
        "promise": reader.word(_promise(given)).format_map(lengths),
    }


def _promise(given: Mapping[str, Any]) -> str:
    kind = str(given.get("kind", "duration"))
    if given.get("early") is not None:
        kind = "range"
    elif given.get("is_exclusive"):
        kind = "less_than"
    return PROMISES.get(kind, PROMISES["duration"])


def _amounts(given: Mapping[str, Any], reader: Reader) -> dict[str, str]:
    """
    Return lengths of time, and the tails of sentences that are there only with one: how much, how late.
    """
    names = ("spent", "allowed", "left", "overrun", "late_elapsed", "to_go_elapsed")
    spent, allowed, left, overrun, late, to_go = (int(given.get(f"{name}_seconds") or 0) for name in names)
    tells_overrun = overrun > 0 and overrun != late
    return {
        "spent": spell(spent),
        "left": spell(left),
        "to_go": spell_elapsed(to_go, reader.language),
        "with_left": reader.word(", with {left} left").format(left=spell(left))
        if given.get("left_seconds") is not None
        else "",
        "used": reader.word(", {spent} of {allowed} used").format(spent=spell(spent), allowed=spell(allowed))
        if allowed
        else "",
        "late": reader.word("{length} late").format(length=spell_elapsed(late, reader.language))
        if late
        else reader.word("at the very moment before which it was due"),
        "overrun": reader.word(" ({length} of it in support hours)").format(length=spell(overrun))
        if tells_overrun
        else "",
    }


def _by(told: str, reader: Reader) -> str:
    kind, _, name = told.partition(":")
    if kind == "milestone":
        return reader.word(MILESTONE).format(name=reader.named(reader.plan.milestones.get(name), plain(name)))
    if kind == "after":
        return reader.word(AFTER).format(name=reader.metric(name))
    return reader.word(TRIGGERS.get(told, plain(told).lower()))


def _cause(name: str, reader: Reader) -> str:
    rule = reader.plan.exclusions.get(name)
    return reader.named(rule.text if rule else None, reader.word(EXCLUSIONS.get(name, plain(name).lower()))).rstrip(".")


def stretch_line(stretch: Stretch, reader: Reader) -> tuple[str, str, str, str]:
    """
    Return (from, to, kind in words, support time in it in words) of a stretch.
    """
    return reader.moment(stretch.since), reader.moment(stretch.until), kind_of(stretch, reader), spell(stretch.seconds)


def kind_of(stretch: Stretch, reader: Reader) -> str:
    """
    Return what a stretch was for the clock: ``paused: waiting on the customer``.
    """
    kind = reader.word(STRETCHES[stretch.kind.value])
    return f"{kind}: {reader.conditions(stretch.paused_by)}" if stretch.paused_by else kind


def computation(explanation: Explanation, reader: Reader) -> str:
    """
    Return the sum on one line: ``30 min (Fri 17 Apr 16:30-17:00) + 3 h 30 min (Mon 20 Apr 08:00-11:30) = 4 h``.
    """
    counted = [each for each in explanation.stretches if each.kind is StretchKind.COUNTED]
    if not counted:
        return ""
    parts = [f"{spell(each.seconds)} ({span(each, reader)})" for each in counted]
    return f"{' + '.join(parts)} = {spell(explanation.counted_seconds)}"


def span(stretch: Stretch, reader: Reader) -> str:
    """
    Return from when to when, the second date only where it is another one: ``Fri 17 Apr 16:30-17:00``.
    """
    place = zone(reader.zone)
    same_day = to_datetime(stretch.since, place).date() == to_datetime(stretch.until, place).date()
    until = reader.day_time(stretch.until)
    return f"{reader.day_time(stretch.since)}-{until.rpartition(' ')[2] if same_day else until}"
