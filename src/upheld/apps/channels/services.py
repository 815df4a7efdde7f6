"""
Telling people: a cause becomes notices in the app and mails, one of each for a person.

Invariant: the key of the cause makes a notice or mail unique; telling twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from upheld.apps.channels import delivery
from upheld.apps.channels.folding import close, fold, is_late, open_until
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.channels.words import mail_words
from upheld.apps.contracts.models import Contract
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import access_of, staff_with
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import visible
from upheld.apps.work.faults import fault
from upheld.apps.work.handlers import LaterError
from upheld.apps.work.models import OutboxRow
from upheld.apps.work.services import enqueue
from upheld.core.instants import Instant


@transaction.atomic
def tell(
    *,
    key: str,
    ticket: Ticket,
    code: str,
    audience: str,
    params: Mapping[str, Any],
    now: Instant,
    at: Instant | None = None,
) -> int:
    """
    Tell those concerned about something on a ticket, and return how many were told. What happened (``at``) long ago is
    folded into one notice and one mail for a person.
    """
    # In one order everywhere, so that two workers never wait for each other's folds.
    people = sorted(audience_of(ticket, audience, now), key=lambda each: each.pk)
    is_mailed = audience == "requester" or code.startswith("clock.")
    for person in people:
        notice, is_new = Notice.objects.get_or_create(
            person=person,
            key=key,
            defaults={
                "customer_id": ticket.customer_id,
                "ticket": ticket,
                "code": code,
                "params": dict(params),
                "made_at": now,
            },
        )
        if at is not None and is_late(at, now):
            if is_new:
                fold(notice, happened_at=at, is_mailed=is_mailed, now=now)
        elif is_mailed:
            _queue_mail(notice, now)
    return len(people)


@transaction.atomic
def close_fold(*, notice_id: int, now: Instant) -> None:
    """
    Tell a person in one notice and one mail what came late.

    Raises :class:`~upheld.apps.work.handlers.LaterError` while more may come.
    """
    over = Notice.objects.select_for_update().filter(pk=notice_id, code=Notice.GATHERING).first()
    if over is None:
        return
    if until := open_until(over, now):
        raise LaterError(until)
    for notice in close(over, now):
        _queue_mail(Notice.objects.select_related("person", "ticket").get(pk=notice.pk), now)


@transaction.atomic
def tell_vendor(*, key: str, contract: Contract, code: str, params: Mapping[str, Any], now: Instant) -> int:
    """
    Tell the vendor's people of a contract about a change of it: its success manager, or all who may change contracts.
    """
    manager = contract.success_manager
    people = [manager] if manager is not None and manager.is_active else staff_with("contracts.write", now)
    for person in people:
        defaults = {"customer_id": contract.customer_id, "code": code, "params": dict(params), "made_at": now}
        Notice.objects.get_or_create(person=person, key=key, defaults=defaults)
    return len(people)


@transaction.atomic
def tell_person(
    *, key: str, person: Person, code: str, params: Mapping[str, Any], is_mailed: bool, now: Instant
) -> Notice | None:
    """
    Tell one of the vendor's people about something of their own that no ticket is about; nobody who has left is told.
    """
    if not person.is_active:
        return None
    defaults = {"code": code, "params": dict(params), "made_at": now, "is_mailed": is_mailed}
    notice, _ = Notice.objects.get_or_create(person=person, key=key, defaults=defaults)
    if is_mailed:
        _queue_mail(notice, now)
    return notice


def audience_of(ticket: Ticket, audience: str, now: Instant) -> Iterable[Person]:
    """
    Return who is meant: the requester; the assignee, or the team where there is none; the team. Nobody who may see the
    ticket no more is told of it.
    """
    if audience == "requester":
        return [ticket.requester] if still_sees(ticket.requester, ticket, now) else []
    if audience == "assignee" and ticket.assignee is not None and still_sees(ticket.assignee, ticket, now):
        return [ticket.assignee]
    return staff_with("tickets.reply", now, team=ticket.team_id)


def still_sees(person: Person, ticket: Ticket, now: Instant) -> bool:
    """
    Return whether somebody may see a ticket now: who moved to another customer or lost a team may not. Three queries,
    four for a requester.
    """
    return person.is_active and visible(access_of(person, now)).filter(pk=ticket.pk).exists()


def _queue_mail(notice: Notice, now: Instant) -> None:
    """
    Queue the mail of a notice; its Message-ID follows from its key, so that it is the same whenever it is sent.
    """
    if not notice.person.is_active:
        return
    key = f"{notice.key}:{notice.person.public_id}"
    mail, is_new = Mail.objects.get_or_create(
        key=key,
        defaults={
            "message_id": _message_id(key),
            "person": notice.person,
            "customer_id": notice.customer_id,
            "ticket": notice.ticket,
            "code": notice.code,
            "params": notice.params,
            "queued_at": now,
        },
    )
    if is_new:
        enqueue(key=f"mail:{mail.pk}", handler="channels.send_mail", arguments={"mail": mail.pk}, now=now)


def _message_id(key: str) -> str:
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{settings.UPHELD_MAIL_DOMAIN}>"


def send_mail(*, mail_id: int, now: Instant) -> None:
    """
    Send a queued mail and mark it as sent; a crash between the two sends it once more, with the same Message-ID. It is
    refused where its person may see the ticket no more by now, or a server takes nothing for their address; and
    replaced where it warns of a promise of which a later mail says more.

    Raises :class:`~upheld.apps.work.handlers.LaterError` while an earlier mail waits or the rate is reached, and
    :class:`~upheld.apps.work.away.AwayError` while the server is away.
    """
    mail = Mail.objects.select_related("person", "ticket__customer", "ticket__contract").get(pk=mail_id)
    if mail.state != Mail.State.QUEUED:
        return
    if not mail.person.is_active or (mail.ticket is not None and not still_sees(mail.person, mail.ticket, now)):
        _settle(mail, Mail.State.REFUSED, "mail.not_theirs_any_more")
        return
    if delivery.is_stale(mail):
        _settle(mail, Mail.State.REPLACED)
        return
    if delivery.is_refused(mail.person, now):
        _settle(mail, Mail.State.REFUSED, "mail.address_refused")
        return
    delivery.check_order(mail, now)
    delivery.check_rate(now)
    subject, text = mail_words(mail, now)
    message = EmailMessage(
        subject=subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.person.email],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    fault("mail.before_send")
    try:
        delivery.deliver(message)
    except delivery.AddressRefusedError as refused:
        parties.mail_refused(person=mail.person, because=str(refused), now=now)
        _settle(mail, Mail.State.REFUSED, "mail.address_refused")
        return
    except delivery.RefusedError as refused:
        _settle(mail, Mail.State.REFUSED, f"mail.refused: {refused}")
        return
    fault("mail.sent")
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT, sent_at=now)
    parties.mail_taken(person=mail.person)


def _settle(mail: Mail, state: Mail.State, problem: str = "") -> None:
    Mail.objects.filter(pk=mail.pk).update(state=state, problem=problem)


def mark_read(*, person: Person, now: Instant, public_id: str | None = None) -> int:
    """
    Mark a person's notices as read: one, or all.
    """
    unread = Notice.objects.filter(person=person, read_at__isnull=True, fold__isnull=True)
    unread = unread.exclude(code=Notice.GATHERING)
    if public_id is not None:
        unread = unread.filter(public_id=public_id)
    return unread.update(read_at=now)


@transaction.atomic
def settle_past(*, until: Instant, read_before: Instant) -> int:
    """
    Tell at once what waited to be told up to an instant, each as of its own time, and return how many causes there
    were. For a past that is played, not lived: mails count as sent then and go nowhere, and notices from before
    ``read_before`` as read.
    """
    rows = list(
        OutboxRow.objects.filter(handler="channels.tell", state=OutboxRow.State.WAITING, due_at__lte=until).order_by(
            "due_at", "pk"
        )
    )
    tickets = Ticket.objects.select_related("requester", "assignee").in_bulk({row.arguments["ticket"] for row in rows})
    staff: dict[int | None, list[Person]] = {}
    notices, mails = [], []
    for row in rows:
        ticket, audience = tickets[row.arguments["ticket"]], row.arguments["audience"]
        is_team = audience == "team" or (audience == "assignee" and ticket.assignee is None)
        if is_team and ticket.team_id not in staff:
            staff[ticket.team_id] = list(audience_of(ticket, "team", until))
        for person in staff[ticket.team_id] if is_team else _named(ticket, audience):
            notices.append(_past_notice(row, ticket, person, read_before))
            if audience == "requester" or row.arguments["code"].startswith("clock."):
                mails.append(_past_mail(row, ticket, person))
    Notice.objects.bulk_create(notices)
    sent = Mail.objects.bulk_create(mails)
    OutboxRow.objects.bulk_create([_past_work(mail) for mail in sent])
    OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(state=OutboxRow.State.DONE, done_at=F("due_at"))
    return len(rows)


def _named(ticket: Ticket, audience: str) -> list[Person]:
    person = ticket.assignee if audience == "assignee" and ticket.assignee is not None else ticket.requester
    return [person] if person.is_active else []


def _past_notice(row: OutboxRow, ticket: Ticket, person: Person, read_before: Instant) -> Notice:
    return Notice(
        person=person,
        customer_id=ticket.customer_id,
        ticket=ticket,
        key=row.arguments["key"],
        code=row.arguments["code"],
        params=row.arguments["params"],
        made_at=row.due_at,
        read_at=row.due_at if row.due_at < read_before else None,
    )


def _past_mail(row: OutboxRow, ticket: Ticket, person: Person) -> Mail:
    key = f"{row.arguments['key']}:{person.public_id}"
    return Mail(
        key=key,
        message_id=_message_id(key),
        person=person,
        customer_id=ticket.customer_id,
        ticket=ticket,
        code=row.arguments["code"],
        params=row.arguments["params"],
        state=Mail.State.SENT,
        queued_at=row.due_at,
        sent_at=row.due_at,
    )


def _past_work(mail: Mail) -> OutboxRow:
    at = mail.queued_at
    return OutboxRow(
        key=f"mail:{mail.pk}",
        handler="channels.send_mail",
        arguments={"mail": mail.pk},
        state=OutboxRow.State.DONE,
        due_at=at,
        created_at=at,
        done_at=at,
    )
