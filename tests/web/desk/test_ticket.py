"""
A ticket's page: what it says before an act is what the act then does, and nothing that was typed is lost.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases import of_row
from tests.factories import DAY, HOUR, MINUTE
from tests.web.desk.pages import field, words
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Draft, EventRow, Message
from upheld.apps.tickets.services import conversation, handling
from upheld.web.desk import presence

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
PAGE_QUERIES = 13


def events(ticket):
    return list(EventRow.objects.filter(ticket=ticket).values_list("kind", flat=True))


def test_the_page_says_who_opened_it_when_and_what_they_said(desk):
    ticket = desk.world.ticket()
    desk.now += 10 * MINUTE
    shown = words(desk.page(ticket))
    assert "Northwind Traders · by Dana Whitfield · opened 09:00, 10 m ago · portal" in shown
    assert "Urgent customer said Urgent · severity to assign" in shown
    assert (
        "First response 1 h 50 m left 2 h, “Sunday 16:00 to Friday 17:00 Pacific, without a break” due 11:00" in shown
    )


@of_row("FA-MA-006")
def test_the_page_says_that_mail_to_the_customer_comes_back(desk):
    ticket = desk.world.ticket()
    said = "gets no mail at"
    assert said not in words(desk.page(ticket))
    parties.mail_refused(person=desk.world.contact, because="550 no <such> user", now=desk.now)
    shown = words(desk.page(ticket))
    assert (
        f"Dana Whitfield gets no mail at {desk.world.contact.email}: the mail server says “550 no <such> user”" in shown
    )
    parties.mail_taken(person=Person.objects.get(pk=desk.world.contact.pk))
    assert said not in words(desk.page(ticket))


@pytest.mark.requirement_part("B-3")
def test_each_due_time_explains_itself(desk):
    shown = words(desk.page(desk.world.ticket()))
    assert "First response started Fri 17 Apr 2026 09:00 PDT, when the ticket was opened." in shown
    assert "Due Fri 17 Apr 2026 11:00 PDT." in shown
    assert "<svg" in desk.page(desk.world.ticket()).content.decode()


def test_the_reply_says_which_promise_it_keeps_and_what_begins(desk):
    ticket = desk.world.ticket()
    desk.now += 13 * MINUTE
    shown = words(desk.page(ticket))
    assert (
        "This reply keeps First response with 1 h 47 m to spare, and starts Follow up (1 support day, due Mon 08:13)"
        in shown
    )
    desk.post(ticket, "say", {"as": "reply", "text": "On it", "seq": "99"})
    after = words(desk.page(ticket))
    assert "Follow up 1 d left" in after or "Follow up 24 h left" in after
    assert "First response Kept" in after


def test_a_late_reply_says_how_late(desk):
    ticket = desk.world.ticket()
    desk.now += 3 * HOUR + 12 * MINUTE
    assert "This reply ends First response, 1 h 12 m late" in words(desk.page(ticket))


@pytest.mark.parametrize(
    ("then", "status"),
    [("", "waiting_on_support"), ("waiting_on_customer", "waiting_on_customer"), ("resolved", "resolved")],
)
def test_three_ways_to_send(desk, then, status):
    ticket = desk.world.ticket()
    answer = desk.post(ticket, "say", {"as": "reply", "text": "On it", "then": then})
    assert answer.status_code == 302
    assert desk.fresh(ticket).status == status


def test_a_note_keeps_no_promise_and_is_internal(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "say", {"as": "note", "text": "Certificate expired"})
    assert desk.fresh(ticket).next_metric == "first_response"
    assert not Message.objects.get(ticket=ticket, by_customer=False).is_public
    assert "internal note" in words(desk.page(ticket))


@pytest.mark.parametrize(("text", "told"), [("", "The message has no text"), ("  \n", "The message has no text")])
def test_an_empty_reply_is_refused_and_changes_nothing(desk, text, told):
    ticket = desk.world.ticket()
    before = events(ticket)
    answer = desk.post(ticket, "say", {"as": "reply", "text": text})
    assert answer.status_code == 422
    assert told in words(answer)
    assert events(ticket) == before


@of_row("BI-WF-002")
def test_too_long_a_text_is_refused_with_the_limit_and_kept(desk):
    ticket = desk.world.ticket()
    text = "long " * 30_000
    answer = desk.post(ticket, "say", {"as": "reply", "text": text})
    assert answer.status_code == 422
    assert "100000" in words(answer)
    assert text in answer.content.decode()


@of_row("BI-WF-003")
def test_the_same_form_posted_twice_is_one_reply(desk):
    ticket = desk.world.ticket()
    seq = field(desk.page(ticket), "seq")
    for _ in range(2):
        answer = desk.post(ticket, "say", {"as": "reply", "text": "On it", "seq": seq})
        assert answer.status_code == 302
    assert Message.objects.filter(ticket=ticket, by_customer=False).count() == 1


@of_row("BI-WF-006")
def test_a_reply_meanwhile_shows_both_texts_and_sending_again_is_one_click(desk):
    ticket = desk.world.ticket()
    seq = field(desk.page(ticket), "seq")
    conversation.reply(ticket=ticket, by=desk.world.lead, text="Priya was quicker", now=desk.now)
    answer = desk.post(ticket, "say", {"as": "reply", "text": "Jo wrote this", "seq": seq})
    assert answer.status_code == 409
    shown = words(answer)
    assert "Somebody wrote while you did." in shown
    assert "Priya was quicker" in shown
    assert "Jo wrote this" in shown
    assert "Send again" in shown
    assert Message.objects.filter(ticket=ticket, by_customer=False).count() == 1
    again = desk.post(ticket, "say", {"as": "reply", "text": "Jo wrote this", "seq": field(answer, "seq")})
    assert again.status_code == 302
    assert Message.objects.filter(ticket=ticket, by_customer=False).count() == 2


def test_what_is_not_a_message_does_not_stop_a_reply(desk):
    ticket = desk.world.ticket()
    seq = field(desk.page(ticket), "seq")
    handling.assign(ticket=ticket, to=desk.world.lead, by=desk.world.lead, now=desk.now)
    assert desk.post(ticket, "say", {"as": "reply", "text": "On it", "seq": seq}).status_code == 302


def test_a_draft_is_kept_shown_again_and_forgotten_when_sent(desk):
    ticket = desk.world.ticket()
    assert desk.post(ticket, "draft", {"text": "Half a sent"}).status_code == 204
    shown = words(desk.page(ticket))
    assert "Half a sent" in shown
    assert "Draft kept 09:00" in shown
    assert "Half a sent" not in words(desk.page(ticket, desk.as_(desk.world.lead)))
    desk.post(ticket, "say", {"as": "reply", "text": "Half a sentence"})
    assert not Draft.objects.exists()


def test_what_was_begun_as_a_note_comes_back_as_a_note(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "draft", {"text": "Only for us", "as": "note"})
    shown = desk.page(ticket).content.decode()
    assert 'id="as-note" data-draft-field checked' in shown
    assert 'id="as-reply" data-draft-field checked' not in shown
    desk.post(ticket, "draft", {"text": "For them", "as": "reply"})
    assert 'id="as-reply" data-draft-field checked' in desk.page(ticket).content.decode()


def test_an_emptied_draft_is_gone(desk):
    ticket = desk.world.ticket()
    for text in ("Half", " "):
        desk.post(ticket, "draft", {"text": text})
    assert not Draft.objects.exists()


# ---- severity


@pytest.mark.requirement_part("CEL-5")
def test_the_preview_of_a_severity_is_what_assigning_it_gives(desk):
    ticket = desk.world.ticket(urgency="low")
    desk.now += 10 * MINUTE
    shown = words(desk.page(ticket))
    assert "Urgent First response due 11:10 instead of Tue 08:00" in shown
    before = events(ticket)
    assert before == events(ticket)
    answer = desk.post(ticket, "severity", {"severity": "urgent", "reason": "System is down"})
    assert answer.status_code == 302
    after = words(desk.page(ticket))
    assert "First response 2 h left" in after
    assert (
        "09:10 Jo Osei · severity Urgent: “System is down” · First response due 11:10 instead of Tue 08:00 why" in after
    )
    assert "customer said Low · assigned by Jo Osei 09:10: “System is down”" in after


@pytest.mark.requirement_part("CEL-5")
def test_a_change_of_severity_needs_a_reason_and_keeps_the_choice(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "severity", {"confirm": "1"})
    before = events(ticket)
    answer = desk.post(ticket, "severity", {"severity": "high", "reason": " "})
    assert answer.status_code == 422
    assert 'value="high" checked' in answer.content.decode()
    assert "a reason is needed" in words(answer)
    assert events(ticket) == before


@pytest.mark.requirement_part("CEL-5")
def test_confirming_names_who_did(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "severity", {"confirm": "1"})
    assert "Urgent customer said Urgent · confirmed by Jo Osei 09:00" in words(desk.page(ticket))


@pytest.mark.parametrize("severity", ["99", "", "gone", "\x00"])
@of_row("BI-WF-005", "BI-WF-008")
def test_a_severity_that_is_not_there_is_refused(desk, severity):
    ticket = desk.world.ticket()
    before = events(ticket)
    answer = desk.post(ticket, "severity", {"severity": severity, "reason": "because"})
    assert answer.status_code == 422
    assert "The plan has no severity" in words(answer)
    assert 'value="because"' in answer.content.decode()
    assert events(ticket) == before


def test_a_severity_on_an_old_version_is_refused(desk):
    ticket = desk.world.ticket()
    version = ticket.version
    handling.assign_severity(ticket=ticket, severity="high", by=desk.world.lead, reason="", now=desk.now)
    answer = desk.post(ticket, "severity", {"severity": "low", "reason": "no", "version": version})
    assert answer.status_code == 422
    assert desk.fresh(ticket).severity == "high"


# ---- telephone, status, coverage, assignment


@pytest.mark.requirement_part("CEL-3")
def test_a_logged_call_moves_the_clock_and_says_why(desk):
    saturday = desk.now + DAY + 6 * HOUR
    desk.now = saturday
    ticket = desk.world.ticket(now=saturday)
    desk.now += 3 * MINUTE
    before = words(desk.page(ticket))
    assert "Outside support hours." in before
    assert "A telephone call from the customer makes the time count at once." in before
    desk.post(ticket, "call", {"direction": "in", "minutes": "4", "text": "Dana: nothing leaves"})
    shown = words(desk.page(ticket))
    assert "15:03 Jo Osei · call from the customer, 4 m · First response due 17:03 instead of Sun 18:00 why" in shown
    assert "Dana: nothing leaves" in shown
    assert "Outside standard hours. The customer has telephoned, so the time counts in “At all times”." in shown


def test_an_agent_may_not_back_date_a_lead_may_with_a_reason(desk):
    ticket = desk.world.ticket()
    desk.now += HOUR
    early = {"direction": "in", "at": "2026-04-17 09:10"}
    assert desk.post(ticket, "call", early).status_code == 403
    lead = desk.as_(desk.world.lead)
    assert "earlier" in words(desk.post(ticket, "call", early, lead))
    assert desk.post(ticket, "call", {**early, "reason": "Logged after the call"}, lead).status_code == 302
    assert "09:10 Priya Nair · call from the customer: “Logged after the call”" in words(desk.page(ticket))
    assert "logged 10:00" in words(desk.page(ticket))


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "tomorrow", "2026-02-30 10:00", "9999999"])
@of_row("BI-WF-009")
def test_a_moment_that_is_none_is_refused_with_an_example(desk, text):
    ticket = desk.world.ticket()
    before = events(ticket)
    answer = desk.post(ticket, "call", {"direction": "in", "at": text}, desk.as_(desk.world.lead))
    assert answer.status_code == 422
    assert "2026-04-17 16:30" in words(answer)
    assert events(ticket) == before


@pytest.mark.parametrize("at", ["2026-04-17 23:00", "2020-01-01 10:00"], ids=["to come", "before the opening"])
def test_a_call_at_an_impossible_moment_is_refused(desk, at):
    ticket = desk.world.ticket()
    before = events(ticket)
    data = {"direction": "in", "at": at, "reason": "x"}
    assert desk.post(ticket, "call", data, desk.as_(desk.world.lead)).status_code == 422
    assert events(ticket) == before


def test_resolve_close_and_reopen_with_a_reason(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "status", {"status": "resolved"})
    desk.post(ticket, "status", {"status": "closed"})
    assert "This ticket is closed. Reopen it to write." in words(desk.page(ticket))
    assert desk.post(ticket, "status", {"status": "reopened"}).status_code == 422
    assert desk.post(ticket, "status", {"status": "reopened", "reason": "It is back"}).status_code == 302
    assert "Jo Osei · reopened: “It is back”" in words(desk.page(ticket))


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("status", {"status": "no-such"}),
        ("status", {"status": "waiting_on_support"}),
        ("coverage", {"coverage": "no-such", "reason": "x"}),
        ("coverage", {"coverage": "not_covered"}),
        ("assign", {"to": "nobody-we-know"}),
        ("release", {"contract": "x" * 16}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(desk, action, data):
    ticket = desk.world.ticket()
    before = events(ticket)
    assert desk.post(ticket, action, data).status_code == 422
    assert events(ticket) == before


def test_assigning_coverage_and_intake(desk):
    ticket = desk.world.ticket()
    desk.post(ticket, "assign", {"to": desk.world.lead.public_id})
    assert desk.fresh(ticket).assignee == desk.world.lead
    desk.post(ticket, "assign", {"to": ""})
    assert desk.fresh(ticket).assignee is None
    desk.post(ticket, "coverage", {"coverage": "covered"})
    assert desk.fresh(ticket).coverage == "covered"
    assert "The plan also asks for:" in words(desk.page(ticket))
    desk.post(ticket, "intake", {})
    assert "The plan also asks for:" not in words(desk.page(ticket))


# ---- the page as a whole


def test_the_page_takes_a_fixed_number_of_queries(desk):
    ticket = desk.world.ticket()
    for turn in range(3):
        conversation.reply(ticket=ticket, by=desk.world.agent, text=f"{turn}", now=desk.now + turn)
        conversation.customer_message(ticket=ticket, by=desk.world.contact, text=f"{turn}", now=desk.now + turn)
    desk.page(ticket)
    with CaptureQueriesContext(connection) as queries:
        desk.page(ticket)
    assert len(queries) == PAGE_QUERIES


def test_two_agents_see_each_other_and_nothing_is_written(desk):
    presence.shelf().clear()
    ticket = desk.world.ticket()
    lead = desk.as_(desk.world.lead)
    address = f"/desk/tickets/{ticket.public_id}/pulse/?version={ticket.version}"
    lead.get(f"{address}&writing=1")
    with CaptureQueriesContext(connection) as queries:
        shown = words(desk.client.get(address))
    assert "Priya Nair is writing here" in shown
    assert "Something happened" not in shown
    assert all(query["sql"].lstrip("( ").upper().startswith("SELECT") for query in queries)
    desk.now += 50
    assert "Priya Nair" not in words(desk.client.get(address))


def test_an_open_page_learns_that_something_happened(desk):
    presence.shelf().clear()
    ticket = desk.world.ticket()
    address = f"/desk/tickets/{ticket.public_id}/pulse/?version={ticket.version}"
    first = desk.client.get(address)
    again = desk.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    conversation.customer_message(ticket=ticket, by=desk.world.contact, text="More", now=desk.now)
    after = desk.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert "Something happened on this ticket since you opened it." in words(after)


@of_row("BI-WF-014")
def test_invalid_text_is_no_error_of_ours(desk):
    ticket = desk.world.ticket()
    body = "as=reply&text=%ED%A0%80%FF%00ok"
    address = f"/desk/tickets/{ticket.public_id}/say/"
    answer = desk.client.post(address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert Message.objects.get(ticket=ticket, by_customer=False).payload.text.endswith("ok")


@pytest.mark.parametrize(
    "fields", [{f"f{each}": "x" for each in range(1001)}, {"ticket": ["x"] * 10_001}], ids=range(2)
)
@of_row("BI-WF-015")
def test_too_many_fields_are_refused(desk, fields):
    ticket = desk.world.ticket()
    before = events(ticket)
    for path in (f"/desk/tickets/{ticket.public_id}/say/", "/desk/several/"):
        assert desk.client.post(path, {"as": "reply", "text": "x", **fields}).status_code == 400
    assert events(ticket) == before
