"""
What the oracle knows of a ticket: what was agreed, what happened in order, and what ruled when.

Invariant: it reads the records of events as plain data, and shares no code with :mod:`upheld.core.clocks`.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.trust.oracle_hours import NotUnderstoodError, SlowHours, closing_days

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agreed:
    """
    What was agreed with a customer, and the holidays of the plan's lists, as they are stored.
    """

    plan: Plan
    tier: str
    zone: str
    regions: frozenset[str]
    language: str
    add_ons: frozenset[str]
    holidays: Mapping[str, frozenset[dt.date]]
    zones: Mapping[str, bytes] = field(default_factory=dict)
    """Rules of zones where they are not the packaged ones, as files of the zone data."""
    _hours: dict[Any, SlowHours] = field(default_factory=dict)

    def hours(self, name: str, severity: str | None, channel: str | None) -> SlowHours:
        """
        Return the slow hours of a calendar as they hold for a severity and a channel.
        """
        if name == "elapsed":
            return self._hours.setdefault(name, SlowHours(None, "UTC"))
        rule = self.plan.calendars[name]
        zone = self.zone if rule.zone in ("customer", "contract") else rule.zone
        closed = closing_days(rule, self.holidays, severity, channel)
        return self._hours.setdefault((name, zone, closed), SlowHours(rule, zone, closed, self.zones.get(zone)))


class Shift(NamedTuple):
    """
    Where something else was agreed from then on: at which event, whether a plan version (``plan``) or other holidays
    (``calendar``), and what holds then.
    """

    at: Instant
    seq: int
    kind: str
    agreed: Agreed


class Moment(NamedTuple):
    """
    All that rules from an instant on.
    """

    severity: str | None
    tier: str
    phoned: bool
    reached: frozenset[str]
    conditions: frozenset[str]


class Happening(NamedTuple):
    """
    One thing that a clock may care about, as a word of the plan.
    """

    at: Instant
    seq: int
    word: str


_WORDS: Final = {
    "acknowledged": "acknowledgement",
    "severity_assigned": "severity_assigned",
    "severity_confirmed": "severity_confirmed",
    "intake_completed": "intake_completed",
    "workaround_given": "workaround",
    "remediation_planned": "remediation_plan",
    "reopened": "reopened",
    "merged": "merged",
}


def standing(records: Sequence[Record]) -> list[Record]:
    """
    Return the records that count, in the order in which they happened; what came before the opening counts as of it.
    """
    wrong: set[int] = set()
    for record in sorted(records, key=lambda each: -int(each["seq"])):
        if record["kind"] == "corrected" and record["seq"] not in wrong and record["corrected_seq"] < record["seq"]:
            wrong.add(record["corrected_seq"])
    left = [each for each in records if each["seq"] not in wrong]
    left.sort(key=lambda each: (each["effective_at"], each["seq"]))
    opening = next((each for each in left if each["kind"] == "opened"), None)
    if opening is None:
        raise NotUnderstoodError("a ticket that was never opened")
    at = opening["effective_at"]
    before = [{**each, "effective_at": at} for each in left if each["effective_at"] < at]
    after = [each for each in left if each["effective_at"] >= at and each is not opening]
    return [opening, *before, *after]


class Course:
    """
    A ticket's course: what happened in order, and what ruled when.
    """

    def __init__(self, records: Sequence[Record], agreed: Agreed, later: Mapping[int, tuple[str, Agreed]]) -> None:
        self.agreed, self.plan = agreed, agreed.plan
        self.later, self.shifts = later, [Shift(0, 0, "plan", agreed)]
        self.happenings: list[Happening] = []
        self.moments: dict[Instant, Moment] = {}
        self.agreements = False
        self.left_by: dict[str, str] = {}
        self.decided: dict[str | None, Record] = {}
        self.assigned: str | None = None
        self.urgency: str | None = None
        self.suggested: str | None = None
        self.tier, self.phoned, self.status = agreed.tier, False, ""
        self.reached: set[str] = set()
        self.paused: set[str] = set()
        self.flags: set[str] = set()
        self.opening: Record = {}
        for record in standing(records):
            self._take(record)
        self.agreed, self.plan = agreed, agreed.plan

    def cause_outside(self, metric: str) -> str:
        """
        Return why a metric's clocks stand outside the promise, or nothing: what a person decided for the metric or else
        for all of them; where nobody did, that the request is not covered, or that the error does not show again.
        """
        decision = self.decided.get(metric, self.decided.get(None))
        if decision is not None:
            return str(decision["cause"]) if decision.get("excluded", True) else ""
        return self.left_by.get("coverage") or self.left_by.get("reproduction") or ""

    def under(self, phase: int) -> Course:
        """
        Return the same course as it is under what was agreed after so many shifts.
        """
        seen = copy.copy(self)
        seen.agreed = self.shifts[phase].agreed
        seen.plan = seen.agreed.plan
        return seen

    def lasting(self, phase: int, limit: int) -> int:
        """
        Return the last phase up to ``limit`` that has the plan version of another one.
        """
        kinds = [each.kind for each in self.shifts[phase + 1 : limit + 1]]
        return phase + (kinds.index("plan") if "plan" in kinds else len(kinds))

    def at(self, instant: Instant) -> Moment:
        """
        Return what rules at an instant: the last word spoken at or before it.
        """
        found = next(iter(self.moments.values()))
        for at, moment in self.moments.items():
            if at > instant:
                break
            found = moment
        return found

    def _severity(self) -> str | None:
        process = self.plan.severity_process
        if self.assigned is not None:
            return self.assigned
        match process.until_assigned:
            case "urgency":
                return None if process.confirmed_by_support else self.urgency
            case "suggestion":
                return self.suggested or self.urgency
            case "gravest":
                return next(iter(self.plan.severities))
            case "none":
                return None
            case named:
                return named

    def _settle(self, record: Record) -> None:
        conditions = frozenset(self.paused | self.flags | ({self.status} - {""}))
        now = Moment(self._severity(), self.tier, self.phoned, frozenset(self.reached), conditions)
        before = list(self.moments.values())[-1] if self.moments else None
        if before is not None and before.conditions != conditions:
            self._say(record, "conditions_changed")
        if before != now:
            self.moments[record["effective_at"]] = now

    def _say(self, record: Record, *words: str) -> None:
        self.happenings += [Happening(record["effective_at"], record["seq"], word) for word in words]

    def _take(self, record: Record) -> None:
        kind = record["kind"]
        says = [_WORDS[kind]] if kind in _WORDS else []
        if kind in _TAKES:
            says = _TAKES[kind](self, record, says)
        late = kind in ("resolved", "closed", "message_sent", "merged", "assigned", "remediation_planned")
        if late:
            self._say(record, *says)
            self._settle(record)
        else:
            self._settle(record)
            self._say(record, *says)


def _opened(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.opening = record
    channel = course.plan.channels.get(record.get("channel") or "")
    course.phoned = channel is not None and channel.kind == "telephone"
    return ["opened", "phoned"] if course.phoned else ["opened"]


def _received(course: Course, record: Record, _says: list[str]) -> list[str]:
    if record.get("automatic") or not record.get("public", True):
        return []
    course.status = "" if course.status == "waiting_on_customer" else course.status
    course.paused.discard("waiting_on_customer")
    return ["customer_message"]


def _sent(_course: Course, record: Record, _says: list[str]) -> list[str]:
    return ["reply"] if record.get("public", True) and not record.get("automatic") else []


def _acknowledged(_course: Course, record: Record, says: list[str]) -> list[str]:
    return [] if record.get("automatic") else says


def _stated(course: Course, record: Record, _says: list[str]) -> list[str]:
    word = record["urgency"]
    if word in course.plan.severities:
        course.urgency = word
    elif word in course.plan.urgencies:
        course.urgency = course.plan.urgencies[word].severity
    return []


def _suggested(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.suggested = record.get("severity")
    return []


def _assigned_severity(course: Course, record: Record, says: list[str]) -> list[str]:
    course.assigned = record["severity"]
    return says


def _called(course: Course, record: Record, _says: list[str]) -> list[str]:
    inbound = record.get("inbound", True)
    course.phoned = course.phoned or inbound
    return ["phoned" if inbound else "call_back"]


def _status(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.status = record["status"]
    return []


def _paused(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.paused.add(record["condition"])
    return []


def _resumed(course: Course, record: Record, _says: list[str]) -> list[str]:
    condition = record.get("condition")
    course.paused = set() if condition is None else course.paused - {condition}
    course.status = "" if condition in (None, course.status) else course.status
    return []


def _asked(course: Course, _record: Record, _says: list[str]) -> list[str]:
    course.flags.add("intake_missing")
    return []


def _complete(course: Course, _record: Record, says: list[str]) -> list[str]:
    course.flags.discard("intake_missing")
    return says


def _given_to(_course: Course, record: Record, _says: list[str]) -> list[str]:
    return [] if record.get("to") is None else ["assigned"]


def _reproduced(course: Course, record: Record, _says: list[str]) -> list[str]:
    rule, outcome = course.plan.reproduction, record["outcome"]
    is_outside = outcome == "not_reproducible" and rule is not None and rule.excluded_from in _OUT
    course.left_by["reproduction"] = outcome if is_outside else ""
    return ["reproduced"] if outcome == "reproduced" else []


def _covered(course: Course, record: Record, _says: list[str]) -> list[str]:
    ruled: dict[str, str] = {
        f"coverage[{index}]": rule.excluded_from for index, rule in enumerate(course.plan.coverage)
    }
    is_outside = record["coverage"] in ("best_effort", "not_covered") or ruled.get(record.get("rule") or "") in _OUT
    course.left_by["coverage"] = record["coverage"] if is_outside else ""
    return []


def _excluded(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.decided[record.get("metric")] = record
    return []


def _planned(course: Course, record: Record, says: list[str]) -> list[str]:
    course.agreements = course.agreements or record.get("promised_for") is not None
    return says


def _milestone(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.reached.add(record["milestone"])
    return [f"milestone:{record['milestone']}"]


def _bound(course: Course, record: Record, _says: list[str]) -> list[str]:
    course.tier = record["tier"]
    return []


def _resolved(course: Course, record: Record, _says: list[str]) -> list[str]:
    says = [] if "resolved" in course.flags else ["resolved"]
    course.flags.add("resolved")
    return [*says, "closed"] if record["kind"] == "closed" else says


def _shifted(course: Course, record: Record, _says: list[str]) -> list[str]:
    if record["seq"] not in course.later:
        return []
    kind, agreed = course.later[record["seq"]]
    course.shifts.append(Shift(record["effective_at"], record["seq"], kind, agreed))
    course.plan = agreed.plan
    return ["shifted"]


def _reopened(course: Course, _record: Record, says: list[str]) -> list[str]:
    course.flags.discard("resolved")
    return says


_OUT: Final = ("targets", "credits")
_TAKES: Final = {
    "opened": _opened,
    "message_received": _received,
    "message_sent": _sent,
    "acknowledged": _acknowledged,
    "urgency_stated": _stated,
    "severity_suggested": _suggested,
    "severity_assigned": _assigned_severity,
    "severity_confirmed": _assigned_severity,
    "call_logged": _called,
    "status_changed": _status,
    "paused": _paused,
    "resumed": _resumed,
    "intake_requested": _asked,
    "intake_completed": _complete,
    "assigned": _given_to,
    "reproduction_recorded": _reproduced,
    "coverage_decided": _covered,
    "exclusion_decided": _excluded,
    "remediation_planned": _planned,
    "milestone_reached": _milestone,
    "contract_bound": _bound,
    "resolved": _resolved,
    "closed": _resolved,
    "reopened": _reopened,
    "plan_moved": _shifted,
    "calendar_moved": _shifted,
}
