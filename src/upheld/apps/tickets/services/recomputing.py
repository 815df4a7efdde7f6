"""
Moving the clocks that run to other holidays, zone data or another plan version: decided by a preview, done in batches.

Invariant: what is decided is written in one transaction; then every open ticket gets one event, its clocks, its row and
its timers in one transaction with the rest of its batch. Which tickets are left shows in their own rows, so that a
process that is killed loses nothing: any other goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet

from upheld.apps.contracts import editions
from upheld.apps.contracts.models import CalendarEdition, Contract, PlanVersion
from upheld.apps.contracts.selectors import plan_of, rules_of
from upheld.apps.contracts.term_previews import move_ruling
from upheld.apps.parties.models import Person
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Recompute, Ticket, Timer
from upheld.apps.tickets.previews import Preview, RecomputeError, Wanted, contracts_of, events_of, preview
from upheld.apps.tickets.readmodel import ReadModel, read_model
from upheld.apps.tickets.rulings import rules_for
from upheld.apps.tickets.services.recording import actor_of
from upheld.apps.work.bulk import insert_each, update_each
from upheld.apps.work.faults import fault
from upheld.apps.work.locks import can_skip
from upheld.core import events as ev
from upheld.core.calendars.zones import TZDATA_VERSION
from upheld.core.clocks.rules import MoveKind, Rules, followed
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant

BATCH: Final = 60
"""Tickets in one transaction on SQLite, where it holds the only pen: for less than a tenth of a second."""
LARGE_BATCH: Final = 250
"""Tickets in one transaction on PostgreSQL, where nobody waits but who wants one of them."""
LONGEST_REASON: Final = 500
_TICKET: Final = (
    "plan_version_id", "edition_id", "severity", "head_hash", "version", "generation", "changed_at",
    "next_metric", "next_due_at", "next_at_risk_at", "next_state",
)  # fmt: skip
_values_of_ticket: Final = attrgetter(*_TICKET)
_EVENT: Final = ("customer_id", "ticket_id", "seq", "kind", "effective_at", "recorded_at", "record", "hash")


class BasisChangedError(RecomputeError):
    """
    What was decided on is not so any more; ``fresh`` is the preview as it is now.
    """

    def __init__(self, fresh: Preview) -> None:
        super().__init__("recompute.basis_changed", tickets=fresh.tickets, clocks=len(fresh.rows))
        self.fresh = fresh


def apply(*, wanted: Wanted, digest: str, reason: str, by: Person, now: Instant) -> Recompute:
    """
    Decide a change as it was previewed, and return the work that moves the tickets; new tickets run by it from now on.

    Raises :class:`RecomputeError` ``recompute.reason_missing``, ``recompute.reason_too_long``, ``recompute.running``,
    ``recompute.cannot_move``, ``contract.move_refused``, :class:`BasisChangedError` where the preview would say
    something else now, and what
    :func:`preview` raises; nothing has changed then.
    """
    reason = reason.strip()
    if not reason:
        raise RecomputeError("recompute.reason_missing")
    if len(reason) > LONGEST_REASON:
        raise RecomputeError("recompute.reason_too_long", most=LONGEST_REASON)
    if running := _running(wanted):
        raise RecomputeError("recompute.running", done=running.done, total=running.total)
    _check_terms(wanted)
    fresh = preview(wanted, now)
    if fresh.digest != digest:
        raise BasisChangedError(fresh)
    if fresh.failing:
        ticket, error = fresh.failing[0]
        raise RecomputeError("recompute.cannot_move", number=ticket.number, count=len(fresh.failing), cause=error.code)
    made = _decide(fresh, reason, by, now)
    fault("recompute.begun")
    return made


def _check_terms(wanted: Wanted) -> None:
    """
    Refuse to move a running contract to a version by which promises get worse, where its terms do not allow it.
    """
    if wanted.contract is None or wanted.target is None or wanted.contract.tier not in plan_of(wanted.target.pk).tiers:
        return
    _found, ruled = move_ruling(wanted.contract, wanted.target)
    if not ruled.is_allowed:
        first = ", ".join(ruled.stands_in_the_way[0].subject)
        count = len(ruled.stands_in_the_way)
        raise RecomputeError("contract.move_refused", version=wanted.target.version, count=count, first=first)


def _running(wanted: Wanted) -> Recompute | None:
    return Recompute.objects.filter(finished_at=None, plan_version=wanted.version).first()


@transaction.atomic
def _decide(fresh: Preview, reason: str, by: Person, now: Instant) -> Recompute:
    """
    Write what was decided: the edition or the contract's version, and the work.
    """
    wanted = fresh.wanted
    version = PlanVersion.objects.select_for_update(of=("self",)).defer("document").get(pk=wanted.version.pk)
    if running := _running(wanted):
        raise RecomputeError("recompute.running", done=running.done, total=running.total)
    if editions.current(version).pk != fresh.edition.pk:
        raise BasisChangedError(preview(wanted, now))
    edition = fresh.edition
    if fresh.changes or fresh.zones:
        rows = editions.next_rows(edition, fresh.changes, now=now)
        release = TZDATA_VERSION if fresh.zones else edition.zone_release
        edition = editions.write_edition(
            version=version, revisions=rows, by=by, now=now, reason=reason, zone_release=release
        )
    if wanted.contract is not None and fresh.target is not None:
        edition = fresh.target
        contracts = Contract.objects.filter(pk=wanted.contract.pk, plan_version=version)
        if not contracts.update(plan_version=edition.plan_version_id):
            raise BasisChangedError(preview(wanted, now))
    return Recompute.objects.create(
        kind=Recompute.Kind.PLAN if wanted.contract else Recompute.Kind.CALENDAR,
        plan_version=version,
        contract=wanted.contract,
        target_id=edition.plan_version_id,
        edition=edition,
        lists=sorted(new.listed.name for new in fresh.changes),
        digest=fresh.digest,
        by=by,
        reason=reason,
        total=fresh.tickets,
        begun_at=now,
    )


def run(*, work: Recompute, clock: Callable[[], Instant], told: Callable[[Recompute], None] | None = None) -> Recompute:
    """
    Move all tickets that are left, batch by batch; ``told`` hears of each.
    """
    while work.finished_at is None:
        move_batch(work_id=work.pk, now=clock())
        work.refresh_from_db()
        if told is not None:
            told(work)
    return work


def work_off(*, now: Instant) -> int:
    """
    Move one batch of the oldest change that is not finished, and return how many tickets that was.
    """
    waiting = Recompute.objects.filter(finished_at=None).order_by("begun_at", "pk").values_list("pk", flat=True).first()
    return 0 if waiting is None else move_batch(work_id=waiting, now=now)


def move_batch(*, work_id: int, now: Instant, most: int | None = None) -> int:
    """
    Move up to ``most`` of the tickets that are left in one transaction, and return how many were moved.
    """
    most = most or (LARGE_BATCH if can_skip() else BATCH)
    with transaction.atomic():
        found = Recompute.objects.select_for_update(of=("self",), skip_locked=can_skip())
        work = found.select_related("edition", "target", "by", "plan_version").filter(pk=work_id).first()
        if work is None or work.finished_at is not None:
            return 0
        tickets = _next(work, most)
        if tickets:
            failed = _move(work, tickets, now)
            changes: dict[str, Any] = {
                "done": F("done") + len(tickets) - len(failed),
                "reached": tickets[-1].pk,
            }
            if failed:
                changes["failed"] = [*work.failed, *failed]
            Recompute.objects.filter(pk=work.pk).update(**changes)
        else:
            Recompute.objects.filter(pk=work.pk).update(finished_at=now, total=work.done + len(work.failed))
        fault("recompute.batch_written")
    fault("recompute.committed")
    return len(tickets)


def _next(work: Recompute, most: int) -> list[Ticket]:
    """
    Return the next tickets that are left: those behind the last one that was moved, and at the end any that became open
    again before it meanwhile.
    """
    left = _left(work)
    found = list(left.filter(pk__gt=work.reached)[:most])
    return found if found or not work.reached else list(left[:most])


def _left(work: Recompute) -> QuerySet[Ticket]:
    """
    Return the open tickets that a change has still to move, locked.
    """
    found = Ticket.objects.select_for_update().filter(is_open=True, is_entitled=True, plan_version=work.plan_version_id)
    if work.contract_id is not None:
        found = found.filter(contract=work.contract_id)
    else:
        found = found.exclude(edition=work.edition_id)
    return found.exclude(pk__in=[each["ticket"] for each in work.failed]).order_by("pk")


@dataclass(slots=True)
class _Written:
    """
    What a batch writes; rows are values of the fields named above, clocks and timers by their names.
    """

    names: dict[int, str]
    """Names of the calendar editions on which the tickets ran."""
    following: dict[int, Rules] = field(default_factory=dict)
    """By contract, the rules from now on."""
    events: list[tuple[Any, ...]] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    ticket_columns: set[str] = field(default_factory=set)
    """What changes on any of them: each column costs its indexes."""
    fresh: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    timed: list[int] = field(default_factory=list)
    """Tickets whose timers are others."""
    gone: list[int] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)


def _move(work: Recompute, tickets: Sequence[Ticket], now: Instant) -> list[dict[str, Any]]:
    """
    Move tickets, and return those that could not be, with the reason.
    """
    keys = [each.pk for each in tickets]
    events, clocks, contracts = events_of(keys), _clocks_of(keys), contracts_of(tickets)
    names = dict(CalendarEdition.objects.filter(pk__in={each.edition_id for each in tickets}).values_list("pk", "name"))
    written, failed = _Written(names=names), []
    for ticket in tickets:
        ticket.contract = contracts[ticket.contract_id or 0]
        try:
            _move_one(written, work, ticket, (events[ticket.pk], clocks[ticket.pk]), now)
        except UpheldError as error:
            failed.append({"ticket": ticket.pk, "number": ticket.number, "code": error.code, "params": error.params})
    _write(written)
    return failed


def _clocks_of(keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    rows: Any = ClockRow.objects.filter(ticket_id__in=keys).order_by().values()
    for row in rows:
        found[row["ticket_id"]].append(row)
    return found


def _move_one(
    written: _Written,
    work: Recompute,
    ticket: Ticket,
    known: tuple[Sequence[ev.Event], Sequence[dict[str, Any]]],
    now: Instant,
) -> None:
    """
    Work out all that a ticket's move writes; ``known`` are its events and its clocks as they are.
    """
    events, stored = known
    before = _values_of_ticket(ticket)
    # Nothing is recorded before what was recorded already, also where the machine's clock was set back.
    now = max(now, events[-1].recorded_at or now)
    event = _event(work, written.names[ticket.edition_id or 0], len(events) + 1, now)
    rules = _rules(written, work, ticket, events, event)
    told = [row["breached_at"] + 1 for row in stored if row["breached_at"] is not None]
    model = read_model([*events, event], rules, max(now, *told) if told else now)
    record = codec.encode(event)
    ticket.head_hash = codec.link(ticket.head_hash, record)
    head = (ticket.customer_id, ticket.pk)
    written.events.append((*head, event.seq, event.kind, event.effective_at, now, record, ticket.head_hash))
    ticket.plan_version_id, ticket.edition = work.target_id, work.edition
    for name in _TICKET:
        if name in model.ticket:
            setattr(ticket, name, model.ticket[name])
    ticket.version += 1
    ticket.changed_at = max(now, ticket.changed_at)
    written.tickets.append(ticket)
    _compare(written, ticket, stored, model)
    pairs = zip(_TICKET, before, _values_of_ticket(ticket), strict=True)
    written.ticket_columns |= {name for name, old, new in pairs if old != new}


def _event(work: Recompute, before: str, seq: int, now: Instant) -> ev.PlanMoved | ev.CalendarMoved:
    head: dict[str, Any] = {
        "seq": seq,
        "effective_at": now,
        "recorded_at": now,
        "actor": actor_of(work.by, of_customer=False),
        "reason": work.reason,
    }
    if work.kind == Recompute.Kind.CALENDAR:
        return ev.CalendarMoved(**head, revision=work.edition.name, before=before, lists=tuple(work.lists))
    return ev.PlanMoved(
        **head,
        version=work.target.version,
        revision=work.edition.name,
        before=work.plan_version.version,
        before_revision=before,
    )


def _rules(written: _Written, work: Recompute, ticket: Ticket, events: Sequence[ev.Event], event: ev.Event) -> Rules:
    rules = rules_for(ticket, events)
    if rules is None or ticket.contract is None:
        raise AssertionError("only tickets under a contract are moved")
    kind: MoveKind = "plan" if work.kind == Recompute.Kind.PLAN else "calendar"
    following = written.following.get(ticket.contract.pk)
    if following is None:
        following = rules_of(ticket.contract, work.target_id, work.edition_id)
        written.following[ticket.contract.pk] = following
    return followed(rules, event.effective_at, event.seq, kind, following)


def _compare(written: _Written, ticket: Ticket, stored: Sequence[dict[str, Any]], model: ReadModel) -> None:
    """
    Note which clock rows change, come and go. Where more changes than the revision that they ran on, the timers are
    others, too; those of imported history take no effect.
    """
    known = {(row["metric"], row["cycle"]): row for row in stored}
    columns: set[str] = set()
    head = {"customer_id": ticket.customer_id, "ticket_id": ticket.pk}
    for fields in model.clocks:
        row = known.pop((fields["metric"], fields["cycle"]), None)
        if row is None:
            written.fresh.append(head | fields)
        elif changed := {name for name, value in fields.items() if row[name] != value}:
            written.changed.append(row | fields)
            columns |= changed
    written.gone += [row["id"] for row in known.values()]
    written.columns |= columns
    is_timed = bool(columns - {"revision"}) or bool(known) or len(stored) != len(model.clocks)
    if is_timed and not ticket.is_imported:
        ticket.generation += 1
        written.timed.append(ticket.pk)
        head["generation"] = ticket.generation
        written.timers += [head | fields for fields in model.timers]


def _write(written: _Written) -> None:
    insert_each(EventRow, _EVENT, written.events)
    if written.tickets:
        columns = sorted(written.ticket_columns)
        update_each(Ticket, columns, map(attrgetter(*columns, "pk"), written.tickets))
    if written.changed:
        columns = sorted(written.columns)
        update_each(ClockRow, columns, map(itemgetter(*columns, "id"), written.changed))
    _insert(ClockRow, written.fresh)
    if written.gone:
        ClockRow.objects.filter(pk__in=written.gone).delete()
    Timer.objects.filter(ticket_id__in=written.timed, state=Timer.State.WAITING).delete()
    _insert(Timer, written.timers, unless_there=True)


def _insert(model: type[ClockRow | Timer], rows: Sequence[dict[str, Any]], *, unless_there: bool = False) -> None:
    """
    Write rows that have the same names.
    """
    if rows:
        names = list(rows[0])
        insert_each(model, names, map(itemgetter(*names), rows), unless_there=unless_there)
