"""
The year before: some thousand closed tickets, made of events and written in bulk through the same fold.

Invariant: every ticket is closed before the stories begin, so no clock of it still runs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from upheld.apps.contracts.models import Contract
from upheld.apps.contracts.selectors import plan_of, rules_of
from upheld.apps.parties.models import Person
from upheld.apps.tickets.services.histories import Happening, History, write
from upheld.apps.tickets.services.recording import actor_of
from upheld.core import events as ev
from upheld.core.clocks.clock import Clock
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant
from upheld.demo.case import HOUR, MINUTE, daytime, local_days_before
from upheld.demo.cast import Deal
from upheld.demo.stage import DAY, Party, Stage
from upheld.demo.themes import Telling, telling, themes

BATCH: Final = 250
FIRST_DAY, LAST_DAY = 385, 85
"""Days before the start between which these tickets were opened."""
LATE_SHARE: Final = 0.07


@dataclass(slots=True)
class _Making:
    """
    One ticket as its events come together.
    """

    party: Party
    deal: Deal
    contract: Contract
    rules: Rules
    requester: Person
    agent: Person
    told: Telling
    severity: str
    channel: str
    rng: random.Random
    at: Instant
    happenings: list[Happening] = field(default_factory=list)

    def take(self, make: type[ev.Event], text: str | None = None, *, by: Person | None = None, **fields: Any) -> None:
        """
        Add an event at the present instant.
        """
        author = by or self.agent
        actor = actor_of(author, of_customer=author is self.requester)
        event = make(seq=len(self.happenings) + 1, effective_at=self.at, actor=actor, **fields)
        self.happenings.append(Happening(event, self.told.words(text) if text else None, author))

    def until_promise(self, metric: str) -> None:
        """
        Let time pass until a share of the running promise of a metric.
        """
        share = self.rng.uniform(1.05, 1.9) if self.rng.random() < LATE_SHARE else self.rng.betavariate(2, 4)
        folded = fold([each.event for each in self.happenings], self.rules)
        clock = next((each for each in folded.clocks if each.metric == metric and each.is_open and each.due_at), None)
        self.at = max(self.at + MINUTE, self._at_share(clock, share) if clock else self.at + 2 * HOUR)

    def _at_share(self, clock: Clock, share: float) -> Instant:
        due = clock.due_at or clock.started_at
        if clock.promise is None or clock.allowed is None:
            return clock.started_at + int((due - clock.started_at) * share)
        calendar = self.rules.calendar(clock.promise.calendar, clock.promise.severity, self.channel)
        return calendar.add(clock.started_at, int(clock.allowed * share))

    def tell(self) -> None:
        """
        Tell the ticket from its opening to its closing.
        """
        theme = self.told.theme
        environment = theme.environment if theme.environment in self.rules.hours.plan.environments else None
        self.take(
            ev.Opened, theme.opening, by=self.requester, channel=self.channel, request_type=theme.type,
            environment=environment,
        )  # fmt: skip
        self.take(ev.ContractBound, by=self.requester, contract=self.contract.public_id, tier=self.contract.tier)
        self.take(ev.UrgencyStated, by=self.requester, urgency=self.severity)
        self.until_promise("first_response")
        self.take(ev.Assigned, to=self.agent.public_id)
        self.take(ev.SeverityAssigned, severity=self.severity)
        self.take(ev.MessageSent, theme.replies[0], channel=self.channel)
        for answer, reply in zip(theme.answers, theme.replies[1:], strict=False):
            self.at = daytime(self.at + self.rng.randrange(HOUR, 16 * HOUR), self.party.client.zone, self.rng)
            self.take(ev.MessageReceived, answer, by=self.requester, channel=self.channel)
            self.until_promise("next_response")
            self.take(ev.MessageSent, reply, channel=self.channel)
        if "workaround" in self.rules.hours.plan.tiers[self.contract.tier].targets:
            self.until_promise("workaround")
            self.take(ev.WorkaroundGiven)
        before = self.at
        self.until_promise("resolution")
        later = daytime(before + self.rng.randrange(HOUR, 26 * HOUR), self.party.client.zone, self.rng)
        self.at = later if self.rng.random() < LATE_SHARE else min(later, self.at)
        self.take(ev.MessageSent, theme.solution, channel=self.channel)
        self.take(ev.Resolved)
        self.at += self.rng.randrange(4 * DAY, 6 * DAY)
        self.take(ev.Closed)


def write_year(
    stage: Stage, *, now: Instant, tickets: int, rng: random.Random, on_progress: Callable[[int, int], None] | None
) -> int:
    """
    Write the closed tickets of the year before ``now`` and return how many.
    """
    people = {person.public_id: person for person in stage.staff.values()}
    batch: list[History] = []
    done = 0
    for history in sorted(_year(stage, now, tickets, rng, people), key=_opened_at):
        batch.append(history)
        if len(batch) == BATCH:
            done += len(write(batch, now=now))
            batch = []
            if on_progress is not None:
                on_progress(done, tickets)
    return done + len(write(batch, now=now))


def _opened_at(history: History) -> Instant:
    return history.happenings[0].event.effective_at


def _year(stage: Stage, now: Instant, tickets: int, rng: random.Random, people: dict[str, Person]) -> Iterator[History]:
    seats = [
        (party, deal, contract)
        for party in stage.parties
        for deal, contract in party.deals
        if deal.ends_in is None and deal.starts_in < -FIRST_DAY
    ]
    weights = [party.client.share for party, _, _ in seats]
    for number in range(tickets):
        party, deal, contract = rng.choices(seats, weights)[0]
        theme = rng.choice([each for each in themes() if each.plan == deal.plan])
        rules = rules_of(contract)
        plan = plan_of(contract.plan_version_id)
        severities = list(plan.severities)
        agents = stage.agents_of(deal.team)
        making = _Making(
            party=party,
            deal=deal,
            contract=contract,
            rules=rules,
            requester=rng.choice(party.people),
            agent=rng.choice(agents),
            told=telling(theme, rng),
            severity=severities[min(rng.choice(theme.grave), len(severities) - 1)],
            channel=rng.choice([name for name in ("portal", "email") if name in plan.tiers[contract.tier].channels]),
            rng=rng,
            at=local_days_before(now, rng.randrange(LAST_DAY, FIRST_DAY), party.client.zone, rng),
        )
        making.tell()
        yield _history(making, number, people)


def _history(making: _Making, number: int, people: dict[str, Person]) -> History:
    opening = making.happenings[0]
    raw = {"subject": making.told.subject, "text": opening.text, "urgency": making.severity}
    return History(
        key=f"demo:year:{number}",
        raw=json.dumps(raw, ensure_ascii=False, sort_keys=True).encode(),
        requester=making.requester,
        customer_id=making.party.customer.pk,
        contract=making.contract,
        subject=making.told.subject,
        happenings=making.happenings,
        people=people,
    )
