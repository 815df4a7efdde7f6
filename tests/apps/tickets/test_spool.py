"""
What is left in the spool is worked off: the others go on where one fails, and it is tried later and later.
"""

import pytest
from django.db import OperationalError

from tests import factories
from upheld.apps.tickets.models import Submission, Ticket
from upheld.apps.tickets.services import intake, spool

NOW = factories.NOW


@pytest.fixture
def world(db):
    return factories.World()


def left(world, key, text="No order leaves"):
    content = {"subject": key, "text": text, "urgency": "urgent"}
    return spool.spool(
        key=key, channel="portal", person=world.contact, customer=world.customer, content=content, now=NOW
    )


def failing(monkeypatch, error, subject="poison"):
    real = intake._ticket_row

    def broken(submission, request, *given, **named):
        if request.subject == subject:
            raise error
        return real(submission, request, *given, **named)

    monkeypatch.setattr(intake, "_ticket_row", broken)


def test_one_that_fails_holds_no_other_up_and_is_tried_later_and_later(world, monkeypatch, caplog):
    poison, _well = left(world, "poison"), left(world, "well")
    failing(monkeypatch, RuntimeError("poison"))
    now = NOW + spool.AT_IT_SECONDS
    assert intake.submit_spooled(now=now - 1) == 0
    assert intake.submit_spooled(now=now) == 1
    assert Ticket.objects.get().subject == "well"
    pauses = []
    poison.refresh_from_db()
    while poison.retry_at is not None:
        pauses.append(poison.retry_at - now)
        now = poison.retry_at
        attempts = poison.attempts
        intake.submit_spooled(now=now - 1)
        poison.refresh_from_db()
        assert poison.attempts == attempts
        intake.submit_spooled(now=now)
        poison.refresh_from_db()
    assert pauses == [5, 30, 120, 600, 1800, 3600, 21600]
    assert (poison.attempts, poison.state) == (spool.MOST_ATTEMPTS, "spooled")
    intake.submit_spooled(now=now + 10 * factories.DAY)
    poison.refresh_from_db()
    assert poison.attempts == spool.MOST_ATTEMPTS
    assert "the submission poison is tried for the last time" in [each.getMessage() for each in caplog.records]


def test_what_was_left_to_a_person_is_tried_again_when_asked(world):
    stuck = left(world, "stuck")
    Submission.objects.update(attempts=spool.MOST_ATTEMPTS)
    assert intake.submit_spooled(now=NOW + 60) == 0
    assert spool.try_again(now=NOW + 60) == 1
    assert intake.submit_spooled(now=NOW + 60) == 1
    stuck.refresh_from_db()
    assert stuck.state == "ticketed"
    assert spool.try_again(now=NOW + 60) == 0


def test_while_the_database_fails_a_round_ends_and_what_waits_is_not_used_up(world, monkeypatch):
    first, second = left(world, "poison"), left(world, "well")
    failing(monkeypatch, OperationalError("gone"))
    for _round in range(20):  # ten seconds of a relay
        try:
            intake.submit_spooled(now=NOW + 10)
        except OperationalError:
            assert Ticket.objects.count() == 0
    for each in (first, second):
        each.refresh_from_db()
    assert (first.attempts, first.state) == (1, "spooled")
    assert second.state == "ticketed"
