"""
Reading tickets: one selector a screen, each scoped by who asks, with a fixed number of queries.

Invariant: :func:`visible` is the only way from a person to tickets; what is not visible answers exactly as what is
missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Prefetch, Q, QuerySet, Sum

from upheld.apps.contracts.models import Contract, DesignatedContact
from upheld.apps.contracts.selectors import newest_revisions_of, plan_of, rules_of
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import Attachment, ClockRow, Draft, EventRow, Message, Payload, Submission, Ticket
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
    own = [customer for customer in access.parts if access.may_in(customer, "own.read")]
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


LAST_DUE: Final = 2**62
"""Sorts tickets without a due time behind all others."""


def desk_list(access: Access, filters: Filters, now: Instant, *, end_of_day: Instant, size: int = PAGE) -> Page:
    """
    Return a page of the desk's list, the next promise to break first. Three queries: tickets, holiday revisions, and
    none for plans that are known already.
    """
    found = narrowed(in_queue(visible(access), filters.queue, access.person, now, end_of_day), filters)
    found = found.select_related("customer", "contract__customer", "assignee", "requester", "team")
    if filters.before is not None:
        due, key = filters.before
        after = Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=key) | Q(next_due_at__isnull=True)
        found = found.filter(after) if due < LAST_DUE else found.filter(next_due_at__isnull=True, pk__gt=key)
    rows = list(found.order_by(_due_last(), "pk")[: size + 1])
    following = None
    if len(rows) > size:
        rows = rows[:size]
        last_due = rows[-1].next_due_at
        following = (last_due if last_due is not None else LAST_DUE, rows[-1].pk)
    return Page(rows, rules_of_tickets(rows), following, plans_of(rows))


def _due_last() -> Any:
    from django.db.models import F  # noqa: PLC0415

    return F("next_due_at").asc(nulls_last=True)


def in_queue(
    found: QuerySet[Ticket], queue: str, person: Person, now: Instant, end_of_day: Instant
) -> QuerySet[Ticket]:
    """
    Return the tickets of a queue; an unknown one is the open tickets.
    """
    is_open = found.filter(is_open=True).exclude(status="resolved")
    conditions: dict[str, Q] = {
        "open": Q(),
        "needs_me": Q(next_due_at__lte=end_of_day)
        & (Q(assignee=person) | Q(assignee__isnull=True))
        & ~Q(status="waiting_on_customer"),
        "breached": Q(next_due_at__lt=now),
        "at_risk": Q(next_at_risk_at__lte=now, next_due_at__gte=now),
        "due_today": Q(next_due_at__gte=now, next_due_at__lte=end_of_day),
        "waiting_on_customer": Q(status="waiting_on_customer"),
        "unassigned": Q(assignee__isnull=True),
        "mine": Q(assignee=person),
        "held": Q(is_entitled=False),
    }
    if queue == "all":
        return found
    return is_open.filter(conditions.get(queue, Q()))


def narrowed(found: QuerySet[Ticket], filters: Filters) -> QuerySet[Ticket]:
    """
    Return the tickets that a list's filters leave.
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
    text = filters.text.strip()
    if text:
        digits = text.lstrip("#")
        by_number = Q(number=int(digits)) if digits.isdecimal() and len(digits) < 18 else Q(pk__in=[])  # noqa: PLR2004
        found = found.filter(by_number | Q(subject__icontains=text[:200]) | Q(customer__name__icontains=text[:200]))
    return found


def queue_counts(access: Access, now: Instant, *, end_of_day: Instant) -> dict[str, int]:
    """
    Return how many tickets each queue holds, counted up to :data:`MOST_COUNTED` and one more. One query.
    """
    base = visible(access)
    parts: list[str] = []
    params: list[Any] = []
    for queue in QUEUES:
        inner = in_queue(base, queue, access.person, now, end_of_day).order_by().values("pk")[: MOST_COUNTED + 1]
        sql, given = inner.query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS queue_{queue})")  # noqa: S608  (the query is Django's own)
        params += given
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        row = cursor.fetchone()
    return dict(zip(QUEUES, row, strict=True))


def newest_change(access: Access) -> tuple[int, int]:
    """
    Return what changes whenever something happens to an open ticket that somebody may see: the last change, and the sum
    of all versions. One query.
    """
    found = visible(access).filter(is_open=True).aggregate(last=Max("changed_at"), versions=Sum("version"))
    return found["last"] or 0, found["versions"] or 0


def rules_of_tickets(tickets: Sequence[Ticket]) -> dict[int, Rules]:
    """
    Return the rules of tickets by their primary keys, where they have any. One query.
    """
    entitled = [each for each in tickets if each.contract is not None and each.is_entitled]
    revisions = newest_revisions_of(each.plan_version_id for each in entitled if each.plan_version_id is not None)
    return {
        each.pk: rules_of(each.contract, each.plan_version_id, revisions.get(each.plan_version_id or 0, ()))
        for each in entitled
        if each.contract is not None
    }


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
    rules = rules_of_tickets([ticket]).get(ticket.pk)
    plan = plan_of(ticket.plan_version_id) if ticket.plan_version_id is not None else None
    refs = {event.actor.ref for event in events if event.actor.ref}
    refs |= {event.to for event in events if isinstance(event, ev.Assigned) and event.to}
    people = {person.public_id: person for person in Person.objects.filter(public_id__in=refs)}
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
    )


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
    Return a file that somebody may see, or nothing. Two queries.
    """
    found = Attachment.objects.select_related("ticket").filter(public_id=public_id, erased_at__isnull=True).first()
    if found is None or not visible(access).filter(pk=found.ticket_id).exists():
        return None
    if not found.is_public and not is_staff_side(access, found.ticket):
        return None
    return found


@dataclass(frozen=True, slots=True)
class PortalPage:
    """
    A page of a customer's tickets, and the key of the next page.
    """

    tickets: list[Ticket]
    following: tuple[int, int] | None
    plans: dict[int, Plan]


def portal_list(
    access: Access,
    *,
    is_open: bool | None,
    text: str = "",
    only_mine: bool = False,
    before: tuple[int, int] | None = None,
    size: int = 25,
) -> PortalPage:
    """
    Return a page of the tickets that a customer's person may see, the last changed first. One query.
    """
    mine = visible(replace(access, rights=frozenset()))
    if only_mine:
        mine = mine.filter(requester=access.person)
    found = narrowed(mine, Filters(text=text))
    found = found.select_related("customer", "contract", "requester", "assignee", "team")
    if is_open is not None:
        found = found.filter(is_open=is_open)
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


def preview(contract: Contract, opened: ev.Opened, urgency: str | None, rules: Rules) -> TicketClocks:
    """
    Return the clocks that a request would have if it were opened like this; nothing is read and nothing is written.
    """
    head: dict[str, Any] = {"effective_at": opened.effective_at, "actor": opened.actor}
    events: list[ev.Event] = [opened, ev.ContractBound(seq=2, **head, contract=contract.public_id, tier=contract.tier)]
    if urgency:
        events.append(ev.UrgencyStated(seq=3, **head, urgency=urgency))
    return fold(events, rules)


def submission_of(person: Person, public_id: str) -> Submission | None:
    """
    Return what a person sent through the portal, with the ticket that it became, if any. One query.
    """
    found = Submission.objects.select_related("ticket").defer("raw")
    return found.filter(person=person, public_id=public_id).first()
