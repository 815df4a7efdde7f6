"""
Small handmade logs against a small plan: exact counts, by row.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from upheld.core import events as ev
from upheld.core.errors import Weight
from upheld.core.instants import to_datetime
from upheld.core.money import Money
from upheld.core.plan.loading import load_usable
from upheld.importers.histories import ImportedLog, TicketHistory
from upheld.replay import assignments
from upheld.replay.report import report
from upheld.replay.run import ReplayError, replay

PLAN = """\
upheld: 1
plan: small
version: 1
zone: UTC
days: hours
calendars:
  office: {zone: UTC, week: {mon-fri: "09:00-17:00"}, day: 8h}
  always: {zone: UTC, week: 24x7, day: 24h}
channels: {phone: {kind: telephone}}
severities: {urgent: Urgent, normal: Normal}
metrics:
  first_response: {starts_on: opened, stops_on: reply}
  resolution: {starts_on: opened, stops_on: resolved, pauses_while: waiting_on_customer}
tiers:
  basic:
    hours: [{use: office}]
    channels: {phone: always}
    targets:
      first_response: {urgent: 1h, normal: 4h}
      resolution: {urgent: 4h, normal: 8h}
  round:
    hours: [{use: always}]
    channels: {phone: always}
    targets:
      first_response: {urgent: 1h, normal: 4h}
      resolution: {urgent: 4h, normal: 8h}
credits:
  monthly:
    metrics: [resolution]
    per: month
    of: violation_share
    table: {"< 10%": 0%, ">= 10% and < 50%": 10%, ">= 50%": 20%}
    claim: {automatic: true}
"""
MONDAY = int(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC).timestamp())
HOUR = 3_600
SHOWS = frozenset({"opened", "severity_assigned", "status_changed", "resolved", "reopened", "closed"})


@pytest.fixture(scope="module")
def plan():
    return load_usable(PLAN.encode(), "small.yaml").plan


def ticket(name, *steps, customer="Acme", severity="normal", at=0, facts=None):
    """Return a history: steps are (hours after Monday 9:00, event class, word)."""
    made = [
        ev.Opened(seq=0, effective_at=MONDAY + int(at * HOUR), channel="phone"),
        ev.SeverityAssigned(seq=1, effective_at=MONDAY + int(at * HOUR), severity=severity),
    ]
    for seq, (hours, kind, *word) in enumerate(steps, 2):
        extra = {"status": word[0]} if kind is ev.StatusChanged else {"severity": word[0]} if word else {}
        made.append(kind(seq=seq, effective_at=MONDAY + int(hours * HOUR), **extra))
    return TicketHistory(name, customer, tuple(made), 2, facts or {})


def log(*histories, observed=SHOWS):
    last = max(event.effective_at for history in histories for event in history.events)
    return ImportedLog(
        source="log.csv", rows=len(histories), histories=histories, observed=observed, last=last, zone="UTC"
    )


def run(plan, *histories, tier="basic", now=None, observed=SHOWS, contracts=None):
    imported = log(*histories, observed=observed)
    return replay(imported, plan, contracts or assignments.for_all(plan, tier), now=now or imported.last)


def counted(tally):
    return (tally.met, tally.breached, tally.pending, tally.ended, tally.unobservable)


@pytest.mark.parametrize(
    ("histories", "expected"),
    [
        pytest.param([ticket("A", (8, ev.Resolved))], (1, 0, 0, 0, 0), id="on-the-second"),
        pytest.param([ticket("A", (24 + 1, ev.Resolved))], (0, 1, 0, 0, 0), id="an-hour-of-tuesday-too-late"),
        pytest.param([ticket("A", (0.5, ev.StatusChanged, "waiting_on_customer"),
                             (23.5, ev.StatusChanged, "waiting_on_support"),
                             (24 + 7.5, ev.Resolved))], (1, 0, 0, 0, 0), id="a-wait-does-not-count"),
        pytest.param([ticket("A", (2, ev.Resolved), (3, ev.Reopened), (24 + 5, ev.Resolved))], (0, 1, 0, 0, 0),
                     id="reopened"),
        pytest.param([ticket("A", (1, ev.Resolved)), ticket("B", at=1), ticket("C", at=-72)], (1, 1, 1, 0, 0),
                     id="open-ones-are-judged-at-the-end-of-the-log"),
        pytest.param([ticket("A", (4, ev.Resolved), severity="urgent"),
                      ticket("B", (5, ev.Resolved), severity="urgent")],
                     (1, 1, 0, 0, 0), id="by-severity"),
    ],
)  # fmt: skip
@pytest.mark.requirement_part("B-4")
def test_resolutions(plan, histories, expected):
    assert counted(run(plan, *histories).overall["resolution"]) == expected


def test_what_the_log_cannot_show_stands_outside(plan):
    result = run(plan, ticket("A", (1, ev.Resolved)), ticket("B", (1, ev.Resolved), severity="urgent"))
    tally = result.overall["first_response"]
    assert counted(tally) == (0, 0, 0, 0, 2)
    assert tally.events == 0
    assert tally.share is None
    told = report(result, made_by="test")
    assert [spot["code"] for spot in told["blind_spots"]] == ["blind.metric"]
    assert told["blind_spots"][0]["clocks"] == 2


def test_groups_have_their_own_denominators(plan):
    late = (30, ev.Resolved)
    result = run(
        plan, ticket("A", (1, ev.Resolved)), ticket("B", late, customer="Beta"), ticket("C", late, customer="Beta"),
        ticket("D", (800, ev.Resolved), customer="Beta", at=799, severity="urgent"),
    )  # fmt: skip
    shares = {
        key: (tally.breached, tally.events) for key, tally in result.by_customer.items() if key[0] == "resolution"
    }
    assert shares == {("resolution", "Acme"): (0, 1), ("resolution", "Beta"): (2, 3)}
    months = {
        key[1]: (tally.breached, tally.events) for key, tally in result.by_month.items() if key[0] == "resolution"
    }
    assert months == {"2026-03": (2, 3), "2026-04": (0, 1)}
    severities = {key[1]: tally.events for key, tally in result.by_severity.items() if key[0] == "resolution"}
    assert severities == {"normal": 3, "urgent": 1}
    assert result.overall["resolution"].share == Fraction(1, 2)


def test_months_are_cut_in_the_contracts_zone(plan):
    midnight = (dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC).timestamp() - MONDAY) / HOUR
    history = ticket("A", (midnight + 1, ev.Resolved), at=midnight)
    for zone, month in (("UTC", "2026-04"), ("America/New_York", "2026-03")):
        result = run(plan, history, contracts=assignments.for_all(plan, "round", zone))
        assert {key[1] for key in result.by_month} == {month}


def test_the_worst_come_first_with_their_reason(plan):
    result = run(
        plan, ticket("A", (26, ev.Resolved)), ticket("B", (200, ev.Resolved)),
        ticket("C", (30, ev.Resolved), severity="urgent"),
    )  # fmt: skip
    worst = result.worst["resolution"]
    assert [each.observation.ticket for each in worst] == ["B", "C", "A"]
    assert worst[1].used == Fraction(14, 4)
    assert worst[1].late_by == 26 * HOUR


def test_the_spread_agrees_with_the_verdicts(plan):
    result = run(plan, ticket("A", (8, ev.Resolved)), ticket("B", (25, ev.Resolved)), ticket("C", (0, ev.Resolved)))
    spread = result.spreads["resolution"]
    assert (spread.bins[0], spread.bins[9], spread.bins[10]) == (1, 1, 1)
    assert (sum(spread.bins[:10]), sum(spread.bins[10:])) == (2, 1)
    assert (spread.late[0][9], spread.of[0][9]) == (1, 3)


@pytest.mark.requirement_part("B-4", "CEL-12")
def test_credits_by_contract_and_month(plan, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("customer,tier,fee,currency\nAcme,basic,1000,USD\nBeta,basic,99.99,EUR\nGamma,basic,,\n")
    late = (30, ev.Resolved)
    histories = [
        ticket("A", late), ticket("B", (1, ev.Resolved)), ticket("C", (1, ev.Resolved)),
        ticket("D", late, customer="Beta"), ticket("E", late, customer="Gamma"),
    ]  # fmt: skip
    contracts = assignments.load(path, plan, ["Acme", "Beta", "Gamma"])
    told = report(run(plan, *histories, contracts=contracts), made_by="test")["credits"]
    lines = {
        each["customer"]: (each["violations"], each["events"], each["pays_percent"], each["amount"])
        for each in told["lines"]
    }
    assert lines == {"Acme": (1, 3, "10", "100.00"), "Beta": (1, 1, "20", "20.00"), "Gamma": (1, 1, "20", None)}
    assert told["totals"] == [{"amount": "20.00", "currency": "EUR"}, {"amount": "100.00", "currency": "USD"}]
    assert (told["periods"], told["periods_owed"], told["periods_without_fee"]) == (3, 2, 1)


def test_customers_without_a_contract_are_told_and_left_out(plan, tmp_path):
    path = tmp_path / "customers.yaml"
    path.write_text("upheld-customers: 1\ncustomers: {Acme: {tier: basic}}\n")
    contracts = assignments.load(path, plan, ["Acme", "Beta"])
    result = run(
        plan, ticket("A", (1, ev.Resolved)), ticket("B", (1, ev.Resolved), customer="Beta"), contracts=contracts
    )
    assert result.tickets == 1
    assert result.without_contract == {"Beta": 1}


def test_a_ticket_that_the_plan_cannot_judge_is_a_finding(plan):
    result = run(plan, ticket("A", (1, ev.Resolved)), ticket("B", (1, ev.Resolved), severity="planning"))
    assert result.tickets == 1
    (finding,) = [each for each in result.findings if each.code == "replay.ticket_not_judged"]
    assert (finding.weight, finding.places[0].line, finding.params["ticket"]) == (Weight.ERROR, 2, "B")


def test_the_other_desks_verdict_beside_ours(plan):
    rows = [("true", 1), ("false", 1), ("true", 30), ("false", 30), ("false", 31), ("?", 1)]
    histories = [
        ticket(str(number), (hours, ev.Resolved), facts={"made_sla": own}) for number, (own, hours) in enumerate(rows)
    ]
    own = run(plan, *histories).own_verdicts["resolution"]
    assert (own.both_kept, own.only_they_late, own.only_we_late, own.both_late) == (1, 1, 1, 2)


def test_a_later_now_breaks_what_is_still_open(plan):
    history = ticket("A")
    assert counted(run(plan, history).overall["resolution"]) == (0, 0, 1, 0, 0)
    assert counted(run(plan, history, now=MONDAY + 30 * HOUR).overall["resolution"]) == (0, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"now": MONDAY - 1}, "replay.now_too_early"),
        ({"contracts": assignments.Assignments({}, None)}, "replay.nothing"),
    ],
    ids=["now-before-the-last-event", "nobody-has-a-contract"],
)
def test_what_cannot_be_replayed(plan, change, code):
    with pytest.raises(ReplayError) as refused:
        run(plan, ticket("A", (1, ev.Resolved)), **change)
    assert refused.value.code == code


class Seen(list):
    """A sink that keeps the tickets of all clocks."""

    def row(self, one, _history):
        return one.ticket

    take = list.extend


@pytest.mark.parametrize("processes", [2, 3, 7])
def test_several_processes_give_the_same_in_the_same_order(plan, processes):
    histories = [
        ticket(str(number), (number % 17 + 1, ev.Resolved), customer=f"C{number % 5}", severity=severity)
        for number in range(60)
        for severity in ["urgent" if number % 3 else "normal"]
    ]
    histories.append(ticket("unjudged", (1, ev.Resolved), customer="C6", severity="unheard-of"))
    imported = log(*histories)
    everybody = assignments.for_all(plan, fee=Money(Decimal(100), "EUR"))
    alone, told = Seen(), []
    one = replay(imported, plan, everybody, now=imported.last, sink=alone)
    together = Seen()
    several = replay(
        imported, plan, everybody, now=imported.last, processes=processes, sink=together,
        on_progress=lambda *much: told.append(much),
    )  # fmt: skip
    assert together == alone
    assert report(several, made_by="tests") == report(one, made_by="tests")
    assert (told[-1], sum(each.code == "replay.ticket_not_judged" for each in several.findings)) == ((61, 61), 1)


def test_an_error_in_a_process_is_the_error_of_the_whole(plan):
    imported = log(*(ticket(str(number), (1, ev.Resolved), customer=f"C{number}") for number in range(4)))

    class Refusing(Seen):
        def row(self, one, _history):
            raise ReplayError("replay.nothing", source=one.ticket)

    with pytest.raises(ReplayError) as caught:
        replay(imported, plan, assignments.for_all(plan), now=imported.last, processes=2, sink=Refusing())
    assert (caught.value.code, caught.value.params["source"]) in {("replay.nothing", "0"), ("replay.nothing", "2")}


def test_parts_add_up_to_every_clock(plan):
    histories = [ticket(str(number), (number, ev.Resolved), customer=f"C{number % 3}") for number in range(40)]
    imported, seen = log(*histories), Seen()
    result = replay(imported, plan, assignments.for_all(plan), now=imported.last, sink=seen)
    for groups in (result.by_severity, result.by_month, result.by_customer):
        assert sum(tally.total for tally in groups.values()) == len(seen) == 80
    assert Decimal(report(result, made_by="t")["metrics"][0]["percent"]) == Decimal("22.5000")
    assert to_datetime(result.first).isoformat() == "2026-03-02T09:00:00+00:00"
