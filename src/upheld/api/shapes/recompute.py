"""
Holiday lists, and moving running clocks, as they are sent and received.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from upheld.api.shapes.base import At, Body, Day, Id, Name
from upheld.apps.contracts.editions import LONGEST_TITLE, ListChange
from upheld.apps.contracts.models import CalendarEdition, HolidayRevision, PlanVersion
from upheld.apps.tickets.models import Recompute
from upheld.apps.tickets.previews import Wanted

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, Field(max_length=500)]


class HolidayListOut(Schema):
    """
    A holiday list: its days by date, where they come from, and which of them a person decided.
    """

    name: str
    revision: str
    source: str
    first_year: int
    last_year: int
    days: dict[str, str]
    by_hand: dict[str, str | None]


class HolidaysOut(Schema):
    """
    The holiday lists by which new tickets of a plan version run.
    """

    edition: str
    recorded_at: At
    lists: list[HolidayListOut]


class DayIn(Body):
    """
    A holiday to add.
    """

    date: Day
    name: str = Field(max_length=LONGEST_TITLE)


class HolidaysIn(Body):
    """
    What is to become of one holiday list of a plan version; nothing at all lets the tickets follow that are behind.
    """

    name: Name | None = Field(None, description="Name of the list.")
    add: list[DayIn] = Field([], max_length=400)
    remove: list[Day] = Field([], max_length=400)
    feed: str | None = Field(None, max_length=500_000, description="An iCalendar file; its days replace all others.")
    renew: bool = Field(default=False, description="Take the days anew from the library that is installed.")
    zones: bool = Field(
        default=False, description="Change no list: go by the time zone data that are installed now (IANA)."
    )


class HolidaysDecided(HolidaysIn):
    """
    The same, decided by the digest of its preview.
    """

    digest: Digest
    reason: Reason


class MoveIn(Body):
    """
    The plan version to which a contract moves.
    """

    plan: Id


class MoveDecided(MoveIn):
    """
    The same, decided by the digest of its preview.
    """

    digest: Digest
    reason: Reason


class ListDifference(Schema):
    """
    How a holiday list would differ.
    """

    name: str
    added: dict[str, str]
    removed: dict[str, str]


class ZoneDifference(Schema):
    """
    A time zone whose rules would be those of another release, and from when on its clocks show something else.
    """

    zone: str
    before: str
    after: str
    from_at: str | None


class MovedClock(Schema):
    """
    A clock whose due time would move; `effect` is `due`, `started`, `earlier`, `ended`, `untimed` or `later`.
    """

    ticket: str
    number: int
    metric: str
    cycle: int
    due_before: str | None
    due_after: str | None
    wall_before: str | None = Field(description="Local time of its calendar, where time zones are what changes.")
    wall_after: str | None
    effect: str


class CannotMove(Schema):
    """
    A ticket that could not be moved, and why.
    """

    ticket: str
    code: str


class PreviewOut(Schema):
    """
    What would happen; nothing has changed.
    """

    digest: str
    tickets: int
    clocks: int
    edition: str
    counts: dict[str, int]
    at_risk: dict[str, int]
    lists: list[ListDifference]
    zones: list[ZoneDifference]
    rows: list[MovedClock]
    cannot_move: list[CannotMove]


class RecomputeOut(Schema):
    """
    Running clocks on their way: how many of the open tickets have been moved.
    """

    id: str
    kind: str
    plan: str
    edition: str
    done: int
    total: int
    failed: int
    begun_at: At
    finished_at: At | None


def wanted_of(version: PlanVersion, body: HolidaysIn) -> Wanted:
    """
    Return what a body wants of a plan version's calendars.
    """
    return Wanted(version, is_rezoned=True) if body.zones else Wanted(version, _changes_of(body))


def _changes_of(body: HolidaysIn) -> tuple[ListChange, ...]:
    """
    Return what a body wants of a list; nothing where it names none.
    """
    if body.name is None:
        return ()
    added: dict[dt.date, str] = {each.date: each.name for each in body.add}
    return (ListChange(body.name, added, frozenset(body.remove), body.feed, body.renew),)


def holidays_out(edition: CalendarEdition, lists: list[HolidayRevision]) -> dict[str, Any]:
    """
    Return the holiday lists of an edition.
    """
    names = ("name", "revision", "source", "first_year", "last_year", "days", "by_hand")
    return {
        "edition": edition.name,
        "recorded_at": edition.recorded_at,
        "lists": [{each: getattr(row, each) for each in names} for row in lists],
    }


def recompute_out(work: Recompute) -> dict[str, Any]:
    """
    Return how far a change is.
    """
    return {
        "id": work.public_id,
        "plan": work.target.public_id,
        "edition": work.edition.name,
        "failed": len(work.failed),
        **{name: getattr(work, name) for name in ("kind", "done", "total", "begun_at", "finished_at")},
    }
