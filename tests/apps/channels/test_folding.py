"""
What could not be told for hours is told in one notice and one mail for a person, whoever else was told in time.
"""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from tests import factories
from upheld.apps.channels import folding, selectors, services
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.channels.words import mail_words, notice_words
from upheld.apps.parties.selectors import access_of
from upheld.apps.tickets.models import Timer
from upheld.apps.tickets.services import conversation
from upheld.apps.work import relay
from upheld.apps.work.models import OutboxRow
from upheld.trust.verification import verify

NOW, HOUR, DAY = factories.NOW, factories.HOUR, factories.DAY


@pytest.fixture
def world(db):
    return factories.World()


def shown(person, now):
    return selectors.notices_page(access_of(person, now)).notices


def come_back(now):
    """A worker that comes back and stays until everything is told."""
    relay.run_until_idle("worker", now)
    relay.run_until_idle("worker", now + folding.QUIET_SECONDS)
    return now + folding.QUIET_SECONDS


def test_after_days_without_a_worker_everybody_is_told_once(world):
    tickets = [world.ticket(subject=f"Down {index}") for index in range(3)]
    timers = Timer.objects.count()
    back = come_back(NOW + 6 * DAY)
    assert Timer.objects.filter(state="fired").count() == timers > 0
    for person in (world.contact, world.agent, world.lead):
        assert [each.code for each in shown(person, back)] == ["late.folded"]
        assert Mail.objects.filter(person=person).count() == 1
    assert Mail.objects.filter(state="sent").count() == len(mail.outbox) == Mail.objects.count()
    told = Notice.objects.filter(person=world.agent, code="clock.breach", fold__isnull=False)
    assert {each.ticket_id for each in told} == {each.pk for each in tickets}
    assert verify(now=back).violations == ()


def test_what_a_fold_says(world):
    ticket = world.ticket()
    back = come_back(NOW + 6 * DAY)
    over = shown(world.agent, back)[0]
    parts = selectors.parts_of(access_of(world.agent, back), [over])[over.pk]
    codes = [each.code for each in parts]
    broken = codes.count("clock.breach")
    assert broken > 0
    assert codes[:broken] == ["clock.breach"] * broken
    assert "clock.at_risk" not in codes
    assert "ticket.opened_staff" in codes
    assert {each.happened_at for each in parts if each.code == "ticket.opened_staff"} == {NOW}
    words = notice_words(over, "America/Los_Angeles", "en")
    assert words.startswith("Our notices to you were held up. These ")
    assert "from Fri 17 Apr 2026 09:00 PDT to " in words
    subject, body = mail_words(Mail.objects.get(person=world.agent), back)
    assert subject.startswith("Our notices to you were held up.")
    assert "First response was due Fri 17 Apr 2026 11:00 PDT for Northwind Traders: Orders stopped exporting" in body
    assert body.endswith("/desk/notices/")
    assert mail_words(Mail.objects.get(person=world.contact), back)[1].endswith(f"/portal/tickets/{ticket.public_id}/")


def test_one_late_thing_is_told_by_itself(world):
    world.ticket()
    back = come_back(NOW + folding.LATE_SECONDS + 1)
    assert [each.code for each in shown(world.contact, back)] == ["ticket.opened"]
    assert list(Mail.objects.filter(person=world.contact).values_list("code", flat=True)) == ["ticket.opened"]
    assert not Notice.objects.filter(person=world.contact, code__startswith="late.").exists()


def test_what_is_an_hour_old_is_not_late(world):
    world.ticket()
    relay.run_until_idle("worker", NOW + folding.LATE_SECONDS)
    assert not Notice.objects.filter(code__startswith="late.").exists()
    assert Mail.objects.filter(person=world.contact).count() == 1


def test_nobody_sees_a_fold_before_everything_has_come(world):
    world.ticket()
    back = NOW + 6 * DAY
    relay.run_until_idle("worker", back)
    # the agent, the lead, the administrator and the requester
    assert Notice.objects.filter(code=Notice.GATHERING).count() == 4
    assert shown(world.agent, back) == []
    assert services.mark_read(person=world.agent, now=back) == 0
    relay.run_until_idle("worker", back + folding.QUIET_SECONDS - 1)
    assert shown(world.agent, back) == []
    relay.run_until_idle("worker", back + folding.QUIET_SECONDS)
    assert len(shown(world.agent, back)) == 1
    assert services.mark_read(person=world.agent, now=back) == 1


def test_while_more_keeps_coming_a_fold_is_open_but_not_for_ever(world):
    ticket = world.ticket()
    back = NOW + 6 * DAY
    relay.run_until_idle("worker", back)
    step = folding.QUIET_SECONDS - 20
    for turn in range(1, folding.LONGEST_SECONDS // step):
        services.tell(
            key=f"k{turn}", ticket=ticket, code="ticket.replied", audience="requester", params={"by": "Jo"},
            now=back + turn * step, at=NOW,
        )  # fmt: skip
        relay.run_until_idle("worker", back + turn * step)
        assert shown(world.contact, back) == []
    relay.run_until_idle("worker", back + folding.LONGEST_SECONDS)
    relay.run_until_idle("worker", back + folding.LONGEST_SECONDS + folding.QUIET_SECONDS)
    assert [each.code for each in shown(world.contact, back)] == ["late.folded"]


def test_what_happens_after_the_worker_is_back_is_told_as_ever(world):
    ticket = world.ticket()
    back = come_back(NOW + 6 * DAY)
    conversation.reply(ticket=ticket, by=world.agent, text="Sorry", now=back + 60)
    relay.run_until_idle("worker", back + 61)
    assert [each.code for each in shown(world.contact, back)] == ["ticket.replied", "ticket.opened"]
    assert Mail.objects.filter(person=world.contact).count() == 2


def test_the_next_time_away_gives_a_fold_of_its_own(world):
    tickets = [world.ticket(), world.ticket()]
    back = come_back(NOW + 6 * DAY)
    for each in tickets:
        conversation.reply(ticket=each, by=world.agent, text="Sorry", now=back)
    again = come_back(back + 2 * DAY)
    assert [each.code for each in shown(world.contact, again)] == ["late.folded", "late.folded"]
    assert Mail.objects.filter(person=world.contact).count() == 2


def test_a_person_has_one_open_fold(world):
    world.ticket()
    relay.run_until_idle("worker", NOW + 6 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(person=world.agent, code=Notice.GATHERING, key="x", made_at=NOW)


def test_nobody_who_left_meanwhile_gets_the_mail(world):
    world.ticket(), world.ticket()
    relay.run_until_idle("worker", NOW + 6 * DAY)
    type(world.contact).objects.filter(pk=world.contact.pk).update(is_active=False)
    come_back(NOW + 6 * DAY)
    assert not Mail.objects.filter(person=world.contact).exists()
    assert not OutboxRow.objects.exclude(state="done").exists()
