"""
Explanations as people read them: every sentence of every ticket, word for word, in three zones.
"""

import re
from pathlib import Path

import pytest

from tests.explained_tickets import LOADED, PLAN, RULES, TICKETS, at, opened, reply, rules_of, severity, ticket
from upheld.core import events as ev
from upheld.core.clocks.explain import Explanation, Step
from upheld.rendering.explanations import (
    Reader,
    computation,
    headline,
    plain,
    sentence,
    sentences,
    span,
    spell,
    spell_elapsed,
    stretch_line,
)
from upheld.wording.clocks import MESSAGES

EXPECTED = Path(__file__).with_name("explanations.txt").read_text(encoding="utf-8")
SECTIONS = {
    tuple(heading.split()): lines.strip().splitlines()
    for heading, lines in re.findall(r"^## (.+)\n((?:.+\n)+)", EXPECTED, re.MULTILINE)
}
BLIND = frozenset({"opened", "severity_assigned"})
ZURICH = Reader(LOADED, "Europe/Zurich")


@pytest.mark.parametrize(
    ("name", "metric", "zone", "lines"), [(*key, lines) for key, lines in SECTIONS.items()], ids=map("-".join, SECTIONS)
)
def test_sentences(name, metric, zone, lines):
    explanation, _ = TICKETS[name].explained(metric, observed=BLIND if name == "unobservable" else None)
    assert sentences(explanation, Reader(LOADED, zone)) == lines


def test_every_ticket_has_its_sentences():
    assert {name for name, _, zone in SECTIONS if zone == "Europe/Zurich"} == set(TICKETS)


def test_sentences_leave_no_parameter_open_and_show_no_code():
    for name, told in TICKETS.items():
        for clock in told.clocks("first_response")[1] + told.clocks("resolution")[1] + told.clocks("update")[1]:
            for each in sentences(told.explained(clock.metric, clock.cycle)[0], ZURICH):
                assert each[-1] == ".", (name, each)
                assert not re.search(r"[{}_]|clock\.|None|  |\.\.", each), (name, each)


def test_a_sentence_for_every_step_and_nothing_missing():
    step = Step("", at("Mon 2 Mar 16:00"), {"opens_at": 0, "due_at": 0, "early_at": 0, "stopped_at": 0, "ended_at": 0})
    step.params.update(until_at=0, resumes_at=0)
    for code in (code for code in MESSAGES if code.startswith("clock.")):
        told = sentence(Step(code, step.at, step.params), ZURICH)
        assert code not in told


HOURS = "{severity: urgent, phoned: true, use: always}"
BOUND = ("Mon 2 Mar 16:30", ev.ContractBound, {"contract": "c-2", "tier": "plus"})
PLUS = "{urgent: 2h, high: 4h, normal: 8h, low: 8h, trivial: 8h}"
CHANGED = "the severity changed from Urgent to High"
OTHER_PLANS = {
    "a milestone moves the hours": (
        PLAN.replace(HOURS, "{severity: urgent, reached: part_found, use: always}"),
        ("Mon 2 Mar 16:30", ev.MilestoneReached, {"milestone": "part_found"}),
        "from here it counts in the support hours “At all times” instead of “Office hours”.",
    ),
    "another tier has other hours": (
        f"{PLAN}  plus: {{hours: always, targets: {{first_response: {PLUS}}}}}",
        BOUND,
        "Now promised: within 2 h, in the support hours “At all times”, counted from the start.",
    ),
    "another tier makes its best effort": (
        f"{PLAN}  plus: {{hours: always, targets: {{first_response: best effort}}}}",
        BOUND,
        "another target applies. Now it is best effort, without a due time.",
    ),
    "another tier promises less than": (
        f"{PLAN}  plus: {{hours: office, targets: {{first_response: < 8h}}}}",
        BOUND,
        "another target applies. Now promised: in less than 8 h, counted from the start.",
    ),
    "the severity changes and the promise does not": (
        PLAN.replace('high: "< 4h"', "high: 2h"),
        severity("Mon 2 Mar 16:30", "high"),
        f"{CHANGED}; the promise is the same.",
    ),
    "a breach is judged again": (
        PLAN.replace("lowered: from_start}", "lowered: from_start, breached_before_lowering: reconsidered}"),
        severity("Tue 3 Mar 10:30", "high"),
        "in less than 4 h, counted from the start, so what was late before is judged again.",
    ),
}


@pytest.mark.parametrize(("plan", "event", "expected"), OTHER_PLANS.values(), ids=OTHER_PLANS)
def test_changes_under_other_plans(plan, event, expected):
    told = ticket("Tue 3 Mar 11:00", *opened("Mon 2 Mar 16:00", "urgent"), event)
    rules = rules_of(plan)
    said = sentences(told.explained("first_response", rules=rules)[0], Reader(rules.hours.plan, "Europe/Zurich"))
    assert [each for each in said if each.endswith(expected)]


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ("milestone:part_found", "“Part found” was reached"),
        ("after:first_response", "“First response” was done"),
        ("customer_message", "the customer wrote"),
        ("something_new", "something new"),
    ],
)
def test_what_started_a_clock(trigger, words):
    step = Step("clock.started", at("Mon 2 Mar 16:00"), {"by": trigger, "metric": "update", "cycle": 1})
    assert sentence(step, ZURICH) == f"Update started Mon 2 Mar 2026 16:00 CET, when {words}."


@pytest.mark.parametrize(
    ("seconds", "support", "elapsed"),
    [
        (0, "0 min", "0 min"),
        (59, "59 s", "59 s"),
        (16_200, "4 h 30 min", "4 h 30 min"),
        (86_399, "23 h 59 min 59 s", "23 h 59 min 59 s"),
        (86_400, "24 h", "1 day"),
        (266_400, "74 h", "3 days 2 h"),
        (172_830, "48 h 30 s", "2 days"),
        (-1_800, "-30 min", "-30 min"),
    ],
)
def test_lengths(seconds, support, elapsed):
    assert (spell(seconds), spell_elapsed(seconds)) == (support, elapsed)


def test_support_time_never_becomes_days_and_elapsed_lateness_does():
    broken = TICKETS["breached_and_open"].explained("first_response")[0].steps[-1]
    assert sentence(broken, ZURICH) == "Broken: it is still open, 3 days 2 h late."
    stopped = ticket("Fri 6 Mar 12:00", *opened("Mon 2 Mar 16:00", "urgent"), reply("Fri 6 Mar 11:00"))
    told = sentences(stopped.explained("first_response")[0], ZURICH)
    assert told[-1] == (
        "Broken: support replied Fri 6 Mar 2026 11:00 CET, 3 days 1 h late (25 h of it in support hours)."
    )


def test_a_change_of_the_clocks_is_seen_in_the_zone():
    told = ticket("Mon 30 Mar 12:00", *opened("Fri 27 Mar 16:30", "urgent"))
    assert sentences(told.explained("first_response")[0], ZURICH)[2] == "Due Mon 30 Mar 2026 10:30 CEST."


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "Mon 2 Mar 2026 15:00 UTC"),
        ("America/Sao_Paulo", "Mon 2 Mar 2026 12:00 UTC-03"),
        ("Asia/Kathmandu", "Mon 2 Mar 2026 20:45 UTC+0545"),
        ("Australia/Sydney", "Tue 3 Mar 2026 02:00 AEDT"),
    ],
)
def test_moments_name_their_zone(zone, shown):
    assert Reader(LOADED, zone).moment(at("Mon 2 Mar 16:00")) == shown


def test_the_sum():
    explanation, _ = TICKETS["breached_and_stopped"].explained("first_response")
    assert (
        computation(explanation, ZURICH)
        == "1 h (Mon 2 Mar 16:00-17:00) + 2 h 30 min (Tue 3 Mar 09:00-11:30) = 3 h 30 min"
    )
    assert computation(Explanation(explanation.clock, (), ()), ZURICH) == ""


def test_a_stretch():
    night = TICKETS["breached_and_stopped"].explained("first_response")[0].stretches[1]
    assert stretch_line(night, ZURICH) == (
        "Mon 2 Mar 2026 17:00 CET",
        "Tue 3 Mar 2026 09:00 CET",
        "outside hours",
        "0 min",
    )
    assert span(night, ZURICH) == "Mon 2 Mar 17:00-Tue 3 Mar 09:00"
    pause = next(each for each in TICKETS["was_paused"].explained("resolution")[0].stretches if each.paused_by)
    assert stretch_line(pause, ZURICH)[2:] == ("paused: Waiting for a spare part", "15 h")


def test_headlines():
    assert headline(*TICKETS["breached_and_open"].explained("first_response"), ZURICH) == ("First response", "broken")
    twice = ticket(
        "Wed 4 Mar 12:00", *opened("Mon 2 Mar 16:00", "high"), reply("Mon 2 Mar 16:30"), reply("Tue 3 Mar 10:00")
    )
    assert headline(*twice.explained("update", 2), ZURICH) == ("Update (2)", "broken")


def test_names_of_a_plan_cannot_steer_a_terminal():
    assert plain("red\x1b[31m_alert\u202e") == "Red�[31m alert�"
    assert ZURICH.conditions(("a\nb\x00",)) == "a�b�"
    assert ZURICH.severity("not\x9bthere") == "Not�there"


def test_the_readers_language():
    texts = LOADED.model_copy(
        update={
            "severities": {
                "urgent": LOADED.severities["urgent"].model_copy(update={"name": {"de": "Dringend", "en": "Urgent"}})
            }
        }
    )
    assert Reader(texts, "Europe/Zurich", "de-CH").severity("urgent") == "Dringend"
    assert Reader(texts, "Europe/Zurich", "it").severity("urgent") == "Urgent"


def test_the_tickets_are_judged_by_one_plan():
    assert RULES.hours.plan is LOADED
