"""
How many queries it takes to open a ticket: the number decides how many can be taken in at once.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from upheld.apps.tickets.models import ClockRow, Ticket

pytestmark = pytest.mark.django_db
BODY = {"subject": "Orders stopped exporting", "text": "Since 8:50 no order leaves.", "urgency": "urgent"}

OPENING = (
    'FROM "parties_key"',
    'FROM "parties_membership"',
    'INTO "tickets_submission"',
    'FROM "contracts_contract"',
    'INTO "tickets_ticket"',
    'INTO "tickets_payload"',
    'INTO "tickets_message"',
    'INTO "tickets_eventrow"',
    'INTO "tickets_clockrow"',
    'INTO "tickets_timer"',
    'INTO "work_outboxrow"',
    'UPDATE "tickets_submission"',
)
"""Who calls; kept before any rule; under which contract; and each row once."""
SENT_AT_ONCE = 5
"""Statements that PostgreSQL takes together with the one before them: all after the message's."""


def statements(seen):
    sent = [each["sql"] for each in seen.captured_queries if "SAVEPOINT" not in each["sql"]]
    made = [each for sql in sent for each in re.split("; (?=INSERT INTO|UPDATE)", sql)]
    assert len(made) - len(sent) == (SENT_AT_ONCE if connection.vendor == "postgresql" else 0)
    return made


def test_opening_a_ticket_takes_one_statement_for_each_table(cast, contact_api):
    contact_api.post("/tickets", BODY)  # the key's last use and the compiled plan are written and read once
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert contact_api.post("/tickets", BODY).status_code == 201
        made = statements(seen)
        assert [part for part, sql in zip(OPENING, made, strict=True) if part not in sql] == []
    assert ClockRow.objects.filter(ticket=Ticket.objects.latest("pk")).exists()


def test_an_agent_opens_one_with_three_more(cast, agent_api):
    body = BODY | {"customer": cast.customer.public_id, "requester": cast.contact.public_id}
    agent_api.post("/tickets", body)
    with CaptureQueriesContext(connection) as seen:
        assert agent_api.post("/tickets", body).status_code == 201
    assert len(statements(seen)) == len(OPENING) + 3  # roles, the customer, the requester
