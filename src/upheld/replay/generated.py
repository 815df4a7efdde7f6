"""
A log of an invented company, made with a fixed seed, for when there is no real one to replay.

Invariant: the same seed gives the same bytes on every machine and every Python: only ``Random.random`` is drawn from,
integers are counted in minutes, and nothing depends on the clock or on hashing. Nothing in it is anybody's data.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

SEED: Final = 498
INCIDENTS: Final = 3_000
COLUMNS: Final = (
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla",
    "caller_id", "opened_at", "sys_updated_at", "contact_type", "location", "category", "priority",
    "assignment_group", "resolved_at", "closed_at",
)  # fmt: skip

_FIRST_DAY: Final = dt.datetime(2026, 1, 5)  # noqa: DTZ001  local time of the invented company, as such logs have it
_WEEKS: Final = 26
_WEEKDAYS: Final = ((0, 24), (1, 21), (2, 20), (3, 19), (4, 14), (5, 1), (6, 1))
_HOURS: Final = (
    (7, 3),
    (8, 13),
    (9, 16),
    (10, 15),
    (11, 11),
    (12, 6),
    (13, 9),
    (14, 12),
    (15, 10),
    (16, 8),
    (17, 4),
    (20, 1),
    (2, 1),
)
_PRIORITIES: Final = (("3 - Moderate", 76), ("4 - Low", 13), ("2 - High", 8), ("1 - Critical", 3))
_TYPICAL_MINUTES: Final = {"1 - Critical": 150, "2 - High": 400, "3 - Moderate": 900, "4 - Low": 1_300}
"""Working minutes in which half of the incidents are solved."""
_SITES: Final = (
    ("Halden Harbour", 30), ("Brevik Works", 22), ("Marken Office", 16), ("Lund Laboratory", 10), ("Tista Mill", 8),
    ("Fredriksten", 6), ("Svinesund Depot", 5), ("Remote staff", 3),
)  # fmt: skip
_PLUS: Final = (("Halden Harbour", 32_000), ("Brevik Works", 18_500))
"""Sites with the higher tier, and their monthly fee."""
_TEAMS: Final = (("Service desk", 50), ("Network", 14), ("Workplace", 16), ("Business systems", 20))
_CATEGORIES: Final = (("Access", 28), ("E-mail", 18), ("Network", 16), ("Hardware", 20), ("Applications", 18))
_WAITS: Final = (("Awaiting User Info", 80), ("Awaiting Vendor", 14), ("Awaiting Problem", 6))
_OPENS: Final = 8
_CLOSES: Final = 18
_SATURDAY: Final = 5
_BY_PHONE: Final = 0.55
_WAITS_OFTEN: Final = 0.24
_CHANGES_TEAM: Final = 0.3
_RAISED: Final = 0.015
_REOPENED: Final = 0.03
_STUCK: Final = 0.06
_STILL_OPEN: Final = 0.004

Choice = TypeVar("Choice")


@dataclass(slots=True)
class _Incident:
    """
    One incident as it is told, row by row.
    """

    number: str
    opened: dt.datetime
    caller: str
    site: str
    priority: str
    team: str
    channel: str
    category: str
    state: str = "New"
    updates: int = 0
    reassigned: int = 0
    reopened: int = 0


def log_bytes(seed: int = SEED, incidents: int = INCIDENTS) -> bytes:
    """
    Return the log as CSV in the columns of a ServiceNow incident event log.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(seed, incidents))
    return text.getvalue().encode()


def customers_bytes() -> bytes:
    """
    Return a file of the invented company's customers: its two largest sites have the higher tier, all have a fee.
    """
    lines = ["upheld-customers: 1", "default: {tier: standard, fee: 2400, currency: USD}", "customers:"]
    lines += [f"  {site}: {{tier: plus, fee: {fee}, currency: USD}}" for site, fee in _PLUS]
    return ("\n".join(lines) + "\n").encode()


def rows(seed: int = SEED, incidents: int = INCIDENTS) -> Iterator[tuple[str, ...]]:
    """
    Yield the rows of the log, incident by incident in the order of their opening.
    """
    draw = random.Random(seed)  # noqa: S311  invented data, not secrets
    openings = sorted(_opening(draw) for _ in range(incidents))
    for position, opened in enumerate(openings):
        yield from _told(draw, _Incident(
            number=f"INC{position + 10_001:07}", opened=opened, caller=f"Caller {1 + int(draw.random() * 600)}",
            site=_picked(draw, _SITES), priority=_picked(draw, _PRIORITIES), team=_picked(draw, _TEAMS),
            channel="Phone" if draw.random() < _BY_PHONE else "Self-service", category=_picked(draw, _CATEGORIES),
        ))  # fmt: skip


def _told(draw: random.Random, incident: _Incident) -> list[tuple[str, ...]]:
    """
    Return the rows of one incident: received, taken on, perhaps handed over, waiting, raised, then solved and closed.
    """
    at = incident.opened + dt.timedelta(minutes=1 + int(draw.random() * 12))
    told = [(at, _row(incident, at))]
    work = _TYPICAL_MINUTES[incident.priority] * math.exp(0.9 * _bell(draw)) * (6 if draw.random() < _STUCK else 1)
    is_round_the_clock = incident.priority == "1 - Critical"
    for share, change in ((0.1, "Active"), *_events_between(draw)):
        at = _worked(at, int(work * share) + 1, is_round_the_clock=is_round_the_clock)
        _change(incident, draw, change)
        told.append((at, _row(incident, at)))
        if change.startswith("Awaiting"):
            at = _worked(at, 60 + int(draw.random() * 2_400), is_round_the_clock=False)
            incident.state = "Active"
            incident.updates += 1
            told.append((at, _row(incident, at)))
    if draw.random() < _STILL_OPEN:
        return [row for _, row in told]
    resolved = _worked(at, int(work * 0.5) + 1, is_round_the_clock=is_round_the_clock)
    told.append((resolved, _row(incident, resolved, "Resolved")))
    if draw.random() < _REOPENED:
        again = _worked(resolved, 30 + int(draw.random() * 1_500), is_round_the_clock=False)
        incident.reopened += 1
        told.append((again, _row(incident, again, "Active")))
        resolved = _worked(again, 30 + int(draw.random() * 900), is_round_the_clock=False)
        told.append((resolved, _row(incident, resolved, "Resolved")))
    closed = resolved + dt.timedelta(days=5)
    told.append((closed, _row(incident, closed, "Closed")))
    return [(*row[:-2], _written(resolved), _written(closed)) for _, row in told]


def _events_between(draw: random.Random) -> list[tuple[float, str]]:
    found = [(0.2, "team")] if draw.random() < _CHANGES_TEAM else []
    if draw.random() < _WAITS_OFTEN:
        found.append((0.2, _picked(draw, _WAITS)))
    if draw.random() < _RAISED:
        found.append((0.1, "raised"))
    return found


def _change(incident: _Incident, draw: random.Random, change: str) -> None:
    incident.updates += 1
    if change == "team":
        incident.team = _picked(draw, _TEAMS)
        incident.reassigned += 1
    elif change == "raised":
        incident.priority = "2 - High" if incident.priority in {"3 - Moderate", "4 - Low"} else "1 - Critical"
    else:
        incident.state = change


def _row(incident: _Incident, at: dt.datetime, state: str = "") -> tuple[str, ...]:
    """
    Return the row after an update; its last two cells are filled in when the end is known.
    """
    if state:
        incident.state = state
        incident.updates += 1
    return (
        incident.number, incident.state, "false" if incident.state == "Closed" else "true", str(incident.reassigned),
        str(incident.reopened), str(incident.updates), "?", incident.caller, _written(incident.opened), _written(at),
        incident.channel, incident.site, incident.category, incident.priority, incident.team, "?", "?",
    )  # fmt: skip


def _opening(draw: random.Random) -> dt.datetime:
    week, weekday, hour = int(draw.random() * _WEEKS), _picked(draw, _WEEKDAYS), _picked(draw, _HOURS)
    return _FIRST_DAY + dt.timedelta(days=7 * week + weekday, minutes=60 * hour + int(draw.random() * 60))


def _picked(draw: random.Random, weighted: Sequence[tuple[Choice, int]]) -> Choice:
    """
    Return one of the choices, each as often as its weight says.
    """
    point = draw.random() * sum(weight for _, weight in weighted)
    for choice, weight in weighted:
        point -= weight
        if point < 0:
            return choice
    return weighted[-1][0]


def _bell(draw: random.Random) -> float:
    """
    Return a number spread like a bell around 0 (sum of twelve draws, so that only ``random`` is needed).
    """
    return sum(draw.random() for _ in range(12)) - 6


def _worked(start: dt.datetime, minutes: int, *, is_round_the_clock: bool) -> dt.datetime:
    """
    Return the moment after so many minutes of work, Monday to Friday from 8 to 18 unless round the clock.
    """
    if is_round_the_clock:
        return start + dt.timedelta(minutes=minutes)
    at = start
    while True:
        at = _in_office(at)
        left = int((at.replace(hour=_CLOSES, minute=0) - at).total_seconds() // 60)
        if minutes < left:
            return at + dt.timedelta(minutes=minutes)
        minutes -= left
        at = at.replace(hour=_CLOSES, minute=0)


def _in_office(at: dt.datetime) -> dt.datetime:
    if at.hour >= _CLOSES:
        at = at.replace(hour=_OPENS, minute=0) + dt.timedelta(days=1)
    elif at.hour < _OPENS:
        at = at.replace(hour=_OPENS, minute=0)
    while at.weekday() >= _SATURDAY:
        at = at.replace(hour=_OPENS, minute=0) + dt.timedelta(days=1)
    return at


def _written(at: dt.datetime) -> str:
    return f"{at.day}/{at.month}/{at.year} {at:%H:%M}"
