"""
A case: one ticket while its story is told, and the steps that its people can take.

Invariant: every step is one call of a service at the case's instant; the case itself decides nothing about promises.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import plan_of, rules_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.apps.tickets.selectors import clock_rows
from upheld.apps.tickets.services import conversation, files, handling, intake, progress, spool
from upheld.core.instants import Instant, to_datetime
from upheld.demo.stage import DAY, Seat, Stage
from upheld.demo.themes import Telling

MINUTE: Final = 60
HOUR: Final = 3_600
_MORNING, _EVENING, _SATURDAY = 8, 18, 5


class Case:
    """
    One ticket of the demo; ``at`` is the instant of its next step.
    """

    def __init__(self, *, stage: Stage, seat: Seat, telling: Telling, name: str, rng: random.Random) -> None:
        self.stage = stage
        self.party, self.deal, self.contract = seat
        self.telling, self.name, self.rng = telling, name, rng
        self.at: Instant = 0
        people = seat.party.people
        self.requester = people[-1] if rng.random() < 0.7 else rng.choice(people)  # noqa: PLR2004
        agents = stage.agents_of(seat.deal.team)
        self.agent: Person = agents[min(int(rng.expovariate(0.9)), len(agents) - 1)]
        self._ticket: Ticket | None = None
        self._told = {"replies": 0, "answers": 0}

    @property
    def ticket(self) -> Ticket:
        """
        The ticket as the last step left it.
        """
        if self._ticket is None:
            raise LookupError(self.name)
        return self._ticket

    @property
    def severities(self) -> list[str]:
        """
        The plan's severities, gravest first.
        """
        return list(plan_of(self.contract.plan_version_id).severities)

    def severity(self, grave: int) -> str:
        """
        Return the severity at a place of the list; beyond its end, the lightest.
        """
        known = self.severities
        return known[max(0, min(grave, len(known) - 1))]

    def grave(self) -> int:
        """
        Return how grave it is, by the theme.
        """
        return self.rng.choice(self.telling.theme.grave)

    # When ---------------------------------------------------------------------------------------------------------

    def later(self, least: int, most: int | None = None) -> Instant:
        """
        Return an instant some seconds on.
        """
        self.at += least if most is None else self.rng.randrange(least, most)
        return self.at

    def by_day(self, least: int, most: int) -> Instant:
        """
        Return an instant some seconds on, when the customer's people are at work.
        """
        self.at = daytime(self.at + self.rng.randrange(least, most), self.party.client.zone, self.rng)
        return self.at

    def in_good_time(self, least: int, most: int) -> Instant:
        """
        Return an instant some seconds on, but mostly before the ticket is promised to be solved.
        """
        before = self.at
        self.by_day(least, most)
        due = self.ticket.next_due_at
        if self.ticket.next_metric == "resolution" and due is not None and self.rng.random() < 0.88:  # noqa: PLR2004
            self.at = max(before + MINUTE, min(self.at, before + int((due - before) * self.rng.uniform(0.3, 0.95))))
        return self.at

    def promised(self, least: float, most: float) -> Instant:
        """
        Return an instant at a share of the next promise, counted in its own support hours: below 1 keeps it.
        """
        share = self.rng.uniform(least, most)
        clock = self._next_clock()
        if clock is None or clock.due_at is None:
            return self.later(HOUR, 5 * HOUR)
        self.at = max(self.at + MINUTE, self._at_share(clock, share))
        return self.at

    def _next_clock(self) -> ClockRow | None:
        rows = [row for row in clock_rows(self.ticket) if row.stopped_at is None and row.ended_at is None]
        return next((row for row in rows if row.metric == self.ticket.next_metric), None)

    def _at_share(self, clock: ClockRow, share: float) -> Instant:
        due = clock.due_at or clock.started_at
        if clock.allowed_seconds is None:
            return clock.started_at + int((due - clock.started_at) * share)
        calendar = rules_of(self.contract).calendar(clock.calendar, clock.severity or None, self.ticket.channel or None)
        start = calendar.add(due, -clock.allowed_seconds)
        return calendar.add(start, int(clock.allowed_seconds * share))

    # What happens -------------------------------------------------------------------------------------------------

    def open(self, *, grave: int, channel: str | None = None, environment: str | None = None) -> None:
        """
        Have the customer open the ticket, with the severity that they state.
        """
        theme = self.telling.theme
        content: dict[str, Any] = {
            "subject": self.telling.subject,
            "text": self._letter(theme.opening, self.requester),
            "urgency": self.severity(grave),
            "request_type": theme.type,
            "environment": environment or theme.environment,
            "instance": self.party.instance.public_id if self.party.instance else None,
            "contract": self.contract.public_id if len(self.party.deals) > 1 else None,
            "files": [self._file("log")] if "attach" in theme.opening else [],
        }
        submission = spool.spool(
            key=f"demo:{self.name}",
            channel=channel or self.rng.choice(("portal", "portal", self._other_channel())),
            person=self.requester,
            customer=self.party.customer,
            content=content,
            now=self.at,
        )
        self._ticket = intake.submit(submission=submission, now=self.at)

    def _other_channel(self) -> str:
        channels = plan_of(self.contract.plan_version_id).tiers[self.contract.tier].channels
        return "email" if "email" in channels else "portal"

    def take(self, by: Person | None = None) -> None:
        """
        Have the agent take the ticket, or somebody give it to them.
        """
        self._ticket = handling.assign(ticket=self.ticket, to=self.agent, by=by or self.agent, now=self.at)

    def classify(self, grave: int, reason: str = "", by: Person | None = None) -> None:
        """
        Have the severity assigned, unless it is that already.
        """
        severity = self.severity(grave)
        if self.ticket.is_severity_assigned and self.ticket.severity == severity:
            return
        self._ticket = handling.assign_severity(
            ticket=self.ticket, severity=severity, by=by or self.agent, reason=reason, now=self.at
        )

    def reply(self, text: str | None = None, then_status: str | None = None) -> None:
        """
        Have the agent answer with the theme's next reply, or with ``text``.
        """
        words = text or self._next("replies", "I am still on it, and you will hear from me again today.")
        attached = (self._file("guide"),) if "attach" in words else ()
        self._ticket = conversation.reply(
            ticket=self.ticket,
            by=self.agent,
            text=self._letter(words, self.agent, to=self.requester),
            now=self.at,
            then_status=then_status,
            files=attached,
        )

    def answer(self, text: str | None = None) -> None:
        """
        Have the customer answer with the theme's next answer, or with ``text``.
        """
        words = text or self._next("answers", "Is there any news?")
        self._ticket = conversation.customer_message(
            ticket=self.ticket, by=self.requester, text=self._letter(words, self.requester), now=self.at
        )

    def note(self, text: str | None = None) -> None:
        """
        Have the agent write an internal note, where the theme has one.
        """
        words = text or self.telling.theme.note
        if words:
            self._ticket = conversation.note(
                ticket=self.ticket, by=self.agent, text=self.telling.words(words), now=self.at
            )

    def call(self, *, at: Instant | None = None, seconds: int, text: str, reason: str = "") -> None:
        """
        Have a call logged, now or dated back with a reason.
        """
        by = self.stage.lead if at is not None else self.agent
        self._ticket = conversation.log_call(
            ticket=self.ticket, by=by, inbound=True, now=self.at, at=at, seconds=seconds, text=text, reason=reason
        )

    def status(self, status: str, reason: str = "") -> None:
        """
        Have the agent change the status, unless it is that already.
        """
        if self.ticket.status != status:
            self._ticket = handling.change_status(
                ticket=self.ticket, status=status, by=self.agent, now=self.at, reason=reason
            )

    def cover(self, coverage: str, reason: str) -> None:
        """
        Have it decided whether the plan covers the request.
        """
        self._ticket = handling.decide_coverage(
            ticket=self.ticket, coverage=coverage, by=self.stage.lead, reason=reason, now=self.at
        )

    def exclude(self, cause: str, reason: str) -> None:
        """
        Have it decided that a cause takes the ticket out of the promise.
        """
        self._ticket = handling.decide_exclusion(
            ticket=self.ticket, cause=cause, excluded=True, by=self.stage.lead, reason=reason, now=self.at
        )

    def way_around(self) -> None:
        """
        Have it recorded that the customer was given a way around.
        """
        self._ticket = progress.record_workaround(ticket=self.ticket, by=self.agent, now=self.at)

    def release(self, contract: Contract, reason: str) -> None:
        """
        Have a held ticket released under a contract.
        """
        self.contract = contract
        self._ticket = handling.release(
            ticket=self.ticket, contract=contract, by=self.stage.staff["wanjiru"], reason=reason, now=self.at
        )

    def solve(self) -> None:
        """
        Have the agent tell the solution and resolve the ticket.
        """
        self.reply(self.telling.theme.solution, "resolved")

    # Words and files ----------------------------------------------------------------------------------------------

    def _next(self, kind: str, otherwise: str) -> str:
        texts: tuple[str, ...] = getattr(self.telling.theme, kind)
        told = self._told[kind]
        self._told[kind] += 1
        return texts[told] if told < len(texts) else otherwise

    def _letter(self, text: str, author: Person, to: Person | None = None) -> str:
        words = self.telling.words(text)
        if to is not None:
            words = f"Hello {to.name.split()[0]},\n\n{words}"
        return f"{words}\n\n{author.name}" if len(words) > 120 else words  # noqa: PLR2004  short notes go unsigned

    def _file(self, stem: str) -> Mapping[str, Any]:
        """
        Return a small file, stored as the upload of a person would be.
        """
        file = stored_file(f"{stem}-{self.rng.randrange(100, 999)}.txt", self.telling.subject, self.rng)
        self.stage.stored.append(file["storage_key"])
        return file


def stored_file(name: str, title: str, rng: random.Random) -> Mapping[str, Any]:
    """
    Store a small text file and return what the services must know of it.
    """
    lines = [
        title,
        "",
        *(f"{hour:02}:{rng.randrange(60):02} step {hour}: {rng.randrange(900)} ms" for hour in range(9)),
    ]
    return files.store(sent=ContentFile("\n".join(lines).encode(), name=name))


def daytime(at: Instant, zone: str, rng: random.Random) -> Instant:
    """
    Return an instant not before ``at`` at which people of a zone are at work: Monday to Friday, 8 to 18.
    """
    local = to_datetime(at, ZoneInfo(zone))
    while local.weekday() >= _SATURDAY or local.hour >= _EVENING:
        local = (local + dt.timedelta(days=1)).replace(hour=0, minute=0)
    if local.hour < _MORNING:
        local = local.replace(hour=_MORNING, minute=rng.randrange(60))
    return max(at, int(local.timestamp()))


def local_days_before(now: Instant, days: int, zone: str, rng: random.Random) -> Instant:
    """
    Return an instant at work on a day so many days before ``now``, never after ``now``.
    """
    local = to_datetime(now - days * DAY, ZoneInfo(zone)).replace(hour=_MORNING, minute=0, second=rng.randrange(60))
    at = daytime(int(local.timestamp()) + rng.randrange(10 * HOUR), zone, rng)
    return at if at < now else at - 7 * DAY
