"""
Exports in the background: each ticket once, whatever happens to it or to the worker; told once; gone in time.
"""

import csv
import errno
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.cases import of_row
from tests.factories import DAY, HOUR, NOW
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.exports import selectors, services
from upheld.apps.exports.errors import ExportError
from upheld.apps.exports.models import Export
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Grant
from upheld.apps.parties.selectors import access_of
from upheld.apps.tickets.models import Ticket
from upheld.apps.tickets.selectors import Filters
from upheld.apps.tickets.services import erasing, handling
from upheld.apps.work import relay
from upheld.apps.work.services import run_due
from upheld.trust.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.on_database, of_row("AT-RS-002")]
WORKER = "here:1"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    settings.EXPORT_ROOT, settings.MEDIA_ROOT = tmp_path / "exports", tmp_path / "files"
    monkeypatch.setattr(services, "PAGE", 3)


@pytest.fixture
def world():
    return factories.World()


def asked(world, *, by=None, now=NOW, queue="open", **filters):
    by = by or world.agent
    return services.ask(by=by, filters=Filters(queue=queue, **filters), title="All open", end_of_day=NOW + DAY, now=now)


def made(export, *, worker=WORKER, now=NOW):
    for _ in range(50):
        if not services.work_off(worker=worker, now=now):
            break
    export.refresh_from_db()
    return export


def numbers(export, access, now=NOW):
    content = b"".join(services.fetch(export=export, access=access, now=now)).decode("utf-8-sig")
    return [int(row["number"]) for row in csv.DictReader(io.StringIO(content))]


def files():
    return sorted(path.name for path in services.root().glob("*")) if services.root().is_dir() else []


def test_a_list_is_written_page_by_page_by_keys(world):
    tickets = [world.ticket(subject=f'={number} "x"\nend') for number in range(7)]
    export = asked(world)
    assert (export.state, files()) == ("waiting", [])
    with CaptureQueriesContext(connection) as captured:
        steps = [services.work_off(worker=WORKER, now=NOW) for _ in range(4)]
    assert steps == [3, 3, 1, 0]
    assert [each["sql"] for each in captured if " OFFSET " in each["sql"].upper()] == []
    export.refresh_from_db()
    assert (export.state, export.done, export.total, export.attempts) == ("ready", 7, 7, 0)
    assert (export.begun_at, export.finished_at, export.expires_at) == (NOW, NOW, NOW + 3 * DAY)
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]
    content = services.place_of(export).read_bytes()
    assert (len(content), content[:3]) == (export.size, "\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0]["subject"].startswith("'=0")
    assert {name: rows[0][name] for name in ("customer", "tier", "severity", "status", "coverage", "next_promise")} == {
        "customer": "Northwind Traders",
        "tier": "Preferred",
        "severity": "Urgent",
        "status": "Waiting on us",
        "coverage": "Undecided",
        "next_promise": "First response",
    }
    assert services.place_of(export).stat().st_mode & 0o777 == 0o600


def test_what_moves_meanwhile_stands_in_it_once(world):
    tickets = [world.ticket() for _ in range(6)]
    export = asked(world)
    services.work_off(worker=WORKER, now=NOW)
    Ticket.objects.filter(pk=tickets[0].pk).update(next_due_at=NOW + 30 * DAY)
    Ticket.objects.filter(pk=tickets[-1].pk).update(next_due_at=NOW - 30 * DAY)
    made(export, now=NOW + HOUR)
    assert numbers(export, access_of(world.agent, NOW), NOW + HOUR) == [each.number for each in tickets]


@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_page_that_is_full_or_empty_ends_it_too(world, count):
    tickets = [world.ticket() for _ in range(count)]
    export = made(asked(world))
    assert (export.state, export.done) == ("ready", count)
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]


def test_a_list_is_that_of_the_moment_when_it_was_asked_for(world):
    late = world.ticket()
    export = asked(world, queue="breached", now=NOW + 3 * HOUR)
    other = world.ticket(now=NOW + 3 * HOUR)
    made(export, now=NOW + 9 * HOUR)
    assert other.next_due_at < NOW + 9 * HOUR
    assert numbers(export, access_of(world.agent, NOW), NOW + 9 * HOUR) == [late.number]


def test_another_worker_goes_on_when_the_lease_of_a_killed_one_ends(world):
    tickets = [world.ticket() for _ in range(5)]
    export = asked(world)
    services.work_off(worker="killed:1", now=NOW)
    with services.place_of(export).open("ab") as file:
        file.write(b"half a li")  # written, and killed before the row said so
    assert services.work_off(worker=WORKER, now=NOW + 60) == 0
    made(export, now=NOW + 61)
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]
    assert (export.state, export.size) == ("ready", services.place_of(export).stat().st_size)


@pytest.mark.parametrize("how", ["gone", "shorter"])
def test_it_begins_anew_where_the_file_is_not_what_was_written(world, how):
    tickets = [world.ticket() for _ in range(5)]
    export = asked(world)
    services.work_off(worker="killed:1", now=NOW)
    place = services.place_of(export)
    place.unlink() if how == "gone" else place.write_bytes(b"\xef\xbb\xbfnum")
    made(export, now=NOW + 61)
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]


def test_who_has_lost_the_lease_writes_nothing(world, monkeypatch):
    tickets = [world.ticket() for _ in range(5)]
    export = asked(world)
    services.work_off(worker="slow:1", now=NOW)
    read = services.page_of

    def meanwhile(*given):
        found = read(*given)
        monkeypatch.setattr(services, "page_of", read)
        made(export, now=NOW + 61)
        return found

    monkeypatch.setattr(services, "page_of", meanwhile)
    services.work_off(worker="slow:1", now=NOW + 1)
    export.refresh_from_db()
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]


def test_it_is_told_once_and_by_mail_where_it_took_long(world):
    world.ticket()
    quick, slow = asked(world), asked(world, queue="mine")
    services.work_off(worker=WORKER, now=NOW + 5)
    services.work_off(worker=WORKER, now=NOW + 300)
    for step in range(3):
        relay.run_until_idle(WORKER, NOW + 300 + step)
    told = Notice.objects.filter(code="export.ready").order_by("pk")
    assert [each.key for each in told] == [f"export:{quick.public_id}", f"export:{slow.public_id}"]
    assert told[0].params == {"title": "All open", "count": 1, "until": NOW + 5 + 3 * DAY}
    assert {each.person for each in told} == {world.agent}
    (mail,) = Mail.objects.filter(code="export.ready")
    assert (mail.key, mail.state) == (f"export:{slow.public_id}:{world.agent.public_id}", "sent")
    assert verify(now=NOW + 301).is_sound


def test_one_person_has_few_on_their_way_and_one_in_hand(world):
    for _ in range(4):
        world.ticket()
    first, second, third = asked(world), asked(world, queue="all"), asked(world, queue="mine")
    assert asked(world, queue="all") == second
    with pytest.raises(ExportError) as caught:
        asked(world, queue="held")
    assert (caught.value.code, caught.value.params, Export.objects.count()) == ("export.too_many", {"most": 3}, 3)
    others = asked(world, by=world.lead)
    services.work_off(worker=WORKER, now=NOW)
    states = lambda: [Export.objects.get(pk=each.pk).state for each in (first, second, third, others)]  # noqa: E731
    assert states() == ["running", "waiting", "waiting", "waiting"]
    services.work_off(worker="other:2", now=NOW)
    assert states() == ["running", "waiting", "waiting", "running"]
    made(first)
    assert states() == ["ready", "ready", "ready", "running"]
    made(others, worker="other:2")
    assert asked(world, queue="held").state == "waiting"


def test_cancelled_while_it_is_made(world):
    for _ in range(5):
        world.ticket()
    export = asked(world)
    services.work_off(worker=WORKER, now=NOW)
    assert files() == [f"{export.storage_key}.csv"]
    services.put_away(export=export, now=NOW + 1)
    assert made(export, now=NOW + 2).state == "cancelled"
    assert (files(), Notice.objects.filter(code__startswith="export.").count()) == ([], 0)
    with pytest.raises(ExportError):
        services.fetch(export=export, access=access_of(world.agent, NOW), now=NOW)


def test_a_page_that_was_read_before_it_was_cancelled_is_not_written(world, monkeypatch):
    for _ in range(5):
        world.ticket()
    export = asked(world)
    services.work_off(worker=WORKER, now=NOW)
    read = services.page_of

    def meanwhile(*given):
        services.put_away(export=export, now=NOW + 1)
        return read(*given)

    monkeypatch.setattr(services, "page_of", meanwhile)
    services.work_off(worker=WORKER, now=NOW + 1)
    export.refresh_from_db()
    assert (export.state, export.done, files()) == ("cancelled", 3, [])


def test_a_file_is_deleted_when_its_time_is_over(world):
    world.ticket()
    export = made(asked(world))
    access = access_of(world.agent, NOW)
    assert services.expire(now=NOW + 3 * DAY - 1) == 0
    assert numbers(export, access, NOW + 3 * DAY - 1)
    with pytest.raises(ExportError) as caught:
        services.fetch(export=export, access=access, now=NOW + 3 * DAY)
    assert caught.value.code == "export.not_ready"
    assert services.expire(now=NOW + 3 * DAY) == 1
    export.refresh_from_db()
    assert (export.state, export.problem, files()) == ("gone", "export.expired", [])
    assert services.expire(now=NOW + 4 * DAY) == 0


def test_a_file_that_no_export_has_is_deleted(world):
    world.ticket()
    export = made(asked(world))
    (services.root() / "stray.csv").write_bytes(b"x")
    services.expire(now=NOW + 1)
    assert files() == [f"{export.storage_key}.csv"]


def test_whoever_may_read_no_tickets_any_more_gets_no_file(world):
    for _ in range(5):
        world.ticket()
    export = asked(world)
    services.work_off(worker=WORKER, now=NOW)
    Grant.objects.filter(person=world.agent).update(until=NOW + 1)
    made(export, now=NOW + 2)
    assert (export.state, export.problem, files()) == ("failed", "export.not_allowed", [])


def test_what_somebody_may_see_no_more_is_left_out_when_it_is_downloaded(world):
    team = parties.add_team(name="Billing")
    kept, moved, taken = world.ticket(), world.ticket(subject='two\nlines, and "quotes"'), world.ticket()
    jo = factories.agent("jo@upheld.test", name="Jo", team=team)
    export = made(asked(world, by=jo))
    assert numbers(export, access_of(jo, NOW)) == [kept.number, moved.number, taken.number]
    other = parties.add_team(name="Other")
    handling.move_to_team(ticket=moved, team=other, by=world.lead, reason="x", now=NOW)
    assert numbers(export, access_of(jo, NOW)) == [kept.number, taken.number]
    whole = services.place_of(export).read_bytes()
    handling.move_to_team(ticket=moved, team=team, by=world.lead, reason="x", now=NOW)
    assert b"".join(services.fetch(export=export, access=access_of(jo, NOW), now=NOW)) == whole


def test_a_contractor_exports_what_they_are_assigned(world):
    mine, _other = world.ticket(), world.ticket()
    sam = factories.person("sam@upheld.test", name="Sam", role="contractor")
    handling.assign(ticket=mine, to=sam, by=world.lead, now=NOW)
    export = made(asked(world, by=sam, queue="all"))
    assert numbers(export, access_of(sam, NOW)) == [mine.number]
    assert selectors.find_export(access_of(world.agent, NOW), export.public_id) is None


def test_what_fails_is_tried_again_and_given_up_in_the_end(world, monkeypatch):
    world.ticket()
    export = asked(world)

    def broken(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(services, "page_of", broken)
    at = NOW
    for wait in services.RETRY_SECONDS:
        assert services.work_off(worker=WORKER, now=at) == 1
        assert services.work_off(worker=WORKER, now=at + wait - 1) == 0
        at += wait
    services.work_off(worker=WORKER, now=at)
    export.refresh_from_db()
    assert (export.state, export.problem, export.attempts, files()) == ("failed", "export.broke", 5, [])
    relay.run_until_idle(WORKER, at)
    assert Notice.objects.get(code="export.failed").params == {"title": "All open"}


def test_one_that_kills_its_worker_is_given_up(world):
    world.ticket()
    export = asked(world)
    for turn in range(services.MOST_ATTEMPTS):
        assert services._claimed(f"killed:{turn}", NOW + turn * 61).pk == export.pk
    assert services.work_off(worker=WORKER, now=NOW + 9 * 61) == 0
    export.refresh_from_db()
    assert (export.state, export.problem) == ("failed", "export.broke")


def test_it_leaves_the_room_that_others_need(world, monkeypatch):
    world.ticket()
    export = asked(world)
    monkeypatch.setattr(services, "has_room", lambda _folders, **_least: False)
    made(export)
    assert (export.state, export.problem) == ("failed", "export.no_space")


@of_row("FA-ST-003")
def test_a_full_disk_leaves_nothing_half_and_passes_by_itself(world, monkeypatch):
    tickets = [world.ticket() for _ in range(5)]
    export = asked(world)
    services.work_off(worker=WORKER, now=NOW)
    write = services._append

    def full(locked, lines):
        write(locked, lines[:40])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(services, "_append", full)
    assert services.work_off(worker=WORKER, now=NOW) == 1
    export.refresh_from_db()
    assert (export.state, export.done, export.retry_at) == ("running", 3, NOW + 5)
    assert services.place_of(export).stat().st_size == export.size + 40
    monkeypatch.setattr(services, "_append", write)
    assert services.work_off(worker=WORKER, now=NOW + 4) == 0
    made(export, now=NOW + 5)
    assert numbers(export, access_of(world.agent, NOW)) == [each.number for each in tickets]


def test_an_erased_subject_stays_in_no_file(world):
    first, second = world.ticket(subject="my password is swordfish"), world.ticket()
    ready, other = made(asked(world, customer="")), made(asked(world, queue="held", by=world.lead))
    for _ in range(3):
        world.ticket()
    halfway = asked(world, queue="all")
    services.work_off(worker=WORKER, now=NOW)
    assert "swordfish" in services.place_of(halfway).read_text()
    erasing.erase_text(ticket=first, seq=1, by=world.lead, reason="A password", now=NOW + 1)
    run_due(worker=WORKER, now=NOW + 2)
    made(halfway, now=NOW + 2)
    for each in (ready, other, halfway):
        each.refresh_from_db()
    assert [(each.state, each.problem) for each in (ready, other, halfway)] == [
        ("gone", "export.erased"),
        ("ready", ""),
        ("ready", ""),
    ]
    assert "swordfish" not in services.place_of(halfway).read_text()
    assert len(numbers(halfway, access_of(world.agent, NOW))) == 5
    assert files() == sorted(f"{each.storage_key}.csv" for each in (other, halfway))
    erasing.erase_text(ticket=second, seq=1, by=world.lead, reason="Another", now=NOW + 3)
    relay.run_until_idle(WORKER, NOW + 4)
    halfway.refresh_from_db()
    assert halfway.state == "gone"


def test_an_idle_round_writes_nothing(world):
    made(asked(world))
    with CaptureQueriesContext(connection) as captured:
        assert services.work_off(worker=WORKER, now=NOW) == 0
    assert [each["sql"].split()[0] for each in captured] == ["SELECT"]
