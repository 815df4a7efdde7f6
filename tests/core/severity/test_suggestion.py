"""
Severity suggestions: what fits, what wins, what could still change it, and why a severity does not fit.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clocks.tickets import document, ticket
from upheld.catalogues import read
from upheld.core.plan.loading import load
from upheld.core.plan.model import Plan
from upheld.core.severity.answers import AnswerError, TicketFields, read_answers
from upheld.core.severity.reporting import channels_used, unreported
from upheld.core.severity.suggestion import Because, Unmet, allowed, suggest, why_not

QUESTIONS = {
    "production": {"ask": "Production?", "from_field": "environment"},
    "state": {"ask": "What is it?", "answers": ["down", "slow", "fine"]},
    "users": {"ask": "How many percent?", "bands": {"many": "> 20%", "few": "<= 20%"}},
    "grave": {"ask": "Do we call it grave?", "asked_of": "support"},
}
SEVERITIES = {
    "high": {"when": [{"state": "down"}, {"grave": True}], "lines": ["It is down.", "We say so."]},
    "mid": {"when": [{"state": "slow", "users": "many"}]},
    "low": {"when": [{"production": False}, {"state": "fine"}], "text": "The rest."},
}
ENVIRONMENTS = {"live": {"production": True}, "lab": {}, "toy": {"severities": ["mid", "low"]}}


def plan(**more):
    base = {"severities": SEVERITIES, "severity_questions": QUESTIONS, "environments": ENVIRONMENTS}
    process = more.pop("process", {"conflict": "gravest"})
    return Plan.model_validate(
        document(**{**base, "severity_process": process, **more}, targets={"first_response": "4h"})
    )


LIVE, LAB, TOY = (TicketFields(environment=name) for name in ENVIRONMENTS)


@pytest.mark.parametrize(
    ("answers", "fields", "severity", "because", "rule"),
    [
        ({"state": "down"}, LIVE, "high", "only_fit", "severities.high.when[0]"),
        ({"state": "slow", "users": "many"}, LIVE, "mid", "only_fit", "severities.mid.when[0]"),
        ({"state": "slow", "users": "20.01%"}, LIVE, "mid", "only_fit", "severities.mid.when[0]"),
        ({"state": "slow", "users": "20"}, LIVE, None, "no_rule_fits", ""),
        ({"state": "down"}, LAB, "high", "gravest", "severities.high.when[0]"),
        ({"state": "fine"}, LAB, "low", "only_fit", "severities.low.when[0]"),
        ({}, LIVE, None, "no_rule_fits", ""),
        ({"state": "down"}, TicketFields(environment="nowhere"), "high", "only_fit", "severities.high.when[0]"),
        ({"state": "down"}, TOY, "low", "only_fit", "severities.low.when[0]"),
    ],
    ids=str,
)
def test_what_the_rules_suggest(answers, fields, severity, because, rule):
    found = suggest(plan(), answers, fields)
    assert (found.severity, found.because, found.rule) == (severity, because, rule)


def test_an_environment_bars_a_severity():
    found = suggest(plan(), {"state": "down"}, TOY)
    assert [each.severity for each in found.fits] == ["high", "low"]
    assert allowed(plan(), "toy") == ("mid", "low")
    closed = {**SEVERITIES, "low": {"when": [{"state": "fine"}]}}
    found = suggest(plan(severities=closed), {"state": "down"}, TOY)
    assert (found.severity, found.because, found.rule) == ("mid", "environment", "environments.toy.severities")


def test_the_rule_comes_with_its_words_and_the_answers_that_made_it_fit():
    found = suggest(plan(), {"grave": "yes", "state": "slow"}, LIVE)
    assert found.winner.words == {"": "We say so."}
    assert found.winner.answers == (("grave", "true"),)
    assert suggest(plan(), {"state": "fine"}, LIVE).winner.words == {"": "The rest."}
    assert found.event(seq=3, at=7).rule == "severities.high.when[1]"


@pytest.mark.parametrize(
    ("process", "severity", "because"),
    [
        ({"conflict": "gravest"}, "high", "gravest"),
        ({"conflict": "lightest"}, "low", "lightest"),
        ({"conflict": "ask"}, None, "several_fit"),
        ({"conflict": "first"}, None, "several_fit"),
        ({"conflict": "ask", "precedence": [{"production": False}]}, "low", "precedence"),
        ({"conflict": "gravest", "precedence": [{"production": False}]}, "low", "precedence"),
        ({"conflict": "ask", "precedence": [{"state": "down"}, {"production": False}]}, "high", "precedence"),
        ({"conflict": "ask", "precedence": [{"state": "fine"}]}, None, "several_fit"),
    ],
)
def test_which_of_several_wins_is_the_plans_choice(process, severity, because):
    found = suggest(plan(process=process), {"state": "down"}, LAB)
    assert (found.severity, found.because) == (severity, because)
    assert [each.severity for each in found.fits] == ["high", "low"]


@pytest.mark.parametrize(
    ("answers", "fields", "customer", "support", "on_ticket"),
    [
        ({}, TicketFields(), ("state", "users"), ("grave",), ("environment",)),
        ({}, LIVE, ("state", "users"), ("grave",), ()),
        ({"state": "down"}, LIVE, (), (), ()),
        ({"state": "slow"}, LIVE, ("users",), ("grave",), ()),
        ({"state": "slow", "users": "3"}, LIVE, (), ("grave",), ()),
        ({"state": "fine"}, LIVE, (), ("grave",), ()),
    ],
    ids=str,
)
def test_only_questions_that_could_change_it_are_open(answers, fields, customer, support, on_ticket):
    found = suggest(plan(), answers, fields)
    assert (found.open_questions, found.support_questions, found.open_fields) == (customer, support, on_ticket)


def test_nothing_is_open_once_a_precedence_has_decided():
    process = {"conflict": "gravest", "precedence": [{"production": False}]}
    found = suggest(plan(process=process), {}, LAB)
    assert (found.severity, found.open_questions, found.support_questions) == ("low", (), ())


PLANS = {name: load(read(name), name).plan for name in ("celigo", "opigno", "cpi", "connecta")}


@given(st.data())
def test_an_open_question_is_one_that_matters_and_no_other_is(data):
    """Whatever is answered to questions that are not open, the suggestion stays; for each catalogue, any answers."""
    rules = PLANS[data.draw(st.sampled_from(sorted(PLANS)))]
    asked = data.draw(st.lists(st.sampled_from(list(rules.severity_questions)), unique=True))
    answers = {name: data.draw(st.sampled_from(rules.severity_questions[name].answers)) for name in asked}
    found = suggest(rules, answers)
    of_fields = {name for name, each in rules.severity_questions.items() if each.from_field in found.open_fields}
    still_open = {*found.open_questions, *found.support_questions, *of_fields}
    more = {
        name: data.draw(st.sampled_from(each.answers))
        for name, each in rules.severity_questions.items()
        if name not in answers and name not in still_open
    }
    assert suggest(rules, {**answers, **more}).severity == found.severity
    assert still_open.isdisjoint(answers)


def test_why_a_severity_does_not_fit():
    rules = plan()
    found = suggest(rules, {"state": "slow", "users": "5"}, LIVE)
    assert why_not(rules, "mid", found) == (Unmet("severities.mid.when[0]", "users", "few", ("many",)),)
    assert why_not(rules, "high", found) == (
        Unmet("severities.high.when[0]", "state", "slow", ("down",)),
        Unmet("severities.high.when[1]", "grave", None, ("true",)),
    )
    assert why_not(rules, "high", suggest(rules, {"state": "down"}, LIVE)) == ()


def test_a_matrix_and_a_scale_suggest_too():
    questions = {each: {"ask": each, "answers": ["much", "little"]} for each in ("impact", "haste")}
    cells = {"much": {"much": "high", "little": "mid"}, "little": {"much": "mid", "little": "low"}}
    scale = {"scale": "cvss-3", "bands": {">= 7": "high", ">= 4 and < 7": "mid", "< 4": "low"}}
    rules = plan(
        severities=dict.fromkeys(SEVERITIES),
        severity_questions=questions,
        severity_matrix={"rows": "impact", "columns": "haste", "cells": cells},
        severity_scores=[scale],
    )
    found = suggest(rules, {"impact": "much", "haste": "little"})
    assert (found.severity, found.rule) == ("mid", "severity_matrix.cells.much.little")
    found = suggest(rules, {"cvss-3": "7.0"})
    assert (found.severity, found.rule) == ("high", "severity_scores[0].bands.>= 7")
    assert suggest(rules, {"impact": "much"}).open_questions == ("haste",)
    assert suggest(rules, {"impact": "much", "haste": "little", "cvss-3": "9.8"}).severity == "high"


@pytest.mark.parametrize(
    ("given_answers", "code"),
    [
        ({"colour": "red"}, "severity.unknown_question"),
        ({"state": "broken"}, "severity.unknown_answer"),
        ({"users": "many people"}, "severity.no_number"),
        ({"users": "NaN"}, "severity.no_number"),
        ({"grave": "maybe"}, "severity.unknown_answer"),
    ],
)
def test_an_answer_that_the_plan_does_not_have_is_refused(given_answers, code):
    with pytest.raises(AnswerError) as refused:
        suggest(plan(), given_answers)
    assert refused.value.code == code


def test_a_number_in_no_band_is_refused():
    questions = {**QUESTIONS, "users": {"ask": "?", "bands": {"many": "> 20", "few": "> 1 and <= 20"}}}
    with pytest.raises(AnswerError) as refused:
        suggest(plan(severity_questions=questions), {"users": "0.5"})
    assert refused.value.code == "severity.number_in_no_band"


def test_answers_are_read_as_the_plan_names_them():
    given_answers = {"grave": "No", "users": " 20.5 % ", "state": "", "production": "true"}
    assert read_answers(plan(), given_answers) == {"production": "true", "users": "many", "grave": "false"}
    assert read_answers(plan(), given_answers, LAB)["production"] == "false", "the ticket's field answers"


def test_a_severity_can_need_several_channels():
    rules = plan(severities={**SEVERITIES, "high": {**SEVERITIES["high"], "reported_by": ["portal", "phone"]}})
    opened = ticket("01 09:00 opened portal")
    assert unreported(rules, "high", channels_used(opened, rules)) == ("phone",)
    called = ticket("01 09:00 opened portal", "01 09:25 call")
    assert unreported(rules, "high", channels_used(called, rules)) == ()
    called_back = ticket("01 09:00 opened portal", "01 09:25 call_back")
    assert unreported(rules, "high", channels_used(called_back, rules)) == ("phone",)
    taken_back = ticket("01 09:00 opened portal", "01 09:25 call", "01 09:30 corrected 2")
    assert unreported(rules, "high", channels_used(taken_back, rules)) == ("phone",)
    assert unreported(rules, "low", ()) == ()


def test_every_reason_is_one_of_the_list():
    assert {each.value for each in Because} == {
        "only_fit", "precedence", "gravest", "lightest", "environment", "no_rule_fits", "several_fit"
    }  # fmt: skip
