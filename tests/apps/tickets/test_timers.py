"""
A batch of overdue timers takes as many queries as one timer; what it shows is what the fold would.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import DAY, NOW
from upheld.apps.tickets.models import ClockRow, Ticket, Timer
from upheld.apps.tickets.readmodel import read_model
from upheld.apps.tickets.rulings import rules_for
from upheld.apps.tickets.services import timers
from upheld.apps.tickets.services.recording import events_of
from upheld.apps.work.models import OutboxRow

pytestmark = pytest.mark.django_db
LATE = NOW + 5 * DAY


@pytest.fixture
def world():
    return factories.World()


@pytest.mark.parametrize("number", [1, 7])
def test_a_batch_takes_a_fixed_number_of_queries(world, number):
    for _ in range(number):
        world.ticket()
    assert Timer.objects.filter(kind="breach", due_at__lte=LATE).count() >= number
    with CaptureQueriesContext(connection) as seen:
        fired = timers.fire_due(now=LATE)
    assert fired == Timer.objects.filter(state="fired").count() >= 2 * number
    made = [each["sql"] for each in seen.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(made) == 9, made
    assert OutboxRow.objects.filter(key__startswith="timer:").count() == fired


def test_what_is_shown_after_a_breach_is_what_the_events_say(world):
    ticket = world.ticket()
    for now in sorted({timer.due_at for timer in Timer.objects.filter(ticket=ticket)}):
        timers.fire_due(now=now)
        shown = Ticket.objects.get(pk=ticket.pk)
        events = events_of(shown)
        model = read_model(events, rules_for(shown, events), now)
        for name in ("next_metric", "next_due_at", "next_at_risk_at", "next_state"):
            assert getattr(shown, name) == model.ticket[name]
        stored = ClockRow.objects.filter(ticket=ticket).order_by("pk")
        assert [(row.metric, row.cycle, row.verdict, row.breached_at) for row in stored] == [
            (row["metric"], row["cycle"], row["verdict"], row["breached_at"]) for row in model.clocks
        ]
        assert shown.version == ticket.version
    assert shown.next_state == "breached"
