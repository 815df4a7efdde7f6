"""
The lead's view: what is broken or at risk now and whose it is, how promises were kept since a day, and why they broke.

Invariant: every share stands with its denominator; what is excluded, ended or still running is counted beside it, never
in it; and nobody sees figures of tickets that they may not see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from upheld.apps.parties.models import Person, Team
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import ClockRow, EventRow, Ticket
from upheld.apps.tickets.selectors import visible
from upheld.core import events as ev
from upheld.core.instants import Instant

MOST_BREACHES: Final = 2000
CAUSES: Final = ("nobody_had_it", "severity_changed", "handed_over", "reopened", "had_it")
"""Why a promise broke, the first that fits: told by events alone."""


@dataclass(frozen=True, slots=True)
class Load:
    """
    What one person or team has: open tickets, broken ones, those at risk, those that wait on the customer.
    """

    who: Person | Team | None
    open: int
    breached: int
    at_risk: int
    waiting: int
    unassigned: int = 0


def _loads(found: QuerySet[Ticket], column: str, now: Instant) -> dict[int | None, dict[str, int]]:
    late = Q(next_due_at__lt=now)
    rows = found.values(column).annotate(
        open=Count("pk"),
        breached=Count("pk", filter=late),
        at_risk=Count("pk", filter=~late & Q(next_at_risk_at__lte=now)),
        waiting=Count("pk", filter=Q(status="waiting_on_customer")),
        unassigned=Count("pk", filter=Q(assignee__isnull=True)),
    )
    return {row.pop(column): row for row in rows.order_by(column)}


def _open(access: Access) -> QuerySet[Ticket]:
    return visible(access).filter(is_open=True).exclude(status="resolved")


def loads_of_people(access: Access, now: Instant) -> list[Load]:
    """
    Return what each person who has open tickets has, the most broken first; ``None`` is nobody. Two queries.
    """
    rows = _loads(_open(access), "assignee", now)
    people = Person.objects.in_bulk([key for key in rows if key is not None])
    found = [Load(people.get(key) if key is not None else None, **row) for key, row in rows.items()]
    return sorted(found, key=lambda each: (-each.breached, -each.at_risk, -each.open, str(each.who)))


def loads_of_teams(access: Access, now: Instant) -> list[Load]:
    """
    Return what each team has; ``None`` are tickets without a team. Two queries.
    """
    rows = _loads(_open(access), "team", now)
    teams = Team.objects.in_bulk([key for key in rows if key is not None])
    found = [Load(teams.get(key) if key is not None else None, **row) for key, row in rows.items()]
    return sorted(found, key=lambda each: (-each.breached, -each.at_risk, -each.open, str(each.who)))


def loads_of_customers(access: Access, customers: Iterable[int], now: Instant) -> dict[int, Load]:
    """
    Return what each of some customers has open, by their keys; who has nothing is left out. One query.
    """
    rows = _loads(_open(access).filter(customer__in=list(customers)), "customer", now)
    return {key: Load(None, **row) for key, row in rows.items() if key is not None}


@dataclass(frozen=True, slots=True)
class Kept:
    """
    How promises of one metric (``""``: of all) were kept; ``events`` is the denominator.
    """

    metric: str
    plan: str
    met: int = 0
    breached: int = 0
    running: int = 0
    excluded: int = 0
    ended: int = 0
    unobservable: int = 0

    @property
    def events(self) -> int:
        """
        Clocks with a verdict that counts: met and breached.
        """
        return self.met + self.breached

    @property
    def share(self) -> Fraction | None:
        """
        The exact share that was kept, or nothing without events.
        """
        return Fraction(self.met, self.events) if self.events else None


@dataclass(slots=True)
class _Counts:
    parts: Counter[str] = field(default_factory=Counter)

    def kept(self, plan: str, metric: str) -> Kept:
        return Kept(metric, plan, **self.parts)


def kept_since(access: Access, since: Instant, now: Instant) -> tuple[Kept, list[Kept]]:
    """
    Return how the promises of tickets opened since an instant were kept: all together, and by plan and metric. A clock
    whose due time has passed counts as broken, whether or not the worker has come to it. One query.
    """
    rows = (
        _clocks(access, since)
        .annotate(plan=F("ticket__plan_version__plan"), is_late=Q(due_at__lt=now))
        .values("plan", "metric", "verdict", "is_late", "exclusion")
        .annotate(number=Count("pk"))
        .order_by("plan", "metric")
    )
    total = _Counts()
    groups: dict[tuple[str, str], _Counts] = {}
    for row in rows:
        part = _part(row["verdict"], is_late=bool(row["is_late"]), is_excluded=bool(row["exclusion"]))
        total.parts[part] += row["number"]
        groups.setdefault((row["plan"] or "", row["metric"]), _Counts()).parts[part] += row["number"]
    return total.kept("", ""), [counts.kept(*key) for key, counts in groups.items()]


def _clocks(access: Access, since: Instant) -> QuerySet[ClockRow]:
    """
    Return the clocks that promise something by a time, of tickets opened since an instant.
    """
    timed = Q(allowed_seconds__isnull=False) | Q(due_at__isnull=False)
    tickets = visible(access).filter(opened_at__gte=since)
    return ClockRow.objects.filter(timed, ticket__in=tickets).order_by()


def _part(verdict: str, *, is_late: bool, is_excluded: bool) -> str:
    if is_excluded:
        return "excluded"
    if verdict == "pending":
        return "breached" if is_late else "running"
    return verdict


@dataclass(frozen=True, slots=True)
class Breach:
    """
    One broken promise: of which ticket, by how much (elapsed seconds), and why.
    """

    ticket: Ticket
    metric: str
    cycle: int
    due_at: Instant
    stopped_at: Instant | None
    late_by: int
    cause: str


def breaches_since(access: Access, since: Instant, now: Instant) -> list[Breach]:
    """
    Return the broken promises of tickets opened since an instant that count, the latest due first, up to
    :data:`MOST_BREACHES`. Two queries.
    """
    late = Q(verdict="breached") | Q(verdict="pending", due_at__lt=now)
    rows = _clocks(access, since).filter(late, exclusion="").order_by("-breached_at", "-due_at", "-pk")
    clocks = list(rows.select_related("ticket__customer", "ticket__assignee", "ticket__team")[:MOST_BREACHES])
    events = _events(each.ticket_id for each in clocks)
    return [_breach(each, events.get(each.ticket_id, ()), now) for each in clocks]


def _events(tickets: Iterable[int]) -> dict[int, list[ev.Event]]:
    """
    Return the events that tell why, by ticket.
    """
    kinds = [each.kind for each in (ev.Assigned, ev.SeverityAssigned, ev.Reopened)]
    rows = EventRow.objects.filter(ticket__in=set(tickets), kind__in=kinds).order_by("ticket_id", "seq")
    found: dict[int, list[ev.Event]] = {}
    for ticket, record in rows.values_list("ticket_id", "record"):
        found.setdefault(ticket, []).append(codec.decode(record))
    return found


def _breach(row: ClockRow, events: Iterable[ev.Event], now: Instant) -> Breach:
    due = row.breached_at if row.breached_at is not None else row.due_at or row.started_at
    end = row.stopped_at if row.stopped_at is not None else row.ended_at
    late = max(0, (now if end is None else end) - due)
    return Breach(row.ticket, row.metric, row.cycle, due, row.stopped_at, late, cause_of(row.started_at, due, events))


def cause_of(started_at: Instant, due_at: Instant, events: Iterable[ev.Event]) -> str:
    """
    Return why a promise that ran from ``started_at`` broke at ``due_at``, one of :data:`CAUSES`.
    """
    before = [each for each in events if each.effective_at <= due_at]
    given = [each for each in before if isinstance(each, ev.Assigned)]
    if not given or given[-1].to is None or given[-1].to.startswith(ev.TEAM):
        return "nobody_had_it"
    while_it_ran = [each for each in before if each.effective_at > started_at]
    if any(isinstance(each, ev.SeverityAssigned) for each in while_it_ran):
        return "severity_changed"
    if len({each.to for each in while_it_ran if isinstance(each, ev.Assigned)}) > 1:
        return "handed_over"
    return "reopened" if any(isinstance(each, ev.Reopened) for each in before) else "had_it"


def causes_of(breaches: Iterable[Breach]) -> list[tuple[str, int]]:
    """
    Return how many promises broke for each cause, the most frequent first.
    """
    counted = Counter(each.cause for each in breaches)
    return sorted(counted.items(), key=lambda each: (-each[1], CAUSES.index(each[0])))


def rows_of_breaches(breaches: Iterable[Breach]) -> Iterator[dict[str, object]]:
    """
    Yield broken promises as flat rows, for a table or an export.
    """
    for each in breaches:
        ticket = each.ticket
        yield {
            "number": ticket.number,
            "subject": ticket.subject,
            "customer": str(ticket.customer),
            "tier": ticket.tier,
            "severity": ticket.severity,
            "metric": each.metric,
            "cycle": each.cycle,
            "due_at": each.due_at,
            "stopped_at": each.stopped_at,
            "late_seconds": each.late_by,
            "cause": each.cause,
            "assignee": str(ticket.assignee or ""),
            "team": str(ticket.team or ""),
        }
