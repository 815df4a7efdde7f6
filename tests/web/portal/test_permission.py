"""
Who may open what: every address declares its right, and what is foreign answers as what is missing.
"""

import pytest
from django.urls import reverse

from tests import factories
from upheld.apps.parties import services as party_services
from upheld.web.portal.urls import urlpatterns

pytestmark = pytest.mark.django_db
NAMED = {"public_id": "nosuchthing", "contract": "nosuchthing"}


def address(pattern, **values):
    known = {**NAMED, **values}
    return reverse(f"portal:{pattern.name}", kwargs={name: known[name] for name in pattern.pattern.converters})


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_every_address_declares_the_right_that_it_needs(pattern):
    assert pattern.callback.permission in {"own.read", "own.create", "own.reply", "contacts.write", "contract.change"}


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_nobody_unknown_gets_in(client, pattern):
    answers = [client.get(address(pattern)), client.post(address(pattern))]
    assert {each.status_code for each in answers} <= {302, 405}
    assert all(each.url.startswith("/accounts/login/") for each in answers if each.status_code == 302)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_staff_without_a_customer_are_refused(world, browse, pattern):
    jo = browse(world.agent)
    assert {jo.get(address(pattern)).status_code, jo.post(address(pattern)).status_code} <= {403, 405}


def test_a_member_who_left_is_refused_on_the_next_request(world, dana):
    assert dana.get("/portal/").status_code == 200
    party_services.end_membership(membership=world.contact.memberships.get(), now=world.now)
    assert dana.get("/portal/").status_code == 403


def foreign_world():
    other = factories.customer("Ostrava Optics")
    stranger = factories.member(other, "iva@ostrava.test", name="Iva Stranger")
    return other, stranger


def test_foreign_tickets_answer_exactly_as_missing_ones(world, dana, browse):
    other, stranger = foreign_world()
    factories.contract(other, world.version)
    theirs = factories.ticket(stranger, other)
    for name in ("ticket", "live_promise", "live_conversation"):
        foreign = dana.get(reverse(f"portal:{name}", args=[theirs.public_id]))
        missing = dana.get(reverse(f"portal:{name}", args=["nosuchticket0000"]))
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert stripped(foreign) == stripped(missing)
    for name in ("write", "solved", "ticket_draft"):
        answer = dana.post(reverse(f"portal:{name}", args=[theirs.public_id]), {"text": "mine now"})
        assert answer.status_code == 404
    theirs.refresh_from_db()
    assert (theirs.messages_count, theirs.status) == (1, "waiting_on_support")


def stripped(answer):
    """The page without the token that differs with every answer, and without its own address."""
    text = answer.content.decode()
    for mark in (answer.wsgi_request.META.get("CSRF_COOKIE", "-"), answer.wsgi_request.path):
        text = text.replace(mark, "")
    return "".join(line for line in text.splitlines() if "csrf" not in line.lower())


def test_a_requester_sees_own_tickets_and_a_viewer_all_but_writes_on_own_only(world, browse):
    li = factories.member(world.customer, "li@northwind.test", name="Li Chen", part="requester")
    vera = factories.member(world.customer, "vera@northwind.test", name="Vera View", part="viewer")
    danas, lis = world.ticket(subject="Danas own"), factories.ticket(li, world.customer, subject="Lis own")
    seen = browse(li).get("/portal/").content.decode()
    assert "Lis own" in seen
    assert "Danas own" not in seen
    assert browse(li).get(f"/portal/tickets/{danas.public_id}/").status_code == 404
    veras = browse(vera)
    page = veras.get(f"/portal/tickets/{lis.public_id}/").content.decode()
    assert "Lis own" in page
    assert 'name="text"' not in page
    assert veras.post(f"/portal/tickets/{lis.public_id}/message/", {"text": "x"}).status_code == 404
    assert browse(world.contact).post(f"/portal/tickets/{lis.public_id}/message/", {"text": "x"}).status_code == 302


def test_a_foreign_contract_cannot_be_chosen_or_managed(world, dana):
    other, _stranger = foreign_world()
    theirs = factories.contract(other, world.version)
    for path in ("/portal/new/", "/portal/new/promise/", "/portal/plan/"):
        assert dana.get(path, {"contract": theirs.public_id}).status_code == 404
    assert dana.post("/portal/new/", {"contract": theirs.public_id, "subject": "x", "key": "k"}).status_code == 404
    for name in ("name_contact", "transfer_contact"):
        assert dana.post(reverse(f"portal:{name}", args=[theirs.public_id]), {"list": "designated"}).status_code == 404


def test_somebody_who_also_works_for_the_vendor_sees_here_what_the_customer_sees(world, browse):
    other, stranger = foreign_world()
    factories.contract(other, world.version)
    theirs = factories.ticket(stranger, other)
    party_services.grant_role(person=world.contact, role="admin", now=world.now)
    dana = browse(world.contact)
    assert dana.get(f"/portal/tickets/{theirs.public_id}/").status_code == 404
    assert theirs.subject not in dana.get("/portal/?q=10").content.decode()
