"""
The oracle of ``upheld verify`` and the engine say the same of random tickets, by seconds, on plans that ship and made
ones.
"""

import functools

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.core.clocks.tickets import rules_of
from upheld import catalogues
from upheld.core import events as ev
from upheld.core.clocks.fold import fold
from upheld.core.instants import parse_instant
from upheld.core.plan.loading import load_usable
from upheld.trust.oracle import slow_clocks
from upheld.trust.oracle_course import Agreed
from upheld.trust.oracle_hours import NotUnderstoodError

START = parse_instant("2026-03-19T06:00:00Z")
FIRST, LAST = "2025-06-01", "2027-06-30"


def made(*, zone="Europe/Brussels", week="mon-fri 09:00-12:30; sat 10:00-14:00", days="hours", target="2d", **more):
    process = {key: more.pop(key) for key in ("raised", "lowered", "breached_before_lowering") if key in more}
    return {
        "upheld": 1,
        "plan": "made",
        "version": "1",
        "days": days,
        "channels": {"portal": "portal", "phone": "telephone"},
        "calendars": {
            "office": {
                "zone": zone,
                "week": week,
                "day": "7h",
                "holidays": {"ours": "closed"},
                **more.pop("calendar", {}),
            },
            "always": {"zone": zone, "week": "24x7", "day": "24h"},
        },
        "holiday_lists": {"ours": {"dates": {"2026-03-23": "a Monday", "2026-04-06": "Easter Monday"}}},
        "severities": {"high": None, "mid": None, "low": None},
        "severity_process": process,
        "intake": {"missing": more.pop("missing", "clock_runs")},
        "metrics": {
            "first_response": {"starts_on": "opened", "stops_on": ["reply", "call_back"]},
            "next_response": {
                "starts_on": ["customer_message", "reply"],
                "stops_on": "reply",
                "repeats": True,
                "after": "first_response",
                "cancels_while": "waiting_on_customer",
            },
            "resolution": {"starts_on": "opened", "stops_on": "resolved", "pauses_while": "waiting_on_customer"},
        },
        "tiers": {
            "one": {
                "hours": [{"severity": "high", "phoned": True, "use": "always"}, {"use": "office"}],
                "targets": {
                    "first_response": {"high": "1h", "mid": "< 4h", "low": target},
                    "next_response": {"high": "2h", "mid": "6h", "low": "24h elapsed"},
                    "resolution": {"high": "10h", "mid": target, "low": "best effort"},
                },
            }
        },
        **more,
    }


OUTSIDE = {"coverage": [{"coverage": "chargeable", "excluded_from": "credits"}]}
"""A rule of the plan that takes a chargeable request out of the promise."""
PLANS = {
    "hours": made(),
    "exclusions": made(**OUTSIDE, reproduction={"excluded_from": "targets"}),
    "paused intake": made(missing="clock_pauses", raised="from_start", lowered="from_change"),
    "waiting intake": made(missing="clock_not_started", breached_before_lowering="reconsidered"),
    "24x5": made(zone="America/Los_Angeles", week="sun 16:00 - fri 17:00", calendar={"support_day": {"sun": "mon"}}),
    "nights": made(zone="Asia/Kolkata", week="mon-sat 22:00-06:00 next day"),
    "same time": made(days="same_time"),
    "end of day": made(days="end_of_day", week="mon-fri 09:00-12:00"),
    "24x5 in days": made(zone="America/New_York", week="sun 17:00 - fri 17:00", days="same_time", target="3d"),
    "nights in days": made(zone="Asia/Kolkata", week="mon-sat 22:00-06:00 next day", days="end_of_day", target="1d"),
    "celigo": "celigo",
    "opigno": "opigno",
}


@functools.cache
def ruled(name, tier_index):
    given = PLANS[name]
    plan = load_usable(catalogues.read(given), given).plan if isinstance(given, str) else given
    contract = {"zone": "Europe/Brussels", "regions": ("US", "US-CA")}
    rules = rules_of(plan, first=FIRST, last=LAST, **contract)
    tiers = list(rules.hours.plan.tiers)
    tier = tiers[tier_index % len(tiers)]
    rules = rules_of(rules.hours.plan, first=FIRST, last=LAST, tier=tier, **contract)
    return rules, agreed_of(rules)


def agreed_of(rules):
    lists = {}
    for name, calendar in rules.hours.plan.calendars.items():
        spec = rules.hours.spec(name, rules.contract)
        lists |= {one.name: frozenset(one.days) for one in spec.holidays} if calendar.zone != "customer" else {}
    contract = rules.contract
    return Agreed(
        rules.hours.plan,
        contract.tier,
        contract.zone,
        frozenset(contract.regions),
        contract.language,
        contract.add_ons,
        lists,
    )


HAPPENINGS = {
    "reply": lambda _: (ev.MessageSent, {}),
    "note": lambda _: (ev.MessageSent, {"public": False}),
    "automatic": lambda _: (ev.MessageSent, {"automatic": True}),
    "wrote": lambda _: (ev.MessageReceived, {}),
    "out of office": lambda _: (ev.MessageReceived, {"automatic": True}),
    "severity": lambda word: (ev.SeverityAssigned, {"severity": word}),
    "confirmed": lambda word: (ev.SeverityConfirmed, {"severity": word}),
    "urgency": lambda word: (ev.UrgencyStated, {"urgency": word}),
    "suggested": lambda word: (ev.SeveritySuggested, {"severity": word, "rule": "r"}),
    "waits": lambda _: (ev.StatusChanged, {"status": "waiting_on_customer"}),
    "works": lambda _: (ev.StatusChanged, {"status": "waiting_on_support"}),
    "held": lambda _: (ev.Paused, {"condition": "held"}),
    "released": lambda _: (ev.Resumed, {"condition": "held"}),
    "called": lambda _: (ev.CallLogged, {}),
    "called back": lambda _: (ev.CallLogged, {"inbound": False}),
    "asked": lambda _: (ev.IntakeRequested, {}),
    "complete": lambda _: (ev.IntakeCompleted, {}),
    "assigned": lambda _: (ev.Assigned, {"to": "somebody"}),
    "workaround": lambda _: (ev.WorkaroundGiven, {}),
    "acknowledged": lambda _: (ev.Acknowledged, {}),
    "reproduced": lambda _: (ev.ReproductionRecorded, {"outcome": "reproduced"}),
    "not reproduced": lambda _: (ev.ReproductionRecorded, {"outcome": "not_reproducible"}),
    "best effort": lambda _: (ev.CoverageDecided, {"coverage": ev.Coverage.BEST_EFFORT}),
    "covered": lambda _: (ev.CoverageDecided, {"coverage": ev.Coverage.COVERED}),
    "chargeable": lambda _: (ev.CoverageDecided, {"coverage": ev.Coverage.CHARGEABLE, "rule": "coverage[0]"}),
    "their fault": lambda _: (ev.ExclusionDecided, {"cause": "customer"}),
    "our fault": lambda _: (ev.ExclusionDecided, {"cause": "vendor", "excluded": False}),
    "their part": lambda _: (ev.ExclusionDecided, {"cause": "customer", "metric": "resolution"}),
    "our part": lambda _: (ev.ExclusionDecided, {"cause": "vendor", "metric": "resolution", "excluded": False}),
    "resolved": lambda _: (ev.Resolved, {}),
    "reopened": lambda _: (ev.Reopened, {}),
    "closed": lambda _: (ev.Closed, {}),
    "merged": lambda _: (ev.Merged, {"into": "other"}),
}
OFTEN = ["reply", "wrote", "waits", "works", "severity", "severity", "severity", "resolved", "reopened"]


@st.composite
def tickets(draw, severities):
    """Events in the order of recording; some in the same second, some dated back, one in ten corrected."""
    at = START + draw(st.integers(0, 14 * 86_400))
    word = st.sampled_from(severities)
    channel = draw(st.sampled_from([None, "portal", "phone"]))
    events = [ev.Opened(seq=1, effective_at=at, channel=channel)]
    if draw(st.booleans()):
        events.append(ev.UrgencyStated(seq=2, effective_at=at, urgency=draw(word)))
    for seq in range(3, 3 + draw(st.integers(0, 20))):
        at += draw(st.sampled_from([0, 1, 60, 1800, 3600, 4 * 3600, 86_400]) | st.integers(0, 5 * 86_400))
        kind, fields = HAPPENINGS[draw(st.sampled_from(OFTEN) | st.sampled_from(list(HAPPENINGS)))](draw(word))
        back = draw(st.sampled_from([0, 0, 0, 0, 0, 3600, 86_400]))
        events.append(kind(seq=seq, effective_at=at - back, recorded_at=at, **fields))
        if draw(st.integers(0, 19)) == 0:
            events.append(ev.Corrected(seq=seq + 100, effective_at=at, corrected_seq=draw(st.integers(2, seq))))
    return events


def by_engine(events, rules):
    return {
        (clock.metric, clock.cycle): (
            clock.started_at, clock.due_at, clock.stopped_at, clock.ended_at, clock.ended_because or "",
            clock.breached_at, clock.spent, clock.verdict.value, clock.exclusion.cause if clock.exclusion else "",
        )
        for clock in fold(events, rules).clocks
    }  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
@hypothesis.given(data=st.data())
def test_the_oracle_agrees_with_the_engine(name, data):
    rules, agreed = ruled(name, data.draw(st.integers(0, 4)))
    events = data.draw(tickets(list(rules.hours.plan.severities)))
    try:
        told = slow_clocks([ev.to_record(each) for each in events], agreed)
    except NotUnderstoodError:
        hypothesis.reject()
    slow = {(each.metric, each.cycle): each[2:-1] for each in told}
    assert slow == by_engine(events, rules)


def test_what_it_does_not_know_it_refuses():
    rules, agreed = ruled("hours", 0)
    assert rules.hours.plan is agreed.plan
    lacking = Agreed(agreed.plan, "one", "UTC", frozenset(), "en", frozenset(), {})
    opened = ev.to_record(ev.Opened(seq=1, effective_at=START))
    stated = ev.to_record(ev.UrgencyStated(seq=2, effective_at=START, urgency="high"))
    with pytest.raises(NotUnderstoodError, match="ours"):
        slow_clocks([opened, stated], lacking)


def test_it_shares_no_code_with_the_engine():
    import ast  # noqa: PLC0415
    import inspect  # noqa: PLC0415

    from upheld.trust import oracle, oracle_counts, oracle_course, oracle_hours  # noqa: PLC0415

    for module in (oracle, oracle_counts, oracle_course, oracle_hours):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            named = node.module if isinstance(node, ast.ImportFrom) else None
            assert not (named or "").startswith(("upheld.core.clocks", "upheld.core.calendars", "upheld.apps")), named
