"""
Worlds as people write them, and what is refused.
"""

from decimal import Decimal

import pytest

from upheld.catalogues import read
from upheld.core.errors import UpheldError
from upheld.core.money import Money
from upheld.core.plan.editing import parse_edit
from upheld.core.plan.loading import load_usable
from upheld.core.plan.places import DocumentError
from upheld.replay import assignments
from upheld.replay.what_if.worlds import World, WorldError, contracts_of, parse_world, plan_of, read_worlds

RAW = read("itsm")
PLAN = load_usable(RAW, "itsm.yaml").plan


@pytest.mark.parametrize(
    ("text", "world"),
    [
        ("tier=plus", World("tier = plus", tiers={"*": "plus"})),
        ("Best for all: tier=plus", World("Best for all", tiers={"*": "plus"})),
        ("tier.standard=plus", World("tier standard -> plus", tiers={"standard": "plus"})),
        ("A: fee=USD 900; tier=plus", World("A", tiers={"*": "plus"}, fee=Money(Decimal(900), "USD"))),
        ("A: plan=next.yaml", World("A", plan="next.yaml")),
        ("A: calendars.office.day=8h", World("A", edits=(parse_edit("calendars.office.day=8h"),))),
        (
            'A: calendars.office.week={mon-fri: "08:00-20:00"}',
            World("A", edits=(parse_edit('calendars.office.week={mon-fri: "08:00-20:00"}'),)),
        ),
    ],
)
def test_on_the_command_line(text, world):
    assert parse_world(text) == world


@pytest.mark.parametrize("text", ["", "tier", "A name:", "A: ;;", "tier=plus; nonsense"])
def test_what_sets_nothing_is_refused(text):
    with pytest.raises(UpheldError) as caught:
        parse_world(text)
    assert caught.value.code in {"what_if.nothing_set", "edit.unreadable"}


FILE = b"""\
upheld-what-if: 1
worlds:
  - name: Best for all
    tier: plus
  - tiers: {standard: plus}
    fee: USD 3000
  - name: Long days
    set:
      calendars.office.week: {mon-fri: "08:00-20:00"}
      calendars.office.day: 12h
"""


def test_in_a_file():
    best, moved, long_days = read_worlds(FILE, "worlds.yaml")
    assert best == World("Best for all", tiers={"*": "plus"})
    assert moved == World(
        "tier standard -> plus, fee = USD 3,000.00", tiers={"standard": "plus"}, fee=Money(Decimal(3000), "USD")
    )
    plan = plan_of(long_days, RAW, "itsm.yaml")
    assert str(plan.calendars["office"].day) == "12h"


def test_a_key_that_the_file_does_not_know_is_refused_with_its_place():
    with pytest.raises(DocumentError) as caught:
        read_worlds(FILE.replace(b"tier: plus", b"teir: plus"), "worlds.yaml")
    assert caught.value.findings[0].places[0].line == 4


def test_a_place_that_the_plan_lacks_is_refused_with_the_name_of_the_world():
    with pytest.raises(WorldError) as caught:
        plan_of(parse_world("Late: calendars.ofice.day=8h"), RAW, "itsm.yaml")
    assert (caught.value.code, caught.value.params["world"]) == ("what_if.no_such_place", "Late")
    assert caught.value.params["nearest"] == "office"


def test_contracts_move_and_keep_the_rest():
    everybody = assignments.for_all(PLAN, "standard", "UTC", Money(Decimal(10), "USD"))
    moved = contracts_of(parse_world("tier.standard=plus"), everybody, PLAN)
    contract = moved.contract_of("Acme")
    assert (contract.tier, contract.fee, contract.customer) == ("plus", Money(Decimal(10), "USD"), "Acme")
    stays = contracts_of(parse_world("tier.plus=standard"), everybody, PLAN)
    assert stays.contract_of("Acme").tier == "standard"
    dearer = contracts_of(parse_world("tier.plus=standard; fee=EUR 20"), everybody, PLAN)
    assert dearer.contract_of("Acme").fee == Money(Decimal(20), "EUR")


@pytest.mark.parametrize("text", ["tier=gold", "tier.gold=plus"])
def test_a_tier_that_the_plan_lacks_is_refused(text):
    with pytest.raises(WorldError) as caught:
        contracts_of(parse_world(text), assignments.for_all(PLAN), PLAN)
    assert (caught.value.code, caught.value.params["given"]) == ("what_if.unknown_tier", "gold")
