"""
Accepting an invitation to a customer.
"""

import pytest
from django.urls import reverse

from tests import factories
from upheld.apps.parties import services as party_services
from upheld.apps.parties.models import Person

pytestmark = pytest.mark.django_db
CHOSEN = {"name": "Nia New", "password": "correct horse battery", "zone": "Europe/Rome"}


def invited(world, email="nia@northwind.test", part="viewer"):
    made = party_services.invite(email=email, invited_by=world.lead, customer=world.customer, part=part, now=world.now)
    return reverse("invitation", args=[made.secret])


def test_somebody_new_chooses_name_and_password_and_reads_tickets(world, client, browse):
    address = invited(world)
    page = client.get(address).content.decode()
    assert "nia@northwind.test is invited to Northwind Traders." in page
    assert client.post(address, CHOSEN).url == "/accounts/login/"
    nia = Person.objects.get(email="nia@northwind.test")
    assert (nia.name, nia.zone, nia.check_password(CHOSEN["password"])) == ("Nia New", "Europe/Rome", True)
    ticket = world.ticket()
    assert browse(nia).get(f"/portal/tickets/{ticket.public_id}/").status_code == 200


def test_somebody_known_only_says_yes_and_keeps_their_password(world, client, at):
    other = factories.customer("Ostrava Optics")
    iva = factories.member(other, "iva@ostrava.test", name="Iva Stranger")
    address = invited(world, "iva@ostrava.test")
    assert 'name="password"' not in client.get(address).content.decode()
    client.post(address, {"password": "taken over by this", "name": "Mallory"})
    iva.refresh_from_db()
    assert (iva.name, iva.check_password(factories.PASSWORD)) == ("Iva Stranger", True)
    assert set(iva.memberships.values_list("customer__name", flat=True)) == {"Ostrava Optics", "Northwind Traders"}


@pytest.mark.parametrize("case", ["wrong", "used", "too old"])
def test_an_invitation_that_is_over_says_so_alike_and_changes_nothing(world, client, at, case):
    address = invited(world)
    if case == "wrong":
        address = reverse("invitation", args=["no-such-secret"])
    elif case == "used":
        client.post(address, CHOSEN)
    else:
        at(world.now + party_services.INVITATION_SECONDS)
    people = Person.objects.count()
    for answer in (client.get(address), client.post(address, {**CHOSEN, "name": "Second"})):
        assert "This invitation is over" in answer.content.decode()
    assert Person.objects.count() == people
    assert not Person.objects.filter(name="Second").exists()


@pytest.mark.parametrize("password", ["short", "1234567890", "Nia New"])
def test_a_weak_password_is_refused_and_the_invitation_stays(world, client, at, password):
    address = invited(world)
    assert client.post(address, {**CHOSEN, "password": password}).status_code == 200
    assert not Person.objects.filter(email="nia@northwind.test").exists()
    assert client.post(address, CHOSEN).status_code == 302
