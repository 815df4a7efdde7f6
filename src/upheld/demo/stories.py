"""
Stories: the ways in which tickets go, told step by step.

Invariant: a story yields the instant of each step before it takes it, so that it can be left off anywhere; what lies
after the start of the demo is still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from upheld.core.instants import Instant
from upheld.demo.case import HOUR, MINUTE, Case
from upheld.demo.play import Story
from upheld.demo.stage import DAY

IN_TIME: Final = (0.08, 0.85)
LATE: Final = (1.08, 2.2)


def _opened(case: Case, at: Instant, grave: int, *, take: bool = True, channel: str | None = None) -> Iterator[Instant]:
    """
    Tell the opening, and that somebody took it.
    """
    case.at = at
    yield at
    case.open(grave=grave, channel=channel)
    if take:
        yield case.later(MINUTE, 25 * MINUTE)
        case.take(case.stage.lead if case.rng.random() < 0.3 else None)  # noqa: PLR2004


def _exchange(case: Case, *, late: bool = False) -> Iterator[Instant]:
    """
    Tell that the customer answers and the agent replies.
    """
    yield case.by_day(20 * MINUTE, 14 * HOUR)
    case.answer()
    yield case.promised(*(LATE if late else IN_TIME))
    case.reply()


def _ended(case: Case) -> Iterator[Instant]:
    """
    Tell the solution, now and then thanks, and the closing.
    """
    yield case.in_good_time(2 * HOUR, 30 * HOUR)
    case.solve()
    yield case.later(5 * DAY, 6 * DAY)
    case.status("closed")


def swift(case: Case, at: Instant) -> Story:
    """
    Tell of a ticket that was answered in time and solved after an exchange.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.classify(grave)
    case.reply()
    yield from _exchange(case)
    yield case.later(5 * MINUTE, HOUR)
    case.note()
    yield from _ended(case)


def short(case: Case, at: Instant) -> Story:
    """
    Tell of a ticket for which one answer was enough.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.reply(then_status="waiting_on_customer")
    yield case.by_day(HOUR, 20 * HOUR)
    case.answer()
    yield case.promised(*IN_TIME)
    case.solve()
    yield case.later(5 * DAY, 7 * DAY)
    case.status("closed")


def late(case: Case, at: Instant) -> Story:
    """
    Tell of a first answer that came late.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*LATE)
    case.classify(grave)
    case.reply()
    yield from _exchange(case)
    yield from _ended(case)


def late_again(case: Case, at: Instant) -> Story:
    """
    Tell of a first answer in time and a second one that was not.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.reply()
    yield from _exchange(case, late=True)
    yield from _ended(case)


def raised(case: Case, at: Instant) -> Story:
    """
    Tell of something that turned out graver than it was stated to be.
    """
    grave = max(1, case.grave())
    yield from _opened(case, at, grave)
    yield case.promised(0.1, 0.4)
    case.classify(grave)
    case.reply()
    yield case.by_day(HOUR, 8 * HOUR)
    case.answer("It has spread: now the whole site is affected, and we have to turn customers away.")
    yield case.later(3 * MINUTE, 12 * MINUTE)
    case.classify(grave - 1, "The whole site is affected now, and nobody can work around it.")
    yield case.promised(*IN_TIME)
    case.reply()
    yield from _ended(case)


def lowered(case: Case, at: Instant) -> Story:
    """
    Tell of something that was stated graver than it is.
    """
    grave = case.grave() + 1
    yield from _opened(case, at, grave - 1)
    yield case.promised(0.1, 0.6)
    case.reply("Thank you. Let me look at how far it reaches before we settle how grave it is.")
    yield case.later(10 * MINUTE, 2 * HOUR)
    case.classify(grave, "One person is affected and has a way around; agreed on the telephone.")
    case.reply()
    yield from _exchange(case)
    yield from _ended(case)


def phoned(case: Case, at: Instant) -> Story:
    """
    Tell of a call that was written down later, dated by when it was made.
    """
    yield from _opened(case, at, 0)
    rang = case.at + 4 * MINUTE
    yield case.later(40 * MINUTE, 55 * MINUTE)
    case.classify(0)
    case.call(
        at=rang, seconds=430, text="Rang up, all of them stand still. Talked them through the restart.",
        reason="Written down after the call, from the telephone's list.",
    )  # fmt: skip
    yield case.later(5 * MINUTE, 20 * MINUTE)
    case.reply()
    yield from _exchange(case)
    yield from _ended(case)


def waiting(case: Case, at: Instant) -> Story:
    """
    Tell of a customer who had to find something out, and took days over it.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.classify(grave)
    case.reply(then_status="waiting_on_customer")
    yield case.by_day(2 * DAY, 5 * DAY)
    case.answer()
    yield case.promised(*IN_TIME)
    case.reply()
    yield from _ended(case)


def third_party(case: Case, at: Instant) -> Story:
    """
    Tell of something that somebody else had to mend.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.reply()
    yield case.later(HOUR, 3 * HOUR)
    case.status("waiting_on_third_party")
    case.note("Passed on to the maker; they promise word within two days.")
    yield case.later(DAY, 3 * DAY)
    case.status("waiting_on_support")
    case.reply("The maker has answered, and what they say fits. Please try once more, it should work now.")
    yield from _ended(case)


def reopened(case: Case, at: Instant) -> Story:
    """
    Tell of something that came back after it had been solved.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.reply()
    yield from _exchange(case)
    yield case.by_day(HOUR, 20 * HOUR)
    case.solve()
    yield case.by_day(20 * HOUR, 60 * HOUR)
    case.answer(case.telling.theme.again)
    yield case.promised(*IN_TIME)
    case.reply("I am sorry to hear that. I took it up again at once and compare it with the first time.")
    yield case.by_day(3 * HOUR, 30 * HOUR)
    case.reply(
        "Found the second half of the cause, and removed it. I looked at it for a day before I write this.", "resolved"
    )
    yield case.later(5 * DAY, 7 * DAY)
    case.status("closed")


def uncovered(case: Case, at: Instant) -> Story:
    """
    Tell of a request that the plan does not cover, or only as far as time permits.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    if case.telling.theme.type in ("wish", "question", "maintenance"):
        case.cover("best_effort", "Wishes and questions beyond the product are answered as time permits.")
    elif case.telling.theme.type == "spare_part":
        case.cover("chargeable", "Parts that wear are charged; the offer is with you.")
    else:
        case.cover("not_covered", "This is code that we did not write; we can help against payment.")
    case.reply()
    yield from _ended(case)


def excluded(case: Case, at: Instant) -> Story:
    """
    Tell of something that was the customer's own doing, so that it stands outside the promise.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*LATE)
    case.reply()
    yield case.later(HOUR, 6 * HOUR)
    if case.contract.plan_version.plan in ("halden-cloud", "brevik-care"):
        case.exclude("customer_acts", "The site had been without power, which the customer confirms.")
    yield from _ended(case)


def silent(case: Case, at: Instant) -> Story:
    """
    Tell of a customer who was never heard of again.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.reply(then_status="waiting_on_customer")
    yield case.later(10 * DAY, 12 * DAY)
    case.status("closed")


def around(case: Case, at: Instant) -> Story:
    """
    Tell of a way around that came first, and a repair later.
    """
    grave = case.grave()
    yield from _opened(case, at, grave)
    yield case.promised(*IN_TIME)
    case.classify(grave)
    case.reply()
    yield case.by_day(20 * MINUTE, 3 * HOUR)
    case.answer()
    yield case.promised(0.2, 0.9)
    case.reply()
    case.way_around()
    case.note()
    yield from _ended(case)


def shelved(case: Case, at: Instant) -> Story:
    """
    Tell of a ticket that was answered late and never taken up again: it is still open.
    """
    grave = max(1, case.grave())
    yield from _opened(case, at, grave, take=False)
    yield case.promised(*LATE)
    case.reply()
    yield case.by_day(4 * HOUR, 30 * HOUR)
    case.answer("Is there any news? We still wait.")


Told = Callable[[Case, Instant], Story]
