"""
Telling people: one notice and one mail for a person and a cause, whatever happens twice.
"""

import pytest
from django.core import mail

from tests import factories
from upheld.apps.channels import services
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.work.models import OutboxRow

NOW = factories.NOW


@pytest.fixture
def world(db):
    return factories.World()


def tell(world, ticket, *, audience="requester", code="ticket.replied", key="k"):
    return services.tell(key=key, ticket=ticket, code=code, audience=audience, params={"by": "Jo"}, now=NOW)


def test_telling_twice_changes_nothing(world):
    ticket = world.ticket()
    OutboxRow.objects.all().delete()
    assert [tell(world, ticket), tell(world, ticket)] == [1, 1]
    assert list(Notice.objects.values_list("person", "key", "code")) == [(world.contact.pk, "k", "ticket.replied")]
    made = Mail.objects.get()
    assert (made.state, made.customer_id) == ("queued", world.customer.pk)
    assert list(OutboxRow.objects.values_list("key", "handler")) == [(f"mail:{made.pk}", "channels.send_mail")]


def test_a_mail_is_sent_once_and_keeps_its_id(world):
    tell(world, world.ticket())
    made = Mail.objects.get()
    services.send_mail(mail_id=made.pk, now=NOW + 1)
    services.send_mail(mail_id=made.pk, now=NOW + 2)
    assert [each.extra_headers["Message-ID"] for each in mail.outbox] == [made.message_id]
    made.refresh_from_db()
    assert (made.state, made.sent_at) == ("sent", NOW + 1)


def test_a_subject_is_one_line_whatever_was_typed(world):
    ticket = world.ticket(subject="Down\r\nBcc: all@example.org")
    tell(world, ticket)
    services.send_mail(mail_id=Mail.objects.get().pk, now=NOW)
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []


def test_nobody_who_left_is_told(world):
    ticket = world.ticket()
    world.contact.is_active = False
    world.contact.save()
    ticket.refresh_from_db()
    assert tell(world, ticket) == 0
    assert not Notice.objects.exists()


def test_a_notice_is_read_by_its_person_alone(world):
    tell(world, world.ticket())
    notice = Notice.objects.get()
    assert services.mark_read(person=world.agent, now=NOW, public_id=notice.public_id) == 0
    assert services.mark_read(person=world.contact, now=NOW, public_id=notice.public_id) == 1
    assert services.mark_read(person=world.contact, now=NOW) == 0
