"""
Intake: a spooled submission becomes a ticket.

Invariant: the ticket, its first events, message and files are committed together with the submission's new state; a
submission makes at most one ticket, however often it is tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from upheld.apps.contracts.models import Contract, Instance
from upheld.apps.contracts.selectors import Entitlement, designations_of, entitlement, only_writers, plan_of
from upheld.apps.parties.models import Customer, Person
from upheld.apps.tickets.models import Attachment, Message, Submission, Ticket
from upheld.apps.tickets.services.recording import Fact, TicketError, Told, actor_of, record_opening
from upheld.apps.tickets.services.spool import work_off
from upheld.apps.work.faults import fault
from upheld.core import events as ev
from upheld.core.clocks.story import HELD
from upheld.core.instants import Instant
from upheld.core.intake import happened_on, is_authorised, missing
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.severity.answers import AnswerError, TicketFields
from upheld.core.severity.suggestion import Suggestion, suggest

MOST_SUBJECT: Final = 250
MOST_TEXT: Final = 100_000
"""Characters of a message; more belongs into a file."""
FIRST_NUMBER: Final = 10_000


@dataclass(frozen=True, slots=True)
class Request:
    """
    What a submission says, read from its raw content.

    ``files`` are stored files (storage key, name, size, digest, content type); ``fields`` answers the plan's intake
    fields. ``by`` is the public id of the agent who opened it for the customer, ``reason`` why it was opened late.
    """

    subject: str
    text: str
    urgency: str | None
    request_type: str | None
    environment: str | None
    instance: str | None
    product: str | None
    contract: str | None
    severity: str | None
    answers: dict[str, str]
    fields: dict[str, str]
    files: tuple[dict[str, Any], ...]
    by_staff: bool
    opened_at: Instant | None
    by: str | None = None
    reason: str | None = None


def read_request(raw: bytes | memoryview) -> Request:
    """
    Return what a submission's raw content says; empty texts count as nothing.

    Raises :class:`TicketError` ``intake.unreadable``, ``intake.no_subject``, ``intake.subject_too_long`` or
    ``intake.text_too_long``.
    """
    try:
        given = json.loads(bytes(raw))
        subject, text = str(given.get("subject") or "").strip(), str(given.get("text") or "")
    except (ValueError, AttributeError) as error:
        raise TicketError("intake.unreadable", reason=str(error)) from None
    if not subject:
        raise TicketError("intake.no_subject")
    if len(subject) > MOST_SUBJECT:
        raise TicketError("intake.subject_too_long", most=MOST_SUBJECT, given=len(subject))
    if len(text) > MOST_TEXT:
        raise TicketError("intake.text_too_long", most=MOST_TEXT, given=len(text))
    names = ("urgency", "request_type", "environment", "instance", "product", "contract", "severity")
    return Request(
        subject,
        text,
        **{name: given.get(name) or None for name in names},
        answers={str(key): str(value) for key, value in (given.get("answers") or {}).items()},
        fields={str(key): str(value) for key, value in (given.get("fields") or {}).items()},
        files=tuple(given.get("files") or ()),
        by_staff=bool(given.get("by_staff")),
        opened_at=given.get("opened_at"),
        by=given.get("by") or None,
        reason=given.get("reason") or None,
    )


def submit(*, submission: Submission, now: Instant) -> Ticket:
    """
    Make the ticket of a submission, or return the one that it already made.

    Raises :class:`TicketError` where the submission is refused; it is kept with the reason then.
    """
    if submission.ticket_id is not None:
        return Ticket.objects.get(pk=submission.ticket_id)
    try:
        ticket = _submit(submission, now)
    except TicketError as error:
        Submission.objects.filter(pk=submission.pk, state=Submission.State.SPOOLED).update(
            state=Submission.State.REFUSED, problem={"code": error.code, **error.params}
        )
        raise
    except IntegrityError:
        # Somebody else was quicker, and waiting for the ticket's number ended with that ticket's commit.
        made = Ticket.objects.filter(submissions=submission.pk).first()
        if made is None:
            raise
        return made
    fault("intake.committed")
    return ticket


@transaction.atomic
def _submit(submission: Submission, now: Instant) -> Ticket:
    """
    Make the ticket; its number is the submission's, so that the database lets no second one be made.
    """
    request = read_request(submission.raw)
    customer, person = submission.customer, submission.person
    if customer is None or person is None:
        raise TicketError("intake.no_customer")
    found = entitlement(customer.pk, submission.received_at, product=request.product, chosen=request.contract)
    _check_choice(found)
    plan = plan_of(found.contract.plan_version_id) if found.contract else None
    if plan is not None:
        check_words(plan, request)
    if found.contract is not None and not found.problem and not request.by_staff:
        check_writer(found.contract, person, submission.received_at)
    ticket = _ticket_row(submission, request, found, now, customer=customer, requester=person)
    files = tuple(each["mark"] for each in request.files)
    facts = _opening_facts(submission, request, found, plan, files)
    rules, told = found.rules(), _told(ticket)
    record_opening(ticket=ticket, facts=facts, rules=rules, now=now, told=told, submission=submission)
    _attach(ticket, submission, request)
    fault("intake.before_commit")
    return ticket


def _check_choice(found: Entitlement) -> None:
    if found.problem == "choose":
        raise TicketError("intake.choose_contract", choices=[str(each) for each in found.choices])
    if found.problem == "unknown_contract":
        raise TicketError("intake.unknown_contract")


def check_writer(contract: Contract, person: Person, at: Instant) -> None:
    """
    Refuse somebody whom the plan does not let write to support (OPT-9).

    Raises :class:`TicketError` ``intake.not_a_contact`` with who may.
    """
    if people := only_writers(contract, person.pk, at):
        raise TicketError("intake.not_a_contact", people=list(people))


def check_words(plan: Plan, request: Request) -> None:
    """
    Refuse words that the plan does not have.

    Raises :class:`TicketError` ``intake.unknown_word`` with the field, what was given and what there is.
    """
    known: Mapping[str, tuple[str | None, Mapping[str, Any]]] = {
        "urgency": (request.urgency, {**plan.severities, **plan.urgencies}),
        "request_type": (request.request_type, plan.request_types),
        "environment": (request.environment, plan.environments),
        "severity": (request.severity, plan.severities),
    }
    for field, (given, words) in known.items():
        if given is not None and given not in words:
            raise TicketError("intake.unknown_word", field=field, given=given, known=sorted(words))


def _ticket_row(
    submission: Submission,
    request: Request,
    found: Entitlement,
    now: Instant,
    *,
    customer: Customer,
    requester: Person,
) -> Ticket:
    contract = found.contract
    is_entitled = found.problem == ""
    opened_at = request.opened_at if request.opened_at is not None else submission.received_at
    return Ticket(
        number=FIRST_NUMBER + submission.pk,
        customer=customer,
        contract=contract,
        plan_version=contract.plan_version if contract else None,
        edition_id=found.edition(),
        tier=contract.tier if contract else "",
        requester=requester,
        team=contract.team if contract else None,
        subject=request.subject,
        channel=submission.channel,
        request_type=request.request_type or "",
        environment=request.environment or "",
        instance=_instance(contract, request.instance),
        is_entitled=is_entitled,
        held_reason="" if is_entitled else found.problem,
        opened_at=opened_at,
        changed_at=now,
    )


def _instance(contract: Contract | None, public_id: str | None) -> Instance | None:
    if contract is None or public_id is None:
        return None
    found = Instance.objects.filter(contract=contract, public_id=public_id).first()
    if found is None:
        raise TicketError("intake.unknown_instance")
    return found


def _attach(ticket: Ticket, submission: Submission, request: Request) -> None:
    """
    Write the rows of the files that came with the submission. Two queries where there are any.
    """
    if not request.files:
        return
    message = Message.objects.filter(ticket=ticket).first()
    names = ("name", "storage_key", "size", "digest", "salt", "mark", "content_type")
    Attachment.objects.bulk_create(
        Attachment(
            customer_id=ticket.customer_id,
            ticket=ticket,
            message=message,
            uploader=ticket.requester,
            uploaded_at=submission.received_at,
            **{name: each[name] for name in names},
        )
        for each in request.files
    )


def _opening_facts(
    submission: Submission, request: Request, found: Entitlement, plan: Plan | None, files: tuple[str, ...]
) -> list[Fact]:
    at = request.opened_at if request.opened_at is not None else submission.received_at
    actor = actor_of(submission.person, of_customer=not request.by_staff)
    if request.by_staff and request.by:
        actor = ev.Actor(ev.Side.VENDOR, request.by)
    head: dict[str, Any] = {"seq": 0, "effective_at": at, "actor": actor, "reason": request.reason}
    opened = ev.Opened(
        **head,
        channel=submission.channel,
        request_type=request.request_type,
        environment=request.environment,
        product=request.product,
        instance=request.instance,
        answers=request.answers,
        happened_on=_happened_on(plan, request),
    )
    words = with_answers(request.text, request.fields, plan)
    facts = [Fact(opened, text=words, author=submission.person, files=files)]
    if found.contract is not None:
        facts.append(Fact(ev.ContractBound(**head, contract=found.contract.public_id, tier=found.contract.tier)))
    if request.urgency is not None:
        facts.append(Fact(ev.UrgencyStated(**head, urgency=request.urgency)))
    if plan is not None and (suggestion := suggestion_for(plan, request)).severity is not None:
        facts.append(Fact(suggestion.event(seq=0, at=at)))
    if request.severity is not None:
        facts.append(Fact(ev.SeverityAssigned(**head, severity=request.severity)))
    if found.problem:
        facts.append(Fact(ev.Paused(**{**head, "reason": found.problem}, condition=HELD)))
    if plan is None or found.contract is None:
        return facts
    if items := missing_fields(plan, request, found.contract.tier):
        facts.append(Fact(ev.IntakeRequested(seq=0, effective_at=at, items=items)))
    if submission.person and (refused := _unauthorised(plan, request, found.contract, submission.person, at)):
        facts.append(refused)
    return facts


def suggestion_for(plan: Plan, request: Request) -> Suggestion:
    """
    Return the severity that the plan's rules suggest for a request (CEL-6).

    Raises :class:`TicketError` with the code of an answer that the plan does not have.
    """
    fields = TicketFields(environment=request.environment, request_type=request.request_type, product=request.product)
    try:
        return suggest(plan, request.answers, fields)
    except AnswerError as error:
        raise TicketError(error.code, **error.params) from None


def with_answers(text: str, fields: Mapping[str, str], plan: Plan | None) -> str:
    """
    Return a message: the text, then the answers to the plan's fields with their questions.
    """
    asked = {field.field: field for field in plan.intake.fields} if plan else {}
    lines = [text] if text else []
    for name, answer in fields.items():
        if answer.strip():
            question = in_language(asked[name].ask, plan.language, name) if plan and name in asked else name
            lines.append(f"{question}\n{answer}")
    return "\n\n".join(lines)


def missing_fields(plan: Plan, request: Request, tier: str | None = None) -> tuple[str, ...]:
    """
    Return the names of required fields of the plan's intake that have no answer, secrets apart (CEL-10).
    """
    return missing(plan, _asked(plan, request, tier), request.fields, has_files=bool(request.files)).names


def _asked(plan: Plan, request: Request, tier: str | None) -> Circumstances:
    stated = plan.urgencies.get(request.urgency or "")
    return Circumstances(
        tier=tier,
        severity=stated.severity if stated else request.urgency,
        request_type=request.request_type,
        environment=request.environment,
        product=request.product,
    )


def _happened_on(plan: Plan | None, request: Request) -> str | None:
    """
    Return the day on which the customer says that it happened, where the plan asks for it (OPT-10).
    """
    day = happened_on(plan, request.fields) if plan is not None else None
    return day.isoformat() if day else None


def _unauthorised(plan: Plan, request: Request, contract: Contract, person: Person, at: Instant) -> Fact | None:
    """
    Return the decision that a request is not carried out because its sender may not ask for it; it is kept (OPT-9). One
    query where the type is for the people of a list, else none.
    """
    kind = plan.request_types.get(request.request_type or "")
    if kind is None or kind.act is None or request.by_staff:
        return None
    if is_authorised(plan, _asked(plan, request, contract.tier), designations_of(person.pk, contract, at)):
        return None
    rule = f"request_types.{request.request_type}.act"
    return Fact(ev.CoverageDecided(seq=0, effective_at=at, coverage=ev.Coverage.NOT_COVERED, rule=rule))


def _told(ticket: Ticket) -> list[Told]:
    if not ticket.is_entitled:
        return [Told("ticket.held", "requester"), Told("ticket.held_staff", "team")]
    return [Told("ticket.opened", "requester"), Told("ticket.opened_staff", "team")]


def submit_spooled(*, now: Instant) -> int:
    """
    Make tickets of submissions that a crash or an error of ours left in the spool, and return how many became tickets.
    """
    return work_off(kind=Submission.Kind.TICKET, make=submit, now=now)
