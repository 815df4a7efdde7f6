"""
The list and a ticket's page: promises in the reader's zone, a conversation without anything internal.
"""

import io

import pytest
from django.urls import reverse

from tests import factories
from tests.cases import of_row
from upheld.apps.tickets.models import Draft, Message, Ticket
from upheld.apps.tickets.services import conversation, handling

pytestmark = pytest.mark.django_db
HOUR, MINUTE = factories.HOUR, factories.MINUTE
CANARY = "<img src=x onerror=alert(1)><script>alert(1)</script>{{ 7|add:7 }}'\"javascript:alert(1)"


def page_of(client, ticket):
    return client.get(f"/portal/tickets/{ticket.public_id}/").content.decode()


def said(client, ticket):
    """The headline of a ticket's page."""
    return client.get(f"/portal/tickets/{ticket.public_id}/").context["headline"]


def test_the_promise_stands_as_a_sentence_with_its_reason(world, dana, at):
    ticket = world.ticket()
    at(world.now + 30 * MINUTE)
    headline = said(dana, ticket)
    assert headline.title == "You will have our first answer by 04:00 today (Sydney time)"
    assert headline.reason == "Urgent on your Preferred plan: 2 hours in support hours, counted from 02:00."
    assert (headline.ring.left, headline.ring.words) == (75, "1:30")


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("Australia/Sydney", "04:00 today (Sydney"),
        ("Europe/Zurich", "20:00 today (Zurich"),
        ("America/Los_Angeles", "11:00 today (Los Angeles"),
        ("Asia/Kathmandu", "23:45 today (Kathmandu"),
        ("UTC", "18:00 today (UTC"),
    ],
)
def test_the_same_instant_is_told_in_each_readers_zone(world, browse, zone, time):
    ticket = world.ticket()
    world.contact.zone = zone
    world.contact.save()
    assert f"our first answer by {time} time)" in said(browse(world.contact), ticket).title


def test_a_broken_promise_is_told_without_excuses(world, dana, at):
    ticket = world.ticket()
    at(world.now + 2 * HOUR + 5 * MINUTE)
    headline = said(dana, ticket)
    assert headline.tone == "bad"
    assert headline.title == "We are late: you should have had our first answer by 04:00"
    assert "5 m ago" in headline.reason
    assert "Our first answer is late" in dana.get("/portal/").content.decode()


def test_what_waits_for_the_customer_says_so(world, dana, at):
    ticket = conversation.reply(
        ticket=world.ticket(),
        by=world.agent,
        text="Which flow?",
        now=world.now + HOUR,
        then_status="waiting_on_customer",
    )
    at(world.now + 2 * HOUR)
    assert said(dana, ticket).title == "We are waiting for your answer"
    page = page_of(dana, ticket)
    assert "Which flow?" in page
    assert "Jo Osei" in page
    assert "Kept" in page


@pytest.mark.requirement_part("CEL-5")
def test_a_step_of_severity_is_shown_and_nothing_that_is_internal(world, dana):
    ticket = handling.assign_severity(
        ticket=world.ticket(), severity="high", by=world.agent, reason="They always say urgent", now=world.now + MINUTE
    )
    ticket = conversation.note(ticket=ticket, by=world.agent, text="Note for us only", now=world.now + 2 * MINUTE)
    conversation.log_call(
        ticket=ticket, by=world.agent, inbound=True, seconds=240, text="gossip", now=world.now + 3 * MINUTE
    )
    page = page_of(dana, ticket)
    assert "Support rated this as High" in page
    assert "Your call with Jo Osei, 4 m" in page
    for hidden in ("They always say urgent", "Note for us only", "gossip", "agent@upheld.test"):
        assert hidden not in page


def test_nobody_elses_address_is_shown_even_where_there_is_no_name(world, dana):
    nameless = factories.agent("nameless@upheld.test", name="")
    silent = factories.member(world.customer, "silent@northwind.test", name="")
    ticket = factories.ticket(silent, world.customer)
    conversation.reply(ticket=ticket, by=nameless, text="Done", now=world.now + HOUR)
    for page in (page_of(dana, ticket), dana.get("/portal/").content.decode()):
        assert "nameless@" not in page
        assert "silent@" not in page
        assert "A colleague" in page


@pytest.mark.requirement_part("CEL-9")
def test_a_decision_on_coverage_is_shown_with_its_reason(world, dana):
    ticket = handling.decide_coverage(
        ticket=world.ticket(), coverage="not_covered", by=world.agent, reason="Custom code is yours", now=world.now
    )
    assert "Your plan does not cover this: Custom code is yours" in page_of(dana, ticket)


def test_a_message_is_sent_once_however_often_it_is_clicked(world, dana):
    ticket = world.ticket()
    address = reverse("portal:write", args=[ticket.public_id])
    answers = [dana.post(address, {"text": "Still down", "seen": "1"}) for _click in range(2)]
    assert {each.status_code for each in answers} == {302}
    assert Message.objects.filter(ticket=ticket).count() == 2
    dana.post(address, {"text": "Still down", "seen": "2"})
    assert Message.objects.filter(ticket=ticket).count() == 3


def test_a_second_message_does_not_push_the_promise_back(world, dana, at):
    ticket = world.ticket()
    due = ticket.next_due_at
    at(world.now + HOUR)
    dana.post(reverse("portal:write", args=[ticket.public_id]), {"text": "Still down", "seen": "1"})
    ticket.refresh_from_db()
    assert ticket.next_due_at == due


@pytest.mark.parametrize(
    ("text", "told"), [("   ", "no text"), ("x" * 100_001, "100000 are the most")], ids=["empty", "BI-WF-002"]
)
def test_a_refused_message_comes_back_with_everything_that_was_typed(world, dana, text, told):
    ticket = world.ticket()
    answer = dana.post(reverse("portal:write", args=[ticket.public_id]), {"text": text, "seen": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert answer.context["text"] == text
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_it_works_again_and_writing_opens_it_again(world, dana, at):
    ticket = world.ticket()
    at(world.now + HOUR)
    dana.post(reverse("portal:solved", args=[ticket.public_id]))
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert said(dana, ticket).title == "Solved 03:00"
    assert "You: it works again" in page_of(dana, ticket)
    again = dana.post(reverse("portal:solved", args=[ticket.public_id]), follow=True)
    assert "resolved already" in again.content.decode()
    at(world.now + 2 * HOUR)
    dana.post(reverse("portal:write", args=[ticket.public_id]), {"text": "It is back", "seen": "1"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.is_open) == ("waiting_on_support", True)
    assert "You: open again" in page_of(dana, ticket)


def test_drafts_are_kept_for_the_ticket(world, dana):
    ticket = world.ticket()
    address = reverse("portal:ticket_draft", args=[ticket.public_id])
    dana.post(address, {"text": "Half a sentence"})
    assert ">Half a sentence</textarea>" in page_of(dana, ticket)
    dana.post(address, {"text": " "})
    assert not Draft.objects.exists()


def test_a_poll_is_answered_by_304_and_writes_nothing(world, dana, django_assert_num_queries):
    ticket = world.ticket()
    page = dana.get(f"/portal/tickets/{ticket.public_id}/")
    for name, tag in (("live_promise", "promise_tag"), ("live_conversation", "talk_tag")):
        address = reverse(f"portal:{name}", args=[ticket.public_id])
        with django_assert_num_queries(5) as captured:
            answer = dana.get(address, headers={"If-None-Match": page.context[tag], "X-Upheld-Poll": "1"})
        assert answer.status_code == 304
        assert not [each for each in captured if not each["sql"].startswith("SELECT")]
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=world.now + MINUTE)
    news = dana.get(address, headers={"If-None-Match": page.context["talk_tag"]})
    assert news.status_code == 200
    assert "On it" in news.content.decode()
    assert news.headers["Cache-Control"] == "private, no-cache"


def test_a_poll_of_somebody_logged_out_learns_nothing(world, client):
    ticket = world.ticket()
    answer = client.get(reverse("portal:live_promise", args=[ticket.public_id]), headers={"X-Upheld-Poll": "1"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_pages_have_a_fixed_number_of_queries(world, dana, django_assert_num_queries):
    ticket = world.ticket()
    counts = {"/portal/": 7, f"/portal/tickets/{ticket.public_id}/": 13, "/portal/notices/": 6}
    for _round in range(2):
        for path, count in counts.items():
            dana.get(path)
            with django_assert_num_queries(count):
                dana.get(path)
        for number in range(12):
            last = world.ticket(subject=f"More {number}")
            conversation.reply(ticket=last, by=world.agent, text="Yes", now=world.now + MINUTE)
            conversation.customer_message(ticket=ticket, by=world.contact, text=f"{number}", now=world.now + MINUTE)


@pytest.mark.parametrize(
    "text",
    ["", "x" * 10_000, "%_\\", "\"'((", "\0", "#", "#99999999999999999999", "١٢"],
    ids=lambda text: repr(text[:8]),
)
@of_row("BI-WF-017")
def test_any_search_is_answered(world, dana, text):
    world.ticket(subject='100% of orders_lost (all) "now')
    answer = dana.get("/portal/", {"q": text, "before": text, "state": text, "whose": text})
    assert answer.status_code == 200


def test_search_finds_by_words_and_number_and_takes_signs_as_they_are(world, dana):
    one, other = world.ticket(subject="100% of orders"), world.ticket(subject="Invoices")
    found = {
        text: [row[0].pk for row in dana.get("/portal/", {"q": text}).context["rows"]]
        for text in ("0%", "invo", f"#{one.number}", "_")
    }
    assert found == {"0%": [one.pk], "invo": [other.pk], f"#{one.number}": [one.pk], "_": []}


def test_the_list_pages_by_key_and_shows_each_ticket_once(world, dana):
    made = {world.ticket(subject=f"Matter {number}").pk for number in range(30)}
    first = dana.get("/portal/")
    second = dana.get(f"/portal/{first.context['older']}")
    shown = [row[0].pk for page in (first, second) for row in page.context["rows"]]
    assert len(shown) == 30
    assert set(shown) == made
    assert second.context["older"] == ""


@pytest.mark.parametrize("case", ["AT-XS-002", "AT-XS-006"])
def test_whatever_is_typed_is_shown_as_text(world, dana, case):
    world.customer.name = CANARY
    world.customer.save()
    world.contact.name = CANARY[:200]
    world.contact.save()
    shot = io.BytesIO(b"x")
    shot.name = "<b>\"'.svg"
    ticket = world.ticket(subject=CANARY, text=CANARY)
    dana.post(reverse("portal:write", args=[ticket.public_id]), {"text": CANARY, "seen": "1", "files": [shot]})
    conversation.reply(ticket=ticket, by=world.agent, text=CANARY, now=world.now + MINUTE)
    for path in (
        "/portal/",
        f"/portal/?q={CANARY}",
        f"/portal/tickets/{ticket.public_id}/",
        "/portal/new/",
        "/portal/plan/",
        "/portal/notices/",
    ):
        page = dana.get(path).content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page.lower()
        assert "<b>" not in page


@of_row("AT-XS-003")
def test_files_are_downloads_that_no_browser_runs(world, dana, browse):
    ticket = world.ticket()
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    svg.name = "logo.svg"
    dana.post(reverse("portal:write", args=[ticket.public_id]), {"text": "See", "seen": "1", "files": [svg]})
    address = reverse("portal:file", args=[Ticket.objects.get().attachments.get().public_id])
    answer = dana.get(address)
    assert b"".join(answer.streaming_content).startswith(b"<svg")
    for close in answer._resource_closers:
        close()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logo.svg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    other = factories.customer("Ostrava Optics")
    assert browse(factories.member(other, "iva@ostrava.test", name="Iva")).get(address).status_code == 404


def test_a_file_of_a_note_is_not_the_customers(world, dana):
    ticket = world.ticket()
    dana.post(
        reverse("portal:write", args=[ticket.public_id]), {"text": "See", "seen": "1", "files": [named(b"x", "a.txt")]}
    )
    attachment = ticket.attachments.get()
    attachment.is_public = False
    attachment.save()
    assert dana.get(reverse("portal:file", args=[attachment.public_id])).status_code == 404


def named(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


def test_notices_are_ones_own_and_can_be_read(world, dana):
    from upheld.apps.work import relay  # noqa: PLC0415

    ticket = world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=world.now + MINUTE)
    relay.run_until_idle("test", world.now + 2 * MINUTE)
    page = dana.get("/portal/notices/")
    assert page.context["unread"] == 2
    assert "Jo Osei answered" in page.content.decode()
    dana.post(reverse("portal:read_notices"))
    assert dana.get("/portal/notices/").context["unread"] == 0
