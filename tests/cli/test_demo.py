"""
``upheld demo`` and ``upheld import``: what they print, and what they refuse.
"""

import pytest
from typer.testing import CliRunner

from tests import factories
from upheld.apps.tickets.models import Ticket
from upheld.cli import demo, imports, service
from upheld.core.errors import UpheldError
from upheld.demo import world

LOG = """\
ticket,customer,opened,resolved,severity,status,channel
A-1,North,2016-03-01T09:00Z,2016-03-01T15:00Z,high,,email
"""


@pytest.fixture(autouse=True)
def nothing_compiled(db):
    from tests.demo.conftest import forget_compiled  # noqa: PLC0415

    forget_compiled()
    yield
    forget_compiled()


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(LOG)
    return path


def ran(app, *args):
    return CliRunner().invoke(app, [str(each) for each in args], catch_exceptions=True)


def test_demo_prints_the_log_ins_and_says_the_second_time_that_it_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(world, "KINDS", ())
    monkeypatch.setattr(world, "YEAR_TICKETS", 0)
    monkeypatch.setattr(service.settings(), "HOME", tmp_path)
    first = ran(demo.app, "--quiet")
    assert first.exit_code == 0
    assert "marit@halden.example" in first.output
    assert (tmp_path / demo.LOGINS).stat().st_mode & 0o777 == 0o600
    count = Ticket.objects.count()
    second = ran(demo.app)
    assert "there already" in second.output
    assert first.output in second.output
    assert Ticket.objects.count() == count


def test_demo_refuses_a_database_with_anybody_in_it():
    factories.agent()
    for args in ([], ["--fresh"]):
        refused = ran(demo.app, *args)
        assert isinstance(refused.exception, UpheldError)
        assert refused.exception.code == ("demo.not_a_demo" if args else "demo.not_empty")


def test_import_tries_then_makes_then_changes_nothing(export):
    factories.person("ada@upheld.test", role="plan_author")
    options = (export, "--format-of-export", "csv", "--plan", "itsm", "--quiet")
    made = "1 tickets with 4 events and 2 clocks, 1 customers, 1 contracts."
    assert f"Would make {made}" in ran(imports.app, *options, "--dry-run").output
    assert Ticket.objects.count() == 0
    assert f"Made {made}" in ran(imports.app, *options).output
    again = ran(imports.app, *options)
    assert "1 tickets were there already and stay as they are.\nNothing changed: 0 rows." in again.output


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], "import.plan_or_contract"),
        (["--plan", "itsm", "--contract", "x"], "import.plan_or_contract"),
        (["--contract", "x"], "import.unknown_contract"),
        (["--plan", "itsm"], "import.nobody_publishes"),
    ],
)
def test_import_refuses(export, options, code):
    refused = ran(imports.app, export, "--format-of-export", "csv", *options)
    assert isinstance(refused.exception, UpheldError)
    assert refused.exception.code == code
