"""
Calendar editions: which revision of each holiday list a plan version's calendars take, and what a new one would hold.

Invariant: revisions and editions are only ever added. What is worked out here is written by
:mod:`upheld.apps.tickets.services.recomputing`, which moves the tickets that run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from upheld.apps.contracts.kept_zones import keep, rules_under
from upheld.apps.contracts.models import CalendarEdition, Contract, HolidayRevision, PlanVersion
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties.models import Person
from upheld.core.calendars.holiday_lists import digest_of
from upheld.core.calendars.spec import HolidayList
from upheld.core.calendars.zones import TZDATA_VERSION, ZoneRules, installed_rules
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.contract import Contract as CoreContract
from upheld.core.plan.support_hours import SupportHours
from upheld.importers.holiday_feeds import from_icalendar

LONGEST_TITLE: Final = 200
DAY: Final = 86_400
DAYS_AHEAD: Final = 3_660
"""How far ahead two releases of the zone data are compared."""
YEARS_AFTER: Final = 5
"""For how many years after the present one a renewed list is written down."""


class HolidayError(UpheldError):
    """
    A change of holiday lists that is refused; nothing has changed.
    """


@dataclass(frozen=True, slots=True)
class ListChange:
    """
    What is to become of one holiday list: days added (with their names) and taken out by hand, all days taken from an
    iCalendar file, or from the holiday library as it is installed now.
    """

    name: str
    add: Mapping[dt.date, str] = field(default_factory=dict)
    remove: frozenset[dt.date] = frozenset()
    feed: str | None = None
    is_renewed: bool = False


@dataclass(frozen=True, slots=True)
class NewList:
    """
    A holiday list as it would be: its days, those of them that a person decided, and how it differs from the list
    before.
    """

    before: HolidayRevision
    listed: HolidayList
    by_hand: dict[str, str | None]
    span: tuple[int, int]

    @property
    def added(self) -> dict[dt.date, str]:
        """
        The days that the list before does not have.
        """
        return {day: title for day, title in self.listed.days.items() if day.isoformat() not in self.before.days}

    @property
    def removed(self) -> dict[dt.date, str]:
        """
        The days that only the list before has.
        """
        old = {dt.date.fromisoformat(day): title for day, title in self.before.days.items()}
        return {day: title for day, title in old.items() if day not in self.listed.days}


def lists_of(edition: CalendarEdition) -> list[HolidayRevision]:
    """
    Return the holiday lists of an edition by name. One query.
    """
    return list(HolidayRevision.objects.filter(pk__in=edition.revisions).order_by("name"))


def current(version: PlanVersion) -> CalendarEdition:
    """
    Return the edition by which new tickets of a plan version run. One query.
    """
    return CalendarEdition.objects.filter(plan_version=version).order_by("-number")[:1].get()


def changed(version: PlanVersion, edition: CalendarEdition, wanted: Iterable[ListChange], year: int) -> list[NewList]:
    """
    Return the lists that would differ from those of an edition; ``year`` is the present one.

    Raises :class:`HolidayError` ``holidays.unknown_list``, ``holidays.nothing_changes``, ``holidays.listed_already``,
    ``holidays.not_listed``, ``holidays.outside_years``, ``holidays.title_missing``, ``holidays.title_too_long``, and
    what a feed or the library refuses.
    """
    known = {each.name: each for each in lists_of(edition)}
    made = []
    for each in wanted:
        before = known.get(each.name)
        if before is None:
            raise HolidayError("holidays.unknown_list", given=each.name, known=sorted(known) or ["none"])
        new = _changed(version, before, each, year)
        if new.listed.days != {dt.date.fromisoformat(day): title for day, title in before.days.items()} or (
            new.span != (before.first_year, before.last_year)
        ):
            made.append(new)
    if not made:
        raise HolidayError("holidays.nothing_changes")
    return made


def _changed(version: PlanVersion, before: HolidayRevision, wanted: ListChange, year: int) -> NewList:
    span = (before.first_year, before.last_year)
    days = {dt.date.fromisoformat(day): title for day, title in before.days.items()}
    by_hand: dict[str, str | None] = dict(before.by_hand)
    source = before.source
    if wanted.is_renewed:
        span = (before.first_year, max(before.last_year, year + YEARS_AFTER))
        days, source = _of_source(version, before.name, span)
        days = _with_hand(days, by_hand)
    if wanted.feed is not None:
        fed = from_icalendar(wanted.feed, before.name, range(span[0], span[1] + 1), source="an iCalendar file")
        days, by_hand, source = dict(fed.days), {}, fed.source
    _check(wanted, days, span)
    for day, title in wanted.add.items():
        days[day] = title.strip()
        by_hand[day.isoformat()] = title.strip()
    for day in wanted.remove:
        del days[day]
        by_hand[day.isoformat()] = None
    listed = HolidayList(before.name, digest_of(days), source, days, tuple(range(span[0], span[1] + 1)))
    return NewList(before, listed, by_hand, span)


def _with_hand(days: Mapping[dt.date, str], by_hand: Mapping[str, str | None]) -> dict[dt.date, str]:
    """
    Return days with what people decided about the list before.
    """
    made = dict(days)
    for text, title in by_hand.items():
        day = dt.date.fromisoformat(text)
        if title is None:
            made.pop(day, None)
        else:
            made[day] = title
    return made


def _of_source(version: PlanVersion, name: str, span: tuple[int, int]) -> tuple[dict[dt.date, str], str]:
    """
    Return the days of a list as its plan and the installed library give them now, and where they come from.
    """
    plan = plan_of(version.pk)
    hours = SupportHours(plan, dt.date(span[0], 1, 1), dt.date(span[1], 12, 31))
    somebody = CoreContract(customer="", tier=next(iter(plan.tiers)), zone=plan.zone or "UTC")
    for calendar, rule in plan.calendars.items():
        if name in rule.holidays and not rule.is_customers_own:
            listed = next(one for one in hours.spec(calendar, somebody).holidays if one.name == name)
            return dict(listed.days), listed.source
    raise HolidayError("holidays.unknown_list", given=name, known=sorted(plan.holiday_lists) or ["none"])


def _check(wanted: ListChange, days: Mapping[dt.date, str], span: tuple[int, int]) -> None:
    for day, title in wanted.add.items():
        if not title.strip():
            raise HolidayError("holidays.title_missing", day=day.isoformat())
        if len(title.strip()) > LONGEST_TITLE:
            raise HolidayError("holidays.title_too_long", day=day.isoformat(), most=LONGEST_TITLE)
        if not span[0] <= day.year <= span[1]:
            raise HolidayError("holidays.outside_years", day=day.isoformat(), first=span[0], last=span[1])
        if day in days:
            raise HolidayError("holidays.listed_already", day=day.isoformat(), title=days[day], given=wanted.name)
    for day in wanted.remove:
        if day not in days:
            raise HolidayError("holidays.not_listed", day=day.isoformat(), given=wanted.name)


def rows_with(edition: CalendarEdition, changes: Iterable[NewList]) -> dict[str, HolidayList]:
    """
    Return all holiday lists of an edition by name, as they would be with changes.
    """
    lists = {each.name: as_list(each) for each in lists_of(edition)}
    return {**lists, **{each.listed.name: each.listed for each in changes}}


def as_list(row: HolidayRevision) -> HolidayList:
    """
    Return a stored revision as the core's list.
    """
    days = {dt.date.fromisoformat(day): title for day, title in row.days.items()}
    return HolidayList(row.name, row.revision, row.source, days, tuple(range(row.first_year, row.last_year + 1)))


def _named(listed: HolidayList, span: tuple[int, int], by_hand: Mapping[str, str | None]) -> str:
    """
    Return the name of a revision: a digest of its days, the years that it speaks of, where it comes from, and what
    people decided about it.
    """
    told = json.dumps([digest_of(listed.days), span, listed.source, dict(by_hand)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def write_revision(
    *,
    version: PlanVersion,
    listed: HolidayList,
    span: tuple[int, int],
    now: Instant,
    by_hand: Mapping[str, str | None] | None = None,
) -> HolidayRevision:
    """
    Write a revision of a holiday list down; the same again is the one that is there.
    """
    days = {day.isoformat(): title for day, title in listed.days.items()}
    row, _made = HolidayRevision.objects.get_or_create(
        plan_version=version,
        name=listed.name,
        revision=_named(listed, span, by_hand or {}),
        defaults={
            "source": listed.source,
            "days": days,
            "by_hand": dict(by_hand or {}),
            "first_year": span[0],
            "last_year": span[1],
            "recorded_at": now,
        },
    )
    return row


def write_edition(
    *,
    version: PlanVersion,
    revisions: Iterable[HolidayRevision],
    by: Person | None,
    now: Instant,
    reason: str = "",
    zone_release: str = TZDATA_VERSION,
) -> CalendarEdition:
    """
    Write the next edition of a plan version's calendars down; ``zone_release`` is the zone data that it goes by.
    """
    rows = sorted(revisions, key=lambda each: each.name)
    number = CalendarEdition.objects.filter(plan_version=version).count() + 1
    told = "\n".join([*(f"{each.name} {each.revision}" for each in rows), zone_release])
    return CalendarEdition.objects.create(
        plan_version=version,
        number=number,
        name=f"{number}-{hashlib.sha256(told.encode()).hexdigest()[:12]}",
        revisions=[each.pk for each in rows],
        zone_release=zone_release,
        recorded_at=now,
        recorded_by=by,
        reason=reason,
    )


def next_rows(edition: CalendarEdition, changes: Iterable[NewList], *, now: Instant) -> list[HolidayRevision]:
    """
    Write the changed lists down, and return the rows of the next edition: the changed ones and those that stay.
    """
    written = {
        each.listed.name: write_revision(
            version=edition.plan_version, listed=each.listed, span=each.span, now=now, by_hand=each.by_hand
        )
        for each in changes
    }
    return [written.get(each.name, each) for each in lists_of(edition)]


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """
    A time zone whose rules the installed zone data have otherwise than those that an edition goes by; ``from_at`` is
    the first instant at which clocks there show something else, nothing where that is past or further than ten years.
    """

    before: ZoneRules
    after: ZoneRules
    from_at: Instant | None

    @property
    def zone(self) -> str:
        """
        The zone's IANA name.
        """
        return self.after.zone


def zones_of(version: PlanVersion) -> frozenset[str]:
    """
    Return the time zones of a plan version's calendars, its customers' own among them. At most one query.
    """
    named = {rule.zone for rule in plan_of(version.pk).calendars.values()}
    if own := named & {"customer", "contract"}:
        named |= set(Contract.objects.filter(plan_version=version).values_list("zone", flat=True).distinct())
        named -= own
    return frozenset(named)


def keep_zones(now: Instant) -> None:
    """
    Write down the installed rules of every zone by which promises run, so that they stay known when the zone data are
    renewed. Two queries for each published plan version.
    """
    names: set[str] = set()
    for version in PlanVersion.objects.defer("document"):
        names |= zones_of(version)
    keep(names, now)


def zone_changes(version: PlanVersion, edition: CalendarEdition, now: Instant) -> list[ZoneChange]:
    """
    Return the zones that the installed zone data have otherwise than an edition, by name. No query where the edition
    goes by the installed release.
    """
    if edition.zone_release == TZDATA_VERSION:
        return []
    pairs = ((rules_under(zone, edition.zone_release), installed_rules(zone)) for zone in sorted(zones_of(version)))
    return [
        ZoneChange(before, after, _first_difference(before, after, now))
        for before, after in pairs
        if before.digest != after.digest
    ]


def _first_difference(before: ZoneRules, after: ZoneRules, now: Instant) -> Instant | None:
    """
    Return the first instant from ``now`` on, to the hour, at which two sets of rules show different times.
    """
    old, new = before.place(), after.place()

    def differs(at: Instant) -> bool:
        return to_datetime(at, old).utcoffset() != to_datetime(at, new).utcoffset()

    day = next((now + days * DAY for days in range(DAYS_AHEAD) if differs(now + days * DAY)), None)
    if day is None or day == now:
        return day
    return next(at for at in range((day - DAY) // 3600 * 3600, day + 1, 3600) if at >= now and differs(at))
