"""
What the plan's rules suggest, as the agent reads it.
"""

import pytest

from upheld.apps.tickets.services.recording import events_of
from upheld.core import events as ev


@pytest.mark.requirement("CEL-6")
def test_the_ticket_shows_the_suggestion_with_its_rule_and_words(desk):
    answers = {"process": "critical", "state": "blocked", "workaround": "false"}
    ticket = desk.world.ticket(urgency="high", environment="production", answers=answers)
    page = desk.page(ticket).content.decode()
    assert "Urgent, “3.1: A critical business process is blocked, and there is no reasonable work around.”" in page
    assert "(severities.urgent.when[1])" in page
    assert "customer said High" in page


@pytest.mark.requirement("CEL-6")
def test_without_a_rule_nothing_is_suggested(desk):
    answers = {"process": "critical", "state": "blocked", "workaround": "true", "system": "normal", "change": "none"}
    ticket = desk.world.ticket(urgency="high", environment="production", answers=answers)
    assert not [each for each in events_of(ticket) if isinstance(each, ev.SeveritySuggested)]
    page = desk.page(ticket).content.decode()
    assert "rule:" not in page
    assert ticket.is_severity_assigned is False
