"""
The demo world for one start: exact counts, every state, replay, and nothing that crosses customers.
"""

from collections import Counter

import pytest

from upheld.apps.channels.models import Mail, Notice
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Attachment, ClockRow, EventRow, Submission, Ticket, Timer
from upheld.apps.work.models import OutboxRow
from upheld.core.instants import parse_instant
from upheld.demo import live, stories, world
from upheld.demo.themes import themes
from upheld.trust.verification import verify

NOW = parse_instant("2026-09-16T11:00:00Z")
YEAR = 120
PASSWORD = "walk the desk"  # noqa: S105  (of a world that is taken back)
TOLD = 301
pytestmark = pytest.mark.django_db
STATUSES = {
    "closed": 315, "on_hold": 1, "resolved": 38, "waiting_on_customer": 6, "waiting_on_support": 59,
    "waiting_on_third_party": 2,
}  # fmt: skip
VERDICTS = {"breached": 88, "ended": 21, "met": 772, "pending": 75}
ROWS = (4312, 32, 221)


@pytest.fixture(scope="module")
def made(own_database):
    return world.build(now=NOW, password=PASSWORD, year_tickets=YEAR)


def of_stories():
    return Ticket.objects.filter(submissions__key__regex=r"^demo:(story|live|renewed)")


def test_it_tells_as_many_tickets_as_the_kinds_and_scenes_say(made):
    assert (made.told, made.year) == (TOLD, YEAR)
    assert sum(count for _, count, _ in world.KINDS) + len(live.SCENES) + 1 == TOLD
    assert (of_stories().count(), Ticket.objects.count()) == (TOLD, TOLD + YEAR)
    assert Submission.objects.exclude(state="ticketed").count() == 0


def test_the_same_seed_and_start_give_the_same_world(made):
    assert dict(Counter(Ticket.objects.values_list("status", flat=True))) == STATUSES
    assert dict(Counter(ClockRow.objects.values_list("verdict", flat=True))) == VERDICTS
    assert (EventRow.objects.count(), Attachment.objects.count(), Timer.objects.filter(state="fired").count()) == ROWS


@pytest.mark.parametrize(
    "queue",
    [
        pytest.param({"next_state": "running"}, id="running"),
        pytest.param({"next_state": "breached"}, id="breached"),
        pytest.param({"next_state": "paused"}, id="paused"),
        pytest.param({"next_at_risk_at__lte": NOW, "next_due_at__gte": NOW}, id="at risk"),
        pytest.param({"next_at_risk_at__gt": NOW, "next_at_risk_at__lte": NOW + 3600}, id="at risk within the hour"),
        pytest.param({"is_entitled": False, "contract__isnull": False}, id="held"),
        pytest.param({"status": "resolved", "is_open": True}, id="resolved"),
        pytest.param({"status": "closed"}, id="closed"),
        pytest.param({"status": "waiting_on_customer"}, id="waiting on the customer"),
        pytest.param({"status": "waiting_on_third_party"}, id="waiting on somebody else"),
        pytest.param({"status": "on_hold"}, id="on hold"),
        pytest.param({"assignee__isnull": True, "is_open": True}, id="nobody's"),
        pytest.param({"coverage": "best_effort"}, id="best effort"),
        pytest.param({"coverage": "chargeable"}, id="chargeable"),
        pytest.param({"clocks__exclusion": "customer_acts"}, id="excluded"),
        pytest.param({"clocks__verdict": "met"}, id="met"),
        pytest.param({"clocks__verdict": "ended"}, id="ended"),
        pytest.param({"instance__isnull": False}, id="of an instance"),
        pytest.param({"events__kind": "reopened"}, id="reopened"),
        pytest.param({"events__kind": "call_logged"}, id="telephoned"),
        pytest.param({"events__kind": "workaround_given"}, id="with a way around"),
        pytest.param({"attachments__isnull": False}, id="with a file"),
        pytest.param({"events__kind": "resumed"}, id="released"),
    ],
)
def test_every_state_is_there(made, queue):
    assert of_stories().filter(**queue).exists()


def test_what_is_stored_is_what_happened(made):
    report = verify(now=NOW, share=0.2)
    assert report.violations == ()
    assert report.run.checked["replays"] == TOLD + YEAR
    assert report.run.checked["references_of_customers"] > 0


def test_nothing_lies_after_the_start(made):
    latest = EventRow.objects.order_by("-recorded_at").first()
    assert latest.recorded_at <= NOW
    assert not Notice.objects.filter(made_at__gt=NOW).exists()
    assert not Timer.objects.filter(state="fired", fired_at__gt=NOW).exists()
    assert not Timer.objects.filter(state="waiting", due_at__lte=NOW).exists()


def test_timers_took_effect_at_their_own_instants(made):
    assert not [each for each in Timer.objects.filter(state="fired") if each.fired_at != each.due_at]


def test_everybody_was_told_and_no_mail_went_out(made, mailoutbox):
    assert not OutboxRow.objects.exclude(state="done").exists()
    assert not Mail.objects.exclude(state="sent").exists()
    assert mailoutbox == []
    unread = Notice.objects.filter(read_at__isnull=True)
    assert unread.exists()
    assert not unread.filter(made_at__lt=NOW - 12 * 3600).exists()


def test_addresses_are_of_reserved_domains(made):
    assert [each.email for each in Person.objects.all() if not each.email.endswith(".example")] == []


def test_those_who_can_log_in_are_of_every_kind(made):
    assert [each.what for each in made.logins] == [
        "agent", "lead", "finance", "admin", "customer manager", "customer user", "customer manager",
    ]  # fmt: skip
    able = {person.email for person in Person.objects.all() if person.has_usable_password()}
    assert able == {each.email for each in made.logins}
    assert Person.objects.get(email="dana@northwind.example").check_password(PASSWORD)


def test_conversations_are_varied_and_whole(made):
    subjects = set(of_stories().values_list("subject", flat=True))
    assert len(themes()) >= 30
    assert len(subjects) > 60
    for text in of_stories().values_list("payloads__text", flat=True):
        assert text is None or ("{" not in text and "lorem" not in text.lower())


def test_every_kind_of_story_is_played():
    told = {each for each, _, _ in world.KINDS}
    known = {
        each
        for name, each in vars(stories).items()
        if callable(each) and getattr(each, "__module__", "") == stories.__name__
    }
    assert {each for each in known if not each.__name__.startswith("_")} == told


def test_a_second_time_is_refused_and_changes_nothing(made):
    before = EventRow.objects.count()
    with pytest.raises(world.DemoError, match=r"demo\.not_empty"):
        world.build(now=NOW, password=PASSWORD)
    assert EventRow.objects.count() == before
    assert world.made_at() == NOW
