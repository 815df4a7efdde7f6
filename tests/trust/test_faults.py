"""
Killed, broken, out of disk or delayed at every failpoint, and begun again: nothing is lost, nothing happens twice.
"""

import os
import signal

import pytest

from tests.factories import DAY, NOW
from tests.trust import scenario
from tests.trust.children import Place, run
from tests.trust.rows import row
from upheld.apps.tickets.services import files
from upheld.apps.work import faults

ROWS = {
    "intake.spooled": "FA-IK-005",
    "intake.ticket_written": "FA-IK-007",
    "intake.file_written": "FA-IK-008",
    "intake.committed": "FA-IK-010,FA-IK-011",
    "timers.claimed": "FA-TI-001",
    "timers.effect_written": "FA-TI-002",
    "mail.before_send": "FA-MA-001",
    "mail.sent": "FA-MA-003",
}
"""Rows of the acceptance list that a point shows."""
MOST_TURNS = 6


def name(point):
    return f"{ROWS[point]} {point}" if point in ROWS else point


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.heavy)])
def prepared(request, tmp_path_factory):
    """A place with the cast, and what comes of the scenario where nothing fails."""
    place = Place(request.param, tmp_path_factory.mktemp("prepared") / "place")
    assert run(place, scenario.prepare).error == ""
    yield place
    place.drop()


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    place = prepared.copy(tmp_path_factory.mktemp("undisturbed") / "place")
    ended = run(place, scenario.live, scenario.work, scenario.outcome)
    place.drop()
    assert ended.error == ""
    return ended.answer


@pytest.fixture
def place(prepared, tmp_path):
    copied = prepared.copy(tmp_path / "place")
    yield copied
    copied.drop()


def is_same(found, undisturbed, *, copies=0):
    """The outcome is that of a life without faults; only mail may have gone out once more, under its id."""
    assert found["violations"] == []
    extra = found.pop("mails_sent") - undisturbed["mails_sent"]
    assert 0 <= extra <= copies
    assert found == {key: value for key, value in undisturbed.items() if key != "mails_sent"}


def test_the_life_without_faults(undisturbed):
    assert undisturbed["violations"] == []
    assert undisturbed["submissions"] == ["ticketed", "ticketed"]
    assert undisturbed["moves"] == [[1, 1]]
    assert "calendar_moved" in undisturbed["events"]
    assert undisturbed["exports"] == [["gone", "export.expired", 1, 0, 0]]
    assert [notice[1] for notice in undisturbed["notices"]].count("export.ready") == 1
    assert {notice[1] for notice in undisturbed["notices"]} >= {"ticket.opened", "clock.breach", "late.folded"}
    assert undisturbed["mails"][0][1:] in (["late.folded", "sent"], ["ticket.opened", "sent"])
    assert undisturbed["messages"] == ["No order leaves", "On it", "Still down"]
    assert undisturbed["clocks"] == [["first_response", 1, "met"], ["follow_up", 1, "breached"]]
    assert [timer[2] for timer in undisturbed["timers"]] == ["fired"] * len(undisturbed["timers"])
    assert undisturbed["work"] == ["done"]
    assert undisturbed["mails_sent"] == undisturbed["mail_ids"] == len(undisturbed["mails"]) > 0


@pytest.mark.parametrize("point", [pytest.param(point, id=name(point)) for point in faults.POINTS])
def test_killed_at_every_point(place, undisturbed, point):
    ended = run(place, scenario.live, scenario.work, fault=f"{point}:kill")
    assert ended.signal == signal.SIGKILL, f"no scenario passes {point}"
    again = run(place, scenario.live, scenario.work, scenario.outcome)
    assert again.error == ""
    is_same(again.answer, undisturbed, copies=1)


@pytest.mark.heavy
@pytest.mark.parametrize("action", faults.ACTIONS)
@pytest.mark.parametrize("point", [pytest.param(point, id=name(point)) for point in faults.POINTS])
def test_every_action_at_every_turn(prepared, undisturbed, point, action, tmp_path):
    """The n-th time, then the one after, until the life no longer comes so far."""
    for turn in range(1, MOST_TURNS + 1):
        place = prepared.copy(tmp_path / f"turn-{turn}")
        try:
            ended = run(place, scenario.live, scenario.work, scenario.passed, fault=f"{point}:{action}:{turn}")
            if action != "kill" and ended.error == "" and ended.answer < turn:
                break
            if action == "kill" and ended.signal is None:
                break
            again = run(place, scenario.live, scenario.work, scenario.outcome)
            assert again.error == ""
            is_same(again.answer, undisturbed, copies=1)
        finally:
            place.drop()
    assert turn > 1, f"no scenario passes {point}"


@pytest.mark.parametrize("action", ["exception", "full_disk"])
@pytest.mark.parametrize("point", ["intake.before_commit", "timers.effect_written"])
def test_other_faults_at_the_points_that_matter_most(place, undisturbed, point, action):
    run(place, scenario.live, scenario.work, fault=f"{point}:{action}")
    again = run(place, scenario.live, scenario.work, scenario.outcome)
    assert again.error == ""
    is_same(again.answer, undisturbed, copies=1)


@row("FA-IK-005")
def test_what_was_spooled_becomes_a_ticket_though_nobody_sends_it_again(place):
    ended = run(place, scenario.live, fault="intake.spooled:kill")
    assert ended.signal == signal.SIGKILL
    found = run(place, scenario.work, scenario.outcome).answer
    assert (found["submissions"], found["tickets"], found["violations"]) == (["ticketed"], 1, [])
    assert found["attachments"] == 1


@row("FA-IK-007")
def test_neither_ticket_nor_message_without_the_other(place):
    run(place, scenario.live, fault="intake.ticket_written:kill")
    found = run(place, scenario.outcome).answer
    assert (found["tickets"], found["messages"], found["submissions"]) == (0, [], ["spooled"])


@row("FA-IK-008")
def test_a_file_that_no_row_names_is_swept_after_a_day(place):
    run(place, scenario.live, fault="intake.file_written:kill")
    left = [each for each in (place.root / "files").rglob("*") if each.is_file()]
    assert len(left) == 1
    os.utime(left[0], (NOW, NOW))
    assert run(place, lambda: files.sweep_orphans(now=NOW + DAY - 1)).answer == 0
    assert run(place, lambda: files.sweep_orphans(now=NOW + DAY + 1)).answer == 1
    found = run(place, scenario.live, scenario.work, scenario.outcome).answer
    assert (found["attachments"], found["violations"]) == (1, [])


@row("FA-IK-011")
def test_the_same_key_gives_the_same_ticket(place):
    run(place, scenario.live, fault="intake.committed:kill")
    found = run(place, scenario.live, scenario.live, scenario.outcome).answer
    assert found["tickets"] == 1
    assert found["events"].count("opened") == 1


@row("FA-TI-002")
def test_nothing_of_an_effect_shows_before_its_commit(place):
    run(place, scenario.live, scenario.work, fault="timers.effect_written:kill")
    found = run(place, scenario.outcome).answer
    assert {timer[2] for timer in found["timers"]} == {"waiting"}
    assert ["follow_up", 1, "pending"] in found["clocks"]
