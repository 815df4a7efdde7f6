"""
People, roles, invitations and keys: what is made, and that a refusal changes nothing.
"""

import pytest

from tests import factories
from upheld.apps.parties import services
from upheld.apps.parties.models import Grant, Invitation, Key, Membership, Person
from upheld.apps.parties.selectors import access_of, person_of_key, rights_of
from upheld.core.errors import UpheldError

NOW, DAY = factories.NOW, factories.DAY


@pytest.fixture
def world(db):
    return factories.World()


def refused(code, act, *tables):
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(UpheldError) as caught:
        act()
    assert caught.value.code == code
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_an_address_is_one_person_however_it_is_written(world):
    more = {"name": "x", "zone": "UTC", "language": "en", "password": None, "now": NOW}
    refused("party.email_taken", lambda: services.add_person(email=" DANA@northwind.TEST", **more), Person)


def test_a_role_that_is_unknown_is_not_granted(world):
    refused("party.unknown_role", lambda: services.grant_role(person=world.agent, role="emperor", now=NOW), Grant)


def test_a_grant_that_has_ended_counts_no_more(world):
    assert access_of(world.agent, NOW + 5).may("tickets.reply")
    services.end_grant(grant=Grant.objects.get(person=world.agent), now=NOW + 10)
    assert not access_of(world.agent, NOW + 10).may("tickets.reply")


def test_another_part_ends_the_one_before(world):
    services.add_member(person=world.contact, customer=world.customer, part="viewer", now=NOW + 10)
    assert list(Membership.objects.order_by("pk").values_list("part", "until")) == [
        ("manager", NOW + 10),
        ("viewer", None),
    ]


def test_an_invitation_works_once_and_in_time(world):
    made = services.invite(
        email="new@northwind.test", invited_by=world.agent, customer=world.customer, part="viewer", now=NOW
    )
    assert made.secret not in str(Invitation.objects.values())
    more = {"name": "New", "password": factories.PASSWORD, "zone": "UTC"}
    refused(
        "party.invitation_invalid",
        lambda: services.accept_invitation(secret=made.secret, now=NOW + services.INVITATION_SECONDS, **more),
        Person,
        Membership,
        Invitation,
    )
    person = services.accept_invitation(secret=made.secret, now=NOW + DAY, **more)
    assert access_of(person, NOW + DAY).parts == {world.customer.pk: "viewer"}
    for secret in (made.secret, "", " ", "\x20"):
        refused(
            "party.invitation_invalid",
            lambda secret=secret: services.accept_invitation(secret=secret, now=NOW + DAY, **more),
            Person,
            Membership,
            Invitation,
        )


def test_a_key_may_no_more_than_its_owner(world):
    refused(
        "party.scope_too_wide",
        lambda: services.make_key(owner=world.agent, name="k", scopes=["people.write"], now=NOW),
        Key,
    )
    refused(
        "party.scope_unknown", lambda: services.make_key(owner=world.agent, name="k", scopes=["root"], now=NOW), Key
    )
    made = services.make_key(owner=world.agent, name="k", scopes=["tickets.read"], now=NOW, expires_at=NOW + DAY)
    owner, scopes, _ = person_of_key(made.text, NOW + 1)
    assert (owner.pk, set(scopes)) == (world.agent.pk, {"tickets.read"})
    assert made.text.split("_", 2)[2] not in str(Key.objects.values())
    assert person_of_key(made.text, NOW + DAY) is None
    assert person_of_key(made.text + "x", NOW + 1) is None
    services.revoke_key(key=made.key, now=NOW + 2)
    assert person_of_key(made.text, NOW + 3) is None


def test_who_is_disabled_may_nothing(world):
    world.agent.is_active = False
    world.agent.save()
    assert rights_of(world.agent, NOW + 1) == frozenset()
