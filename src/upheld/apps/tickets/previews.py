"""
What a change of holidays or of a contract's plan version would do to the clocks that run, before anybody decides it.

Invariant: nothing is written here. A preview's digest covers everything on which the decision rests: the lists, the
edition, the versions, and each due time that would move, before and after. Two previews with one digest say the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db.models import QuerySet

from upheld.apps.contracts import editions
from upheld.apps.contracts.editions import ListChange, NewList, ZoneChange
from upheld.apps.contracts.models import CalendarEdition, Contract, PlanVersion
from upheld.apps.contracts.selectors import core_contract, hours_with, plan_of, rules_of
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Recompute, Ticket
from upheld.apps.tickets.rulings import rules_for
from upheld.core import events as ev
from upheld.core.calendars.zones import TZDATA_VERSION
from upheld.core.clocks.clock import Clock
from upheld.core.clocks.fold import fold
from upheld.core.clocks.risk import at_risk_at
from upheld.core.clocks.rules import Rules, followed
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime

CHUNK: Final = 500
WORST: Final = 20
EFFECTS: Final = ("due", "started", "earlier", "ended", "untimed", "later")
"""What a move can do to a clock, the gravest first."""


class RecomputeError(UpheldError):
    """
    A change of running clocks that is refused; nothing has changed.
    """


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What is wanted: other holidays for a plan version (without ``lists``: that the tickets that are behind follow), the
    zone data as they are installed (``is_rezoned``), or another version for a contract (``contract`` and ``target``).
    """

    version: PlanVersion
    lists: tuple[ListChange, ...] = ()
    contract: Contract | None = None
    target: PlanVersion | None = None
    is_rezoned: bool = False

    @property
    def is_behind(self) -> bool:
        """
        Whether nothing else is wanted than that tickets that are behind follow.
        """
        return self.contract is None and not self.lists and not self.is_rezoned


@dataclass(frozen=True, slots=True)
class Moved:
    """
    One clock whose due time would move. ``after`` is ``None`` where it would have none any more; ``effect`` is ``due``
    (due at once, for its time would be over), ``earlier``, ``later``, ``started``, ``ended`` or ``untimed``.
    ``wall_before`` and ``wall_after`` are local times of the clock's calendar by the zone data of either side, in ISO
    8601 with offset, where zone data are what changes.
    """

    ticket: Ticket
    metric: str
    cycle: int
    before: Instant | None
    after: Instant | None
    effect: str
    becomes_at_risk: bool = False
    leaves_risk: bool = False
    wall_before: str | None = None
    wall_after: str | None = None

    @property
    def seconds(self) -> int:
        """
        By how much elapsed time it moves: negative where earlier.
        """
        return 0 if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What would happen: how many open tickets move, and each clock whose due time does.
    """

    wanted: Wanted
    at: Instant
    edition: CalendarEdition
    changes: tuple[NewList, ...]
    tickets: int
    clocks: int
    rows: tuple[Moved, ...]
    digest: str
    failing: tuple[tuple[Ticket, UpheldError], ...] = ()
    target: CalendarEdition | None = None
    zones: tuple[ZoneChange, ...] = ()

    def count(self, effect: str) -> int:
        """
        Return how many clocks would have an effect.
        """
        return sum(row.effect == effect for row in self.rows)

    @property
    def at_risk(self) -> int:
        """
        How many clocks would become at risk.
        """
        return sum(row.becomes_at_risk for row in self.rows)

    @property
    def not_at_risk(self) -> int:
        """
        How many clocks would be at risk no longer.
        """
        return sum(row.leaves_risk for row in self.rows)

    def worst(self, most: int = WORST) -> list[Moved]:
        """
        Return the clocks that change most: first those due at once, then those that are due earlier, then later.
        """
        return sorted(self.rows, key=lambda row: (EFFECTS.index(row.effect), -abs(row.seconds), row.ticket.number))[
            :most
        ]


def scope(wanted: Wanted) -> QuerySet[Ticket]:
    """
    Return the open tickets that a change is about.
    """
    found = Ticket.objects.filter(is_open=True, is_entitled=True, plan_version=wanted.version)
    return found if wanted.contract is None else found.filter(contract=wanted.contract)


def preview(wanted: Wanted, now: Instant) -> Preview:
    """
    Return what a change would do if it were decided now. A few queries for each five hundred tickets.

    Raises :class:`RecomputeError` ``recompute.other_plan``, ``recompute.same_version``, ``recompute.tier_missing``,
    ``recompute.nobody_behind``, ``recompute.zones_as_installed``, and
    :class:`~upheld.apps.contracts.editions.HolidayError` for lists that cannot be changed like that.
    """
    edition = editions.current(wanted.version)
    supposing = _supposing(wanted, edition, now)
    behind = scope(wanted)
    if wanted.is_behind:
        behind = behind.exclude(edition=edition)
        if not behind.exists():
            raise RecomputeError("recompute.nobody_behind", plan=str(wanted.version))
    tickets = clocks = 0
    rows: list[Moved] = []
    failing: list[tuple[Ticket, UpheldError]] = []
    for chunk in _chunks(behind.select_related("customer")):
        tickets += len(chunk)
        running = _running(chunk)
        events = events_of([each.pk for each in chunk if running[each.pk]])
        contracts = contracts_of(chunk)
        for ticket in chunk:
            if not running[ticket.pk]:
                continue
            ticket.contract = contracts[ticket.contract_id or 0]
            try:
                after, rules = supposing.fold(ticket, events[ticket.pk])
            except UpheldError as error:
                failing.append((ticket, error))
                continue
            clocks += sum(row.verdict == "pending" for row in running[ticket.pk])
            found = _moved(ticket, running[ticket.pk], after, rules, now)
            rows += (_with_walls(row, after, supposing, rules) for row in found) if wanted.is_rezoned else found
    told: dict[str, Any] = {
        "kind": "plan" if wanted.contract else "calendar",
        "version": [wanted.version.plan, wanted.version.version, edition.name],
        "lists": [[new.listed.name, new.listed.revision, new.span] for new in supposing.changes],
        "target": [wanted.contract.public_id, supposing.target.plan_version_id, supposing.target.name]
        if wanted.contract and supposing.target
        else None,
        "rows": [[row.ticket.pk, row.metric, row.cycle, row.before, row.after] for row in rows],
        "failing": [ticket.pk for ticket, _error in failing],
    }
    if wanted.is_rezoned:
        told["zones"] = [[each.zone, each.before.digest, each.after.digest] for each in supposing.zones]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return Preview(
        wanted=wanted,
        at=now,
        edition=edition,
        changes=supposing.changes,
        tickets=tickets,
        clocks=clocks,
        rows=tuple(rows),
        digest=digest,
        failing=tuple(failing),
        target=supposing.target,
        zones=supposing.zones,
    )


@dataclass(slots=True)
class _Supposing:
    """
    The rules as they would be, and the folds by them.
    """

    wanted: Wanted
    edition: CalendarEdition
    now: Instant
    changes: tuple[NewList, ...] = ()
    target: CalendarEdition | None = None
    zones: tuple[ZoneChange, ...] = ()
    _rules: dict[int, Rules] = field(default_factory=dict)
    _hours: Any = None

    def fold(self, ticket: Ticket, events: Sequence[ev.Event]) -> tuple[dict[tuple[str, int], Clock], Rules]:
        """
        Return a ticket's clocks as they would be, with the rules.
        """
        rules = rules_for(ticket, events)
        if rules is None or ticket.contract is None:
            raise AssertionError("only tickets under a contract are moved")
        seq = len(events) + 1
        at = max(self.now, events[-1].recorded_at or 0)
        event: ev.Event = ev.CalendarMoved(seq=seq, effective_at=at, revision="")
        if self.wanted.contract is not None:
            event = ev.PlanMoved(seq=seq, effective_at=at, version="")
        kind: Any = "plan" if self.wanted.contract is not None else "calendar"
        after = followed(rules, at, seq, kind, self._ruling(ticket.contract))
        folded = fold([*events, event], after)
        return {(clock.metric, clock.cycle): clock for clock in folded.clocks}, after

    def _ruling(self, contract: Contract) -> Rules:
        found = self._rules.get(contract.pk)
        if found is None:
            found = self._rules[contract.pk] = self._made(contract)
        return found

    def _made(self, contract: Contract) -> Rules:
        if self.target is not None:
            return rules_of(contract, self.target.plan_version_id, self.target.pk)
        if not self.changes and not self.zones:
            return rules_of(contract, self.wanted.version.pk, self.edition.pk)
        if self._hours is None:
            lists = editions.rows_with(self.edition, self.changes)
            release = TZDATA_VERSION if self.zones else self.edition.zone_release
            self._hours = hours_with(self.wanted.version.pk, lists, release)
        return Rules(self._hours, core_contract(contract))


def _supposing(wanted: Wanted, edition: CalendarEdition, now: Instant) -> _Supposing:
    if wanted.is_rezoned:
        zones = editions.zone_changes(wanted.version, edition, now)
        if not zones:
            raise RecomputeError("recompute.zones_as_installed", plan=str(wanted.version), release=TZDATA_VERSION)
        return _Supposing(wanted, edition, now, zones=tuple(zones))
    if wanted.contract is None:
        if not wanted.lists:
            return _Supposing(wanted, edition, now)
        changes = editions.changed(wanted.version, edition, wanted.lists, to_datetime(now).year)
        return _Supposing(wanted, edition, now, tuple(changes))
    target = wanted.target
    if target is None or target.plan != wanted.version.plan:
        raise RecomputeError("recompute.other_plan", plan=wanted.version.plan, given=target.plan if target else "none")
    if target.pk == wanted.version.pk:
        raise RecomputeError("recompute.same_version", version=target.version)
    tiers = plan_of(target.pk).tiers
    if wanted.contract.tier not in tiers:
        raise RecomputeError(
            "recompute.tier_missing", given=wanted.contract.tier, version=target.version, known=list(tiers)
        )
    return _Supposing(wanted, edition, now, (), editions.current(target))


def tier_rows(contract: Contract, tier: str, now: Instant) -> list[Moved]:
    """
    Return each clock of a contract's open tickets whose due time would move if they got another tier now. A few queries
    for each five hundred tickets.
    """
    found: list[Moved] = []
    tickets = Ticket.objects.filter(is_open=True, is_entitled=True, contract=contract).exclude(tier=tier)
    for chunk in _chunks(tickets.select_related("customer", "contract__customer", "edition")):
        running = _running(chunk)
        events = events_of([each.pk for each in chunk if running[each.pk]])
        for ticket in (each for each in chunk if running[each.pk]):
            known = events[ticket.pk]
            rules = rules_for(ticket, known)
            if rules is None:
                continue
            at = max(now, known[-1].recorded_at or 0)
            event = ev.ContractBound(seq=len(known) + 1, effective_at=at, contract=contract.public_id, tier=tier)
            clocks = {(clock.metric, clock.cycle): clock for clock in fold([*known, event], rules).clocks}
            found += _moved(ticket, running[ticket.pk], clocks, rules, now)
    return found


def _chunks(found: QuerySet[Ticket]) -> Iterator[list[Ticket]]:
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _running(tickets: Sequence[Ticket]) -> dict[int, list[ClockRow]]:
    found: dict[int, list[ClockRow]] = {each.pk: [] for each in tickets}
    rows = ClockRow.objects.filter(ticket_id__in=list(found), stopped_at__isnull=True, ended_at__isnull=True)
    for row in rows.order_by("pk"):
        found[row.ticket_id].append(row)
    return found


def contracts_of(tickets: Sequence[Ticket]) -> dict[int, Contract]:
    """
    Return the contracts of tickets with their customers. One query.
    """
    keys = {each.contract_id for each in tickets}
    return Contract.objects.select_related("customer").in_bulk([key for key in keys if key is not None])


def events_of(keys: Sequence[int]) -> dict[int, list[ev.Event]]:
    """
    Return the events of tickets in the order of recording. One query.
    """
    found: dict[int, list[ev.Event]] = {key: [] for key in keys}
    rows = EventRow.objects.filter(ticket_id__in=keys).order_by("ticket_id", "seq")
    for key, record in rows.values_list("ticket_id", "record"):
        found[key].append(codec.decode(record))
    return found


def _moved(
    ticket: Ticket, running: Sequence[ClockRow], after: dict[tuple[str, int], Clock], rules: Rules, now: Instant
) -> Iterator[Moved]:
    known = {(row.metric, row.cycle) for row in running}
    for row in running:
        clock = after.get((row.metric, row.cycle))
        if clock is None or (clock.due_at == row.due_at and clock.is_open):
            continue
        risk = at_risk_at(clock, rules, ticket.channel or None)
        was = row.at_risk_at is not None and row.at_risk_at <= now
        is_now = risk is not None and risk <= now
        yield Moved(
            ticket,
            row.metric,
            row.cycle,
            row.due_at,
            clock.due_at if clock.is_open else None,
            _effect(row.due_at, clock, now),
            becomes_at_risk=is_now and not was,
            leaves_risk=was and not is_now,
        )
    for key, clock in after.items():
        if key not in known and clock.is_open and clock.due_at is not None:
            yield Moved(ticket, *key, None, clock.due_at, "started")


def _with_walls(row: Moved, after: Mapping[tuple[str, int], Clock], supposing: _Supposing, rules: Rules) -> Moved:
    """
    Return a row with its due times on the wall clock of the clock's calendar, by the zone data of either side.
    """
    clock = after.get((row.metric, row.cycle))
    if clock is None or not clock.legs or row.before is None or row.after is None:
        return row
    leg = clock.legs[-1]
    ruling = rules.ruling(leg.ruling)
    zone = ruling.calendar(leg.promise.calendar, leg.promise.severity, row.ticket.channel or None).spec.zone
    change = next((each for each in supposing.zones if each.zone == zone), None)
    if change is None:
        return row
    walls = (to_datetime(row.before, change.before.place()), to_datetime(row.after, change.after.place()))
    return replace(row, wall_before=walls[0].isoformat(), wall_after=walls[1].isoformat())


def _effect(before: Instant | None, clock: Clock, now: Instant) -> str:
    if not clock.is_open:
        return "ended"
    if clock.due_at is None:
        return "untimed"
    if before is None:
        return "started"
    if clock.due_at <= now:
        return "due"
    return "earlier" if clock.due_at < before else "later"


def behind_count(version: PlanVersion, edition: CalendarEdition) -> int:
    """
    Return how many open tickets of a plan version run on older calendars. One query.
    """
    return scope(Wanted(version)).exclude(edition=edition).count()


def last_recompute(version: PlanVersion) -> Recompute | None:
    """
    Return the last change that moved clocks of a plan version, or nothing. One query.
    """
    found = Recompute.objects.select_related("target", "edition", "by").filter(plan_version=version)
    return found.defer("target__document").order_by("-begun_at", "-pk").first()


def as_record(seen: Preview) -> dict[str, Any]:
    """
    Return a preview as plain data; instants are ISO 8601 in UTC.
    """
    return {
        "digest": seen.digest,
        "tickets": seen.tickets,
        "clocks": seen.clocks,
        "edition": seen.edition.name,
        "counts": {effect: seen.count(effect) for effect in EFFECTS},
        "at_risk": {"more": seen.at_risk, "less": seen.not_at_risk},
        "lists": [
            {
                "name": new.listed.name,
                "added": {day.isoformat(): title for day, title in new.added.items()},
                "removed": {day.isoformat(): title for day, title in new.removed.items()},
            }
            for new in seen.changes
        ],
        "zones": [
            {
                "zone": each.zone,
                "before": each.before.release,
                "after": each.after.release,
                "from_at": _iso(each.from_at),
            }
            for each in seen.zones
        ],
        "rows": [
            {
                "ticket": row.ticket.public_id,
                "number": row.ticket.number,
                "metric": row.metric,
                "cycle": row.cycle,
                "due_before": _iso(row.before),
                "due_after": _iso(row.after),
                "wall_before": row.wall_before,
                "wall_after": row.wall_after,
                "effect": row.effect,
            }
            for row in seen.worst(len(seen.rows))
        ],
        "cannot_move": [{"ticket": ticket.public_id, "code": error.code} for ticket, error in seen.failing],
    }


def _iso(instant: Instant | None) -> str | None:
    return None if instant is None else to_datetime(instant).isoformat()
