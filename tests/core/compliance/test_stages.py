"""
Promises about many clocks: stages by volume, shares, numbers late, averages, and times other than the target.
"""

from fractions import Fraction

import pytest

from tests.core.made_clocks import HOUR, NOW, OPENED, excluded, many, plan, promise, seen
from upheld.core.compliance.stages import Outcome, judge_promise
from upheld.core.plan.model.compliance import CompliancePromise
from upheld.wording import say

KEPT, BROKEN, NOT_JUDGED = Outcome.KEPT, Outcome.BROKEN, Outcome.NOT_JUDGED
BY_VOLUME = [{"events": "<= 39", "at_most_late": 2}, {"events": ">= 40", "at_least": "95%"}]
"""A framework agreement's: up to 39 incidents, at most 2 late; from 40 on, 95% in time."""
TWO_STAGES = [{"at_least": "95%"}, {"at_least": "100%", "share_of_target": "200%"}]


def judged(stages, observations, **keys):
    written = {"metrics": "first_response", "per": "month", "stages": stages, **keys}
    return judge_promise(CompliancePromise.model_validate(written), plan(), observations, NOW)


def took(*hours, **keys):
    """Observations that took so many hours of the four that they had."""
    return [
        seen(verdict="met" if each <= 4 else "breached", spent=int(each * HOUR), ticket=f"T-{index}", **keys)
        for index, each in enumerate(map(Fraction, hours))
    ]


OUTCOMES = {
    "95% exactly": ([{"at_least": "95%"}], many(met=19, breached=1), KEPT, [Fraction(19, 20)]),
    "just under 95%": ([{"at_least": "95%"}], many(met=189, breached=10), BROKEN, [Fraction(189, 199)]),
    "by volume, 39 with 2 late": (BY_VOLUME, many(met=37, breached=2), KEPT, [2, None]),
    "by volume, 39 with 3 late": (BY_VOLUME, many(met=36, breached=3), BROKEN, [3, None]),
    "by volume, 40 with 2 late": (BY_VOLUME, many(met=38, breached=2), KEPT, [None, Fraction(38, 40)]),
    "by volume, 40 with 3 late": (BY_VOLUME, many(met=37, breached=3), BROKEN, [None, Fraction(37, 40)]),
    "two stages, all within twice": (TWO_STAGES, took(*[1] * 19, 8), KEPT, [Fraction(19, 20), 1]),
    "two stages, one over twice": (TWO_STAGES, took(*[1] * 19, "8.001"), BROKEN, [Fraction(19, 20), Fraction(19, 20)]),
    "half the target": (
        [{"at_least": "50%", "share_of_target": "50%"}],
        took(2, "2.1", 4, 1),
        KEPT,
        [Fraction(1, 2)],
    ),
    "within another time": ([{"at_most_late": 1, "within": "1h"}], took(1, "1.5", 2), BROKEN, [2]),
    "within days of hours": ([{"at_most_late": 0, "within": "1d hours"}], took(8), KEPT, [0]),
    "within days of hours, over": ([{"at_most_late": 0, "within": "1d hours"}], took("8.001"), BROKEN, [1]),
    "within elapsed time": (
        [{"at_least": "100%", "within": "2h elapsed"}],
        [seen(verdict="met", spent=HOUR, stopped_at=OPENED + 2 * HOUR)],
        KEPT,
        [1],
    ),
    "within elapsed time, over": (
        [{"at_least": "100%", "within": "2h elapsed"}],
        [seen(verdict="met", spent=HOUR, stopped_at=OPENED + 2 * HOUR + 1)],
        BROKEN,
        [0],
    ),
    "average within a time": ([{"average": True, "within": "4h"}], took(1, 7, 4), KEPT, [1]),
    "average over a time": ([{"average": True, "within": "4h"}], took(1, 7, "4.003"), BROKEN, [Fraction(4321, 4320)]),
    "average of the target": ([{"average": True}], took(2, 4, 6), KEPT, [1]),
    "average of the target, over": ([{"average": True}], took(2, 4, "6.3"), BROKEN, [Fraction(41, 40)]),
    "average of half the target": ([{"average": True, "share_of_target": "50%"}], took(1, 3), KEPT, [1]),
    "no clock at all": ([{"at_least": "95%"}], [], NOT_JUDGED, [None]),
    "no clock with a verdict": ([{"at_most_late": 0}], [seen(verdict="ended")], NOT_JUDGED, [None]),
    "another metric": ([{"at_least": "95%"}], many(breached=3, metric="resolution"), NOT_JUDGED, [None]),
    "an excluded clock": (
        [{"at_least": "100%"}],
        [*many(met=1), seen(verdict="breached", exclusion=excluded())],
        KEPT,
        [1],
    ),
}


@pytest.mark.parametrize(("stages", "observations", "outcome", "values"), OUTCOMES.values(), ids=OUTCOMES)
def test_promises(stages, observations, outcome, values):
    found = judged(stages, observations)
    assert (found.outcome, [stage.value for stage in found.stages]) == (outcome, values)
    assert found.is_final


def test_an_exclusive_target_makes_an_exclusive_stage():
    limit = {"at_least": "100%", "share_of_target": "200%"}
    rows = [seen(verdict="breached", spent=8 * HOUR, promise=promise(exclusive=True))]
    assert judged([limit], rows).outcome is BROKEN
    assert judged([{"at_least": "100%", "within": "8h"}], rows).outcome is KEPT


def test_running_clocks_leave_the_outcome_open():
    rows = [*many(met=19), seen(verdict="pending", due_at=NOW)]
    found = judged([{"at_least": "95%"}], rows)
    assert (found.outcome, found.is_final, found.stages[0].pending) == (KEPT, False, 1)
    late = judged([{"at_least": "100%"}, {"at_least": "100%", "share_of_target": "200%"}], [seen(verdict="pending")])
    assert [stage.outcome for stage in late.stages] == [BROKEN, NOT_JUDGED]
    assert (late.is_final, late.stages[1].pending) == (False, 1)


def test_what_a_stage_cannot_measure_stands_beside_it():
    """A target of whole days has no seconds of which a share could be taken; met, it is within twice its time too."""
    rows = [
        seen(verdict="met", allowed=HOUR, promise=promise("2d end_of_day")),
        seen(verdict="breached", promise=promise("2d end_of_day")),
    ]
    rows = [one._replace(clock=_without_allowed(one.clock)) for one in rows]
    (stage,) = judged([{"at_least": "100%", "share_of_target": "200%"}], rows).stages
    assert (stage.outcome, stage.in_time, stage.late, stage.unobservable) == (KEPT, 1, 0, 1)
    (days,) = judged([{"at_least": "100%", "within": "2d end_of_day"}], many(met=2)).stages
    assert (days.outcome, days.unobservable) == (NOT_JUDGED, 2)


def _without_allowed(clock):
    return clock._replace(allowed=None)


def test_the_promise_is_a_condition_too():
    rows = [*many(met=1), *many(breached=5, about={"environment": "test"})]
    found = judged([{"at_least": "100%"}], rows, environment="production")
    assert found.outcome is NOT_JUDGED
    rows = [*many(met=1, about={"environment": "production"}), *many(breached=5, about={"environment": "test"})]
    assert judged([{"at_least": "100%"}], rows, environment="production").outcome is KEPT


WORDS = {
    "share": (
        [{"at_least": "95%"}],
        many(met=19, breached=2),
        "19 of 21 in time = 90.47619 %; at least 95 % is promised.",
    ),
    "never rounded onto the promise": (
        [{"at_least": "50%"}],
        many(met=1, breached=1),
        "1 of 2 in time = 50 %; at least 50 % is promised.",
    ),
    "late": ([{"at_most_late": 2}], many(met=1, breached=1), "1 of 2 were late; at most 2 may be."),
    "average": (
        [{"average": True, "within": "3h"}],
        took(1, 3),
        "On average, 2 clocks took 66.666667 % of the time that they had.",
    ),
    "not applying": (
        [{"events": ">= 40", "at_least": "95%"}],
        many(met=1),
        "It holds for >= 40 events, and there were 1.",
    ),
    "no events": ([{"at_least": "95%"}], [], "No clock came to a verdict, so there is nothing to judge."),
}


@pytest.mark.parametrize(("stages", "observations", "sentence"), WORDS.values(), ids=WORDS)
def test_words(stages, observations, sentence):
    (stage,) = judged(stages, observations).stages
    assert say(stage.code, stage.params) == sentence
