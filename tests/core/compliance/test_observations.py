"""
Observations: when they belong where, and how late they were.
"""

import pytest

from tests.core.made_clocks import ACME, HOUR, NOW, OPENED, clock, facts, seen
from upheld.core.compliance.observations import observations_of

BELONGS = {
    "opened": (seen(verdict="met"), "opened", OPENED),
    "due": (seen(verdict="met"), "due", OPENED + 4 * HOUR),
    "due while paused": (seen(verdict="pending", due_at=None), "due", None),
    "due, breached and paused since": (seen(verdict="breached", due_at=None), "due", OPENED + 4 * HOUR),
    "ended by a stop": (seen(verdict="met"), "ended", OPENED + HOUR),
    "ended without one": (seen(verdict="ended"), "ended", OPENED + HOUR),
    "ended while running": (seen(verdict="pending"), "ended", None),
}


@pytest.mark.parametrize(("observation", "by", "expected"), BELONGS.values(), ids=BELONGS)
def test_belongs_at(observation, by, expected):
    assert observation.belongs_at(by) == expected


LATE = {
    "met": (seen(verdict="met"), None),
    "breached": (seen(verdict="breached", spent=5 * HOUR), HOUR),
    "running and late": (seen(verdict="pending", allowed=NOW - OPENED - 60), 60),
    "running": (seen(verdict="pending", allowed=NOW - OPENED), None),
    "ended without verdict": (seen(verdict="ended"), None),
    "breached, then merged": (
        seen(verdict="breached", stopped_at=None, ended_at=OPENED + 6 * HOUR, ended_because="merged"), 2 * HOUR,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("observation", "expected"), LATE.values(), ids=LATE)
def test_late_by(observation, expected):
    assert observation.late_by(NOW) == expected


def test_observations_of_a_ticket():
    ticket = facts(clocks=(clock("met"), clock("breached", metric="resolution")))
    found = list(observations_of("T-1", ACME, ticket))
    assert [(one.ticket, one.clock.metric, one.contract) for one in found] == [
        ("T-1", "first_response", ACME),
        ("T-1", "resolution", ACME),
    ]
