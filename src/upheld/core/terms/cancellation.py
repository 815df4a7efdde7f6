"""
Cancelling: which term a notice still ends, and which it does not.

Invariant: a notice ends the first term whose last day of notice has not passed when it is received; one that is too
late for the running term is never lost: it is recorded for the end of the next.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from upheld.core.calendars import zones
from upheld.core.dates import ONE_DAY
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.notice import last_day_of_notice
from upheld.core.terms.successive import Agreed, Term, TermError, first_term, term_on, terms

_MOST_TERMS = 2_000
"""A notice that would need more terms than this to end one is longer than any contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """
    How a term can be ended: the last day of notice, the instant from which it is too late, and what follows its end.

    ``ends_on`` is the last day of the contract if the notice is in time; ``renews_on`` the day on which the next term
    begins otherwise (``None``: it does not renew by itself).
    """

    term: Term
    last_day_of_notice: dt.date
    too_late_from: Instant
    ends_on: dt.date
    renews_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """
    What a notice received on a day does: it ends ``ending``; ``running`` is the term in which it was received.

    ``is_late`` says that it is refused for the running term and recorded for a later one; both are shown before anyone
    confirms. ``ends_anyway`` says that the contract would have ended on that day without it.
    """

    received_at: Instant
    received_on: dt.date
    zone: str
    running: Ending
    ending: Ending
    following: Ending | None
    is_late: bool
    ends_anyway: bool

    @property
    def ends_on(self) -> dt.date:
        """
        The contract's last day through this notice.
        """
        return self.ending.ends_on


def cancellation(agreed: Agreed, received_at: Instant, *, in_writing: bool) -> Cancellation:
    """
    Return what a notice does that is received at an instant.

    Raises :class:`TermError` ``terms.not_in_writing``, ``terms.already_cancelled``, ``terms.over``, or
    ``terms.never_in_time`` for a notice that is longer than every term.
    """
    received_on = to_datetime(received_at, zones.zone(agreed.zone)).date()
    if agreed.rules.notice_in_writing and not in_writing:
        raise TermError("terms.not_in_writing")
    if agreed.cancelled_to is not None:
        raise TermError("terms.already_cancelled", ends=str(agreed.cancelled_to))
    term = term_on(agreed, received_on)
    if term is None:
        raise TermError("terms.over", ended=str(agreed.last_day))
    if term.last is None:
        return _open_ended(agreed, term, received_at, received_on)
    running = ending_of(agreed, term)
    chosen = _in_time(agreed, term, received_on) if agreed.renews else running
    return Cancellation(
        received_at=received_at,
        received_on=received_on,
        zone=agreed.zone,
        running=running,
        ending=chosen,
        following=_next_ending(agreed, term),
        is_late=chosen.term.number != running.term.number,
        ends_anyway=not agreed.renews,
    )


def ending_of(agreed: Agreed, term: Term) -> Ending:
    """
    Return how a term with an end can be ended; without a notice period its last day is the last day of notice.

    Raises :class:`TermError` ``terms.no_end`` for a term without an end.
    """
    if term.last is None:
        raise TermError("terms.no_end")
    notice = agreed.rules.notice
    last_day = last_day_of_notice(term.last, notice) if notice else term.last
    return Ending(
        term=term,
        last_day_of_notice=last_day,
        too_late_from=_midnight_after(last_day, agreed.zone),
        ends_on=term.last,
        renews_on=term.last + ONE_DAY if agreed.renews else None,
    )


def _next_ending(agreed: Agreed, term: Term) -> Ending | None:
    if not agreed.renews:
        return None
    following = next((each for each in terms(agreed) if each.number == term.number + 1), None)
    return ending_of(agreed, following) if following else None


def _in_time(agreed: Agreed, term: Term, received_on: dt.date) -> Ending:
    for each in itertools.islice(terms(agreed), term.number - 1, term.number - 1 + _MOST_TERMS):
        found = ending_of(agreed, each)
        if received_on <= found.last_day_of_notice:
            return found
    raise TermError("terms.never_in_time", notice=str(agreed.rules.notice), length=str(agreed.renewal))


def _open_ended(agreed: Agreed, term: Term, received_at: Instant, received_on: dt.date) -> Cancellation:
    """
    Return what a notice does to a contract without an end: it ends with the first day on which the notice has run, not
    before the contract has begun.
    """
    day = max(received_on, first_term(agreed).first)
    notice = agreed.rules.notice
    while notice and last_day_of_notice(day, notice) < received_on:
        day += ONE_DAY
    ending = Ending(
        term=term,
        last_day_of_notice=received_on,
        too_late_from=_midnight_after(received_on, agreed.zone),
        ends_on=day,
        renews_on=None,
    )
    return Cancellation(
        received_at=received_at,
        received_on=received_on,
        zone=agreed.zone,
        running=ending,
        ending=ending,
        following=None,
        is_late=False,
        ends_anyway=False,
    )


def _midnight_after(day: dt.date, zone: str) -> Instant:
    return zones.resolve(zones.zone(zone), day + ONE_DAY, 0)
