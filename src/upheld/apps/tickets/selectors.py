"""
Reading tickets: one selector a screen, each scoped by who asks, with a fixed number of queries.

Invariant: :func:`visible` is the only way from a person to tickets; what is not visible answers exactly as what is
missing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max, Prefetch, Q, QuerySet, Sum

from upheld.apps.contracts.models import Contract, DesignatedContact
from upheld.apps.contracts.selectors import plan_of, rules_of
from upheld.apps.parties.models import Person, Team
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets import codec, search
from upheld.apps.tickets.models import (
    LAST_DUE,
    Attachment,
    Audience,
    ClockRow,
    Draft,
    DueLast,
    EventRow,
    Message,
    Payload,
    SavedAnswer,
    SavedView,
    Submission,
    Ticket,
)
from upheld.apps.tickets.rulings import rules_for
from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, TicketClocks
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan

PAGE: Final = 50
RELATED: Final = ("customer", "contract__customer", "plan_version", "requester", "assignee", "team", "instance")
MOST_COUNTED: Final = 1000
"""Queues are counted up to this; more is shown as "1000+"."""

QUEUES: Final = (
    "open",
    "needs_me",
    "breached",
    "at_risk",
    "due_today",
    "waiting_on_customer",
    "unassigned",
    "mine",
    "held",
)


def sees_all_of(access: Access) -> set[int]:
    """
    Return the customers all of whose tickets somebody sees: by their part, or as a contact on a list that sees them all
    (OPI-22). One query for those who are only requesters somewhere, else none.
    """
    found = set(access.customers_with("customer.read"))
    rest = [customer for customer in access.customers_with("own.read") if customer not in found]
    if rest:
        listed = DesignatedContact.objects.filter(person=access.person, until__isnull=True, customer_id__in=rest)
        for contact in listed.select_related("contract"):
            rule = plan_of(contact.contract.plan_version_id).contacts.get(contact.contact_list)
            if rule is not None and rule.sees == "all_tickets":
                found.add(contact.customer_id)
    return found


def visible(access: Access) -> QuerySet[Ticket]:
    """
    Return the tickets that somebody may see: staff by team, contractors what they are assigned, customer viewers all of
    their customers', requesters their own.
    """
    if access.may("tickets.read"):
        if access.teams is None:
            return Ticket.objects.all()
        return Ticket.objects.filter(Q(team_id__in=access.teams) | Q(team__isnull=True) | Q(assignee=access.person))
    allowed = Q(pk__in=[])
    if access.may("tickets.read_assigned"):
        allowed |= Q(assignee=access.person)
    all_of = sees_all_of(access)
    # A customer is in one of the two, so that a list of one customer's tickets is a walk along one index.
    own = [customer for customer in access.parts if access.may_in(customer, "own.read") and customer not in all_of]
    allowed |= Q(customer_id__in=all_of) | Q(customer_id__in=own, requester=access.person)
    return Ticket.objects.filter(allowed)


def is_staff_side(access: Access, ticket: Ticket) -> bool:
    """
    Return whether somebody sees a ticket as the vendor's, with its notes; one who sees it only as a customer does not.
    """
    is_theirs = ticket.assignee_id == access.person.pk
    if access.may("tickets.read"):
        return access.teams is None or ticket.team_id is None or ticket.team_id in access.teams or is_theirs
    return access.may("tickets.read_assigned") and is_theirs


def find(access: Access, public_id: str) -> Ticket | None:
    """
    Return a ticket that somebody may see by its public id, or nothing. One query.
    """
    return visible(access).select_related(*RELATED).defer("plan_version__document").filter(public_id=public_id).first()


def reread(ticket: Ticket) -> Ticket:
    """
    Return a ticket that was just changed with everything that is shown of it, whoever may see it now. One query.
    """
    return Ticket.objects.select_related(*RELATED).defer("plan_version__document").get(pk=ticket.pk)


def find_all(access: Access, public_ids: Sequence[str]) -> dict[str, Ticket]:
    """
    Return those tickets of several that somebody may see, by their public ids. One query.
    """
    return {each.public_id: each for each in visible(access).filter(public_id__in=public_ids)}


def reread_all(tickets: Sequence[Ticket]) -> list[Ticket]:
    """
    Return tickets that were just changed with everything that is shown of them, in their order. One query.
    """
    found = Ticket.objects.select_related(*RELATED).defer("plan_version__document")
    known = found.in_bulk([each.pk for each in tickets])
    return [known[each.pk] for each in tickets]


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What a list is narrowed to; each is written in the page's address.
    """

    queue: str = "open"
    severity: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    customer: str = ""
    assignee: str = ""
    team: str = ""
    status: tuple[str, ...] = ()
    text: str = ""
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page of tickets with what its rows need, and the key of the next page.
    """

    tickets: list[Ticket]
    rules: dict[int, Rules]
    following: tuple[int, int] | None = None
    plans: dict[int, Plan] = field(default_factory=dict)


def desk_list(
    access: Access,
    filters: Filters,
    now: Instant,
    *,
    end_of_day: Instant,
    size: int = PAGE,
    is_newest_last: bool = False,
) -> Page:
    """
    Return a page of the desk's list, the next promise to break first. Three queries: tickets, holiday revisions, and
    none for plans that are known already. ``is_newest_last`` has what is not due at all from the newest on, as people
    look for what was solved; that takes up to one query more.
    """
    found = narrowed(in_queue(visible(access), filters.queue, access.person, now, end_of_day), filters, access)
    found = found.select_related("customer", "contract", "assignee", "requester", "team")
    in_order = _newest_of_the_rest if is_newest_last else _by_due
    rows = in_order(found, filters.before, size)
    following = None
    if len(rows) > size:
        rows = rows[:size]
        last_due = rows[-1].next_due_at
        following = (last_due if last_due is not None else LAST_DUE, rows[-1].pk)
    return Page(rows, rules_of_tickets(rows), following, plans_of(rows))


def _by_due(found: QuerySet[Ticket], before: tuple[int, int] | None, size: int) -> list[Ticket]:
    """
    Return the next tickets by their due times and one more, those without any last.
    """
    if before is not None:
        due, key = before
        # The first condition alone says where an index begins; the second drops what the page before has shown.
        found = found.filter(due__gte=due).filter(Q(due__gt=due) | Q(pk__gt=key))  # type: ignore[misc]  # annotated
    return list(found.order_by("due", "pk")[: size + 1])  # type: ignore[misc]  # annotated


def _newest_of_the_rest(found: QuerySet[Ticket], before: tuple[int, int] | None, size: int) -> list[Ticket]:
    """
    Return the next tickets and one more: by their due times, then those without any, which are mostly solved long ago,
    from the newest on. Up to two queries.
    """
    rows: list[Ticket] = []
    if before is None or before[0] < LAST_DUE:
        rows = _by_due(found.filter(due__lt=LAST_DUE), before, size)  # type: ignore[misc]  # annotated
    if len(rows) <= size:
        rest = found.filter(due=LAST_DUE)  # type: ignore[misc]  # annotated
        if before is not None and before[0] >= LAST_DUE:
            rest = rest.filter(pk__lt=before[1])
        rows += rest.order_by("-pk")[: size + 1 - len(rows)]
    return rows


def in_queue(
    found: QuerySet[Ticket], queue: str, person: Person, now: Instant, end_of_day: Instant
) -> QuerySet[Ticket]:
    """
    Return the tickets of a queue, with ``due`` by which they are sorted; an unknown one is the open tickets.
    """
    found = found.alias(due=DueLast("next_due_at"))
    is_open = found.filter(is_open=True).exclude(status="resolved")
    conditions: dict[str, Q] = {
        "open": Q(),
        "needs_me": Q(due__lte=end_of_day)
        & (Q(assignee=person) | Q(assignee__isnull=True))
        & ~Q(status="waiting_on_customer"),
        "breached": Q(due__lt=now),
        "at_risk": Q(next_at_risk_at__lte=now, next_state="running", due__gte=now),
        "due_today": Q(due__gte=now, due__lte=end_of_day),
        "waiting_on_customer": Q(status="waiting_on_customer"),
        "unassigned": Q(assignee__isnull=True),
        "mine": Q(assignee=person),
        "held": Q(is_entitled=False),
    }
    if queue == "all":
        return found
    return is_open.filter(conditions.get(queue, Q()))


def narrowed(found: QuerySet[Ticket], filters: Filters, access: Access | None = None) -> QuerySet[Ticket]:
    """
    Return the tickets that a list's filters leave; with ``access``, the words of messages are searched too.
    """
    if filters.severity:
        found = found.filter(severity__in=filters.severity)
    if filters.tier:
        found = found.filter(tier__in=filters.tier)
    if filters.customer:
        found = found.filter(customer__public_id=filters.customer)
    if filters.assignee:
        nobody = filters.assignee == "nobody"
        found = found.filter(assignee__isnull=True) if nobody else found.filter(assignee__public_id=filters.assignee)
    if filters.status:
        found = found.filter(status__in=filters.status)
    if filters.team:
        nobody = filters.team == "none"
        found = found.filter(team__isnull=True) if nobody else found.filter(team__public_id=filters.team)
    if filters.text.strip():
        found = found.filter(search.matching(filters.text, access))
    return found


BY_DUE: Final = ("due", "pk")
COUNTED_BY: Final = {"at_risk": ("next_at_risk_at",), "held": ("pk",)}
"""How queues are sorted to be counted: the rarely filled ones as their own indexes are, the others as the list is."""


def queue_counts(
    access: Access, now: Instant, *, end_of_day: Instant, views: Mapping[str, Filters] | None = None
) -> dict[str, int]:
    """
    Return how many tickets each queue holds, and each of ``views`` (filters by a name; none searches for a text),
    counted up to :data:`MOST_COUNTED` and one more. One query.
    """
    wanted = {queue: Filters(queue=queue) for queue in QUEUES} | dict(views or {})
    parts: list[str] = []
    params: list[Any] = []
    instants = {_NOW: now, _END: end_of_day}
    for filters in wanted.values():
        if access.may("tickets.read"):
            sql, given = _counting(connection.vendor, access.person.pk, access.teams, filters)
        else:
            sql, given = _count_sql(visible(access), access.person, filters)
        parts.append(sql)
        params += [instants.get(each, each) if isinstance(each, int) else each for each in given]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        row = cursor.fetchone()
    return dict(zip(wanted, row, strict=True))


_NOW, _END = 2**62 + 1, 2**62 + 2
"""Stand for the instants in a query that is kept."""


@functools.lru_cache(maxsize=1024)
def _counting(_vendor: str, person: int, teams: frozenset[int] | None, filters: Filters) -> tuple[str, tuple[Any, ...]]:
    """
    Return :func:`_count_sql` for somebody of these teams who reads tickets: making it takes longer than counting.
    """
    reader = Person(pk=person)
    return _count_sql(visible(Access(reader, frozenset({"tickets.read"}), teams)), reader, filters)


def _count_sql(found: QuerySet[Ticket], person: Person, filters: Filters) -> tuple[str, tuple[Any, ...]]:
    """
    Return the SQL that counts what a list's filters leave of tickets, with its parameters.
    """
    queue = narrowed(in_queue(found, filters.queue, person, _NOW, _END), filters)
    # Without a sort the databases choose other indexes, or read the table from its oldest row on.
    inner = queue.order_by(*COUNTED_BY.get(filters.queue, BY_DUE)).values("pk")[: MOST_COUNTED + 1]
    try:
        sql, params = inner.query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({sql}) AS counted)", tuple(params)  # noqa: S608  (the query is Django's own)


def newest_change(access: Access, now: Instant) -> tuple[int, int]:
    """
    Return what changes whenever something happens to a ticket that somebody may see: the last change, and the sum of
    the versions of what changed lately (it grows also where two changes fall into one second). One query.
    """
    lately = (now // LATELY_SECONDS - 1) * LATELY_SECONDS
    found = visible(access).filter(changed_at__gte=lately).aggregate(last=Max("changed_at"), versions=Sum("version"))
    return found["last"] or 0, found["versions"] or 0


LATELY_SECONDS: Final = 60


def rules_of_tickets(tickets: Sequence[Ticket]) -> dict[int, Rules]:
    """
    Return the rules that hold for tickets now by their primary keys, where they have any. No query once they are known.
    """
    known: dict[tuple[int | None, int | None, int | None], Rules] = {}
    found = {}
    for each in tickets:
        if each.contract is None or not each.is_entitled:
            continue
        key = (each.contract_id, each.plan_version_id, each.edition_id)
        if key not in known:
            if each.contract.customer_id == each.customer_id:
                each.contract.customer = each.customer
            known[key] = rules_of(each.contract, each.plan_version_id, each.edition_id)
        found[each.pk] = known[key]
    return found


def plans_of(tickets: Sequence[Ticket]) -> dict[int, Plan]:
    """
    Return the plans of tickets by plan version.
    """
    return {each.plan_version_id: plan_of(each.plan_version_id) for each in tickets if each.plan_version_id is not None}


@dataclass(frozen=True, slots=True)
class TicketPage:
    """
    All that a ticket's page shows.
    """

    ticket: Ticket
    events: list[ev.Event]
    messages: list[Message]
    folded: TicketClocks | None
    rules: Rules | None
    plan: Plan | None
    people: dict[str, Person]
    texts: dict[int, Payload]
    draft: Draft | None
    taken_back: dict[int, ev.Event] = field(default_factory=dict)
    related: dict[str, Ticket] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """
        The ticket's clocks.
        """
        return self.folded.clocks if self.folded else ()


def ticket_page(access: Access, public_id: str, *, internal: bool) -> TicketPage | None:
    """
    Return all that a ticket's page shows, or nothing where it is not visible; ``internal`` shows notes and internal
    files. Eight queries.
    """
    ticket = find(access, public_id)
    if ticket is None:
        return None
    rows = EventRow.objects.filter(ticket=ticket).order_by("seq").values_list("record", flat=True)
    events = [codec.decode(each) for each in rows]
    rules = rules_for(ticket, events)
    plan = plan_of(ticket.plan_version_id) if ticket.plan_version_id is not None else None
    refs = {event.actor.ref for event in events if event.actor.ref}
    refs |= {event.to for event in events if isinstance(event, ev.Assigned) and event.to}
    people = {person.public_id: person for person in Person.objects.filter(public_id__in=refs)}
    wrong = {event.corrected_seq for event in events if isinstance(event, ev.Corrected)}
    return TicketPage(
        ticket=ticket,
        events=ev.in_order(events),
        messages=conversation(ticket, internal=internal),
        folded=fold(events, rules) if rules is not None else None,
        rules=rules,
        plan=plan,
        people=people,
        texts={payload.seq: payload for payload in Payload.objects.filter(ticket=ticket)},
        draft=Draft.objects.filter(person=access.person, place=f"ticket:{ticket.public_id}").first(),
        taken_back={event.seq: event for event in events if event.seq in wrong},
        related=related(access, _named_tickets(events)),
        teams=_named_teams(events),
    )


def _named_tickets(events: Iterable[ev.Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, ev.Linked):
            yield event.to
        elif isinstance(event, ev.Merged | ev.Split):
            yield event.into


def _named_teams(events: Iterable[ev.Event]) -> dict[str, str]:
    """
    Return the names of teams that a ticket was given to, by their references. One query, none where it was to none.
    """
    given = {event.to for event in events if isinstance(event, ev.Assigned) and event.to}
    refs = {each.removeprefix(ev.TEAM) for each in given if each.startswith(ev.TEAM)}
    return dict(Team.objects.filter(public_id__in=refs).values_list("public_id", "name")) if refs else {}


def conversation(ticket: Ticket, *, internal: bool) -> list[Message]:
    """
    Return a ticket's messages with words and files; notes only where ``internal``. Two queries.
    """
    files = Attachment.objects.all() if internal else Attachment.objects.filter(is_public=True)
    found = Message.objects.filter(ticket=ticket).select_related("author", "payload")
    if not internal:
        found = found.filter(is_public=True)
    return list(found.prefetch_related(Prefetch("attachments", files)).order_by("sent_at", "seq"))


def attachment(access: Access, public_id: str) -> Attachment | None:
    """
    Return a file that somebody may see, or nothing: a foreign one takes as long as a missing one. One query.
    """
    there = Attachment.objects.filter(public_id=public_id, erased_at__isnull=True, ticket__in=visible(access))
    found = there.select_related("ticket").first()
    if found is None:
        return None
    if not found.is_public and not is_staff_side(access, found.ticket):
        return None
    return found


def file_of(ticket: Ticket, public_id: str) -> Attachment | None:
    """
    Return a file of a ticket that was not erased, or nothing; one of another ticket is as a missing one. One query.
    """
    there = Attachment.objects.filter(ticket=ticket, public_id=public_id, erased_at__isnull=True)
    return there.select_related("ticket").first()


@dataclass(frozen=True, slots=True)
class PortalPage:
    """
    A page of a customer's tickets, and the key of the next page.
    """

    tickets: list[Ticket]
    following: tuple[int, int] | None
    plans: dict[int, Plan]


PORTAL_STATES: Final = {
    "open": (Q(is_open=True), Q(resolved_at__isnull=True)),
    "yours": (Q(is_open=True), Q(status__in=["waiting_on_customer", "resolved"])),
    "closed": (Q(is_open=False) | Q(resolved_at__isnull=False),),
    "all": (),
}


def colleagues_of(access: Access) -> list[Person]:
    """
    Return who has tickets in the customers all of whose tickets somebody sees, by name. Two queries at most.
    """
    wrote = Ticket.objects.filter(customer_id__in=sees_all_of(access)).values("requester")
    return list(Person.objects.filter(pk__in=wrote).order_by("name", "pk")[:200])


def portal_list(
    access: Access,
    *,
    state: str = "open",
    text: str = "",
    only_mine: bool = False,
    requester: Person | None = None,
    before: tuple[int, int] | None = None,
    size: int = 25,
) -> PortalPage:
    """
    Return a page of the tickets that a customer's person may see, the last changed first. One query.

    ``state`` is ``open`` (not solved yet), ``yours`` (the customer's turn: an answer, or a solution to confirm),
    ``closed`` (solved or closed) or ``all``.
    """
    mine = visible(replace(access, rights=frozenset()))
    if only_mine:
        mine = mine.filter(requester=access.person)
    found = narrowed(mine, Filters(text=text))
    found = found.select_related("customer", "contract", "requester", "assignee", "team")
    if requester is not None:
        found = found.filter(requester=requester)
    found = found.filter(*PORTAL_STATES[state])
    if before is not None:
        at, key = before
        found = found.filter(Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=key))
    rows = list(found.order_by("-changed_at", "-pk")[: size + 1])
    following = (rows[size - 1].changed_at, rows[size - 1].pk) if len(rows) > size else None
    return PortalPage(rows[:size], following, plans_of(rows[:size]))


def event_rows(ticket: Ticket, *, after: int, most: int) -> list[EventRow]:
    """
    Return events of a ticket in the order of recording, from the one behind ``after`` on. One query.
    """
    return list(EventRow.objects.filter(ticket=ticket, seq__gt=after).order_by("seq")[:most])


def clock_rows(ticket: Ticket) -> list[ClockRow]:
    """
    Return the clocks of a ticket as they are stored.
    """
    return list(ClockRow.objects.filter(ticket=ticket).order_by("pk"))


def files_of(ticket: Ticket, *, internal: bool) -> list[Attachment]:
    """
    Return the files of a ticket, the first sent first; internal ones only where ``internal``. One query.
    """
    found = Attachment.objects.filter(ticket=ticket, erased_at__isnull=True)
    return list((found if internal else found.filter(is_public=True)).order_by("uploaded_at", "pk"))


def last_message(ticket: Ticket, author: Person) -> Message:
    """
    Return the newest message of somebody on a ticket with its words and files. Two queries.
    """
    found = Message.objects.filter(ticket=ticket, author=author).select_related("author", "payload")
    return found.prefetch_related("attachments").latest("seq")


def draft_for(person: Person, place: str) -> Draft | None:
    """
    Return what somebody has typed for a place and not sent yet.
    """
    return Draft.objects.filter(person=person, place=place).first()


def preview(
    contract: Contract,
    opened: ev.Opened,
    urgency: str | None,
    rules: Rules,
    suggested: str | None = None,
    *,
    severity: str | None = None,
) -> TicketClocks:
    """
    Return the clocks that a request would have if it were opened like this; nothing is read and nothing is written.
    """
    head: dict[str, Any] = {"effective_at": opened.effective_at, "actor": opened.actor}
    events: list[ev.Event] = [opened, ev.ContractBound(seq=2, **head, contract=contract.public_id, tier=contract.tier)]
    if urgency:
        events.append(ev.UrgencyStated(seq=3, **head, urgency=urgency))
    if suggested:
        events.append(ev.SeveritySuggested(seq=4, effective_at=opened.effective_at, severity=suggested, rule=""))
    if severity:
        events.append(ev.SeverityAssigned(seq=5, **head, severity=severity))
    return fold(events, rules)


def submission_of(person: Person, public_id: str) -> Submission | None:
    """
    Return what a person sent through the portal, with the ticket that it became, if any. One query.
    """
    found = Submission.objects.select_related("ticket").defer("raw")
    return found.filter(person=person, public_id=public_id).first()


MOST_VIEWS_SHOWN: Final = 30
MOST_ANSWERS_SHOWN: Final = 500


def _kept_for(access: Access) -> Q:
    """
    Return what views and answers somebody sees: their own, those of their teams, and those for everybody.
    """
    of_team = Q(audience=Audience.TEAM)
    if access.teams is not None:
        of_team &= Q(team_id__in=access.teams)
    return Q(owner=access.person) | Q(audience=Audience.ALL) | of_team


def views_of(access: Access) -> list[SavedView]:
    """
    Return the saved views that somebody sees: their own, those of their teams, and those for everybody, by name. One
    query.
    """
    found = SavedView.objects.filter(_kept_for(access)).select_related("owner", "team")
    return list(found.order_by("name", "pk")[:MOST_VIEWS_SHOWN])


def find_view(access: Access, public_id: str) -> SavedView | None:
    """
    Return a saved view that somebody sees, or nothing. One query.
    """
    return next((each for each in views_of(access) if each.public_id == public_id), None)


def answers_of(access: Access) -> list[SavedAnswer]:
    """
    Return the saved answers that somebody can use: their own, those of their teams, and those for everybody, by title.
    One query.
    """
    found = SavedAnswer.objects.filter(_kept_for(access)).select_related("owner", "team")
    return list(found.order_by("title", "pk")[:MOST_ANSWERS_SHOWN])


def find_answer(access: Access, public_id: str) -> SavedAnswer | None:
    """
    Return a saved answer that somebody can use, or nothing. One query.
    """
    return next((each for each in answers_of(access) if each.public_id == public_id), None)


def find_number(access: Access, text: str) -> Ticket | None:
    """
    Return the ticket of a number (``#10005``) or public id that somebody may see, or nothing. One query.
    """
    digits = text.strip().lstrip("#")
    named = Q(public_id=digits[:16])
    if digits.isdecimal() and len(digits) < search.MOST_DIGITS:
        named |= Q(number=int(digits))
    return visible(access).select_related(*RELATED).defer("plan_version__document").filter(named).first()


def find_message(ticket: Ticket, public_id: str) -> Message | None:
    """
    Return a message of a ticket with its words, or nothing. One query.
    """
    return Message.objects.filter(ticket=ticket, public_id=public_id).select_related("author", "payload").first()


def others_of_customer(access: Access, ticket: Ticket, *, most: int = 20) -> list[Ticket]:
    """
    Return other tickets of a ticket's customer that somebody may see, open and lately changed ones first. One query.
    """
    found = visible(access).filter(customer_id=ticket.customer_id).exclude(pk=ticket.pk).exclude(status="merged")
    return list(found.select_related("requester", "assignee").order_by("-is_open", "-changed_at", "-pk")[:most])


def done_of_customer(access: Access, customer_id: int, *, most: int) -> list[Ticket]:
    """
    Return resolved and closed tickets of a customer that somebody may see, the last changed first. One query.
    """
    is_done = Q(is_open=False) | Q(status="resolved")
    found = visible(access).filter(is_done, customer_id=customer_id)
    return list(found.select_related("requester", "assignee").order_by("-changed_at", "-pk")[:most])


def related(access: Access, public_ids: Iterable[str]) -> dict[str, Ticket]:
    """
    Return the tickets that others name (merged, split, linked), where somebody may see them, by public id. One query,
    none where nothing is named.
    """
    wanted = set(public_ids)
    return {each.public_id: each for each in visible(access).filter(public_id__in=wanted)} if wanted else {}
