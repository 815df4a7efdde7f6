"""
Names mean nothing: another name for every tier, severity, metric and plan changes no result, in any catalogue.
"""

import functools
import json
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogues.plans import NAMES, loaded, plan_of, rules_of
from tests.catalogues.renaming import METRICS, SECTIONS, SEVERITIES, TIERS, pairs, renamed
from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.compliance.observations import observations_of
from upheld.core.coverage import judge
from upheld.core.credits.statements import credit_statement
from upheld.core.instants import parse_instant
from upheld.core.intake import missing
from upheld.core.money import Money
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.loading import load
from upheld.core.severity.suggestion import suggest

MONDAY = parse_instant("2026-04-13T09:00:00Z")
FEE = Money(Decimal(12_000), "USD")
CLOSED = parse_instant("2026-07-01T07:00:00Z")


@pytest.mark.parametrize("name", NAMES)
def test_a_renamed_document_says_the_same(name):
    data = loaded(name).document.data
    names = pairs(data, lambda section, at: f"{section}-{at}x")
    other = renamed(data, names) | {"plan": "plan-x"}
    assert all(list(other[section]) == [names[section, each] for each in data[section]] for section in SECTIONS)
    again = load(json.dumps(other).encode(), "renamed.yaml")
    assert [each.code for each in again.errors] == []
    assert Counter((each.code, each.weight) for each in again.findings) == Counter(
        (each.code, each.weight) for each in loaded(name).findings
    )
    dumped = json.dumps(again.plan.model_dump(mode="python"), default=str)
    for (_, old), new in names.items():
        dumped = dumped.replace(new, old)
    dumped = dumped.replace('"plan-x"', f'"{data["plan"]}"')
    assert dumped == json.dumps(plan_of(name).model_dump(mode="python"), default=str)


@functools.cache
def swapped(name, turn):
    """The plan with the names of each section given to one another, ``turn`` places on, and the names."""
    data = loaded(name).document.data
    names = pairs(data, lambda section, at: list(data[section])[(at + turn) % len(data[section])])
    again = load(json.dumps(renamed(data, names) | {"plan": "another"}).encode(), "swapped.yaml")
    assert again.errors == ()
    return again.plan, names


@functools.cache
def own(name, tier):
    return rules_of(plan_of(name), tier, fee=FEE)


@functools.cache
def swapped_rules(name, turn, tier):
    plan, names = swapped(name, turn)
    return rules_of(plan, names[TIERS, tier], fee=FEE)


def events(plan, steps, names):
    """Events of a ticket; each step is (hours later, what)."""
    at, found = MONDAY, []
    made = {
        "urgency": lambda head, word: ev.UrgencyStated(**head, urgency=names.get((SEVERITIES, word), word)),
        "severity": lambda head, word: ev.SeverityAssigned(**head, severity=names.get((SEVERITIES, word), word)),
        "reply": lambda head, _: ev.MessageSent(**head),
        "acknowledged": lambda head, _: ev.Acknowledged(**head),
        "customer": lambda head, _: ev.MessageReceived(**head),
        "call": lambda head, _: ev.CallLogged(**head),
        "waiting": lambda head, _: ev.StatusChanged(**head, status="waiting_on_customer"),
        "asked": lambda head, _: ev.IntakeRequested(**head),
        "complete": lambda head, _: ev.IntakeCompleted(**head),
        "resolved": lambda head, _: ev.Resolved(**head),
        "reopened": lambda head, _: ev.Reopened(**head),
    }
    channel, request_type, *rest = steps
    head = {"seq": 1, "effective_at": at, "actor": ev.Actor(ev.Side.VENDOR)}
    found.append(ev.Opened(**head, channel=channel, request_type=request_type))
    for seq, (hours, kind, word) in enumerate(rest, 2):
        at += hours * 3600
        found.append(made[kind]({**head, "seq": seq, "effective_at": at}, word))
    return found


@st.composite
def tickets(draw):
    name = draw(st.sampled_from(NAMES))
    plan = plan_of(name)
    tier = draw(st.sampled_from(list(plan.tiers)))
    kinds = ["reply", "acknowledged", "customer", "call", "waiting", "asked", "complete", "resolved", "reopened"]
    severity = st.sampled_from(list(plan.severities))
    step = st.one_of(
        st.tuples(st.integers(0, 90), st.sampled_from(["urgency", "severity"]), severity),
        st.tuples(st.integers(0, 90), st.sampled_from(kinds), st.none()),
    )
    first = (0, "urgency", draw(severity))
    types = st.sampled_from([None, *plan.request_types])
    return (
        name,
        tier,
        [draw(st.sampled_from(list(plan.channels))), draw(types), first, *draw(st.lists(step, max_size=7))],
    )


def told(clocks, names):
    """What clocks say, with names translated."""
    return [
        (
            names.get((METRICS, clock.metric), clock.metric),
            clock.cycle,
            clock.started_at,
            clock.due_at,
            clock.early_at,
            clock.stopped_at,
            clock.ended_at,
            clock.verdict,
            clock.promise and names.get((SEVERITIES, clock.promise.severity), clock.promise.severity),
        )
        for clock in clocks
    ]


@settings(max_examples=120, deadline=None)
@given(tickets(), st.integers(1, 3))
def test_names_change_no_clock_and_no_credit(ticket, turn):
    name, tier, steps = ticket
    plan, (other, names) = plan_of(name), swapped(name, turn)
    own_rules, other_rules = own(name, tier), swapped_rules(name, turn, tier)
    one, two = fold(events(plan, steps, {}), own_rules), fold(events(other, steps, names), other_rules)
    assert told(one.clocks, names) == told(two.clocks, {})
    for scheme in plan.credits:
        paid = [
            [
                (period.period.label, period.result.amount, period.tally.events, len(period.violations))
                for period in credit_statement(
                    rules_.hours.plan.credits[scheme],
                    rules_.hours.plan,
                    rules_.contract,
                    list(observations_of("t", rules_.contract, folded)),
                    CLOSED,
                ).periods
            ]
            for rules_, folded in ((own_rules, one), (other_rules, two))
        ]
        assert paid[0] == paid[1], scheme


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_names_change_no_suggestion_no_coverage_and_no_demand(data):
    name = data.draw(st.sampled_from(NAMES))
    plan, (other, names) = plan_of(name), swapped(name, data.draw(st.integers(1, 3)))
    asked = (
        data.draw(st.lists(st.sampled_from(sorted(plan.severity_questions)), unique=True))
        if (plan.severity_questions)
        else []
    )
    answers = {each: data.draw(st.sampled_from(plan.severity_questions[each].answers)) for each in asked}
    one, two = suggest(plan, answers), suggest(other, answers)
    assert names.get((SEVERITIES, one.severity)) == two.severity
    assert (one.because, one.open_questions, one.support_questions) == (
        two.because, two.open_questions, two.support_questions
    )  # fmt: skip
    tier = data.draw(st.sampled_from(list(plan.tiers)))
    severity = data.draw(st.sampled_from(list(plan.severities)))
    kind = data.draw(st.sampled_from([None, *plan.request_types]))
    here = Circumstances(tier=tier, severity=severity, request_type=kind)
    there = Circumstances(tier=names[TIERS, tier], severity=names[SEVERITIES, severity], request_type=kind)
    judged, other_judged = judge(plan, here), judge(other, there)
    assert [names.get((TIERS, each), each) for each in judged.offers] == list(other_judged.offers)
    assert (judged.coverage, judged.rules, judged.needs_approval) == (
        other_judged.coverage, other_judged.rules, other_judged.needs_approval
    )  # fmt: skip
    assert missing(plan, here, {}).names == missing(other, there, {}).names
