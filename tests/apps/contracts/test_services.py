"""
Plans and contracts: what is made, and that a refusal changes nothing.
"""

import datetime as dt

import pytest

from tests import factories
from upheld import catalogues
from upheld.apps.contracts import services
from upheld.apps.contracts.models import Contract, DesignatedContact, HolidayRevision, Instance, PlanVersion
from upheld.apps.contracts.selectors import contacts_on, entitlement, is_in_term
from upheld.core.errors import UpheldError
from upheld.core.instants import parse_instant

NOW, DAY = factories.NOW, factories.DAY
TABLES = (PlanVersion, HolidayRevision, Contract, Instance, DesignatedContact)


@pytest.fixture
def world(db):
    return factories.World()


def refused(code, act):
    before = [list(table.objects.order_by("pk").values()) for table in TABLES]
    with pytest.raises(UpheldError) as caught:
        act()
    assert caught.value.code == code
    assert [list(table.objects.order_by("pk").values()) for table in TABLES] == before


def test_a_version_is_published_once_and_never_otherwise(world):
    raw = catalogues.read("celigo")
    assert services.publish_plan(raw=raw, file="again", by=world.lead, now=NOW + 1).pk == world.version.pk
    refused(
        "contract.version_taken",
        lambda: services.publish_plan(raw=raw + b"\n# other\n", file="f", by=world.lead, now=NOW),
    )
    assert HolidayRevision.objects.filter(plan_version=world.version).exists()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("contract.unknown_tier", {"tier": "platinum"}),
        ("contract.unknown_add_on", {"add_ons": ["moon"]}),
        ("contract.unknown_product", {"products": ["moon"]}),
        ("contract.term_backwards", {"ends_on": dt.date(2025, 12, 31)}),
    ],
)
def test_a_contract_that_the_plan_does_not_know_is_refused(world, code, changes):
    refused(code, lambda: factories.contract(world.customer, world.version, **changes))


def test_a_term_is_cut_in_the_contracts_own_zone(world):
    assert is_in_term(world.contract, parse_instant("2027-01-01T07:59:59Z"))
    assert not is_in_term(world.contract, parse_instant("2027-01-01T08:00:00Z"))


def test_of_several_contracts_none_is_guessed(world):
    second = factories.contract(world.customer, world.version, tier="premier")
    found = entitlement(world.customer.pk, NOW)
    assert (found.contract, found.problem, len(found.choices)) == (None, "choose", 2)
    assert entitlement(world.customer.pk, NOW, chosen=second.public_id).contract.pk == second.pk
    assert entitlement(world.customer.pk, NOW, chosen="nobody's").problem == "unknown_contract"


def test_an_environment_that_the_plan_does_not_know_is_refused(world):
    refused(
        "contract.unknown_environment",
        lambda: services.add_instance(contract=world.contract, name="i", environments={"moon": "https://x.test"}),
    )


def test_a_contact_list_has_its_limits(world):
    refused(
        "contract.unknown_list",
        lambda: services.name_contact(
            contract=world.contract, person=world.contact, contact_list="nobody", by=world.lead, now=NOW
        ),
    )
    assert contacts_on(world.contract, "nobody", NOW) == []
