"""
A message that a customer sends on a ticket: kept raw first, then recorded.

Invariant: a sending makes at most one message, however often it is tried; one that fails through an error of ours stays
in the spool, and the relay records it as of when it was received.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import EventRow, Submission, Ticket
from upheld.apps.tickets.services import conversation
from upheld.apps.tickets.services.intake import check_writer
from upheld.apps.tickets.services.recording import TicketError
from upheld.apps.tickets.services.spool import spool, work_off
from upheld.core import events as ev
from upheld.core.instants import Instant


def keep(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    seen: int | None,
    now: Instant,
    channel: str = "portal",
    fields: Mapping[str, str] | None = None,
    files: Sequence[Mapping[str, Any]] = (),
) -> Submission:
    """
    Keep a message before any rule looks at it. The same words again from a page that showed the same ``seen`` messages
    are the same sending, a second click on "Send"; without ``seen`` each call is a sending of its own.

    MUST be called outside a transaction.
    """
    content = {
        "ticket": ticket.public_id,
        "text": text,
        "fields": dict(fields or {}),
        "files": [dict(each) for each in files],
    }
    mark = f"seen:{seen}:{_digest(content)}" if seen is not None else f"at:{now}:{_digest({**content, 'by': by.pk})}"
    return spool(
        key=f"message:{by.pk}:{ticket.pk}:{mark}",
        kind=Submission.Kind.MESSAGE,
        channel=channel,
        person=by,
        customer=ticket.customer,
        content=content,
        now=now,
    )


def _digest(content: Mapping[str, Any]) -> str:
    """
    Return what tells two sendings apart: words, answers, and the files by what is in them, not by where they lie.
    """
    same = {**content, "files": [each["digest"] for each in content["files"]]}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:32]


def post(*, submission: Submission, now: Instant) -> Ticket:
    """
    Record the message of a submission, or return the ticket that has it already.

    Raises :class:`TicketError` where the message is refused; it is kept with the reason then.
    """
    try:
        return _post(submission.pk, now)
    except TicketError as error:
        Submission.objects.filter(pk=submission.pk, state=Submission.State.SPOOLED).update(
            state=Submission.State.REFUSED, problem={"code": error.code, **error.params}
        )
        raise


@transaction.atomic
def _post(key: int, now: Instant) -> Ticket:
    submission = Submission.objects.select_for_update(of=("self",)).select_related("person").get(pk=key)
    if submission.ticket_id is not None:
        return Ticket.objects.get(pk=submission.ticket_id)
    content = json.loads(bytes(submission.raw))
    tickets = Ticket.objects.select_related("contract").filter(customer_id=submission.customer_id or 0)
    ticket = tickets.filter(public_id=content["ticket"]).first()
    if ticket is None or submission.person is None:
        raise TicketError("message.no_ticket")
    if ticket.contract is not None and ticket.is_entitled:
        check_writer(ticket.contract, submission.person, submission.received_at)
    changed = conversation.customer_message(
        ticket=ticket,
        by=submission.person,
        text=content["text"],
        now=now,
        received_at=submission.received_at,
        channel=submission.channel,
        fields=content["fields"],
        files=tuple(content["files"]),
    )
    written = EventRow.objects.filter(ticket=changed, kind=ev.MessageReceived.kind).order_by("-seq")
    submission.ticket, submission.seq = changed, written.values_list("seq", flat=True).first()
    submission.state = Submission.State.TICKETED
    submission.save(update_fields=["ticket", "seq", "state"])
    return changed


def post_spooled(*, now: Instant) -> int:
    """
    Record messages that a crash or an error of ours left in the spool, the oldest first, and return how many.
    """
    return work_off(kind=Submission.Kind.MESSAGE, make=post, now=now)
