"""
BI-CD-022: a ticket with a hundred thousand events is folded in one go, and comes to what was counted step by step.

What is asserted is work, not time: how often calendars are asked grows with the events, not with their square.
"""

import functools

import pytest

from tests.cases import of_row
from tests.core.clocks.tickets import FIRST_RESPONSE, FOLLOW_UP, RESOLUTION, at, rules
from upheld.core import events as ev
from upheld.core.calendars.compiled import CompiledCalendar
from upheld.core.clocks.fold import fold

MANY = 100_000
START = at("01 00:00")
MINUTE = 60

KINDS = {
    "pauses": [
        (ev.StatusChanged, {"status": "waiting_on_customer"}),
        (ev.StatusChanged, {"status": "waiting_on_support"}),
    ],
    "severities": [(ev.SeverityAssigned, {"severity": "low"}), (ev.SeverityAssigned, {"severity": "mid"})],
    "answers": [(ev.MessageSent, {}), (ev.MessageReceived, {})],
    "a broken follow-up": [(ev.MessageReceived, {}), (ev.StatusChanged, {"status": "waiting_on_customer"})],
    "agreements": [
        (ev.RemediationPlanned, {"promised_for": at("30 12:00")}),
        (ev.MessageReceived, {}),
        (ev.MessageSent, {}),
    ],
    "reopenings": [(ev.Resolved, {}), (ev.Reopened, {})],
    "holds": [(ev.Paused, {"condition": "on_hold"}), (ev.Resumed, {"condition": "on_hold"})],
}


def long_ticket(kind, many):
    events = [
        ev.Opened(seq=1, effective_at=START),
        ev.UrgencyStated(seq=2, effective_at=START, urgency="mid"),
        ev.MessageSent(seq=3, effective_at=START + MINUTE),
    ]
    quiet = 1000 if kind == "a broken follow-up" else 0
    cycle = KINDS[kind]
    for number in range(many):
        made, fields = cycle[number % len(cycle)]
        events.append(made(seq=4 + number, effective_at=START + MINUTE * (2 + quiet + number), **fields))
    return events


@functools.cache
def the_rules():
    metrics = {"first_response": FIRST_RESPONSE, "follow_up": FOLLOW_UP, "resolution": RESOLUTION}
    targets = {
        "first_response": "8h",
        "follow_up": "4h",
        "resolution": {"high": "1000h", "mid": {"within": "1100h", "or_agreed": True}, "low": "1200h"},
    }
    return rules(metrics, targets)


@pytest.fixture
def asked(monkeypatch):
    """How often calendars are asked for a length or an instant."""
    count = [0]

    def counting(original):
        def ask(self, *given):
            count[0] += 1
            return original(self, *given)

        return ask

    for name in ("between", "add"):
        monkeypatch.setattr(CompiledCalendar, name, counting(getattr(CompiledCalendar, name)))
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_grows_with_the_events(kind, asked):
    made = []
    for many in (500, 1000):
        asked[0] = 0
        fold(long_ticket(kind, many), the_rules())
        made.append(asked[0])
    assert made[1] <= 2.5 * made[0] + 100, made


@of_row("BI-CD-022")
def test_a_hundred_thousand_events_equal_what_is_counted_step_by_step():
    events = long_ticket("pauses", MANY)
    clock = next(each for each in fold(events, the_rules()).clocks if each.metric == "resolution")
    calendar = the_rules().hours.calendar("office", the_rules().contract)
    spent, since, paused = 0, START, False
    for event in events:
        if not paused:
            spent += calendar.between(since, event.effective_at)
        since = event.effective_at
        if isinstance(event, ev.StatusChanged):
            paused = event.status == "waiting_on_customer"
    assert clock.spent == spent
    # Each change of status closes a stretch; the last is still to come.
    assert len(clock.legs) == MANY + 1


@pytest.mark.parametrize("kind", ["severities", "reopenings"])
def test_the_last_of_many_changes_leaves_what_a_short_story_would(kind):
    """An even number of changes there and back leaves no trace where no support time passes."""
    short = long_ticket(kind, 0)
    night = long_ticket(kind, 400)
    of = {each.metric: each for each in fold(night, the_rules()).clocks if each.metric != "follow_up"}
    plain = {each.metric: each for each in fold(short, the_rules()).clocks}
    assert of["first_response"].spent == plain["first_response"].spent
    assert of["resolution"].allowed == plain["resolution"].allowed
    assert of["resolution"].due_at == plain["resolution"].due_at
