"""
Saved answers and signatures: filled by looking names up, nothing else; kept only where every placeholder is known.
"""

import re

import pytest

from tests import factories
from tests.cases import of_row
from tests.source_tree import ROOT
from tests.web.desk.pages import words
from upheld.apps.parties import placeholders
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import Draft, Message, SavedAnswer
from upheld.apps.tickets.services import saved_answers
from upheld.web.desk.saved_answers import BECOMES

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
REFUSED = [
    "{{ ticket.secret }}", "{% load %}", "{% load os %}", "{# note #}", "{{", "{%", "{ticket.__class__}",
    "{ticket.number.__class__}", "{ticket.number!r}", "{ticket.number:>9}", "{ticket[number]}", "{agent.password}",
    "{ ticket.number }", "{Ticket.Number}", "{secret}", "{ticket.}", "{self.__init__.__globals__}", "{ticket}",
]  # fmt: skip
PLAIN = ['{"a": 1}', "if (x) { return 1 }", "{}", "{0}", "{1.5}", "}}", "100 %", "a { b", "{\n}", "$ {"]


@pytest.fixture
def lead(desk):
    return desk.as_(desk.world.lead)


def save(desk, client=None, **fields):
    given = {"title": "Greeting", "text": "Hello {requester.name}", "for": "self", **fields}
    return (client or desk.client).post("/desk/answers/save/", given)


def kept():
    return list(SavedAnswer.objects.order_by("pk").values_list("title", "text", "audience"))


@of_row("BI-WF-018")
@pytest.mark.parametrize("text", REFUSED)
def test_an_unknown_placeholder_is_refused_with_those_that_there_are(desk, text):
    answer = save(desk, text=f"Look: {text} end")
    assert answer.status_code == 422
    said = words(answer)
    assert "There is no placeholder {" in said
    assert "There are: {ticket.number}, {ticket.subject}, {requester.name}, {customer.name}, {agent.name}," in said
    assert answer.context["typed"]["text"] == f"Look: {text} end"  # nothing typed is lost
    assert kept() == []


@of_row("BI-WF-018")
@pytest.mark.parametrize("text", REFUSED)
def test_a_signature_has_only_its_own_placeholder(desk, text):
    answer = desk.client.post("/desk/answers/signature/", {"signature": f"Jo {text}"})
    assert answer.status_code == 422
    assert "There are: {agent.name}." in words(answer)
    desk.world.agent.refresh_from_db()
    assert desk.world.agent.signature == ""
    refused = desk.client.post("/desk/answers/signature/", {"signature": "{ticket.number}"})
    assert refused.status_code == 422


@of_row("BI-WF-018")
@pytest.mark.parametrize("text", PLAIN)
def test_braces_around_anything_else_are_plain_text(desk, text):
    assert save(desk, text=text).status_code == 302
    assert placeholders.fill(SavedAnswer.objects.get().text, {}) == text


def answers(desk, ticket, client=None):
    page = (client or desk.client).get(f"/desk/tickets/{ticket.public_id}/answers/")
    return {each.answer.title: each.text for each in page.context["answers"]}


def test_an_answer_is_filled_with_the_tickets_facts_in_the_requesters_zone(desk):
    ticket = desk.world.ticket(severity="urgent")
    text = (
        "{ticket.number} {ticket.subject}|{requester.name}, {customer.name}|{agent.name}|{contract.tier}|"
        "{clock.metric} by {clock.due}"
    )
    save(desk, text=text)
    found = answers(desk, ticket)["Greeting"].split("|")
    assert found[:4] == [
        f"#{ticket.number} Orders stopped exporting",
        "Dana Whitfield, Northwind Traders",
        "Jo Osei",
        "Preferred",
    ]
    assert found[4].startswith("First response by ")
    assert found[4].endswith("(Sydney)")


def test_what_a_ticket_does_not_have_is_left_to_the_agent_to_fill_in(desk):
    ticket = desk.world.ticket()
    type(ticket).objects.filter(pk=ticket.pk).update(next_due_at=None, next_metric="")
    save(desk, text="By {clock.due}, {clock.metric}")
    assert answers(desk, ticket)["Greeting"] == "By …, …"


@of_row("BI-WF-018")
def test_what_a_fact_holds_is_never_filled_nor_run_nor_shown_as_html(desk):
    contact = desk.world.contact
    contact.name = "{agent.name} {{ settings.SECRET_KEY }} <script>alert(1)</script>\n{clock.due}"
    contact.save()
    ticket = desk.world.ticket()
    save(desk, text="Hello {requester.name}")
    filled = "Hello {agent.name} {{ settings.SECRET_KEY }} <script>alert(1)</script> {clock.due}"
    assert answers(desk, ticket)["Greeting"] == filled
    page = desk.client.get(f"/desk/tickets/{ticket.public_id}/answers/").content
    assert b"<script>alert(1)" not in page


def test_choosing_one_puts_it_below_what_was_typed(desk):
    ticket = desk.world.ticket()
    save(desk)
    made, place = SavedAnswer.objects.get(), f"/desk/tickets/{ticket.public_id}/answers/"
    kept_first = desk.client.post(place, {"text": "First line.", "as": "reply"})
    assert kept_first.headers["Location"] == place
    answer = desk.client.post(place, {"answer": made.public_id})
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.public_id}/#reply"
    assert Draft.objects.get(person=desk.world.agent).fields == {"text": "First line.\n\nHello Dana Whitfield"}
    assert "First line. Hello Dana Whitfield" in words(desk.page(ticket))


def test_who_can_use_an_answer_and_who_changes_it(desk, lead):
    mine, other = parties.add_team(name="Mine"), parties.add_team(name="Other")
    bill = desk.as_(factories.agent("bill@upheld.test", name="Bill", team=mine))
    ticket = desk.world.ticket()
    type(ticket).objects.filter(pk=ticket.pk).update(team=mine)
    for title, whose in (("Own", "self"), ("All", "all"), ("Team", mine.public_id), ("Theirs", other.public_id)):
        assert save(desk, lead, title=title, **{"for": whose}).status_code == 302
    assert set(answers(desk, ticket, bill)) == {"All", "Team"}
    assert set(answers(desk, ticket, lead)) == {"Own", "All", "Team", "Theirs"}
    shared, own = SavedAnswer.objects.get(title="All"), SavedAnswer.objects.get(title="Own")
    before = kept()
    change = {"title": "Mine now", "text": "x", "for": "self"}
    assert bill.post(f"/desk/answers/{shared.public_id}/change/", change).status_code == 422
    assert bill.post(f"/desk/answers/{shared.public_id}/delete/").status_code == 422
    for ref in (own.public_id, "z" * 16):
        assert bill.post(f"/desk/answers/{ref}/change/", change).status_code == 404
        assert bill.post(f"/desk/answers/{ref}/delete/").status_code == 404
        assert bill.post(f"/desk/tickets/{ticket.public_id}/answers/", {"answer": ref}).status_code == 404
    assert save(desk, bill, title="For all", **{"for": "all"}).status_code == 403
    assert kept() == before
    assert lead.post(f"/desk/answers/{own.public_id}/change/", {**change, "for": "all"}).status_code == 302
    assert lead.post(f"/desk/answers/{shared.public_id}/delete/").status_code == 302
    assert ("Mine now", "x", "all") in kept()
    assert not SavedAnswer.objects.filter(title="All").exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "needs a title"),
        ({"text": " \r\n"}, "needs a text"),
        ({"text": "x" * 10_001}, "has up to 10000 characters; this one has 10001"),
        ({"for": "z" * 16}, "team"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_keeps_nothing(desk, lead, fields, said):
    answer = save(desk, lead, **fields)
    assert answer.status_code == 422
    assert said in words(answer)
    assert kept() == []


def test_a_title_is_there_once_and_there_is_a_most(desk, monkeypatch):
    save(desk)
    assert "You have an answer Greeting already" in words(save(desk, title="  Greeting "))
    monkeypatch.setattr(saved_answers, "MOST_ANSWERS", 1)
    assert "You have 1 answers" in words(save(desk, title="Another"))
    assert len(kept()) == 1


def test_a_signature_stands_below_replies_and_never_below_notes(desk):
    ticket = desk.world.ticket()
    desk.client.post("/desk/answers/signature/", {"signature": "{agent.name}\r\nSupport"})
    page = desk.page(ticket)
    assert "Below it stands your signature: Jo Osei Support" in words(page)
    desk.post(ticket, "say", {"as": "reply", "text": "On it.\n"})
    desk.post(ticket, "say", {"as": "note", "text": "Among us."})
    texts = list(
        Message.objects.filter(ticket=ticket, by_customer=False).order_by("seq").values_list("payload__text", flat=True)
    )
    assert texts == ["On it.\n\nJo Osei\nSupport", "Among us."]
    assert desk.post(ticket, "say", {"as": "reply", "text": "  "}).status_code == 422  # a signature is no reply


def test_a_signed_reply_that_is_posted_twice_is_sent_once(desk):
    ticket = desk.world.ticket()
    desk.client.post("/desk/answers/signature/", {"signature": "Jo"})
    from tests.web.desk.pages import field  # noqa: PLC0415

    form = {"as": "reply", "text": "On it.", "seq": field(desk.page(ticket), "seq")}
    assert desk.post(ticket, "say", form).status_code == desk.post(ticket, "say", form).status_code == 302
    assert Message.objects.filter(ticket=ticket, by_customer=False).count() == 1


def test_a_signature_that_is_too_long_is_refused_and_an_empty_one_takes_it_away(desk):
    desk.client.post("/desk/answers/signature/", {"signature": "Jo"})
    answer = desk.client.post("/desk/answers/signature/", {"signature": "x" * 1001})
    assert "up to 1000 characters; this one has 1001" in words(answer)
    desk.world.agent.refresh_from_db()
    assert desk.world.agent.signature == "Jo"
    desk.client.post("/desk/answers/signature/", {"signature": " "})
    desk.world.agent.refresh_from_db()
    assert desk.world.agent.signature == ""


def test_the_list_of_placeholders_is_one_and_is_documented():
    text = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    assert tuple(BECOMES) == placeholders.KNOWN
    assert [name for name in placeholders.KNOWN if f"{{{name}}}" not in text] == []
    assert set(re.findall(r"`\{([a-z]+\.[a-z_]+)\}`", text)) == set(placeholders.KNOWN)
