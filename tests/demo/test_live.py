"""
Whenever the demo begins, the desk shows something of every state, and one promise breaks two minutes later.
"""

import pytest

from tests.demo.conftest import forget_compiled
from upheld.apps.contracts.selectors import rules_of
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import Attachment, Ticket
from upheld.apps.tickets.selectors import rules_of_tickets
from upheld.apps.tickets.services import files, timers
from upheld.apps.tickets.services.recording import events_of
from upheld.apps.work import services as work
from upheld.core.clocks.explain import stand
from upheld.core.clocks.fold import fold
from upheld.core.instants import parse_instant
from upheld.demo import live, world

STARTS = [
    pytest.param("2026-09-20T03:10:00Z", id="a Sunday night"),
    pytest.param("2026-09-22T14:00:00Z", id="a Tuesday", marks=pytest.mark.heavy),
    pytest.param("2026-12-25T12:00:00Z", id="Christmas", marks=pytest.mark.heavy),
    pytest.param("2027-03-28T01:30:00Z", id="the night of the clocks", marks=pytest.mark.heavy),
]
PASSWORD = "walk the desk"  # noqa: S105  (of a world that is taken back)
NIGHT = parse_instant("2026-09-20T03:10:00Z")


@pytest.fixture
def start(request, db, monkeypatch):
    forget_compiled()
    monkeypatch.setattr(world, "KINDS", ())
    now = parse_instant(request.param)
    world.build(now=now, password=PASSWORD, year_tickets=0)
    yield now
    forget_compiled()


@pytest.mark.parametrize("start", STARTS, indirect=True)
def test_each_state_is_there_at_any_start(start):
    tickets = list(Ticket.objects.select_related("contract__customer").filter(is_open=True))
    rules = rules_of_tickets(tickets)
    standings = [
        stand(clock, rules[each.pk], each.channel, start)
        for each in tickets
        if each.pk in rules
        for clock in fold(events_of(each), rules[each.pk]).clocks
        if clock.is_open
    ]
    states = {each.state for each in standings}
    assert {"running", "paused", "outside_hours", "breached"} <= states
    assert any(each.is_at_risk for each in standings)
    assert Ticket.objects.filter(is_entitled=False, status="waiting_on_support").count() == 2
    outside = Ticket.objects.get(submissions__key="demo:live:outside-a")
    assert not rules_of(outside.contract).calendar("local", None, None).is_open(start)
    breaks_soon(start)


def breaks_soon(start):
    """One promise breaks two minutes after the start."""
    soon = Ticket.objects.get(submissions__key="demo:live:breaks-soon")
    assert soon.next_due_at == start + live.BREAKS_AFTER
    assert soon.next_state == "running"
    while timers.fire_due(now=start + live.BREAKS_AFTER + 1):
        pass
    soon.refresh_from_db()
    assert soon.next_state == "breached"


@pytest.mark.parametrize("start", STARTS[:1], indirect=True)
def test_made_anew_only_where_it_is_a_demo(start):
    kept = [files.place_of(key) for key in Attachment.objects.values_list("storage_key", flat=True)]
    world.clear()
    assert world.is_empty()
    assert world.made_at() is None
    assert not any(place.exists() for place in kept)


@pytest.mark.django_db
def test_a_database_that_is_no_demo_is_never_emptied():
    parties.ensure_roles()
    parties.add_person(email="ada@upheld.test", name="Ada", zone="UTC", language="en", password=None, now=0)
    with pytest.raises(world.DemoError, match=r"demo\.not_a_demo"):
        world.clear()
    with pytest.raises(world.DemoError, match=r"demo\.not_empty"):
        world.build(now=1_800_000_000, password=PASSWORD)
    assert not world.is_empty()
    assert work.turned_on_at(world.MARK) is None


def test_a_story_that_fails_leaves_nothing(db, monkeypatch):
    forget_compiled()

    def broken(case, at):
        case.at = at
        yield at
        raise ZeroDivisionError

    monkeypatch.setattr(world, "KINDS", ((broken, 1, 5),))
    before = len(list(files.root().rglob("*"))) if files.root().exists() else 0
    with pytest.raises(ZeroDivisionError):
        world.build(now=NIGHT, password=PASSWORD, year_tickets=3)
    assert world.is_empty()
    assert sum(each.is_file() for each in files.root().rglob("*")) <= before
    forget_compiled()
