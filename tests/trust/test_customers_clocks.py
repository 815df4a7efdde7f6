"""
A customer who tries to move the clocks of their own ticket (AT-MO-001): what they may do has its documented effect, is
an event in their name, and neither breaks a promise afterwards nor mends a broken one.
"""

import json

import pytest
from django.test import Client

from tests import factories
from tests.cases import of_row
from tests.factories import HOUR, MINUTE, NOW
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import ClockRow, Ticket
from upheld.apps.tickets.services import conversation, handling
from upheld.apps.tickets.services.recording import events_of
from upheld.apps.work import relay
from upheld.trust.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.on_database, of_row("AT-MO-001")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FINAL = ("met", "breached")


class Attacker:
    """The contact of Northwind with a browser and a key, and a clock that is moved by hand."""

    def __init__(self, urgency, monkeypatch):
        self.now = NOW
        for clock in ("upheld.web.reader.read_clock", "upheld.api.gate.read_clock"):
            monkeypatch.setattr(clock, lambda: self.now)
        self.world = factories.World()
        self.ticket = self.world.ticket(urgency=urgency)
        contact = self.world.contact
        self.client = Client()
        self.client.force_login(contact, backend=BACKEND)
        scopes = sorted(parties.rights_of(contact, NOW))
        key = parties.make_key(owner=contact, name="k", scopes=scopes, now=NOW)
        self.headers = {"Authorization": f"Bearer {key.text}"}
        self.agent = self.world.agent

    @property
    def path(self):
        return f"/portal/tickets/{self.ticket.public_id}"

    def api(self, method, path, body):
        content = json.dumps(body)
        how = {"content_type": "application/json", "headers": self.headers}
        return getattr(self.client, method)(f"/api/v1/tickets/{self.ticket.public_id}{path}", content, **how)

    def say(self, **more):
        return self.client.post(f"{self.path}/message/", {"text": f"Still down at {self.now}", **more})

    def solve(self):
        return self.client.post(f"{self.path}/solved/", {})

    def clocks(self):
        rows = ClockRow.objects.filter(ticket=self.ticket).order_by("metric", "cycle")
        return {(row.metric, row.cycle): (row.due_at, row.verdict) for row in rows}

    def pass_time(self, seconds):
        """Time passes, and the relay does what is due, step by step."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(self.now + 30 * MINUTE, until)
            relay.run_until_idle("worker", self.now)

    def tried(self, act):
        """Something tried: what was judged stays, what is new is not late, and a change has a cause in their name."""
        before, known = self.clocks(), len(events_of(self.ticket))
        answer = act()
        assert answer is None or answer.status_code < 500
        relay.run_until_idle("worker", self.now)
        after, fresh = self.clocks(), events_of(self.ticket)[known:]
        for key, (due, verdict) in before.items():
            if verdict in FINAL:
                assert after[key] == (due, verdict), (key, act)
        for key, (due, verdict) in after.items():
            if before.get(key, (0, ""))[1] not in FINAL:
                assert verdict != "breached", (key, act)
                assert verdict != "pending" or due is None or due > self.now or key in before, (key, act)
        if before != after:
            assert [each for each in fresh if each.actor and each.actor.ref == self.world.contact.public_id]
        return answer


@pytest.fixture(params=["urgent", "normal"])
def attacker(request, monkeypatch):
    return Attacker(request.param, monkeypatch)


MORE = {"severity": "low", "urgency": "low", "priority": "1", "zone": "UTC", "calendar": "always", "status": "on_hold",
        "effective_at": "2026-04-10T09:00:00Z", "due_at": "2026-04-10T09:00:00Z", "tier": "premier", "plan": "x",
        "contract": "x", "coverage": "not_covered", "channel": "phone"}  # fmt: skip


def test_what_support_decides_is_not_theirs_to_change(attacker):
    before, stood = attacker.clocks(), Ticket.objects.values().get()
    for name in (
        "severity",
        "status",
        "coverage",
        "assign",
        "exclusion",
        "correct",
        "call",
        "team",
        "merge",
        "release",
    ):
        assert attacker.client.post(f"/desk/tickets/{attacker.ticket.public_id}/{name}/", MORE).status_code == 404
    refused = [attacker.api("patch", "", {name: value, "reason": "x"}).status_code for name, value in MORE.items()]
    refused += [
        attacker.api("post", path, {"is_inbound": True}).status_code
        for path in ("/calls", "/exclusions", "/corrections")
    ]
    assert set(refused) <= {400, 403, 404, 422}
    assert attacker.clocks() == before
    assert Ticket.objects.values().get() == stood


def test_a_message_with_more_fields_is_a_message(attacker):
    attacker.now += 10 * MINUTE
    before = attacker.clocks()
    assert attacker.tried(lambda: attacker.say(**MORE)).status_code == 302
    assert attacker.clocks() == before  # not answered yet: a second message pushes nothing
    event = events_of(attacker.ticket)[-1]
    assert (event.kind, event.effective_at, event.channel) == ("message_received", attacker.now, "portal")
    answer = attacker.api("post", "/messages", {"text": "x", **MORE})
    assert answer.status_code in (400, 422)


def test_their_own_zone_moves_the_clock_on_their_wall_and_no_other(attacker):
    before = attacker.clocks()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        attacker.tried(
            lambda zone=zone: attacker.client.post(
                "/accounts/preferences/", {"zone": zone, "language": "de", "theme": "dark"}
            )
        )
        assert Person.objects.get(pk=attacker.world.contact.pk).zone == zone
    assert attacker.clocks() == before
    attacker.pass_time(30 * MINUTE)
    assert attacker.clocks() == before


@pytest.mark.parametrize("waits", [0, 1, 9, 80], ids="{} hours".format)
@pytest.mark.parametrize("is_answered", [False, True], ids=["unanswered", "answered"])
def test_resolved_and_reopened_again_and_again(attacker, waits, is_answered):
    """Before the promise is over and after it was broken, answered or not."""
    if is_answered:
        attacker.now += 20 * MINUTE
        conversation.reply(ticket=attacker.ticket, by=attacker.agent, text="On it", now=attacker.now)
    attacker.pass_time(waits * HOUR)
    for _turn in range(3):
        attacker.now += MINUTE
        attacker.tried(attacker.solve)
        assert Ticket.objects.get().status == "resolved"
        attacker.now += MINUTE
        attacker.tried(attacker.solve)
        attacker.now += MINUTE
        attacker.tried(attacker.say)
        assert Ticket.objects.get().is_open
        attacker.pass_time(HOUR)
        attacker.tried(lambda: None)
    kinds = [each.kind for each in events_of(attacker.ticket)]
    assert (kinds.count("resolved"), kinds.count("reopened"), kinds.count("message_received")) == (3, 3, 3)
    assert [each.code for each in verify(now=attacker.now).violations] == []


def test_a_clock_that_waits_for_them_is_not_turned_back_by_answering_in_bits(attacker):
    attacker.now += 10 * MINUTE
    handling.change_status(
        ticket=attacker.ticket, status="waiting_on_customer", by=attacker.agent, reason="", now=attacker.now
    )
    for _turn in range(5):
        attacker.pass_time(HOUR)
        attacker.tried(attacker.say)
        attacker.now += 5 * MINUTE
        ticket = Ticket.objects.get()
        if ticket.status != "waiting_on_customer":
            handling.change_status(
                ticket=ticket, status="waiting_on_customer", by=attacker.agent, reason="", now=attacker.now
            )
    judged = {key: verdict for key, (_due, verdict) in attacker.clocks().items() if verdict in FINAL}
    attacker.pass_time(100 * HOUR)
    attacker.tried(attacker.say)
    assert {key: attacker.clocks()[key][1] for key in judged} == judged
    assert [each.code for each in verify(now=attacker.now).violations] == []
