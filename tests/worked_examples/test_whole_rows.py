"""
Rows of the requirements that the shipped plans show whole, beside the worked examples.
"""

import dataclasses

import pytest

from tests import factories
from tests.core.clocks.tickets import at, clocks, fold, one, ticket
from tests.worked_examples.plans import celigo, cloudextend, connecta, optimy, shipped
from upheld import catalogues
from upheld.apps.tickets.services import handling
from upheld.apps.tickets.services.recording import events_of
from upheld.core import events as ev
from upheld.core import intake
from upheld.core.clocks.clock import Verdict
from upheld.core.coverage import judge
from upheld.core.plan.circumstances import Circumstances
from upheld.core.plan.loading import load

NOW, HOUR = factories.NOW, factories.HOUR


def assumed(name):
    return {each["about"] for each in shipped(name)["assumptions"]}


@pytest.mark.requirement("CLX-1")
@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-25T23:00:00Z", "2026-11-27T13:00:00Z"),  # over Thanksgiving, which is closed
        ("2026-07-02T23:00:00Z", "2026-07-06T13:00:00Z"),  # over Independence Day, kept on the Friday
        ("2026-04-17T10:00:00Z", "2026-04-17T14:00:00Z"),  # Friday, at 03:00 Pacific
        ("2026-04-17T20:00:00Z", "2026-04-18T00:00:00Z"),  # Friday, due at 17:00 Pacific
        ("2026-04-17T20:00:01Z", "2026-04-20T10:00:01Z"),  # a second later
    ],
)
def test_clx_1_four_support_hours_from_three_to_five_pacific(opened, due):
    (clock,) = clocks(cloudextend(), f"{opened} opened chat")
    assert clock.due_at == at(due)
    assert list(shipped("cloudextend")["tiers"]) == ["essential"]


@pytest.mark.requirement("CLX-3")
def test_clx_3_what_is_not_supported_and_what_is_asked():
    plan = load(catalogues.read("cloudextend"), "cloudextend").plan
    asked = Circumstances(tier="essential")
    for kind in ("unsubscribed", "third_party", "modified"):
        judged = judge(plan, dataclasses.replace(asked, request_type=kind))
        assert (judged.coverage, judged.words[""]) == ("not_covered", "6: exceptions to what is supported.")
    lacking = intake.missing(plan, asked, {})
    assert (lacking.names, lacking.secrets) == (("steps", "expected", "actual", "records"), ())
    assert [each.field for each in plan.intake.fields if each.kind == "file" and not each.required] == ["pictures"]


@pytest.mark.requirement("OPT-1")
@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-05-15T21:00:00Z", "2026-05-19T14:30:00Z"),  # Victoria Day, which the nation's list lacks
        ("2026-06-30T20:45:00Z", "2026-07-02T14:15:00Z"),  # Canada Day
        ("2026-01-12T14:00:00Z", "2026-01-12T16:00:00Z"),  # 9:00 in winter
        ("2026-07-13T13:00:00Z", "2026-07-13T15:00:00Z"),  # 9:00 in summer: "EST" names the place
        ("2026-07-13T21:30:00Z", "2026-07-14T15:00:00Z"),  # 17:30, at closing
    ],
)
def test_opt_1_business_hours_of_toronto(opened, due):
    lines = (f"{opened} opened portal", f"{opened} urgency high")
    assert one(optimy(), *lines, metric="response").due_at == at(due)
    assert {"calendars.business.zone", "calendars.business.holidays"} <= assumed("optimy")


@pytest.mark.requirement("CAP-1")
@pytest.mark.parametrize("tier", ["essential", "advisor", "alliance"])
@pytest.mark.parametrize(("second", "verdict"), [(-1, Verdict.MET), (0, Verdict.BREACHED), (1, Verdict.BREACHED)])
def test_cap_1_the_assignment_comes_strictly_before_four_hours(tier, second, verdict):
    due = at("2026-03-30T10:00:00Z")
    events = ticket("2026-03-27T15:00:00Z opened portal", "2026-03-27T16:00:00Z reply")
    assigned = ev.SeverityAssigned(seq=3, effective_at=due + second, severity="high")
    found = {clock.metric: clock for clock in fold([*events, assigned], connecta(tier=tier)).clocks}
    clock = found["priority_assignment"]
    assert (clock.due_at, clock.verdict, clock.stopped_by) == (due, verdict, "severity_assigned")
    assert "calendars.response.week" in assumed("connecta")


@pytest.mark.requirement("CAP-3")
def test_cap_3_the_plan_names_what_immediate_means():
    opening = dataclasses.replace(ticket("2026-06-13T09:00:00Z opened portal")[0], request_type="emergency")
    for tier in ("essential", "advisor", "alliance"):
        (clock,) = [each for each in fold([opening], connecta(tier=tier)).clocks if each.metric == "emergency_response"]
        assert clock.due_at is None
        assert f"tiers.{tier}.targets.emergency_response" in assumed("connecta")
    named = ("tiers.essential.targets.emergency_response", {"within": "30min", "use": "always"})
    (clock,) = [each for each in fold([opening], connecta(named)).clocks if each.metric == "emergency_response"]
    assert clock.due_at == at("2026-06-13T09:30:00Z"), "on a Saturday, on the calendar that the plan names"


@pytest.mark.requirement("OPT-7")
@pytest.mark.parametrize(
    ("stops", "line", "is_stopped"),
    [
        ("acknowledgement", "acknowledged", True),
        ("acknowledgement", "automatic_acknowledgement", False),
        ("acknowledgement", "automatic_reply", False),
        ("reply", "acknowledged", False),
        ("severity_assigned", "severity high", True),
    ],
)
def test_opt_7_what_counts_as_a_response_is_the_plans_choice(stops, line, is_stopped):
    lines = ("2026-06-29T14:00:00Z opened portal", "2026-06-29T14:00:00Z urgency high", f"2026-06-29T14:30:00Z {line}")
    clock = one(optimy(("metrics.response.stops_on", [stops])), *lines, metric="response")
    assert (clock.stopped_at is not None) is is_stopped
    assert shipped("optimy")["metrics"]["response"]["stops_on"] == "acknowledgement"


@pytest.mark.requirement("CEL-14")
def test_cel_14_follow_ups_run_from_the_first_question_and_else_from_the_last_answer():
    opened = ("2026-04-13T15:00:00Z opened portal", "2026-04-13T15:00:00Z urgency high", "2026-04-13T16:00:00Z reply")

    def due(*lines):
        found = clocks(celigo("preferred"), *opened, *lines, metric="follow_up")
        return [each.due_at for each in found if each.is_open]

    assert due() == [at("2026-04-14T16:00:00Z")], "from the answer, while it waits on support"
    first = "2026-04-13T18:00:00Z customer"
    assert due(first) == [at("2026-04-14T18:00:00Z")], "from the question, which takes over"
    assert due(first, "2026-04-14T17:00:00Z customer") == due(first), "a second does not push it"
    assert due("2026-04-13T17:00:00Z waiting") == [], "none while it waits on the customer"
    assert {"metrics.follow_up.starts_on", "metrics.follow_up.cancels_while"} <= assumed("celigo")


@pytest.mark.requirement("CEL-3")
@pytest.mark.parametrize(
    ("tier", "lines", "answers", "by_the_letter", "due"),
    [
        ("preferred", ("urgent", "phone"), {}, False, "2026-04-19T07:15:00Z"),
        ("preferred", ("urgent", "portal"), {}, False, "2026-04-20T01:00:00Z"),
        ("preferred", ("high", "phone"), {}, False, "2026-04-20T07:00:00Z"),
        ("preferred", ("urgent", "phone"), {"system": "down"}, True, "2026-04-19T07:15:00Z"),
        ("preferred", ("urgent", "phone"), {"system": "degraded"}, True, "2026-04-20T01:00:00Z"),
        ("premier", ("urgent", "portal"), {}, False, "2026-04-19T06:15:00Z"),
    ],
)
def test_cel_3_after_hours_by_telephone_and_urgent_only(tier, lines, answers, by_the_letter, due):
    severity, channel = lines
    events = ticket(f"2026-04-19T05:15:00Z opened {channel}", f"2026-04-19T05:15:00Z urgency {severity}")
    events[0] = dataclasses.replace(events[0], answers=answers)
    letter = [{"severity": "urgent", "phoned": True, "answers": {"system": "down"}, "use": "always"}, {"use": "follow"}]
    rules = celigo(tier, ("tiers.preferred.hours", letter)) if by_the_letter else celigo(tier)
    assert fold(events, rules).clocks[0].due_at == at(due)
    called = [*events, *(dataclasses.replace(each, seq=3) for each in ticket("2026-04-19T16:00:00Z call"))]
    if (tier, severity, channel) == ("preferred", "urgent", "portal"):
        assert fold(called, rules).clocks[0].due_at == at("2026-04-19T18:00:00Z"), "two hours from the call"


# With the service


@pytest.mark.requirement("CEL-5")
def test_cel_5_each_step_of_a_severity_is_kept_with_who_when_and_why(db):
    world = factories.World()
    opened = world.ticket(urgency="urgent")
    first = handling.assign_severity(ticket=opened, severity="high", by=world.agent, reason="", now=NOW + HOUR)
    handling.assign_severity(ticket=first, severity="normal", by=world.lead, reason="It has a way around", now=NOW + 9)
    steps = [
        (each.kind, each.actor.side, each.actor.ref, each.reason)
        for each in events_of(opened)
        if isinstance(each, ev.UrgencyStated | ev.SeverityAssigned)
    ]
    assert steps == [
        ("urgency_stated", "customer", world.contact.public_id, None),
        ("severity_assigned", "vendor", world.agent.public_id, None),
        ("severity_assigned", "vendor", world.lead.public_id, "It has a way around"),
    ]
    assert all(each.effective_at for each in events_of(opened))


@pytest.mark.requirement("CPI-3")
def test_cpi_3_support_confirms_what_was_stated(db):
    world = factories.World(plan="cpi", tier="standard")
    ticket_ = world.ticket(urgency="level_2", environment="production")
    assert not ticket_.is_severity_assigned
    confirmed = handling.confirm_severity(ticket=ticket_, by=world.agent, now=NOW + HOUR)
    assert (confirmed.severity, confirmed.is_severity_assigned) == ("level_2", True)
    event = next(each for each in events_of(confirmed) if isinstance(each, ev.SeverityConfirmed))
    assert (event.severity, event.actor.ref, event.effective_at) == ("level_2", world.agent.public_id, NOW + HOUR)
