"""
The running period of a contract and the overview: figures that can be counted by hand.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests import factories
from tests.factories import DAY, HOUR, MINUTE, NOW
from upheld.apps.parties import services as parties
from upheld.apps.parties.selectors import access_of
from upheld.apps.tickets import compliance, overview
from upheld.apps.tickets.services import conversation, handling
from upheld.core.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


EXPECTED_NOW = (">= 4% and < 6%", Money(Decimal(900), "USD"))
EXPECTED_MORE = (">= 8% and < 10%", Money(Decimal(1800), "USD"))
"""10% and 20% of the quarter's fee of USD 9,000: 1 of 20 is 5%, 2 of 21 are 9.52%."""


@pytest.fixture
def world():
    made = factories.World()
    made.contract.fee_amount, made.contract.fee_currency = Decimal("9000.00"), "USD"
    made.contract.save()
    return made


def answered(world, *, after, opened=NOW, **more):
    ticket = world.ticket(now=opened, **more)
    conversation.reply(
        ticket=ticket, by=world.agent, text="On it", now=opened + after, then_status="waiting_on_customer"
    )
    return ticket


def scheme(world, now):
    return compliance.schemes_now(world.contract, now)[0]


def test_the_quarter_counts_kept_and_broken_with_its_denominator_and_the_row(world):
    for number in range(19):
        answered(world, after=HOUR, opened=NOW + number)
    now = NOW + 5 * HOUR
    one = scheme(world, now)
    assert (one.statement.tally.events, one.statement.tally.breached) == (19, 0)
    answered(world, after=3 * HOUR)
    one = scheme(world, now)
    assert (one.statement.tally.events, one.statement.tally.breached) == (20, 1)
    assert one.violation_share == Fraction(1, 20)
    assert (one.statement.result.band, one.statement.result.amount) == EXPECTED_NOW
    more = one.after_one_more
    assert (more.events, more.violations, more.band, more.amount) == (21, 2, *EXPECTED_MORE)


def test_an_exclusion_leaves_the_quarter_at_once(world):
    late = answered(world, after=3 * HOUR)
    now = NOW + 4 * HOUR
    assert scheme(world, now).statement.tally.breached == 1
    facts = {"cause": "beyond_control", "excluded": True, "by": world.lead, "reason": "A cable", "now": now}
    handling.decide_exclusion(ticket=late, **facts)
    tally = scheme(world, now).statement.tally
    assert (tally.breached, tally.events, tally.excluded) == (0, 0, 1)


def test_the_overview_counts_by_person_and_team_and_says_why_promises_broke(world):
    one, other = parties.add_team(name="One"), parties.add_team(name="Two")
    late, mine, waiting = world.ticket(), world.ticket(), world.ticket()
    handling.move_to_team(ticket=mine, team=one, by=world.lead, reason="x", now=NOW)
    handling.assign(ticket=mine, to=world.agent, by=world.lead, now=NOW)
    conversation.reply(
        ticket=waiting, by=world.agent, text="Which?", now=NOW + MINUTE, then_status="waiting_on_customer"
    )
    now, access = NOW + 3 * HOUR, access_of(world.lead, NOW)
    people = {each.who: each for each in overview.loads_of_people(access, now)}
    assert (people[world.agent].open, people[world.agent].breached) == (1, 1)
    assert (people[None].open, people[None].breached, people[None].waiting) == (2, 1, 1)
    teams = {each.who: each for each in overview.loads_of_teams(access, now)}
    assert (teams[one].open, teams[None].open, other in teams) == (1, 2, False)
    total, groups = overview.kept_since(access, NOW - DAY, now)
    first = next(each for each in groups if each.metric == "first_response")
    assert (first.met, first.breached, first.events, first.share) == (1, 2, 3, Fraction(1, 3))
    assert total.breached == 2
    breaches = overview.breaches_since(access, NOW - DAY, now)
    assert {(each.ticket, each.cause, each.late_by) for each in breaches} == {
        (late, "nobody_had_it", HOUR),
        (mine, "had_it", HOUR),
    }
    assert overview.causes_of(breaches) == [("nobody_had_it", 1), ("had_it", 1)]


def test_nobody_counts_what_they_may_not_see(world):
    team = parties.add_team(name="Elsewhere")
    ticket = world.ticket()
    handling.move_to_team(ticket=ticket, team=team, by=world.lead, reason="x", now=NOW)
    other = parties.add_team(name="Mine")
    lead = factories.person("lead2@upheld.test", name="Lea", role="lead", team=other)
    access, now = access_of(lead, NOW), NOW + 3 * HOUR
    assert overview.loads_of_people(access, now) == overview.loads_of_teams(access, now) == []
    assert overview.kept_since(access, NOW - DAY, now)[0].events == 0
    assert overview.breaches_since(access, NOW - DAY, now) == []
