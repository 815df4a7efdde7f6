"""
``upheld recompute``: a preview that changes nothing, then deciding it by its digest.
"""

import json

import pytest
from typer.testing import CliRunner

from tests import factories
from upheld.apps.tickets.models import EventRow, Recompute
from upheld.cli.recompute import RecomputeCommandError, app
from upheld.core.errors import UpheldError

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(monkeypatch):
    world = factories.World()
    world.ticket(urgency="normal")
    monkeypatch.setattr("upheld.apps.work.clock.now", lambda: factories.NOW + 3600)

    def run(*words):
        found = CliRunner().invoke(app, ["holidays", "--plan", "celigo-integrator-io", *words])
        if isinstance(found.exception, UpheldError):
            raise found.exception
        assert found.exit_code == 0, found.output
        return found.stdout

    return run


ADD = ("--add", "2026-04-20 Company day")


def test_previewed_then_decided_by_its_digest(say):
    seen = json.loads(say(*ADD, "--json"))
    assert (seen["tickets"], seen["counts"]["later"], len(seen["digest"])) == (1, len(seen["rows"]), 64)
    assert "Nothing has changed" in say(*ADD)
    assert not Recompute.objects.exists()
    decided = (*ADD, "--apply", seen["digest"], "--by", "lead@upheld.test", "--reason", "Closed", "--json")
    assert json.loads(say(*decided))["done"] == 1
    assert EventRow.objects.filter(kind="calendar_moved").count() == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*ADD, "--apply", "0" * 64), "recompute.by_whom"),
        ((*ADD, "--apply", "0" * 64, "--by", "agent@upheld.test"), "recompute.not_permitted"),
        ((*ADD, "--apply", "0" * 64, "--by", "lead@upheld.test", "--reason", "x"), "recompute.basis_changed"),
        (("--add", "soon Fair"), "recompute.no_date"),
        (("--behind",), "recompute.nobody_behind"),
    ],
)
def test_what_is_refused(say, words, code):
    with pytest.raises(UpheldError) as refused:
        say(*words)
    assert refused.value.code == code
    assert not Recompute.objects.exists()


def test_an_unknown_plan_is_named_with_those_there_are(say):
    with pytest.raises(RecomputeCommandError) as refused:
        say("--plan", "moon")
    assert (refused.value.code, refused.value.params["known"]) == (
        "recompute.no_plan",
        ["celigo-integrator-io@2022-05"],
    )
