"""
Both ways of judging give the same result to the last figure, and the same as the core's own sums over single clocks.
"""

import dataclasses
import datetime as dt
import json
import random

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.shared_files import shared
from upheld import catalogues
from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.compliance.observations import observations_of
from upheld.core.compliance.scopes import Scope
from upheld.core.compliance.tallies import by_all, by_customer, by_metric, by_period, by_severity, tallies_by
from upheld.core.credits.statements import credit_statement
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model.compliance import Period
from upheld.importers import mappings
from upheld.importers.exports import read_export
from upheld.importers.histories import ImportedLog, TicketHistory
from upheld.replay import assignments, generated
from upheld.replay.clock_rows import ClockFile
from upheld.replay.report import report
from upheld.replay.run import _hours, replay

PLAN = """\
upheld: 1
plan: columns
version: 1
zone: Europe/Paris
days: hours
calendars:
  office: {zone: customer, week: {mon-fri: "09:00-17:00"}, day: 8h, holidays: {FR: closed}}
  long: {zone: America/New_York, week: {mon-sat: "07:00-21:00"}, day: 14h}
  always: {zone: UTC, week: 24x7, day: 24h}
channels: {portal: {kind: portal}, phone: {kind: telephone}}
severities: {urgent: Urgent, high: High, normal: Normal}
severity_process: {assigned_by: support, raised: from_change, lowered: from_start}
metrics:
  first_response: {starts_on: opened, stops_on: reply}
  resolution: {starts_on: opened, stops_on: resolved, pauses_while: waiting_on_customer, reopened: continue}
  next_response: {starts_on: customer_message, stops_on: reply, repeats: true, after: first_response}
tiers:
  basic:
    hours: [{severity: urgent, use: always}, {severity: high, use: long}, {use: office}]
    channels: {portal: support_hours, phone: always}
    targets:
      first_response: {urgent: 1h, high: 4h, normal: 1d}
      resolution: {urgent: 8h, high: 2d, normal: 5d same_time}
      next_response: 4h
compliance:
  kept: {metrics: [first_response], per: month, stages: [{at_least: 90%}, {at_least: 95%, share_of_target: 200%}]}
credits:
  monthly:
    metrics: [first_response, resolution]
    per: month
    of: violation_share
    table: {"< 5%": 0%, ">= 5% and < 10%": 5%, ">= 10%": 10%}
    claim: {automatic: true}
  served:
    metrics: [resolution]
    per: quarter
    opened: while_open
    belongs_by: ended
    of: violations
    one_per_cause: true
    each: {unit: violation, pays: 2%}
    cap: [{pays: 20%}]
    claim: {automatic: true}
  due:
    metrics: [next_response]
    per: {each: rolling, length: 30d}
    opened: in_support_hours
    belongs_by: due
    of: compliance
    table: {">= 90%": 0%, "< 90%": 3%}
    claim: {automatic: true}
  promised:
    metrics: [first_response]
    per: month
    compliance: kept
    of: violations
    table: {"< 1": 0%, ">= 1": 1%}
    claim: {automatic: true}
"""
MONDAY = int(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC).timestamp())
HOUR = 3_600
VENDOR = ev.Actor(ev.Side.VENDOR)
CUSTOMERS = """\
customer,tier,fee,currency,zone
A,basic,1000,EUR,Europe/Paris
B,basic,500,USD,America/Los_Angeles
C,basic,,,Asia/Kolkata
D,basic,1000,EUR,Europe/Paris
"""
STEPS = {
    "reply": (ev.MessageSent, {"actor": VENDOR}),
    "automatic": (ev.MessageSent, {"automatic": True}),
    "customer": (ev.MessageReceived, {}),
    "waiting": (ev.StatusChanged, {"status": "waiting_on_customer"}),
    "back": (ev.StatusChanged, {"status": "waiting_on_support"}),
    "assigned": (ev.Assigned, {"to": "somebody"}),
    "resolved": (ev.Resolved, {}),
    "reopened": (ev.Reopened, {}),
    "closed": (ev.Closed, {}),
    "urgent": (ev.SeverityAssigned, {"severity": "urgent"}),
    "high": (ev.SeverityAssigned, {"severity": "high"}),
    "normal": (ev.SeverityAssigned, {"severity": "normal"}),
    "unheard_of": (ev.SeverityAssigned, {"severity": "unheard_of"}),
    "excluded": (ev.ExclusionDecided, {"cause": "customer"}),
    "mended": (ev.Corrected, {"corrected_seq": 1}),
}
COMMON = [
    "reply",
    "reply",
    "customer",
    "waiting",
    "back",
    "assigned",
    "resolved",
    "reopened",
    "closed",
    "high",
    "urgent",
]
RARE = ["unheard_of", "excluded", "mended", "automatic", "normal"]
lives = st.lists(st.one_of(st.sampled_from(COMMON), st.sampled_from(COMMON), st.sampled_from(RARE)), max_size=6)


@pytest.fixture(scope="module")
def plan():
    return load_usable(PLAN.encode(), "columns.yaml").plan


@pytest.fixture(scope="module")
def contracts(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("columns") / "customers.csv"
    path.write_text(CUSTOMERS)
    return assignments.load(path, plan, "ABCD")


def drawn(seed):
    return random.Random(seed)  # noqa: S311  a sample, no secret


def history(number, life, draw, channel):
    """A ticket with this life; every gap is drawn anew, some are nothing, and now and then the log is out of order."""
    at = MONDAY + draw.randrange(120 * 24) * HOUR
    events = [ev.Opened(seq=0, effective_at=at, channel=channel)]
    events.append(ev.SeverityAssigned(seq=1, effective_at=at, severity=draw.choice(["urgent", "high", "normal"])))
    for seq, step in enumerate(life, 2):
        at += draw.choice([0, 600, HOUR, 3 * HOUR, 8 * HOUR, 30 * HOUR]) + draw.choice([0, 0, 59])
        kind, fields = STEPS[step]
        events.append(kind(seq=seq, effective_at=at, **fields))
    if draw.random() < 0.02:
        events.reverse()
    own = {"made_sla": draw.choice(["true", "false", "", "TRUE"])}
    return TicketHistory(f"T{number}", draw.choice("AABCD"), tuple(events), number + 2, own)


recipes = st.tuples(
    st.lists(st.tuples(lives, st.sampled_from(["portal", "phone", None])), min_size=1, max_size=4),
    st.integers(0, 10**6),
    st.integers(20, 120),
)
"""Of a log: a few kinds of tickets (lives and channels), the seed by which instants are drawn, and how many of them."""
FEW = hypothesis.settings(
    max_examples=hypothesis.settings().max_examples // 2,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)


def made_log(kinds, seed, count):
    chosen = drawn(seed)
    histories = [
        history(number, *at, channel)
        for number in range(count)
        for life, channel in [chosen.choice(kinds)]
        for at in [(life, chosen)]
    ]
    last = max(event.effective_at for each in histories for event in each.events)
    return ImportedLog(
        source="log.csv", rows=count, histories=histories, observed=frozenset(ev.KINDS), last=last, zone="UTC"
    )


def judgeable(recipe):
    """Return a log of which some ticket can be judged: a replay of nothing is refused, as test_run shows."""
    log = made_log(*recipe)
    known = [
        each for each in log.histories if all(getattr(event, "severity", "") != "unheard_of" for event in each.events)
    ]
    hypothesis.assume(known)
    return log


class Seen(list):
    """A sink that keeps everything that is known of a clock but its legs and changes."""

    def row(self, one, history):
        clock = one.clock._replace(legs=(), changes=())
        facts = one.facts._replace(clocks=())
        return one.ticket, one.contract, facts, clock, history.line

    take = list.extend


def both(log, plan, contracts, now, **more):
    """Return a replay by columns and one by the fold, after expecting the same of them."""
    columns = replay(log, plan, contracts, now=now, engine="auto", **more)
    folded = replay(log, plan, contracts, now=now, engine="fold", **more)
    for each in dataclasses.fields(columns):
        one, other = getattr(columns, each.name), getattr(folded, each.name)
        if each.name not in {"in_columns", "worst"}:
            assert one == other, each.name
    worst = [
        {
            name: [(late.observation, late.history, late.used, late.late_by) for late in found]
            for name, found in which.worst.items()
        }
        for which in (columns, folded)
    ]
    assert worst[0] == worst[1]
    # Also the order of every group, and of every reason in a group.
    assert json.dumps(report(columns, made_by="t"), default=str) == json.dumps(report(folded, made_by="t"), default=str)
    for groups in ("by_severity", "by_month", "by_customer"):
        orders = [
            [(name, list(tally.standings)) for name, tally in getattr(which, groups).items()]
            for which in (columns, folded)
        ]
        assert orders[0] == orders[1]
    return columns, folded


@pytest.mark.requirement_part("B-4")
@FEW
@hypothesis.given(recipe=recipes, later=st.sampled_from([0, 5 * HOUR, 40 * 24 * HOUR]))
def test_columns_give_what_the_fold_gives(plan, contracts, recipe, later):
    log = judgeable(recipe)
    columns, folded = both(log, plan, contracts, log.last + later)
    assert folded.in_columns == 0
    assert columns.in_columns <= columns.tickets
    seen, told = Seen(), Seen()
    replay(log, plan, contracts, now=log.last + later, engine="auto", sink=seen)
    replay(log, plan, contracts, now=log.last + later, engine="fold", sink=told)
    assert seen == told


@FEW
@hypothesis.given(recipe=recipes)
def test_the_sums_are_those_of_the_core(plan, contracts, recipe):
    """Counted anew from single clocks, by the functions that statements rest on."""
    log = judgeable(recipe)
    now = log.last
    result = replay(log, plan, contracts, now=now)
    hours = _hours(plan, min(each.events[0].effective_at for each in log.histories), now)
    refused = {each.params["ticket"] for each in result.findings if each.code == "replay.ticket_not_judged"}
    seen = [
        one
        for each in log.histories
        if each.ticket not in refused
        for rules in [Rules(hours, contracts.contract_of(each.customer))]
        for one in observations_of(each.ticket, rules.contract, fold(each.events, rules, observed=log.observed))
    ]
    month = by_period(Period(each="month"))
    severities, customers, months = tallies_by(
        seen, Scope(), now, by_all(by_metric, by_severity), by_all(by_metric, by_customer),
        by_all(by_metric, lambda one: month(one).label),
    )  # fmt: skip
    assert (result.by_severity, result.by_customer, result.by_month) == (severities, customers, months)
    lines = {(line.scheme, line.contract.customer, line.period): (line.tally, line.result) for line in result.credits}
    expected = {}
    for customer in {one.contract.customer for one in seen}:
        own = [one for one in seen if one.contract.customer == customer]
        for name, scheme in plan.credits.items():
            for each in credit_statement(scheme, plan, own[0].contract, own, now).periods:
                if each.tally.total:
                    expected[name, customer, each.period.label] = (each.tally, each.result)
    assert lines == expected


def weekly(number, *steps, gap=HOUR):
    """A ticket of a Wednesday morning in Paris, one step an hour; the first 35 Wednesdays are no holidays."""
    at = MONDAY + (number * 7 + 2) * 24 * HOUR
    events = [ev.Opened(seq=0, effective_at=at, channel="portal")]
    for seq, step in enumerate(steps, 1):
        kind, fields = STEPS[step]
        events.append(kind(seq=seq, effective_at=at + seq * gap, **fields))
    return TicketHistory(f"W{number}", "A", tuple(events), number + 2)


def log_of(*histories):
    last = max(event.effective_at for each in histories for event in each.events)
    return ImportedLog(
        source="log.csv", rows=len(histories), histories=histories, observed=frozenset(ev.KINDS), last=last, zone="UTC"
    )


def test_what_lies_alike_is_judged_in_columns_and_all_else_is_folded(plan, contracts):
    alike = [weekly(number, "high", "reply", "waiting", "back", "resolved") for number in range(3)]
    alike += [weekly(number, "high", "reply", "waiting", "back", "resolved") for number in range(11, 20)]
    strange = [weekly(30, "high", "mended", "reply"), weekly(31, "high", "unheard_of"), weekly(32, "reply", "closed")]
    few = [weekly(number, "high", "resolved") for number in range(33, 40)]
    log = log_of(*alike, *strange, *few)
    columns, folded = both(log, plan, contracts, log.last)
    assert (columns.in_columns, columns.tickets) == (12, 12 + 2 + 7)
    assert (folded.in_columns, folded.tickets) == (0, 12 + 2 + 7)
    assert [each.params["ticket"] for each in columns.findings] == ["W31"]


def test_what_columns_cannot_tell_is_folded(plan, contracts):
    """Tickets with corrections or out of order, however many lie alike; the same tickets without are in columns."""
    plain = [weekly(number, "high", "reply", "resolved") for number in range(10)]
    corrected = [weekly(number, "high", "reply", "mended") for number in range(10, 20)]
    astray = [dataclasses.replace(each, ticket=f"{each.ticket}-r", events=each.events[::-1]) for each in plain]
    for histories, expected in ((plain, 10), (corrected, 0), (astray, 0), ([*plain, *corrected, *astray], 10)):
        columns, _ = both(log_of(*histories), plan, contracts, MONDAY + 400 * 24 * HOUR)
        assert (columns.in_columns, columns.tickets) == (expected, len(histories))


def test_tickets_that_all_differ_are_all_folded(plan, contracts):
    steps = [each for each in STEPS if each not in RARE]
    log = log_of(*(weekly(number, *steps[: number + 1], gap=600) for number in range(7)))
    columns, _ = both(log, plan, contracts, log.last)
    assert (columns.in_columns, columns.tickets) == (0, 7)


@pytest.mark.parametrize("processes", [2, 5])
def test_columns_in_several_processes(plan, contracts, processes):
    kinds = [(["reply", "resolved"], "portal"), (["waiting", "reply", "high", "resolved"], "phone")]
    log = made_log(kinds, 9, 400)
    one, _ = both(log, plan, contracts, log.last)
    told = []
    several = replay(
        log, plan, contracts, now=log.last, processes=processes, on_progress=lambda *much: told.append(much)
    )
    assert report(several, made_by="t") == report(one, made_by="t")
    assert told[-1] == (400, 400)
    assert several.in_columns > 0


def everything_of(log, plan, contracts, folder):
    """Return how many tickets were judged in columns, after expecting equal reports and equal rows."""
    columns, _ = both(log, plan, contracts, log.last)
    for engine in ("auto", "fold"):
        with ClockFile(folder / engine, log.last) as rows:
            replay(log, plan, contracts, now=log.last, engine=engine, sink=rows)
    assert (folder / "auto").read_bytes() == (folder / "fold").read_bytes()
    return columns.in_columns


@pytest.mark.requirement_part("B-4")
def test_the_invented_log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(generated.log_bytes())
    itsm = load_usable(catalogues.read("itsm"), "itsm.yaml").plan
    log = read_export(path, mappings.shipped("servicenow"), zone=itsm.zone)
    assert everything_of(log, itsm, assignments.for_all(itsm), tmp_path) > len(log.histories) * 0.8


@pytest.mark.heavy
@pytest.mark.requirement_part("B-4")
@pytest.mark.parametrize("name", ["itsm", "celigo", "opigno"])
def test_the_real_log(tmp_path, name):
    of = load_usable(catalogues.read(name), f"{name}.yaml").plan
    export = shared("data/tickets/servicenow_incident_event_log.csv.gz")
    log = read_export(export, mappings.shipped("servicenow"), zone=of.zone)
    assert everything_of(log, of, assignments.for_all(of), tmp_path) > 0
