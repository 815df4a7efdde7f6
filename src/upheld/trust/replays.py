"""
Replay equals stored state: ticket, clocks and timers are what the events and the rules give.

A clock may be stored as pending although its due time has passed, only while its timer waits (the worker was away) or
where the ticket was imported (imported history fires nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist

from upheld.apps.tickets.models import ClockRow, Ticket, Timer
from upheld.apps.tickets.readmodel import ReadModel, read_model
from upheld.apps.tickets.rulings import moves_of, rules_for
from upheld.core import events as ev
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.trust.batches import TicketBatch
from upheld.trust.violations import Run, Violation, row_of

LATE_FIELDS: Final = frozenset({"verdict", "breached_at"})
"""What a timer writes when it takes effect."""
_REFS: Final = ("assignee_ref", "team_ref")


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield every difference between what is stored and what the events give.
    """
    for ticket in batch.whole():
        run.checked["replays"] += 1
        try:
            model = read_model(batch.events[ticket.pk], rules_for(ticket, batch.events[ticket.pk]), run.now)
        except UpheldError as error:
            facts = {"ticket": ticket.number, "reason": str(error)}
            yield Violation("verify.replay_refused", row_of(ticket), ticket.pk, facts)
            continue
        late = set(_late(ticket, batch, model))
        yield from _clocks(ticket, batch, model, late)
        yield from _ticket(ticket, batch, model, run.now, is_late=bool(late))
        yield from _ruling(ticket, batch.events[ticket.pk])
        yield from _timers(ticket, batch, model)


def _late(ticket: Ticket, batch: TicketBatch, model: ReadModel) -> Iterator[tuple[str, int]]:
    """
    Yield the clocks that are allowed to be stored as pending although they are broken by now.
    """
    not_done = {
        (timer.metric, timer.cycle)
        for timer in batch.timers[ticket.pk]
        if timer.kind == Timer.Kind.BREACH and timer.state != Timer.State.FIRED
    }
    for row in model.clocks:
        key = (row["metric"], row["cycle"])
        if row["verdict"] == "breached" and (key in not_done or ticket.is_imported):
            yield key


def _clocks(ticket: Ticket, batch: TicketBatch, model: ReadModel, late: set[tuple[str, int]]) -> Iterator[Violation]:
    stored = {(row.metric, row.cycle): row for row in batch.clocks[ticket.pk]}
    for fields in model.clocks:
        key = (fields["metric"], fields["cycle"])
        facts = {"ticket": ticket.number, "metric": key[0], "cycle": key[1]}
        row = stored.pop(key, None)
        if row is None:
            yield Violation("verify.clock_missing", row_of(ticket), ticket.pk, facts)
            continue
        different = {name for name, value in fields.items() if getattr(row, name) != value}
        if key in late and row.verdict == "pending":
            different -= LATE_FIELDS
        if different:
            yield Violation("verify.clock_differs", row_of(row), ticket.pk, {**facts, **_told(row, fields, different)})
    for row in stored.values():
        facts = {"ticket": ticket.number, "metric": row.metric, "cycle": row.cycle}
        yield Violation("verify.clock_unexpected", row_of(row), ticket.pk, facts)


def _told(row: ClockRow | Ticket, fields: dict[str, Any], different: set[str]) -> dict[str, Any]:
    name = min(different)
    return {"column": name, "stored": getattr(row, name), "replayed": fields[name]}


def _team_of(ticket: Ticket) -> str | None:
    """
    Return the public id of a ticket's team; of one that is not there the references tell.
    """
    try:
        return ticket.team.public_id if ticket.team else None
    except ObjectDoesNotExist:
        return None


def _ticket(
    ticket: Ticket, batch: TicketBatch, model: ReadModel, now: Instant, *, is_late: bool
) -> Iterator[Violation]:
    """
    Yield the ticket's own columns that differ; with a broken clock whose timer waits, the next promise may be as it
    was.
    """
    events = batch.events[ticket.pk]
    fields = {**model.ticket, **_of_opening(events), **_of_contract(events, ticket)}
    ref = ticket.assignee.public_id if ticket.assignee else None
    different = {name for name, value in fields.items() if name not in _REFS and getattr(ticket, name) != value}
    if is_late and different & {"next_state"}:
        then = read_model(events, rules_for(ticket, events), min(now, max(each.recorded_at or 0 for each in events)))
        different -= {name for name, value in then.ticket.items() if different and getattr(ticket, name, 0) == value}
    team = _team_of(ticket)
    if fields["team_ref"] not in (None, team) and not ticket.is_imported:
        facts = {"column": "team", "stored": team, "replayed": fields["team_ref"]}
        yield Violation("verify.ticket_differs", row_of(ticket), ticket.pk, {"ticket": ticket.number, **facts})
    if fields["assignee_ref"] != ref:
        facts = {"column": "assignee", "stored": ref, "replayed": fields["assignee_ref"]}
        yield Violation("verify.ticket_differs", row_of(ticket), ticket.pk, {"ticket": ticket.number, **facts})
    elif different:
        facts = {"ticket": ticket.number, **_told(ticket, fields, different)}
        yield Violation("verify.ticket_differs", row_of(ticket), ticket.pk, facts)


def _ruling(ticket: Ticket, events: list[ev.Event]) -> Iterator[Violation]:
    """
    Yield that a moved ticket's row names another plan version or calendar edition than its last move.
    """
    moves = moves_of(events)
    versions = [each.version for each in moves if isinstance(each, ev.PlanMoved)]
    stored = {
        "edition": (ticket.edition.name if ticket.edition else None, moves[-1].revision if moves else None),
        "plan_version": (
            ticket.plan_version.version if ticket.plan_version else None,
            versions[-1] if versions else None,
        ),
    }
    for column, (there, told) in stored.items():
        if told is not None and there != told:
            facts = {"ticket": ticket.number, "column": column, "stored": there, "replayed": told}
            yield Violation("verify.ticket_differs", row_of(ticket), ticket.pk, facts)


def _of_opening(events: list[ev.Event]) -> dict[str, Any]:
    opened = next((each for each in events if isinstance(each, ev.Opened)), None)
    if opened is None:
        return {}
    return {
        "opened_at": opened.effective_at,
        "channel": opened.channel or "",
        "request_type": opened.request_type or "",
        "environment": opened.environment or "",
    }


def _of_contract(events: list[ev.Event], ticket: Ticket) -> dict[str, Any]:
    bound = [each for each in events if isinstance(each, ev.ContractBound)]
    return {"tier": bound[-1].tier} if bound and ticket.contract_id is not None else {}


def _timers(ticket: Ticket, batch: TicketBatch, model: ReadModel) -> Iterator[Violation]:
    """
    Yield timers that should be there and are not, and those that wait for nothing.
    """
    wanted = {(each["kind"], each["metric"], each["cycle"], each["due_at"]) for each in model.timers}
    runs = {
        (row["metric"], row["cycle"]) for row in model.clocks if row["stopped_at"] is None and row["ended_at"] is None
    }
    needed = {each for each in wanted if each[1:3] in runs and not ticket.is_imported}
    there = {(each.kind, each.metric, each.cycle, each.due_at): each for each in batch.timers[ticket.pk]}
    for kind, metric, cycle, due_at in sorted(needed - set(there)):
        facts = {"ticket": ticket.number, "kind": kind, "metric": metric, "cycle": cycle, "due_at": due_at}
        yield Violation("verify.timer_missing", row_of(ticket), ticket.pk, facts)
    for key, timer in there.items():
        if timer.state == Timer.State.WAITING and key not in wanted and timer.generation == ticket.generation:
            facts = {"ticket": ticket.number, "kind": key[0], "metric": key[1], "due_at": key[3]}
            yield Violation("verify.timer_unexpected", row_of(timer), ticket.pk, facts)
