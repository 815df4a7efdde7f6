"""
Tickets as they are sent and received.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from upheld.api.cursors import PageQuery
from upheld.api.shapes.base import At, Body, Id, Moment, Name, Reason, Ref, Text
from upheld.apps.tickets.models import Attachment, Message, Ticket
from upheld.apps.tickets.services.intake import MOST_SUBJECT

Queue = Literal[
    "open", "all", "needs_me", "breached", "at_risk", "due_today", "waiting_on_customer", "unassigned", "mine", "held"
]
Status = Literal["waiting_on_support", "waiting_on_customer", "waiting_on_third_party", "on_hold"]
Coverage = Literal["covered", "best_effort", "chargeable", "not_covered", "undecided"]
Answer = Annotated[str, StringConstraints(max_length=10_000)]


class Next(Schema):
    """
    The next promise: which, until when, and how it stands.
    """

    metric: str
    due_at: At | None
    at_risk_at: At | None
    state: str


class TicketRow(Schema):
    """
    A ticket in a list. `version` goes up with every change; it is the ticket's ETag.
    """

    id: str
    number: int
    subject: str
    customer: Ref
    requester: Ref
    assignee: Ref | None
    team: Ref | None
    contract: str | None
    tier: str
    channel: str
    request_type: str
    environment: str
    urgency: str
    severity: str
    is_severity_assigned: bool
    status: str
    is_open: bool
    is_entitled: bool
    held_reason: str
    coverage: str
    opened_at: At
    changed_at: At
    resolved_at: At | None
    closed_at: At | None
    next: Next | None
    messages_count: int
    last_message_at: At | None
    last_message_by_customer: bool
    version: int


class PlanRef(Schema):
    """
    The plan version that rules a ticket.
    """

    id: str
    plan: str
    version: str


class TicketOut(TicketRow):
    """
    A ticket, whole.
    """

    plan: PlanRef | None
    instance: Ref | None


class TicketQuery(PageQuery):
    """
    Which tickets. Staff get what is due first, customers what changed last.
    """

    queue: Queue = Field("open", description="For staff; customers get `open` or `all`.")
    severity: list[Name] = Field([], max_length=20)
    tier: list[Name] = Field([], max_length=20)
    status: list[Name] = Field([], max_length=20)
    customer: Id | None = None
    assignee: Id | None = None
    team: Id | None = Field(None, description="For staff.")
    text: str = Field(
        "",
        max_length=200,
        description="A ticket's number, or words of the subject, requester or customer; for staff, of messages too.",
    )


class NewTicket(Body):
    """
    A request for support. What the plan knows (urgencies, request types, environments) is given by the plan's names.

    Staff open tickets for a customer's person (`customer` and `requester`); only they give `severity`, `channel` and
    `opened_at`.
    """

    subject: Annotated[str, StringConstraints(min_length=1, max_length=MOST_SUBJECT)]
    text: Text = ""
    customer: Id | None = Field(None, description="May be left out by people of one customer.")
    requester: Id | None = Field(None, description="A person of the customer; needed from staff.")
    contract: Id | None = Field(None, description="Needed where several contracts fit.")
    urgency: Name | None = None
    request_type: Name | None = None
    environment: Name | None = None
    product: Name | None = None
    instance: Id | None = None
    severity: Name | None = None
    channel: Name | None = None
    opened_at: Moment | None = Field(None, description="When it happened, if earlier than now; needs `reason`.")
    reason: Reason = ""
    answers: dict[Name, Answer] = Field({}, max_length=50, description="To the plan's severity questions.")
    fields: dict[Name, Answer] = Field({}, max_length=50, description="To the plan's intake fields.")


class TicketPatch(Body):
    """
    What is to become of a ticket; what is left out stays. `reason` is needed where a person decides again.
    """

    severity: Name | None = None
    coverage: Coverage | None = None
    team: Id | None = Field(None, description="Gives it to another team, where it is nobody's; needs `reason`.")
    assignee: Id | None = Field(None, description="Somebody who answers tickets; null for nobody.")
    status: Status | Literal["resolved", "closed", "reopened"] | None = None
    reason: Reason = ""


class BulkItem(TicketPatch):
    """
    One ticket of several, with the version that was seen.
    """

    id: Id
    version: int | None = Field(None, ge=0, le=10**9)


class BulkPatch(Body):
    """
    Changes of several tickets: all of them or none.
    """

    items: list[BulkItem] = Field(min_length=1, max_length=100)


class Tickets(Schema):
    """
    Several tickets.
    """

    items: list[TicketOut]


class AttachmentOut(Schema):
    """
    A file: what it is called, and what it is by its content, whatever the sender says of that.
    """

    id: str
    name: str
    size: int
    digest: str = Field(description="SHA-256 of its bytes.")
    content_type: str
    is_public: bool
    uploaded_at: At


class MessageOut(Schema):
    """
    A message; `text` is null once it was erased.
    """

    id: str
    seq: int
    author: Ref | None
    by_customer: bool
    is_public: bool
    is_automatic: bool
    channel: str
    text: str | None
    sent_at: At
    attachments: list[AttachmentOut]


class Messages(Schema):
    """
    A conversation in order of time.
    """

    items: list[MessageOut]


class Attachments(Schema):
    """
    The files of a ticket.
    """

    items: list[AttachmentOut]


class NewMessage(Body):
    """
    A message. From the vendor's side it is a reply, or with `is_internal` a note that no customer sees; from a
    customer's side it is theirs.
    """

    text: Annotated[Text, StringConstraints(min_length=1)]
    is_internal: bool = False
    then_status: (
        Literal["waiting_on_support", "waiting_on_customer", "on_hold", "waiting_on_third_party", "resolved"] | None
    ) = Field(None, description="Sets the status in the same step; replies only.")


class FileForm(Schema):
    """
    What goes with a file.
    """

    text: Text = ""
    is_internal: bool = False


class NewCall(Body):
    """
    A telephone call; one that was made earlier needs a reason.
    """

    is_inbound: bool
    called_at: Moment | None = None
    seconds: int | None = Field(None, ge=0, le=86_400)
    text: Text = ""
    reason: Reason = ""


class Release(Body):
    """
    Under which contract a held ticket goes on, and why.
    """

    contract: Id
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Erasure(Body):
    """
    Why something has to go for good.
    """

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Exclusion(Body):
    """
    Whether a cause of the plan takes the ticket, or one metric of it, out of the promise.
    """

    cause: Name
    is_excluded: bool
    metric: Name | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class EventOut(Schema):
    """
    One event of the chain: `hash` is the SHA-256 of the hash before it, a line feed, and `record`, byte for byte.
    """

    seq: int
    kind: str
    effective_at: At
    recorded_at: At
    record: str
    hash: str


def ref(thing: Any) -> dict[str, str] | None:
    """
    Return somebody or something by public id and name, or nothing.
    """
    return None if thing is None else {"id": thing.public_id, "name": str(thing)}


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """
    Return a ticket as it stands in a list.
    """
    fields = (
        "number", "subject", "tier", "channel", "request_type", "environment", "urgency", "severity",
        "is_severity_assigned", "status", "is_open", "is_entitled", "held_reason", "coverage", "opened_at",
        "changed_at", "resolved_at", "closed_at", "messages_count", "last_message_at", "last_message_by_customer",
        "version",
    )  # fmt: skip
    promise = {
        "metric": ticket.next_metric,
        "due_at": ticket.next_due_at,
        "at_risk_at": ticket.next_at_risk_at,
        "state": ticket.next_state,
    }
    return {
        "id": ticket.public_id,
        **{name: getattr(ticket, name) for name in fields},
        "contract": ticket.contract.public_id if ticket.contract else None,
        **{name: ref(getattr(ticket, name)) for name in ("customer", "requester", "assignee", "team")},
        "next": promise if ticket.next_metric else None,
    }


def ticket_out(ticket: Ticket) -> dict[str, Any]:
    """
    Return a ticket, whole.
    """
    plan = ticket.plan_version
    return ticket_row(ticket) | {
        "plan": None if plan is None else {"id": plan.public_id, "plan": plan.plan, "version": plan.version},
        "instance": ref(ticket.instance),
    }


def message_out(message: Message) -> dict[str, Any]:
    """
    Return a message with its files.
    """
    return {
        "id": message.public_id,
        "seq": message.seq,
        "author": ref(message.author),
        "by_customer": message.by_customer,
        "is_public": message.is_public,
        "is_automatic": message.is_automatic,
        "channel": message.channel,
        "text": None if message.payload.erased_at else message.payload.text,
        "sent_at": message.sent_at,
        "attachments": [attachment_out(each) for each in message.attachments.all()],
    }


def attachment_out(attachment: Attachment) -> dict[str, Any]:
    """
    Return what is known of a file.
    """
    names = ("name", "size", "digest", "content_type", "is_public", "uploaded_at")
    return {"id": attachment.public_id, **{name: getattr(attachment, name) for name in names}}
