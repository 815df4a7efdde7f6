"""
The same handmade history under other promises: what turns, what it costs, and what could have been promised.
"""

from decimal import Decimal

import pytest

from tests.replay.test_run import HOUR, PLAN, log, ticket
from upheld.core import events as ev
from upheld.core.money import Money
from upheld.replay import assignments
from upheld.replay.what_if.judging import judge, promisable, turned
from upheld.replay.what_if.report import what_if_report
from upheld.replay.what_if.worlds import AS_IT_WAS, World, contracts_of, parse_world, plan_of

RAW = PLAN.encode()
LOG = log(
    ticket("quick", (2, ev.Resolved)),
    ticket("slow", (7, ev.Resolved)),
    ticket("overnight", (25, ev.Resolved)),
    ticket("never", (30, ev.StatusChanged, "waiting_on_support"), customer="Beta"),
)


def judged(text=""):
    world = parse_world(text) if text else World(AS_IT_WAS)
    plan = plan_of(world, RAW, "small.yaml")
    everybody = assignments.for_all(plan, "basic", "UTC", Money(Decimal(1000), "USD"))
    return judge(world, plan, LOG, contracts_of(world, everybody, plan), now=LOG.last)


def test_nothing_turns_in_the_world_as_it_was():
    found = turned(judged(), judged("same: tier=basic"))
    assert (found.now_late, found.now_kept, found.only_here, found.only_before) == ((), (), 0, 0)


@pytest.mark.requirement_part("B-5")
def test_what_turns_and_what_it_costs():
    before, after = judged(), judged("Sooner: tiers.basic.targets.resolution.normal=6h")
    assert {key[0]: each.is_kept for key, each in before.outcomes.items()} == {
        "quick": True, "slow": True, "overnight": False, "never": False,
    }  # fmt: skip
    assert turned(before, after).now_late == (("slow", "resolution", 1),)
    # Acme: 1 of 3 late pays 10 %, 2 of 3 pays 20 %; Beta: 1 of 1 pays 20 % in both worlds.
    assert before.owed == {"USD": Money(Decimal(300), "USD")}
    assert after.owed == {"USD": Money(Decimal(400), "USD")}
    told = what_if_report(before, [after], made_by="tests", zone="UTC")
    world = told["worlds"][1]
    (resolution,) = [each for each in world["metrics"] if each["metric"] == "resolution"]
    assert (resolution["late"], resolution["against"]) == (3, {"late": 1, "points": "-25.0"})
    assert (resolution["now_late"], resolution["now_kept"]) == (1, 0)
    assert world["credits"]["against"] == [{"amount": "100.00", "currency": "USD"}]
    assert world["customers"] == [
        {
            "customer": "Acme",
            "late": 2,
            "late_against": 1,
            "credits_against": [{"amount": "100.00", "currency": "USD"}],
        }
    ]


@pytest.mark.requirement_part("B-5")
def test_other_hours_and_another_tier():
    around_the_clock = turned(judged(), judged("tier=round"))
    assert around_the_clock.now_late == ()
    kinder = turned(judged(), judged("tiers.basic.targets.resolution.normal=3d"))
    assert ({key[0] for key in kinder.now_kept}, kinder.only_before) == ({"overnight"}, 1)  # one would still run


def test_a_promise_that_is_not_made_any_more():
    fewer = turned(judged(), judged("tiers.basic.targets.resolution.normal=none"))
    assert (fewer.only_before, fewer.now_late, fewer.now_kept) == (4, (), ())


def test_what_could_have_been_promised():
    (found,) = promisable(judged(), (25, 50, 75, 90))
    assert (found.metric, found.severity, found.calendar, found.clocks) == ("resolution", "normal", "office", 4)
    assert found.allowed == 8 * HOUR
    # Monday 9:00: done after 2, 7 and (Tuesday 10:00) 9 support hours; the fourth was never done.
    assert found.within == ((25, 2 * HOUR), (50, 7 * HOUR), (75, 9 * HOUR), (90, None))


def test_a_target_of_that_length_is_kept_so_often():
    for share, length in (("50", "7h"), ("75", "9h")):
        tally = judged(f"tiers.basic.targets.resolution={{urgent: 1h, normal: {length}}}").result.overall["resolution"]
        assert tally.share * 100 == int(share)
