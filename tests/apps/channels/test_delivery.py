"""
Handing mails over to a real server: in order, at its rate, waiting while it is away, giving an address up for a day.
"""

import pytest

from tests import factories
from tests.cases import of_row
from tests.trust.mailboxes import Mailbox
from upheld.apps.channels import delivery, services
from upheld.apps.channels.models import Mail
from upheld.apps.work import away
from upheld.apps.work import services as work
from upheld.apps.work.models import OutboxRow

NOW = factories.NOW
DAY = 86_400
UNKNOWN = "550 5.1.1 no such user"


@pytest.fixture
def mailbox(settings):
    with Mailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 5
        yield mailbox


@pytest.fixture
def world(db):
    made = factories.World()
    made.opened = made.ticket()
    OutboxRow.objects.all().delete()
    return made


def tell(world, *keys, code="ticket.replied", ticket=None, params=None, now=NOW):
    for key in keys:
        services.tell(
            key=key,
            ticket=ticket or world.opened,
            code=code,
            audience="requester",
            params=params or {"by": key},
            now=now,
        )


def states():
    return list(Mail.objects.order_by("pk").values_list("state", flat=True))


def send_all(now):
    while work.run_due(worker="w", now=now):
        pass


def told(mailbox):
    return [str(each.get_body().get_content()).split(" answered")[0] for each in mailbox.mails]


def test_mails_go_out_in_their_order(world, mailbox):
    tell(world, "a", "b", "c")
    send_all(NOW)
    assert (states(), told(mailbox)) == (["sent"] * 3, ["a", "b", "c"])


@of_row("FA-MA-006")
def test_an_address_that_is_refused_gets_nothing_more_for_a_day(world, mailbox):
    mailbox.refused = {"rcpt": UNKNOWN}
    tell(world, "a", "b", "c")
    send_all(NOW)
    assert states() == ["refused"] * 3
    assert sum(each.startswith("rcpt") for each in mailbox.asked) == 1
    world.contact.refresh_from_db()
    assert (world.contact.is_mail_refused, world.contact.mail_refused_at) == (True, NOW)
    assert world.contact.mail_refused_because == UNKNOWN
    assert not OutboxRow.objects.exclude(state="done").exists()
    mailbox.refused = {}
    tell(world, "d", now=NOW + DAY - 1)
    send_all(NOW + DAY - 1)
    tell(world, "e", now=NOW + DAY)
    send_all(NOW + DAY)
    assert states() == ["refused"] * 4 + ["sent"]
    world.contact.refresh_from_db()
    assert (world.contact.is_mail_refused, world.contact.mail_refused_because) == (False, "")


@of_row("FA-MA-006")
def test_another_address_is_tried_at_once(world, mailbox):
    mailbox.refused = {world.contact.email: UNKNOWN}
    tell(world, "a")
    send_all(NOW)
    world.contact.refresh_from_db()
    world.contact.email = "other@acme.test"
    world.contact.save()
    assert not world.contact.is_mail_refused
    tell(world, "b")
    send_all(NOW)
    assert states() == ["refused", "sent"]


@of_row("FA-MA-006")
def test_a_mail_that_is_refused_for_what_it_says_says_nothing_of_the_address(world, mailbox):
    mailbox.refused = {"data": "554 5.7.1 looks like spam"}
    tell(world, "a")
    send_all(NOW)
    assert list(Mail.objects.values_list("state", "problem")) == [
        ("refused", "mail.refused: 554 5.7.1 looks like spam")
    ]
    world.contact.refresh_from_db()
    assert not world.contact.is_mail_refused


@of_row("FA-MA-004")
@pytest.mark.parametrize("how", ["nobody listens", "421 for everybody", "451 for now"])
def test_while_the_server_is_away_all_mail_waits_and_then_goes_out_in_order(world, mailbox, settings, how):
    port = settings.EMAIL_PORT
    if how == "nobody listens":
        settings.EMAIL_PORT = 9  # discard: nobody listens there
    else:
        mailbox.refused = {"mail" if how.startswith("421") else "data": how}
    tell(world, "a", "b", "c")
    now = NOW
    while now < NOW + 3600:
        send_all(now)
        now = OutboxRow.objects.filter(state="waiting").order_by("due_at").first().due_at
    assert states() == ["queued"] * 3
    assert away.longest(now)[0] == "channels.send_mail"
    settings.EMAIL_PORT, mailbox.refused = port, {}
    until = now + 600
    while now < until and "queued" in states():
        send_all(now)
        now += delivery.ORDER_SECONDS
    assert (states(), told(mailbox)) == (["sent"] * 3, ["a", "b", "c"])
    assert not OutboxRow.objects.exclude(state="done").exists()


@of_row("FA-MA-004")
def test_an_earlier_mail_on_a_ticket_that_failed_by_itself_goes_first(world, mailbox):
    mailbox.refused = {"rcpt": "450 4.2.0 try again, greylisted"}
    tell(world, "a")
    send_all(NOW)
    mailbox.refused = {}
    tell(world, "b", now=NOW)
    send_all(NOW)
    assert (states(), told(mailbox)) == (["queued", "queued"], [])
    for now in range(NOW, NOW + 20):
        send_all(now)
    assert (states(), told(mailbox)) == (["sent", "sent"], ["a", "b"])


@of_row("FA-MA-004")
def test_a_warning_that_waited_gives_way_to_the_news_of_the_breach(world, mailbox, settings):
    settings.EMAIL_PORT = 9
    promise = {"metric": "first_response", "cycle": 1, "due_at": NOW + 3600}
    tell(world, "k1", code="clock.at_risk", params=promise)
    tell(world, "k2", code="clock.at_risk", params=promise | {"cycle": 2})
    send_all(NOW)
    tell(world, "k3", code="clock.breach", params=promise, now=NOW + 3600)
    settings.EMAIL_PORT = mailbox.port
    for now in range(NOW + 3600, NOW + 3620):
        send_all(now)
    assert states() == ["replaced", "sent", "sent"]


@of_row("FA-MA-004")
def test_no_more_go_out_in_a_minute_than_may(world, mailbox, settings):
    settings.UPHELD_MAILS_PER_MINUTE = 2
    tell(world, "a", "b", "c", "d", "e")
    sent = []
    for now in range(NOW, NOW + 180):
        send_all(now)
        sent.append(states().count("sent"))
    assert [sent[at] for at in (0, 59, 64, 119, 129)] == [2, 2, 4, 4, 5]
    assert told(mailbox) == ["a", "b", "c", "d", "e"]
