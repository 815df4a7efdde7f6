"""
Clocks equal a slow independent oracle (:mod:`upheld.trust.oracle`).

Invariant: what the oracle does not understand is counted with its reason and never told as a violation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tzdata import IANA_VERSION

from upheld.apps.contracts.models import CalendarEdition, Contract, HolidayRevision, KeptZone
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.trust.batches import TicketBatch
from upheld.trust.oracle import SlowClock, slow_clocks
from upheld.trust.oracle_course import Agreed, Record, standing
from upheld.trust.oracle_hours import NotUnderstoodError
from upheld.trust.violations import Run, Violation, row_of

COMPARED = ("started_at", "due_at", "stopped_at", "ended_at", "ended_because", "spent_seconds", "exclusion")


def check(batch: TicketBatch, run: Run) -> Iterator[Violation]:
    """
    Yield the clocks on which the engine and the oracle do not agree.
    """
    for ticket in batch.whole():
        if ticket.contract is None or not ticket.is_entitled or not is_sampled(ticket.pk, run):
            continue
        try:
            records = batch.records(ticket.pk)
            told = slow_clocks(records, *_agreed(ticket, records))
        except NotUnderstoodError as error:
            if ticket.pk not in run.oracle_seen:
                run.not_understood[str(error)] += len(batch.clocks[ticket.pk]) or 1
            run.oracle_seen.add(ticket.pk)
            continue
        run.oracle_seen.add(ticket.pk)
        yield from _compare(ticket, batch.clocks[ticket.pk], told, run)


def is_sampled(key: int, run: Run) -> bool:
    """
    Return whether a ticket belongs to the sample; the same seed takes the same tickets.
    """
    if run.share >= 1:
        return True
    mark = hashlib.sha256(f"{run.seed}:{key}".encode()).digest()
    return int.from_bytes(mark[:8], "big") < run.share * 2**64


def _agreed(ticket: Ticket, records: Sequence[Record]) -> tuple[Agreed, dict[int, tuple[str, Agreed]]]:
    """
    Return what was agreed when a ticket was opened, and what from each of its moves on, by the ``seq`` of the event.
    """
    if ticket.contract is None or ticket.plan_version is None or ticket.edition is None:
        raise NotUnderstoodError("a ticket without a contract")
    moves = [each for each in standing(records) if each["kind"] in ("plan_moved", "calendar_moved")]
    plan, version, edition = ticket.plan_version.plan, ticket.plan_version.version, ticket.edition.name
    if moves:
        version = next((each["before"] for each in moves if each["kind"] == "plan_moved"), version)
        edition = moves[0]["before_revision" if moves[0]["kind"] == "plan_moved" else "before"]
    first = _under(ticket.contract, plan, version, edition)
    later: dict[int, tuple[str, Agreed]] = {}
    for each in moves:
        version = each["version"] if each["kind"] == "plan_moved" else version
        agreed = _under(ticket.contract, plan, version, each["revision"])
        later[each["seq"]] = (each["kind"].removesuffix("_moved"), agreed)
    return first, later


def _under(contract: Contract, plan: str, version: str, edition: str) -> Agreed:
    regions, add_ons = frozenset(contract.customer.regions), frozenset(contract.add_ons)
    place = (contract.tier, contract.zone, contract.customer.language)
    return _remembered(_keys(plan, version, edition), place, regions, add_ons)


@lru_cache(maxsize=256)
def _keys(plan: str, version: str, edition: str) -> tuple[int, tuple[int, ...], str]:
    """
    Return the primary keys of a plan version and of the holiday revisions of an edition, and its zone data.
    """
    found = CalendarEdition.objects.filter(plan_version__plan=plan, plan_version__version=version, name=edition).first()
    if found is None:
        raise NotUnderstoodError(f"the calendars {edition} of {plan} {version}")
    return found.plan_version_id, tuple(found.revisions), found.zone_release


@lru_cache(maxsize=256)
def _remembered(
    keys: tuple[int, tuple[int, ...], str],
    place: tuple[str, str, str],
    regions: frozenset[str],
    add_ons: frozenset[str],
) -> Agreed:
    version, revisions, release = keys
    tier, zone, language = place
    holidays = {
        row.name: frozenset(dt.date.fromisoformat(day) for day in row.days)
        for row in HolidayRevision.objects.filter(pk__in=revisions)
    }
    return Agreed(plan_of(version), tier, zone, regions, language, add_ons, holidays, _zones_of(release))


def _zones_of(release: str) -> dict[str, bytes]:
    """
    Return the rules of all zones that were kept, as they were under a release; none for the packaged one.
    """
    if release == IANA_VERSION:
        return {}
    found: dict[str, bytes] = {}
    for row in KeptZone.objects.order_by("zone", "release"):
        if row.zone not in found or row.release <= release:
            found[row.zone] = bytes(row.rules)
    return found


def _compare(ticket: Ticket, rows: list[ClockRow], told: list[SlowClock], run: Run) -> Iterator[Violation]:
    stored = {(row.metric, row.cycle): row for row in rows}
    # What the source of an imported ticket cannot show has one clock that says so; the oracle knows no such thing.
    unseen = {row.metric for row in rows if _is_unobservable(row)}
    known = {(each.metric, each.cycle): each for each in told if each.metric not in unseen}
    for key in sorted(stored.keys() | known.keys()):
        run.checked["clocks_by_oracle"] += 1
        row, slow = stored.get(key), known.get(key)
        facts = {"ticket": ticket.number, "metric": key[0], "cycle": key[1]}
        if row is None or slow is None:
            if not _is_unobservable(row):
                facts |= {"column": "metric", "stored": row is not None, "oracle": slow is not None}
                yield Violation("verify.clock_against_oracle", row_of(row or ticket), ticket.pk, facts)
            continue
        different = [name for name in COMPARED if getattr(row, name) != getattr(slow, name)]
        if not _same_verdict(row, slow, run):
            different.append("verdict")
        if different:
            facts |= {"column": different[0]}
            facts |= {"stored": getattr(row, different[0]), "oracle": getattr(slow, different[0])}
            yield Violation("verify.clock_against_oracle", row_of(row), ticket.pk, facts)


def _is_unobservable(row: ClockRow | None) -> bool:
    return row is not None and row.verdict == "unobservable"


def _same_verdict(row: ClockRow, slow: SlowClock, run: Run) -> bool:
    """
    Return whether two verdicts agree; one that pends on the facts is broken once its due time has passed.
    """
    if row.verdict == slow.verdict:
        return row.breached_at == slow.breached_at
    has_passed = slow.due_at is not None and slow.due_at <= run.now
    return slow.verdict == "pending" and row.verdict == "breached" and has_passed and row.breached_at == slow.due_at
