"""
Moving running clocks: what a preview says is what applying does, once, in batches, and nothing else changes.
"""

import datetime as dt

import pytest

from tests import factories
from tests.factories import DAY, HOUR, NOW
from upheld import catalogues
from upheld.apps.contracts import editions
from upheld.apps.contracts import services as contract_services
from upheld.apps.contracts.editions import HolidayError, ListChange
from upheld.apps.contracts.models import CalendarEdition, Contract, HolidayRevision
from upheld.apps.tickets.models import ClockRow, EventRow, Recompute, Ticket, Timer
from upheld.apps.tickets.previews import RecomputeError, Wanted, preview
from upheld.apps.tickets.services import conversation, handling, recomputing
from upheld.apps.tickets.services.recording import events_of
from upheld.apps.work import relay
from upheld.core import events as ev
from upheld.core.instants import parse_instant
from upheld.trust.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
MONDAY = dt.date(2026, 4, 20)
NEXT = NOW + HOUR


@pytest.fixture
def world():
    made = factories.World()
    made.list = next(each.name for each in editions.lists_of(editions.current(made.version)))
    return made


def holiday(world, day=MONDAY, name="Company day"):
    return Wanted(world.version, (ListChange(world.list, add={day: name}),))


def applied(wanted, by, *, now=NEXT, reason="The office is closed"):
    work = recomputing.apply(wanted=wanted, digest=preview(wanted, now).digest, reason=reason, by=by, now=now)
    return recomputing.run(work=work, clock=lambda: now)


def clocks(ticket):
    return {
        (row.metric, row.cycle): (row.due_at, row.verdict, row.revision)
        for row in ClockRow.objects.filter(ticket=ticket)
    }


def everything():
    """All rows that a change could touch, to show that it touched none."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Ticket, EventRow, ClockRow, Timer, CalendarEdition, HolidayRevision, Contract, Recompute)
    ]


def is_sound(now):
    found = verify(now=now)
    assert [each.code for each in found.violations] == []


def test_a_new_holiday_moves_the_clocks_that_run_and_no_other(world):
    answered = world.ticket(urgency="normal")
    conversation.reply(ticket=answered, by=world.agent, text="On it", now=NOW + 60)
    ended = clocks(answered)[("first_response", 1)]
    waiting = world.ticket(urgency="normal", subject="Second")
    before = clocks(waiting)[("first_response", 1)]
    seen = preview(holiday(world), NEXT)
    assert (seen.tickets, seen.count("later"), seen.count("earlier"), seen.count("due")) == (2, len(seen.rows), 0, 0)
    row = next(each for each in seen.rows if each.ticket.pk == waiting.pk and each.metric == "first_response")
    work = applied(holiday(world), world.lead)
    assert (work.done, work.total, work.failed, work.finished_at) == (2, 2, [], NEXT)
    after = clocks(waiting)[("first_response", 1)]
    assert after[0] == row.after == before[0] + DAY
    assert after[2] != before[2]
    assert clocks(answered)[("first_response", 1)] == ended
    is_sound(NEXT)


def test_each_moved_ticket_says_who_moved_it_and_why(world):
    ticket = world.ticket()
    applied(holiday(world), world.lead, reason="  Founders' day ")
    event = events_of(ticket)[-1]
    assert isinstance(event, ev.CalendarMoved)
    assert (event.reason, event.actor.ref, event.actor.automatic) == ("Founders' day", world.lead.public_id, False)
    assert (event.before[:2], event.revision[:2], event.lists) == ("1-", "2-", (world.list,))
    ticket.refresh_from_db()
    edition = editions.current(world.version)
    assert (ticket.edition, edition.reason, edition.recorded_by) == (edition, "Founders' day", world.lead)


def test_timers_follow_the_new_due_times(world):
    ticket = world.ticket(urgency="normal")
    applied(holiday(world), world.lead)
    due = clocks(ticket)[("first_response", 1)][0]
    waiting = Timer.objects.filter(ticket=ticket, metric="first_response", state="waiting")
    ticket.refresh_from_db()
    assert list(waiting.filter(kind="breach").values_list("due_at", "generation")) == [(due + 1, ticket.generation)]
    assert ticket.next_due_at == due
    relay.run_until_idle("one", due)
    assert clocks(ticket)[("first_response", 1)][1] == "pending"
    relay.run_until_idle("one", due + 1)
    assert clocks(ticket)[("first_response", 1)][1] == "breached"
    is_sound(due + 1)


def test_what_was_broken_before_stays_so(world):
    ticket = world.ticket(urgency="normal")
    due = clocks(ticket)[("first_response", 1)][0]
    relay.run_until_idle("one", due + 1)
    broken = clocks(ticket)[("first_response", 1)]
    assert broken[1] == "breached"
    wanted = holiday(world)
    assert [row for row in preview(wanted, due + HOUR).rows if row.metric == "first_response"] == []
    applied(wanted, world.lead, now=due + HOUR)
    assert clocks(ticket)[("first_response", 1)] == broken
    is_sound(due + HOUR)


def test_a_day_taken_out_makes_due_earlier_and_what_is_over_due_at_once(world):
    applied(holiday(world), world.lead)
    ticket = world.ticket(urgency="normal", now=NEXT)
    late = clocks(ticket)[("first_response", 1)][0]
    out = Wanted(world.version, (ListChange(world.list, remove=frozenset({MONDAY})),))
    early = preview(out, NEXT + HOUR)
    assert [(each.metric, each.effect, each.after) for each in early.worst() if each.metric == "first_response"] == [
        ("first_response", "earlier", late - DAY)
    ]
    over = late - HOUR
    assert [each.effect for each in preview(out, over).rows if each.metric == "first_response"] == ["due"]
    applied(out, world.lead, now=over)
    assert clocks(ticket)[("first_response", 1)][:2] == (over, "pending")
    is_sound(over)
    relay.run_until_idle("one", over + 1)
    assert clocks(ticket)[("first_response", 1)][:2] == (over, "breached")
    is_sound(over + 1)


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param(lambda world, _ticket: applied(holiday(world, MONDAY + dt.timedelta(1)), world.lead), id="list"),
        pytest.param(
            lambda world, ticket: conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NEXT), id="reply"
        ),
        pytest.param(lambda world, _ticket: world.ticket(urgency="normal", now=NEXT), id="another-ticket"),
        pytest.param(
            lambda world, ticket: handling.assign_severity(
                ticket=ticket, severity="high", by=world.agent, reason="x", now=NEXT
            ),
            id="severity",
        ),
    ],
)
def test_refused_if_its_basis_changed_and_nothing_changed_then(world, meanwhile):
    ticket = world.ticket(urgency="normal")
    wanted = holiday(world)
    digest = preview(wanted, NEXT).digest
    meanwhile(world, ticket)
    was = everything()
    with pytest.raises(recomputing.BasisChangedError) as refused:
        recomputing.apply(wanted=wanted, digest=digest, reason="x", by=world.lead, now=NEXT)
    assert refused.value.code == "recompute.basis_changed"
    assert refused.value.fresh.digest == preview(wanted, NEXT).digest != digest
    assert everything() == was


def test_an_internal_note_meanwhile_is_no_reason_to_refuse(world):
    ticket = world.ticket(urgency="normal")
    wanted = holiday(world)
    digest = preview(wanted, NEXT).digest
    conversation.note(ticket=ticket, by=world.agent, text="Look at the logs", now=NEXT)
    assert recomputing.apply(wanted=wanted, digest=digest, reason="x", by=world.lead, now=NEXT + 60).total == 1


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "recompute.reason_missing"), ("  ", "recompute.reason_missing"), ("x" * 501, "recompute.reason_too_long")],
)
def test_a_decision_has_a_reason(world, reason, code):
    world.ticket()
    wanted, was = holiday(world), everything()
    with pytest.raises(RecomputeError) as refused:
        recomputing.apply(wanted=wanted, digest=preview(wanted, NEXT).digest, reason=reason, by=world.lead, now=NEXT)
    assert refused.value.code == code
    assert everything() == was


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"add": {MONDAY: " "}}, "holidays.title_missing"),
        ({"add": {MONDAY: "x" * 201}}, "holidays.title_too_long"),
        ({"add": {dt.date(2100, 1, 1): "Far"}}, "holidays.outside_years"),
        ({"add": {dt.date(2026, 12, 25): "Again"}}, "holidays.listed_already"),
        ({"remove": frozenset({MONDAY})}, "holidays.not_listed"),
        ({"is_renewed": True}, "holidays.nothing_changes"),
        (
            {"feed": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:xx\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
            "feed",
        ),
    ],
)
def test_a_list_that_cannot_be_changed_like_that(world, change, code):
    was = everything()
    with pytest.raises(Exception) as refused:  # noqa: PT011  (a feed has codes of its own)
        preview(Wanted(world.version, (ListChange(world.list, **change),)), NEXT)
    assert code in refused.value.code or "feed" in refused.value.code
    assert everything() == was


def test_an_unknown_list_is_named_with_those_there_are(world):
    with pytest.raises(HolidayError) as refused:
        preview(Wanted(world.version, (ListChange("moon", add={MONDAY: "x"}),)), NEXT)
    assert (refused.value.code, refused.value.params["known"]) == ("holidays.unknown_list", [world.list])


def test_a_list_from_a_file_replaces_all_days_and_renewing_brings_the_library_back_with_what_was_decided(world):
    event = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260420\r\nSUMMARY:Fair\r\nEND:VEVENT\r\n"
    feed = f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n"
    [new] = preview(Wanted(world.version, (ListChange(world.list, feed=feed),)), NEXT).changes
    assert (new.added, len(new.removed) > 50) == ({MONDAY: "Fair"}, True)
    applied(holiday(world), world.lead)
    later = parse_instant("2027-04-17T16:00:00Z")
    [renewed] = preview(Wanted(world.version, (ListChange(world.list, is_renewed=True),)), later).changes
    assert renewed.listed.days[MONDAY] == "Company day"
    assert (renewed.removed, {day.year for day in renewed.added}) == ({}, {2032})


def test_killed_between_batches_another_goes_on_and_verify_is_sound_all_the_while(world, monkeypatch):
    for _ in range(5):
        world.ticket(urgency="normal")
    work = recomputing.apply(
        wanted=holiday(world), digest=preview(holiday(world), NEXT).digest, reason="x", by=world.lead, now=NEXT
    )
    is_sound(NEXT)
    assert recomputing.move_batch(work_id=work.pk, now=NEXT, most=2) == 2
    work.refresh_from_db()
    assert (work.done, work.finished_at) == (2, None)
    is_sound(NEXT)
    with pytest.raises(RecomputeError) as refused:
        recomputing.apply(
            wanted=holiday(world, MONDAY + dt.timedelta(1)), digest="", reason="x", by=world.lead, now=NEXT
        )
    assert (refused.value.code, refused.value.params) == ("recompute.running", {"done": 2, "total": 5})
    monkeypatch.setenv("UPHELD_FAULT", "recompute.batch_written:exception")
    was = everything()
    with pytest.raises(RuntimeError):
        recomputing.move_batch(work_id=work.pk, now=NEXT, most=2)
    assert everything() == was
    monkeypatch.delenv("UPHELD_FAULT")
    relay.run_until_idle("another", NEXT + 5)
    work.refresh_from_db()
    assert (work.done, work.total, work.finished_at) == (5, 5, NEXT + 5)
    assert EventRow.objects.filter(kind="calendar_moved").count() == 5
    is_sound(NEXT + 5)


def test_new_tickets_run_by_the_new_list_and_those_left_behind_can_follow(world):
    closed = world.ticket(urgency="normal")
    handling.change_status(ticket=closed, status="closed", by=world.agent, reason="done", now=NOW + 60)
    applied(holiday(world), world.lead)
    assert EventRow.objects.filter(ticket=closed, kind="calendar_moved").count() == 0
    fresh = world.ticket(urgency="normal", now=NEXT)
    assert fresh.edition == editions.current(world.version)
    with pytest.raises(RecomputeError) as refused:
        preview(Wanted(world.version), NEXT)
    assert refused.value.code == "recompute.nobody_behind"
    closed.refresh_from_db()
    handling.change_status(ticket=closed, status="reopened", by=world.agent, reason="x", now=NEXT + 60)
    behind = preview(Wanted(world.version), NEXT + 120)
    assert behind.tickets == 1
    applied(Wanted(world.version), world.lead, now=NEXT + 120)
    closed.refresh_from_db()
    assert closed.edition == fresh.edition
    is_sound(NEXT + 120)


def halfway(wanted, by, tickets, *, batches=3):
    """A change decided and begun, in batches of one; returns the work, which has gone past the first ticket."""
    work = recomputing.apply(wanted=wanted, digest=preview(wanted, NEXT).digest, reason="x", by=by, now=NEXT)
    for _ in range(batches):
        assert recomputing.move_batch(work_id=work.pk, now=NEXT, most=1) == 1
    work.refresh_from_db()
    assert work.reached > tickets[0].pk
    assert work.finished_at is None
    return work


def to_its_end(work, now):
    for _ in range(20):
        recomputing.move_batch(work_id=work.pk, now=now, most=1)
    work.refresh_from_db()
    assert (work.finished_at, work.failed) == (now, [])
    return work


def on_another_list_or_version(world, kind):
    if kind == "calendar":
        return holiday(world)
    version = another_version(world, lambda text: text.replace("normal: 2d, low: 2d", "normal: 1d, low: 2d"))
    return Wanted(world.version, contract=world.contract, target=version)


@pytest.mark.parametrize("status", ["closed", "resolved then closed"])
@pytest.mark.parametrize("kind", ["calendar", "plan"])
def test_a_ticket_that_is_reopened_behind_the_work_is_moved_too(world, kind, status):
    tickets = [world.ticket(urgency="normal", subject=f"Number {number}") for number in range(6)]
    twin, closed = tickets[5], tickets[:2]
    for ticket in (*closed, twin):
        for at, step in enumerate(status.split(" then "), 1):
            ticket.refresh_from_db()
            handling.change_status(ticket=ticket, status=step, by=world.agent, reason="done", now=NOW + at)
    work = halfway(on_another_list_or_version(world, kind), world.lead, closed)
    assert work.total == 3
    for ticket in closed:
        ticket.refresh_from_db()
        handling.change_status(ticket=ticket, status="reopened", by=world.agent, reason="Again", now=NEXT + 60)
        assert (ticket.edition_id == work.edition_id, ticket.plan_version_id == work.target_id) == (
            False,
            kind == "calendar",
        )
    is_sound(NEXT + 60)
    assert to_its_end(work, NEXT + 120).done == 5
    moved = "calendar_moved" if kind == "calendar" else "plan_moved"
    for ticket in closed:
        ticket.refresh_from_db()
        assert (ticket.edition_id, ticket.plan_version_id) == (work.edition_id, work.target_id)
        assert EventRow.objects.filter(ticket=ticket, kind=moved).count() == 1
    # One that was reopened at the same moment and moved by itself afterwards has the same due times.
    twin.refresh_from_db()
    handling.change_status(ticket=twin, status="reopened", by=world.agent, reason="Again", now=NEXT + 60)
    alone = clocks(twin)
    if kind == "calendar":
        applied(Wanted(world.version), world.lead, now=NEXT + 120)
        assert clocks(twin) == clocks(closed[0])
        assert waiting_timers(twin) == waiting_timers(closed[0])
    assert clocks(closed[0]) == clocks(closed[1]) != alone
    is_sound(NEXT + 120)
    relay.run_until_idle("one", NEXT + 30 * DAY)
    is_sound(NEXT + 30 * DAY)


def waiting_timers(ticket):
    return sorted(Timer.objects.filter(ticket=ticket, state="waiting").values_list("metric", "cycle", "kind", "due_at"))


@pytest.mark.parametrize("kind", ["calendar", "plan"])
def test_a_ticket_whose_opening_is_committed_behind_the_work_is_moved_too(world, kind):
    """Its number was drawn before, and nobody saw it yet: as while another connection's transaction lasts."""
    tickets = [world.ticket(urgency="normal", subject=f"Number {number}") for number in range(4)]
    wanted = on_another_list_or_version(world, kind)
    expected = {(row.ticket.pk, row.metric): row.after for row in preview(wanted, NEXT).rows}
    Ticket.objects.filter(pk=tickets[0].pk).update(is_entitled=False)
    work = halfway(wanted, world.lead, tickets, batches=2)
    Ticket.objects.filter(pk=tickets[0].pk).update(is_entitled=True)
    assert to_its_end(work, NEXT).done == 4
    found = {(row.ticket_id, row.metric): row.due_at for row in ClockRow.objects.all()}
    assert {key: found[key] for key in expected} == expected
    assert {key[0] for key in expected} == {each.pk for each in tickets}
    assert set(Ticket.objects.values_list("edition", "plan_version")) == {(work.edition_id, work.target_id)}
    is_sound(NEXT)


# --- another plan version


def another_version(world, change, version="2030"):
    """Publish the world's plan in another version; ``change`` edits its text."""
    text = change(catalogues.read("celigo").decode())
    old = f"version: {world.version.version}"
    assert old in text
    raw = text.replace(old, f"version: {version}", 1).encode()
    return contract_services.publish_plan(raw=raw, file="celigo.yaml", by=world.agent, now=NOW)


def test_a_contract_moves_to_another_version_with_its_open_tickets(world):
    ticket = world.ticket(urgency="normal")
    before = clocks(ticket)[("first_response", 1)]
    version = another_version(world, lambda text: text)
    wanted = Wanted(world.version, contract=world.contract, target=version)
    seen = preview(wanted, NEXT)
    assert (seen.tickets, seen.rows) == (1, ())
    work = applied(wanted, world.lead, reason="Renewed")
    world.contract.refresh_from_db()
    ticket.refresh_from_db()
    assert (work.done, world.contract.plan_version, ticket.plan_version) == (1, version, version)
    assert ticket.edition == editions.current(version)
    event = events_of(ticket)[-1]
    assert isinstance(event, ev.PlanMoved)
    assert (event.version, event.before, event.reason) == ("2030", world.version.version, "Renewed")
    assert clocks(ticket)[("first_response", 1)][:2] == before[:2]
    is_sound(NEXT)
    conversation.reply(ticket=ticket, by=world.agent, text="On it", now=NEXT + 60)
    is_sound(NEXT + 60)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        pytest.param(lambda _world: factories.plan_version("opigno"), "recompute.other_plan", id="other-plan"),
        pytest.param(lambda world: world.version, "recompute.same_version", id="same-version"),
    ],
)
def test_versions_to_which_a_contract_cannot_move(world, wanted, code):
    was = everything()[-2:]
    with pytest.raises(RecomputeError) as refused:
        preview(Wanted(world.version, contract=world.contract, target=wanted(world)), NEXT)
    assert refused.value.code == code
    assert everything()[-2:] == was


def test_a_ticket_without_a_calendar_edition_named_is_told_by_verify(world):
    ticket = world.ticket()
    applied(holiday(world), world.lead)
    Ticket.objects.filter(pk=ticket.pk).update(
        edition=CalendarEdition.objects.get(plan_version=world.version, number=1)
    )
    found = verify(now=NEXT)
    assert "verify.ticket_differs" in {each.code for each in found.violations}


@pytest.mark.parametrize("zone", [pytest.param("Asia/Tokyo", id="BI-CD-020")])
def test_a_customer_that_changes_its_zone_in_the_middle_of_a_ticket_keeps_the_calendar_of_its_contract(world, zone):
    ticket = world.ticket(urgency="normal")
    before = clocks(ticket)
    world.customer.zone = zone
    world.customer.save()
    conversation.note(ticket=ticket, by=world.agent, text="They moved", now=NEXT)
    assert clocks(ticket) == before
    is_sound(NEXT)
