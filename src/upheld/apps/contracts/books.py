"""
Closing the books of a plan: what was reckoned up to a day stands, and nothing new begins in it.

Invariant: closings are only ever added, each with a later day; a day that is not over is never closed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from upheld.apps.contracts.models import BooksClosing, PlanVersion
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties.models import Person
from upheld.core.calendars import zones
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model import Plan

LONGEST_REASON: Final = 500
ONE_DAY: Final = dt.timedelta(days=1)


class BooksError(UpheldError):
    """
    A closing that is refused, or a beginning that lies in a closed period; nothing has changed.
    """


def closings_of(plan: str) -> list[BooksClosing]:
    """
    Return the closings of a plan's books, the newest first. One query.
    """
    return list(BooksClosing.objects.select_related("closed_by").filter(plan=plan).order_by("-through"))


def closed_through(plan: str) -> dt.date | None:
    """
    Return the last day up to which a plan's books are closed. One query.
    """
    return BooksClosing.objects.filter(plan=plan).order_by("-through").values_list("through", flat=True).first()


@transaction.atomic
def close_books(*, plan: str, through: dt.date, by: Person, now: Instant, reason: str) -> BooksClosing:
    """
    Close a plan's books up to a day, by the zone of the plan version that was published last.

    Raises :class:`BooksError` ``books.no_plan``, ``books.reason_missing``, ``books.reason_too_long``,
    ``books.not_over`` (the day is not over in the plan's zone) or ``books.closed_already``.
    """
    newest = PlanVersion.objects.select_for_update(of=("self",)).filter(plan=plan).order_by("-published_at", "-pk")
    version = newest.defer("document").first()
    if version is None:
        known = PlanVersion.objects.order_by("plan").values_list("plan", flat=True).distinct()
        raise BooksError("books.no_plan", given=plan, known=list(known) or ["none"])
    reason = reason.strip()
    if not reason:
        raise BooksError("books.reason_missing")
    if len(reason) > LONGEST_REASON:
        raise BooksError("books.reason_too_long", most=LONGEST_REASON)
    zone = plan_of(version.pk).zone or "UTC"
    if through >= (today := _today(zone, now)):
        raise BooksError("books.not_over", given=str(through), last=str(today - ONE_DAY), zone=zone)
    closed = closed_through(plan)
    if closed is not None and through <= closed:
        raise BooksError("books.closed_already", plan=plan, through=str(closed), next_open=str(closed + ONE_DAY))
    return BooksClosing.objects.create(
        plan=plan, through=through, zone=zone, closed_at=now, closed_by=by, reason=reason
    )


def check_beginning(plan: Plan, now: Instant) -> None:
    """
    Refuse a plan version that begins (on its ``effective`` day, else today) in a period whose books are closed.

    Raises :class:`BooksError` ``books.period_closed`` with the next open day.
    """
    begins = plan.effective or _today(plan.zone or "UTC", now)
    closed = closed_through(plan.plan)
    if closed is not None and begins <= closed:
        facts = {"plan": plan.plan, "version": plan.version, "begins": str(begins)}
        raise BooksError("books.period_closed", **facts, through=str(closed), next_open=str(closed + ONE_DAY))


def _today(zone: str, now: Instant) -> dt.date:
    return to_datetime(now, zones.zone(zone)).date()
