"""
Severity questions in a new ticket, and contacts who alone may write.
"""

import pytest
from django.urls import reverse

from tests import factories
from upheld.apps.tickets import codec
from upheld.apps.tickets.models import EventRow, Ticket
from upheld.core import events as ev

pytestmark = pytest.mark.django_db
NEW = "/portal/new/"


def promised(client, **chosen):
    return client.get("/portal/new/promise/", chosen)


def events(ticket):
    rows = EventRow.objects.filter(ticket=ticket).order_by("seq")
    return [codec.decode(row.record) for row in rows]


def test_the_form_asks_the_plans_questions_and_none_must_be_answered(world, dana):
    page = dana.get(NEW)
    asked = [name for name, _field in page.context["severity_fields"]]
    assert asked == ["system", "process", "state", "workaround", "change"]
    assert not any(field.field.required for _name, field in page.context["severity_fields"])


@pytest.mark.requirement_part("CEL-6")
def test_answers_suggest_a_severity_with_its_rule_and_the_promise_follows(world, dana):
    found = promised(dana, **{"severity-system": "down"}).context["forecast"]
    assert (found.suggested.severity, found.suggested.label) == ("urgent", "Urgent")
    assert found.suggested.rule == "3.1: System is down."
    assert found.suggested.answers == ("How does the system work? Down",)
    assert found.fitting == "urgent"
    assert found.headline.title == "You will have our first answer by 04:00 today (Sydney time)"


def test_the_customers_urgency_stays_theirs(world, dana):
    found = promised(dana, urgency="low", **{"severity-system": "down"}).context["forecast"]
    assert (found.chosen.name, found.suggested.severity) == ("low", "urgent")
    assert found.headline.title == "You will have our first answer by Wednesday 01:00 (Sydney time)"


def test_an_answer_that_is_none_suggests_nothing(world, dana):
    answer = promised(dana, **{"severity-system": "<b>"})
    assert answer.status_code == 200
    assert answer.context["forecast"].suggested is None


def test_what_was_answered_is_recorded_with_the_suggestion(world, dana):
    key = dana.get(NEW).context["form"]["key"].value()
    sent = {"key": key, "subject": "Down", "urgency": "normal", "later": "1", "severity-system": "down"}
    dana.post(NEW, sent)
    ticket = Ticket.objects.get()
    told = events(ticket)
    assert told[0].answers == {"system": "down"}
    suggested = next(each for each in told if isinstance(each, ev.SeveritySuggested))
    assert (suggested.severity, suggested.rule) == ("urgent", "severities.urgent.when[0]")
    assert (ticket.urgency, ticket.is_severity_assigned) == ("normal", False)


@pytest.mark.requirement_part("CPI-2")
def test_what_must_be_telephoned_too_says_so_before_and_after(browse, at, db):
    world = factories.World(plan="cpi", tier=next(iter(cpi_tiers())))
    dana = browse(world.contact)
    place = dana.get(NEW).context["form"]["place"].value()
    stopped = {"severity-work": "stopped", "place": place, "urgency": "level_1"}
    found = promised(dana, **stopped).context["forecast"]
    assert found.suggested.severity == "level_1"
    assert found.also_by == ("CPI's Customer Service",)
    ticket = factories.ticket(world.contact, world.customer, urgency="level_1", environment=place.partition("@")[0])
    assert dana.get(reverse("portal:ticket", args=[ticket.public_id])).context["also_by"]


def cpi_tiers():
    from upheld import catalogues  # noqa: PLC0415
    from upheld.core.plan.model import Plan  # noqa: PLC0415
    from upheld.core.plan.reading import read_document  # noqa: PLC0415
    from upheld.core.plan.validation import validate  # noqa: PLC0415

    return validate(read_document(catalogues.read("cpi"), "cpi"), Plan).tiers
