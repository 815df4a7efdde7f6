"""
Cancelling and changing tiers: shown first, done as shown, on record; a refusal changes nothing.
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests import factories
from upheld import catalogues
from upheld.apps.contracts import services, term_changes, term_previews
from upheld.apps.contracts.models import Contract, ContractChange
from upheld.apps.contracts.selectors import entitlement, is_in_term
from upheld.apps.tickets.models import ClockRow, EventRow, Ticket
from upheld.apps.tickets.previews import Wanted, preview, tier_rows
from upheld.apps.tickets.services import recomputing
from upheld.apps.work import relay
from upheld.apps.work.models import OutboxRow
from upheld.core.errors import UpheldError
from upheld.core.instants import parse_instant
from upheld.core.money import Money
from upheld.core.plan.compare import Verdict
from upheld.trust import verification

NOW = factories.NOW


@pytest.fixture
def world(db):
    return factories.World()


@pytest.fixture
def yearly(db):
    """A contract under a plan that renews by itself for a year, with a month's notice."""
    world = factories.World(plan="opigno", tier="pro")
    contract = factories.contract(
        world.customer, world.version, tier="pro", starts_on=dt.date(2025, 4, 1), ends_on=dt.date(2026, 3, 31)
    )
    Contract.objects.exclude(pk=contract.pk).delete()
    world.contract = contract
    return world


def refused(code, act):
    tables = (Contract, ContractChange, Ticket, EventRow, OutboxRow)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(UpheldError) as caught:
        act()
    assert caught.value.code == code
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def cancelled(world, at, **changes):
    received = parse_instant(at)
    found = term_previews.preview_cancellation(contract=world.contract, received_at=received, in_writing=True)
    keys = {"digest": found.digest, "reason": "They asked for it.", "by": world.lead, "now": received + 60, **changes}
    return term_changes.cancel(contract=world.contract, received_at=received, in_writing=True, **keys)


@pytest.mark.on_database
@pytest.mark.requirement_part("OPI-3")
def test_a_contract_that_renews_goes_on_after_its_first_term(yearly):
    yearly.contract.refresh_from_db()
    assert (yearly.contract.first_ends_on, yearly.contract.ends_on) == (dt.date(2026, 3, 31), None)
    assert is_in_term(yearly.contract, parse_instant("2027-08-01T12:00:00Z"))


@pytest.mark.on_database
@pytest.mark.requirement_part("OPI-3")
@pytest.mark.parametrize(
    ("at", "ends", "is_late"),
    [
        pytest.param("2026-02-28T22:59:59Z", "2026-03-31", False, id="OPI-3-1 in time"),
        pytest.param("2026-02-28T23:00:00Z", "2027-03-31", True, id="OPI-3-1 late"),
    ],
)
def test_a_cancellation_ends_this_term_or_is_recorded_for_the_next(yearly, at, ends, is_late):
    change = cancelled(yearly, at)
    yearly.contract.refresh_from_db()
    assert (str(yearly.contract.ends_on), change.facts["is_late"]) == (ends, is_late)
    assert (change.facts["running"]["ends_on"], change.facts["following"]["ends_on"]) == ("2026-03-31", "2027-03-31")
    assert (change.by, change.reason, change.kind) == (yearly.lead, "They asked for it.", "cancelled")
    last = parse_instant(f"{ends}T12:00:00Z")
    assert is_in_term(yearly.contract, last)
    assert entitlement(yearly.customer.pk, last + 2 * 86_400).problem == "not_entitled"


def test_a_cancellation_is_refused_where_its_basis_changed_or_no_reason_is_given(yearly):
    at = "2026-02-01T12:00:00Z"
    refused("contract.basis_changed", lambda: cancelled(yearly, at, digest="0" * 64))
    refused("contract.reason_missing", lambda: cancelled(yearly, at, reason="  "))
    refused("contract.reason_too_long", lambda: cancelled(yearly, at, reason="x" * 501))
    refused("contract.received_later", lambda: cancelled(yearly, at, now=parse_instant(at) - 1))
    digest = term_previews.preview_cancellation(
        contract=yearly.contract, received_at=parse_instant(at), in_writing=True
    ).digest
    cancelled(yearly, "2026-01-15T12:00:00Z")
    yearly.contract.refresh_from_db()
    refused("terms.already_cancelled", lambda: cancelled(yearly, at, digest=digest))


def tier_preview(world, tier="premier", on=None, **options):
    today = term_changes.today(world.contract, NOW)
    return term_previews.preview_tier(contract=world.contract, tier=tier, on=on or today, today=today, **options)


def changed(world, tier="premier", on=None, *, now=NOW, **changes):
    found = tier_preview(world, tier, on)
    keys = {"digest": found.digest, "reason": "They bought it.", "by": world.lead, "now": now, **changes}
    return term_changes.change_tier(contract=world.contract, tier=tier, on=found.found.on, **keys)


@pytest.mark.on_database
@pytest.mark.requirement_part("CAP-7", "CEL-17")
def test_an_upgrade_now_moves_open_tickets_and_says_so_before(world):
    ticket = world.ticket(urgency="high")
    before = {row.metric: row.due_at for row in ClockRow.objects.filter(ticket=ticket)}
    found = tier_preview(world)
    assert found.comparison.is_nowhere_worse
    shown = {(row.metric, row.effect): row.after for row in tier_rows(world.contract, "premier", NOW + 600)}
    assert list(shown) == [("first_response", "earlier")]

    change = changed(world, now=NOW + 600)
    world.contract.refresh_from_db()
    assert (world.contract.tier, change.applied_at) == ("premier", NOW + 600)
    relay.run_until_idle("test", NOW + 600)
    ticket.refresh_from_db()
    row = ClockRow.objects.get(ticket=ticket, metric="first_response")
    assert (ticket.tier, row.due_at) == ("premier", shown["first_response", "earlier"])
    assert row.due_at < before["first_response"]
    event = EventRow.objects.filter(ticket=ticket).latest("seq")
    assert event.kind == "contract_bound"


@pytest.mark.on_database
@pytest.mark.requirement_part("CAP-7")
def test_a_change_decided_for_a_later_day_takes_effect_on_it(world):
    ticket = world.ticket(urgency="high")
    on = term_changes.today(world.contract, NOW) + dt.timedelta(days=3)
    change = changed(world, on=on)
    world.contract.refresh_from_db()
    assert (world.contract.tier, change.applied_at) == ("preferred", None)
    refused("contract.change_waits", lambda: changed(world, on=on))
    row = OutboxRow.objects.get(handler="contracts.apply_change")
    relay.run_until_idle("test", row.due_at - 1)
    world.contract.refresh_from_db()
    assert world.contract.tier == "preferred"
    relay.run_until_idle("test", row.due_at)
    world.contract.refresh_from_db()
    ticket.refresh_from_db()
    assert (world.contract.tier, ticket.tier) == ("premier", "premier")
    change.refresh_from_db()
    assert change.applied_at == row.due_at


def test_what_is_refused(world):
    refused("terms.same_tier", lambda: changed(world, "preferred"))
    refused("terms.unknown_tier", lambda: changed(world, "platinum"))
    refused("terms.day_is_past", lambda: changed(world, on=dt.date(2020, 1, 1)))
    refused("terms.tier_change_no_renewal", lambda: changed(world, "essential"))
    refused("contract.reason_missing", lambda: changed(world, reason=""))
    refused("contract.basis_changed", lambda: changed(world, digest="0" * 64))


def test_the_fee_that_was_shown_is_the_fee_that_counts(yearly):
    Contract.objects.filter(pk=yearly.contract.pk).update(fee_amount=Decimal(600), fee_currency="EUR")
    yearly.contract.refresh_from_db()
    today = term_changes.today(yearly.contract, NOW)
    found = term_previews.preview_tier(
        contract=yearly.contract, tier="business", on=today, today=today, new_fee=Money(Decimal(900), "EUR")
    )
    # The plan says nothing about money: no sum is invented, and the fee stays as it is.
    assert (found.facts["fees"]["rule"], found.facts["fees"]["due"]) == ("undefined", None)
    term_changes.change_tier(
        contract=yearly.contract, tier="business", on=today, digest=found.digest, reason="Bought.", by=yearly.lead,
        now=NOW, new_fee=Money(Decimal(900), "EUR"),
    )  # fmt: skip
    yearly.contract.refresh_from_db()
    assert (yearly.contract.tier, yearly.contract.fee_amount) == ("business", Decimal(600))


def test_what_follows_a_change_stays_true_to_its_events(world):
    world.ticket(urgency="high")
    changed(world, now=NOW + 600)
    relay.run_until_idle("test", NOW + 600)
    assert verification.verify(now=NOW + 700).violations == ()


def next_version(world, *changes):
    text = catalogues.read("opigno").decode()
    for before, after in (("version: 2023-11", "version: 2024-11"), *changes):
        assert before in text
        text = text.replace(before, after)
    return services.publish_plan(raw=text.encode(), file="next.yaml", by=world.lead, now=NOW)


@pytest.mark.on_database
@pytest.mark.requirement_part("OPI-18")
def test_a_version_that_is_worse_cannot_be_applied_to_a_running_contract(yearly):
    worse = next_version(
        yearly, ("first_response: {critical: 3d, major: none", "first_response: {critical: 4d, major: none")
    )
    wanted = Wanted(version=yearly.version, contract=yearly.contract, target=worse)
    digest = preview(wanted, NOW).digest
    refused(
        "contract.move_refused",
        lambda: recomputing.apply(wanted=wanted, digest=digest, reason="New conditions.", by=yearly.lead, now=NOW),
    )
    found, ruled = term_previews.move_ruling(yearly.contract, worse)
    assert [each.subject for each in ruled.stands_in_the_way] == [("first_response", "critical")]
    assert found.of(Verdict.WORSE) == ruled.stands_in_the_way


@pytest.mark.on_database
@pytest.mark.requirement_part("OPI-18")
def test_a_version_that_is_nowhere_worse_can_be_applied(yearly):
    better = next_version(
        yearly, ("first_response: {critical: 3d, major: none", "first_response: {critical: 2d, major: none")
    )
    wanted = Wanted(version=yearly.version, contract=yearly.contract, target=better)
    digest = preview(wanted, NOW).digest
    recomputing.apply(wanted=wanted, digest=digest, reason="New conditions.", by=yearly.lead, now=NOW)
    yearly.contract.refresh_from_db()
    assert yearly.contract.plan_version == better


@pytest.mark.on_database
@pytest.mark.requirement("OPI-18")
def test_each_change_is_judged_and_only_what_is_nowhere_worse_reaches_a_running_contract(yearly):
    ticket = yearly.ticket(urgency="critical")
    mixed = next_version(
        yearly,
        ("first_response: {critical: 3d, major: none", "first_response: {critical: 4d, major: 3d"),
    )
    found, ruled = term_previews.move_ruling(yearly.contract, mixed)
    judged = {each.subject: each.verdict for each in found.changes}
    assert judged["first_response", "critical"] is Verdict.WORSE
    assert judged["first_response", "major"] is Verdict.BETTER
    assert set(judged.values()) <= {Verdict.WORSE, Verdict.BETTER, Verdict.SAME}
    assert list(judged.values()).count(Verdict.SAME) == len(judged) - 2
    assert not ruled.is_allowed
    wanted = Wanted(version=yearly.version, contract=yearly.contract, target=mixed)
    was = list(ClockRow.objects.filter(ticket=ticket).order_by("pk").values())
    digest = preview(wanted, NOW).digest
    refused(
        "contract.move_refused",
        lambda: recomputing.apply(wanted=wanted, digest=digest, reason="New conditions.", by=yearly.lead, now=NOW),
    )
    yearly.contract.refresh_from_db()
    assert yearly.contract.plan_version == yearly.version
    assert list(ClockRow.objects.filter(ticket=ticket).order_by("pk").values()) == was
    better = next_version(yearly, ("version: 2024-11", "version: 2025-01"), ("major: none", "major: 3d"))
    assert term_previews.move_ruling(yearly.contract, better)[1].is_allowed
    wanted = Wanted(version=yearly.version, contract=yearly.contract, target=better)
    recomputing.apply(
        wanted=wanted, digest=preview(wanted, NOW).digest, reason="New conditions.", by=yearly.lead, now=NOW
    )
    yearly.contract.refresh_from_db()
    assert yearly.contract.plan_version == better
