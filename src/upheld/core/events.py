"""
What can happen to a ticket.

An event is a fact: it is appended, never changed; a mistake is mended by :class:`Corrected`. Events are stored by
``seq`` (order of recording) and folded by (``effective_at``, ``seq``), so that a call logged an hour late counts when
it happened. This list is the whole list (DESIGN.md section 6); texts, names and files are not in it, only references
to them.
"""

from __future__ import annotations

import dataclasses
import enum
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Final

from upheld.core.errors import UpheldError
from upheld.core.instants import Instant

SCHEMA: Final = 1
"""Version of the shape of the records that :func:`to_record` makes."""


class EventError(UpheldError):
    """
    A record that is no event: unknown kind, missing or unknown field.
    """


class Side(enum.StrEnum):
    """
    Whose hand did it.
    """

    CUSTOMER = "customer"
    VENDOR = "vendor"
    SYSTEM = "system"


class Status(enum.StrEnum):
    """
    For whom or what a ticket waits. A plan names these where a clock pauses.
    """

    WAITING_ON_SUPPORT = "waiting_on_support"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    WAITING_ON_THIRD_PARTY = "waiting_on_third_party"
    ON_HOLD = "on_hold"


class Coverage(enum.StrEnum):
    """
    Whether the plan covers what is asked.
    """

    COVERED = "covered"
    BEST_EFFORT = "best_effort"
    CHARGEABLE = "chargeable"
    NOT_COVERED = "not_covered"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who did it: a side and a reference to a person or a part of the system; ``automatic`` if no person decided.
    """

    side: Side
    ref: str = ""
    automatic: bool = False


UNKNOWN: Final = Actor(Side.SYSTEM, automatic=True)
TEAM: Final = "team:"
"""What stands before the team that a ticket is given to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    The header of every event.

    ``effective_at`` is when it happened, ``recorded_at`` when it was written down (``None``: as it happened).
    ``reason`` is given wherever a person decided. ``payloads`` are the salted digests of the texts and files that
    belong to it and are kept apart.
    """

    seq: int
    effective_at: Instant
    recorded_at: Instant | None = None
    actor: Actor = UNKNOWN
    reason: str | None = None
    payloads: tuple[str, ...] = ()

    kind: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """
    The ticket was opened. ``channel`` is one of the plan's channels; ``answers`` are those to the plan's severity
    questions. ``observed`` names the kinds of events that the source of an imported ticket can show (``None``: every
    kind), for what it cannot show proves nothing by its absence. ``happened_on`` is the day (ISO 8601, in the plan's
    zone) on which the customer says that it happened.
    """

    channel: str | None = None
    request_type: str | None = None
    environment: str | None = None
    product: str | None = None
    instance: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    observed: tuple[str, ...] | None = None
    happened_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """
    A message came from the customer.
    """

    channel: str | None = None
    automatic: bool = False
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """
    A message went out from the vendor. Only a public one by a human is a *reply*.
    """

    channel: str | None = None
    automatic: bool = False
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Event):
    """
    A person of the vendor said that action is being taken.
    """

    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyStated(Event):
    """
    The customer said how urgent it is; the words are the plan's severities or its urgencies.
    """

    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySuggested(Event):
    """
    A rule of the plan suggested a severity.
    """

    severity: str | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityAssigned(Event):
    """
    Support assigned the severity, first or again.
    """

    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityConfirmed(Event):
    """
    Support confirmed the severity that was stated.
    """

    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLogged(Event):
    """
    A telephone call about the ticket, dated by when it was made; ``inbound`` from the customer.
    """

    inbound: bool = True
    channel: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Event):
    """
    The ticket waits for somebody else now.
    """

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """
    A condition under which clocks may pause began; ``condition`` is the plan's word for it.
    """

    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """
    A condition ended; all of them where ``condition`` is ``None``.
    """

    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRequested(Event):
    """
    Something that the plan demands was missing and asked for. ``items`` is all that is missing from then on: a later
    request replaces an earlier one.
    """

    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCompleted(Event):
    """
    Everything that the plan demands is there.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageDecided(Event):
    """
    A person decided whether the plan covers the request.
    """

    coverage: Coverage
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionDecided(Event):
    """
    A person decided whether a cause takes the ticket, or one metric of it, out of the promise.
    """

    cause: str
    excluded: bool = True
    metric: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeProposed(Event):
    """
    The customer was asked to approve a charge; ``amount`` is a decimal in words, ``currency`` ISO 4217.
    """

    amount: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDecided(Event):
    """
    The customer approved or declined the charge.
    """

    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Event):
    """
    The ticket has a new assignee or team; a team stands with :data:`TEAM` before its reference, in an import before
    its name.
    """

    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Event):
    """
    A step of an escalation ladder was taken.
    """

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAcknowledged(Event):
    """
    Somebody took the escalation on.
    """

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionRecorded(Event):
    """
    An attempt to reproduce the error: reproduced, not_reproducible, waiting_for_customer.
    """

    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkaroundGiven(Event):
    """
    The customer was given a way around.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RemediationPlanned(Event):
    """
    A plan was given; ``promised_for`` is the date agreed with the customer, where one was.
    """

    promised_for: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReached(Event):
    """
    A milestone that the plan names was reached, e.g. the faulty part identified.
    """

    milestone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractBound(Event):
    """
    The ticket counts under this contract and tier from now on.
    """

    contract: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMoved(Event):
    """
    Another plan version rules from now on: ``version`` with the edition ``revision`` of its calendars, in place of
    ``before`` with ``before_revision``.
    """

    version: str
    revision: str = ""
    before: str = ""
    before_revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMoved(Event):
    """
    Another edition of the plan's calendars rules from now on: ``revision`` in place of ``before``; ``lists`` are the
    holiday lists that differ.
    """

    revision: str
    before: str = ""
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Event):
    """
    Support says that it is solved.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Event):
    """
    It was not solved.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """
    Nothing more is expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Event):
    """
    The ticket went into another one.
    """

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Event):
    """
    A part of this ticket became another one.
    """

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Event):
    """
    Another ticket belongs to this one.
    """

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReported(Event):
    """
    A verdict was told to the customer; it is never rewritten.
    """

    metric: str
    cycle: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadErased(Event):
    """
    The text or file of an earlier event was erased, lawfully.
    """

    erased_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Event):
    """
    An earlier event was wrong: it counts as if it had never been, and its place is taken by later events.
    """

    corrected_seq: int


def _name(event_class: type[Event]) -> str:
    """
    Return the glossary's name: the class name in lower case with underscores.
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", event_class.__name__).lower()


KINDS: Final[Mapping[str, type[Event]]] = {_name(each): each for each in Event.__subclasses__()}
"""Every kind of event by its name."""

for _kind, _class in KINDS.items():
    _class.kind = _kind


_FIELDS: Final = {event_class: dataclasses.fields(event_class) for event_class in KINDS.values()}


_WHEN: Final = operator.attrgetter("effective_at", "seq")


def in_order(events: Iterable[Event]) -> list[Event]:
    """
    Return the events as they are folded: by ``effective_at``, then ``seq``, without those that were corrected away.
    """
    known = list(events)
    if Corrected in map(type, known):
        wrong = _corrected_away([event for event in known if isinstance(event, Corrected)])
        known = [event for event in known if event.seq not in wrong]
    known.sort(key=_WHEN)
    return known


def _corrected_away(corrections: list[Corrected]) -> set[int]:
    """
    Return which events (their ``seq``) corrections take away.
    """
    wrong: set[int] = set()
    # Later corrections first: one that was itself corrected away corrects nothing.
    for event in sorted(corrections, key=lambda each: -each.seq):
        if event.seq not in wrong and event.corrected_seq < event.seq:
            wrong.add(event.corrected_seq)
    return wrong


def to_record(event: Event) -> dict[str, Any]:
    """
    Return the event as plain data (strings, numbers, lists), without the fields that have their default.
    """
    record: dict[str, Any] = {"schema": SCHEMA, "kind": event.kind}
    for each in _FIELDS[type(event)]:
        value = getattr(event, each.name)
        if each.default is not dataclasses.MISSING and value == each.default:
            continue
        if isinstance(value, Actor):
            record["actor"] = {"side": value.side.value, "ref": value.ref, "automatic": value.automatic}
        elif isinstance(value, Mapping):
            if value:
                record[each.name] = dict(value)
        else:
            record[each.name] = list(value) if isinstance(value, tuple) else value
    return record


def _is_required(each: dataclasses.Field[Any]) -> bool:
    return each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING


_NAMES: Final = {
    event_class: (
        frozenset(each.name for each in fields),
        dict.fromkeys(each.name for each in fields if _is_required(each)),
    )
    for event_class, fields in _FIELDS.items()
}
"""The fields of each event, and those without which it is none, in their order."""
_TUPLES: Final = frozenset({"items", "payloads", "observed", "lists"})
_WHOLE: Final = frozenset({"seq", "effective_at"})
_READ: Final = _TUPLES | _WHOLE | {"actor", "coverage"}
"""The fields that a record holds otherwise than the event does, or that are looked at."""


def from_record(record: Mapping[str, Any]) -> Event:
    """
    Return the event that :func:`to_record` described.

    Raises :class:`EventError` ``event.unknown_kind``, ``event.unknown_field``, ``event.missing_field``,
    ``event.newer_schema``.
    """
    data = dict(record)
    schema = data.pop("schema", SCHEMA)
    if not isinstance(schema, int) or schema > SCHEMA:
        raise EventError("event.newer_schema", given=schema, known=SCHEMA)
    kind = data.pop("kind", None)
    event_class = KINDS.get(kind) if isinstance(kind, str) else None
    if event_class is None:
        raise EventError("event.unknown_kind", given=kind, known=sorted(KINDS))
    known, required = _NAMES[event_class]
    if not known >= data.keys():
        raise EventError("event.unknown_field", kind=kind, given=min(set(data) - known), known=sorted(known))
    if not required.keys() <= data.keys():
        raise EventError("event.missing_field", kind=kind, missing=next(each for each in required if each not in data))
    for name, value in data.items():
        if name in _READ:
            data[name] = _read(name, value, kind)
    return event_class(**data)


def _read(name: str, value: Any, kind: str) -> Any:
    """
    Return a field's value with the type that the event carries.
    """
    try:
        if name == "actor":
            return _actor(value["side"], str(value.get("ref", "")), bool(value.get("automatic", False)))
        if name == "coverage":
            return Coverage(value)
        if name in _TUPLES:
            return tuple(map(str, value))
        if name in _WHOLE and not (isinstance(value, int) and not isinstance(value, bool)):
            raise TypeError(name)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise EventError("event.bad_field", kind=kind, field=name, given=value) from None
    return value


@lru_cache(maxsize=4096)
def _actor(side: str, ref: str, automatic: bool) -> Actor:  # noqa: FBT001  (as the record has it)
    """
    Return an actor; the same few people act on most tickets.
    """
    return Actor(Side(side), ref, automatic)
