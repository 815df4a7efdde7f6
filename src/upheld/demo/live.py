"""
What is going on at the start: tickets placed so that, whenever the demo begins, there is something breached, at risk,
outside hours, paused and held, and one promise that breaks two minutes later.

Invariant: each is placed by the plan's own figures relative to the start, never by writing a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from upheld.core.instants import Instant
from upheld.demo.case import HOUR, MINUTE, Case
from upheld.demo.play import Story
from upheld.demo.stage import DAY

URGENT, HIGH, NORMAL = 0, 1, 2
BREAKS_AFTER = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class Scene:
    """
    One live ticket: whose it is (by the customer's domain; ``closed`` is any whose support is closed at the start),
    the theme, and how it is told.
    """

    name: str
    domain: str
    theme: str
    tell: Callable[[Case, Instant], Story]


def unanswered(grave: int, ago: int, *, take: bool = False) -> Callable[[Case, Instant], Story]:
    """
    Return the telling of a ticket that was opened so many seconds before the start and has no answer yet.
    """

    def tell(case: Case, start: Instant) -> Iterator[Instant]:
        case.at = start - ago
        yield case.at
        case.open(grave=grave)
        if take:
            yield case.later(MINUTE)
            case.take()

    return tell


def waits_again(grave: int, ago: int, answered: int) -> Callable[[Case, Instant], Story]:
    """
    Return the telling of a ticket that was answered once, and whose customer wrote again so many seconds before the
    start.
    """

    def tell(case: Case, start: Instant) -> Iterator[Instant]:
        case.at = start - ago
        yield case.at
        case.open(grave=grave)
        yield case.later(5 * MINUTE)
        case.take()
        case.classify(grave)
        case.reply()
        case.at = start - answered
        yield case.at
        case.answer()

    return tell


def paused(grave: int, ago: int, status: str) -> Callable[[Case, Instant], Story]:
    """
    Return the telling of a ticket that was answered and waits for somebody else.
    """

    def tell(case: Case, start: Instant) -> Iterator[Instant]:
        case.at = start - ago
        yield case.at
        case.open(grave=grave)
        yield case.later(10 * MINUTE)
        case.take()
        case.classify(grave)
        if status == "waiting_on_customer":
            case.reply(then_status=status)
            return
        case.reply()
        yield case.later(HOUR)
        case.status(status)
        case.note("Passed on to the maker, who promises word by tomorrow.")

    return tell


def resolved(grave: int, ago: int) -> Callable[[Case, Instant], Story]:
    """
    Return the telling of a ticket that was solved a little while before the start.
    """

    def tell(case: Case, start: Instant) -> Iterator[Instant]:
        case.at = start - ago
        yield case.at
        case.open(grave=grave)
        yield case.later(8 * MINUTE)
        case.take()
        case.reply()
        yield case.later(ago // 2)
        case.solve()

    return tell


NORTH, HOTEL, WORKS, LAKE, FURNITURE = "northwind", "sonnwend", "arvenau", "quietlake", "fjellgarden"

SCENES = (
    # Always On counts urgent and high at all times: 30 minutes and 2 hours to the first response.
    Scene("breaks-soon", NORTH, "outage", unanswered(URGENT, 30 * MINUTE - BREAKS_AFTER, take=True)),
    Scene("breached-a", HOTEL, "sso_loop", unanswered(URGENT, 95 * MINUTE)),
    Scene("breached-b", NORTH, "duplicate_orders", unanswered(HIGH, 5 * HOUR, take=True)),
    Scene("breached-c", HOTEL, "scanner_offline", waits_again(URGENT, 6 * HOUR, 2 * HOUR + 11 * MINUTE)),
    Scene("breached-d", NORTH, "webhook_missing", unanswered(HIGH, 2 * HOUR + 7 * MINUTE)),
    Scene("breached-e", WORKS, "flow_zero", unanswered(URGENT, HOUR + 20 * MINUTE)),
    Scene("at-risk-a", HOTEL, "export_empty", unanswered(URGENT, 24 * MINUTE)),
    Scene("at-risk-b", NORTH, "labels_rotated", unanswered(HIGH, 105 * MINUTE, take=True)),
    Scene("at-risk-c", NORTH, "invoice_tax", waits_again(HIGH, 9 * HOUR, 3 * HOUR + 20 * MINUTE)),
    Scene("soon-at-risk-a", NORTH, "export_empty", unanswered(HIGH, 86 * MINUTE)),
    Scene("soon-at-risk-b", WORKS, "flow_zero", unanswered(URGENT, 33 * MINUTE, take=True)),
    Scene("soon-at-risk-c", HOTEL, "duplicate_orders", unanswered(HIGH, 55 * MINUTE)),
    Scene("soon-at-risk-d", HOTEL, "stock_negative", waits_again(HIGH, 8 * HOUR, 2 * HOUR)),
    Scene("running-a", NORTH, "sso_loop", unanswered(URGENT, 3 * MINUTE)),
    Scene("running-b", HOTEL, "labels_rotated", unanswered(HIGH, 12 * MINUTE)),
    Scene("outside-a", "closed", "report_slow", unanswered(NORMAL, 40 * MINUTE)),
    Scene("outside-b", "closed", "user_left", unanswered(NORMAL, 70 * MINUTE)),
    Scene("outside-c", "closed", "export_empty", unanswered(HIGH, 25 * MINUTE)),
    Scene("paused-a", NORTH, "webhook_missing", paused(HIGH, 20 * HOUR, "waiting_on_customer")),
    Scene("paused-b", HOTEL, "invoice_tax", paused(HIGH, 30 * HOUR, "waiting_on_third_party")),
    Scene("paused-c", WORKS, "flow_zero", paused(URGENT, 7 * HOUR, "waiting_on_customer")),
    Scene("paused-d", WORKS, "drift", paused(HIGH, 2 * DAY, "on_hold")),
    Scene("resolved-a", NORTH, "sso_loop", resolved(URGENT, 3 * HOUR)),
    Scene("held-a", LAKE, "labels_rotated", unanswered(HIGH, 3 * HOUR)),
    Scene("held-b", LAKE, "mail_bounced", unanswered(NORMAL, 6 * DAY)),
)
