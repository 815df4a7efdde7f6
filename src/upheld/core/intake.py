"""
Intake: what the plan wants a ticket to say, what is missing, whether clocks wait for it, and whether it came in time.

Invariant: an optional field never blocks; nothing here refuses a ticket, it only says what is missing and what follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from upheld.core.dates import months_later
from upheld.core.durations import DAY, Duration, Unit
from upheld.core.plan.circumstances import Circumstances, fits
from upheld.core.plan.model import Plan
from upheld.core.plan.model.terms import IntakeField


class Asked(NamedTuple):
    """
    A field that the plan asks for, and its place in the document (``intake.fields[2]``).
    """

    field: IntakeField
    place: str


@dataclass(frozen=True, slots=True)
class Missing:
    """
    What is missing, and what the clocks do meanwhile.

    ``fields`` are asked for again in words; ``secrets`` belong into the vault, never into a message. ``clock`` is
    ``clock_runs``, ``clock_pauses`` or ``clock_not_started``; ``rule`` is the place that says so, empty where the plan
    is silent (then clocks run).
    """

    fields: tuple[Asked, ...] = ()
    secrets: tuple[Asked, ...] = ()
    clock: str = "clock_runs"
    rule: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """
        The names of everything that is missing but for secrets.
        """
        return tuple(each.field.field for each in self.fields)

    @property
    def is_waited_for(self) -> bool:
        """
        Whether clocks wait for what is missing.
        """
        return bool(self.fields) and self.clock != "clock_runs"


def asked(plan: Plan, found: Circumstances) -> tuple[Asked, ...]:
    """
    Return the fields that the plan asks for, of a request as far as it is known.
    """
    places = ((each, f"intake.fields[{index}]") for index, each in enumerate(plan.intake.fields))
    return tuple(Asked(each, place) for each, place in places if fits(each, found, plan))


def missing(
    plan: Plan,
    found: Circumstances,
    given: Mapping[str, str],
    *,
    has_files: bool = False,
    in_vault: Collection[str] = (),
) -> Missing:
    """
    Return which required fields have no answer.

    ``given`` are the answers by field; a field for files is answered by any file; ``in_vault`` names the secrets that
    lie in the vault.
    """
    lacking = [
        each
        for each in asked(plan, found)
        if each.field.required and not _is_given(each.field, given, has_files=has_files, in_vault=in_vault)
    ]
    silent = plan.intake.missing is None
    return Missing(
        fields=tuple(each for each in lacking if each.field.kind != "secret"),
        secrets=tuple(each for each in lacking if each.field.kind == "secret"),
        clock=plan.intake.missing or "clock_runs",
        rule="" if silent else "intake.missing",
    )


def _is_given(field: IntakeField, given: Mapping[str, str], *, has_files: bool, in_vault: Collection[str]) -> bool:
    if field.kind == "secret":
        return field.field in in_vault
    return bool(given.get(field.field, "").strip()) or (field.kind == "file" and has_files)


class Reported(NamedTuple):
    """
    When something happened, the last day on which it could be reported, and whether it was reported later.
    """

    happened_on: dt.date
    last_day: dt.date
    is_late: bool


def happened_on(plan: Plan, given: Mapping[str, str]) -> dt.date | None:
    """
    Return the day on which an incident happened, as the plan's own field for it says, or nothing.
    """
    for field in plan.intake.fields:
        text = given.get(field.field, "").strip()
        if field.incident and text:
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                return None
    return None


def reported(plan: Plan, happened: dt.date, received: dt.date) -> Reported | None:
    """
    Return whether an incident was reported in time, or nothing where the plan sets no time.

    Both dates are those of the plan's zone; the day on which it happened does not count.
    """
    if plan.terms.reported_within is None:
        return None
    last = _later(happened, plan.terms.reported_within)
    return Reported(happened, last, received > last)


def _later(day: dt.date, length: Duration) -> dt.date:
    if length.unit is Unit.SECONDS:
        return day + dt.timedelta(days=length.count // DAY)
    if length.unit is Unit.DAYS:
        return day + dt.timedelta(days=length.count)
    return months_later(day, length.count * (12 if length.unit is Unit.YEARS else 1))


def lists_that_may(plan: Plan, tier: str | None, act: str) -> tuple[str, ...]:
    """
    Return the lists of the customer's people who alone may do something (``instruct``, ``open_tickets``); none where
    everybody may.
    """
    return tuple(
        name
        for name, each in plan.contacts.items()
        if act in each.may and (not each.tiers or tier is None or tier in each.tiers)
    )


def is_authorised(plan: Plan, found: Circumstances, lists: Collection[str]) -> bool:
    """
    Return whether somebody who stands on ``lists`` may ask for this type of request; what they ask is kept either way.
    """
    request_type = plan.request_types.get(found.request_type or "")
    if request_type is None or request_type.act is None:
        return True
    may = lists_that_may(plan, found.tier, request_type.act)
    return not may or bool(set(may) & set(lists))
