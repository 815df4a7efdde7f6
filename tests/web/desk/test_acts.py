"""
The acts on a ticket: each page says first what it would do, does it once, and shows a refusal without losing a word.
"""

import pytest

from tests import factories
from tests.factories import HOUR, MINUTE
from tests.web.desk.pages import field, words
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import EventRow, Message, Ticket
from upheld.apps.tickets.services import conversation, handling
from upheld.web.desk.acts import ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]


def kinds(ticket):
    return list(EventRow.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


def show(desk, ticket, act, client=None, **query):
    return (client or desk.client).get(f"/desk/tickets/{ticket.public_id}/{act}/", query)


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"correct", "erase"}))
def test_each_act_has_a_page_and_looking_writes_nothing(desk, name):
    ticket = desk.world.ticket()
    before = EventRow.objects.count()
    answer = show(desk, ticket, name)
    assert answer.status_code == 200
    assert str(ACTS[name].title) in words(answer)
    assert EventRow.objects.count() == before


def test_the_menu_offers_what_the_agent_may_and_the_plan_knows(desk):
    ticket = desk.world.ticket()
    page = desk.page(ticket).content.decode()
    assert f'/desk/tickets/{ticket.public_id}/merge/"' in page
    assert f'/desk/tickets/{ticket.public_id}/milestone/"' not in page  # the plan names none
    sam = factories.person("sam@upheld.test", name="Sam", role="contractor")
    handling.assign(ticket=ticket, to=sam, by=desk.world.lead, now=desk.now)
    theirs = desk.page(ticket, desk.as_(sam)).content.decode()
    assert f'/desk/tickets/{ticket.public_id}/merge/"' not in theirs
    assert show(desk, ticket, "merge", desk.as_(sam)).status_code == 403


def test_a_ticket_goes_to_another_team_with_a_reason(desk):
    ticket, team = desk.world.ticket(), parties.add_team(name="Billing")
    refused = desk.post(ticket, "team", {"team": team.public_id, "reason": ""})
    assert refused.status_code == 422
    assert "a reason is needed" in words(refused)
    answer = desk.post(ticket, "team", {"team": team.public_id, "reason": "An invoice"})
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.public_id}/"
    assert desk.fresh(ticket).team == team
    assert "Jo Osei · given to the team Billing: “An invoice”" in words(desk.page(ticket))


def test_who_gives_a_ticket_out_of_their_sight_lands_on_the_list(desk):
    mine, other = parties.add_team(name="Mine"), parties.add_team(name="Other")
    ticket = desk.world.ticket()
    handling.move_to_team(ticket=ticket, team=mine, by=desk.world.lead, reason="x", now=desk.now)
    bill = desk.as_(factories.agent("bill@upheld.test", name="Bill", team=mine))
    answer = desk.post(ticket, "team", {"team": other.public_id, "reason": "Theirs"}, bill)
    assert answer.headers["Location"] == "/desk/"
    assert desk.page(ticket, bill).status_code == 404


def test_an_exclusion_is_decided_with_its_cause_and_reason(desk):
    ticket = desk.world.ticket()
    page = show(desk, ticket, "exclusion")
    assert "8.1 (A)(iii): any factor outside of Celigo's reasonable control" in words(page)
    assert "All promises of the ticket" in words(page)
    wanted = {"cause": "beyond_control", "excluded": "yes", "metric": "", "reason": "A cable was cut"}
    assert desk.post(ticket, "exclusion", {**wanted, "reason": ""}).status_code == 422
    assert desk.post(ticket, "exclusion", wanted).status_code == 302
    assert kinds(ticket).count("exclusion_decided") == 1
    assert "Jo Osei · taken out of the promise: beyond control: “A cable was cut”" in words(desk.page(ticket))


def test_the_merge_shows_what_ends_and_what_goes_on_before_it_is_done(desk):
    first = desk.world.ticket()
    second = desk.world.ticket(now=desk.now + MINUTE, subject="The same again")
    desk.now += 10 * MINUTE
    chosen = show(desk, second, "merge", other=str(first.number))
    shown = words(chosen)
    assert f"Ends here #{second.number} The same again" in shown
    assert f"Goes on #{first.number} Orders stopped exporting" in shown
    assert "What it does to the promises, if you do it now: First response ended" in shown
    version = field(chosen, "version")
    answer = desk.post(second, "merge", {"other": str(first.number), "reason": "One matter", "version": version})
    assert answer.status_code == 302
    assert (desk.fresh(second).status, desk.fresh(first).status) == ("merged", "waiting_on_support")
    assert f"merged; it goes on in #{first.number}" in words(desk.page(second))
    assert f"linked to #{second.number}" in words(desk.page(first))


def test_the_wrong_way_round_is_refused_with_the_right_one_beside_it(desk):
    first, second = desk.world.ticket(), desk.world.ticket(now=desk.now + MINUTE)
    answer = show(desk, first, "merge", other=f"#{second.number}")
    assert f"Merge #{second.number} into #{first.number} instead" in words(answer)
    assert f"/desk/tickets/{second.public_id}/merge/?other={first.number}" in answer.content.decode()


def test_a_stale_page_merges_nothing(desk):
    first, second = desk.world.ticket(), desk.world.ticket(now=desk.now + MINUTE)
    version = field(show(desk, second, "merge", other=str(first.number)), "version")
    conversation.reply(ticket=second, by=desk.world.lead, text="I am on it", now=desk.now + 2 * MINUTE)
    answer = desk.post(second, "merge", {"other": str(first.number), "reason": "One", "version": version})
    assert answer.status_code == 422
    assert "Somebody has changed the ticket meanwhile" in words(answer)
    assert desk.fresh(second).status == "waiting_on_support"


def test_another_customers_ticket_is_named_as_none_that_may_be_seen(desk):
    ticket = desk.world.ticket()
    shown = words(show(desk, ticket, "merge", other="999999"))
    assert "There is no ticket 999999 that you may see" in shown


def test_a_message_becomes_a_ticket_with_its_first_line_as_the_subject(desk):
    ticket = desk.world.ticket()
    desk.now += HOUR
    conversation.customer_message(
        ticket=ticket, by=desk.world.contact, text="Labels are turned\nsince today", now=desk.now
    )
    message = Message.objects.filter(ticket=ticket).latest("seq")
    assert f"/split/?message={message.public_id}" in desk.page(ticket).content.decode()
    page = show(desk, ticket, "split", message=message.public_id)
    assert field(page, "subject") == "Labels are turned"
    desk.now += HOUR
    data = {"message": message.public_id, "subject": "Labels", "urgency": "", "reason": "A second matter"}
    assert desk.post(ticket, "split", data).status_code == 302
    made = Ticket.objects.latest("pk")
    assert (made.subject, made.opened_at) == ("Labels", desk.now - HOUR)
    assert f"a message became #{made.number} Labels" in words(desk.page(ticket))


def test_what_was_logged_wrongly_is_taken_back_by_a_lead_alone(desk):
    ticket = desk.world.ticket()
    conversation.log_call(ticket=ticket, by=desk.world.agent, inbound=True, now=desk.now)
    seq = EventRow.objects.filter(ticket=ticket).latest("seq").seq
    assert "correct/?seq" not in desk.page(ticket).content.decode()
    assert show(desk, ticket, "correct", seq=seq).status_code == 403
    lead = desk.as_(desk.world.lead)
    assert f"correct/?seq={seq}" in desk.page(ticket, lead).content.decode()
    assert "call from the customer, Jo Osei" in words(show(desk, ticket, "correct", lead, seq=seq))
    assert desk.post(ticket, "correct", {"seq": seq, "reason": "Wrong ticket"}, lead).status_code == 302
    assert "Priya Nair · taken back: call from the customer: “Wrong ticket”" in words(desk.page(ticket))
    assert show(desk, ticket, "correct", lead, seq=seq).status_code == 404


def test_a_way_around_and_a_plan_are_recorded_with_internal_words(desk):
    ticket = desk.world.ticket()
    assert desk.post(ticket, "workaround", {"text": "Export by hand"}).status_code == 302
    promised = {"text": "Patch on Monday", "promised_for": "2026-04-20T12:00"}
    assert desk.post(ticket, "remediation", promised).status_code == 302
    shown = words(desk.page(ticket))
    assert "Jo Osei · the customer has a way around" in shown
    assert "Export by hand" in shown
    assert "plan to mend it, agreed for Monday 20 April 2026, 12:00:00" in shown
    refused = desk.post(ticket, "remediation", {"text": "Kept words", "promised_for": "yesterday"})
    assert refused.status_code == 422
    assert "This is no moment" in words(refused)
    assert "Kept words" in refused.content.decode()
