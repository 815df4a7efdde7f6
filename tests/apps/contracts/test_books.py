"""
Closed books: what begins in them is refused with the next open day, and nothing changes then.
"""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from tests import factories
from tests.cases import of_row
from tests.factories import DAY, NOW
from upheld import catalogues
from upheld.apps.contracts import services as contracts
from upheld.apps.contracts.books import BooksError, close_books, closed_through, closings_of
from upheld.apps.contracts.models import BooksClosing, CalendarEdition, HolidayRevision, PlanVersion
from upheld.cli import books
from upheld.wording import say

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
QUARTER_END = dt.date(2026, 3, 31)


@pytest.fixture
def version():
    return factories.plan_version()


@pytest.fixture
def finance():
    return factories.person("finance@upheld.test", name="Finn Ance", role="finance")


def closed(version, by, through=QUARTER_END, *, now=NOW, reason="First quarter reckoned"):
    return close_books(plan=version.plan, through=through, by=by, now=now, reason=reason)


def another(version, name, effective=None):
    """The bytes of the plan under another version, with another first day."""
    kept = [line for line in catalogues.read("celigo").decode().splitlines() if not line.startswith("effective:")]
    at = kept.index(f"version: {version.version}")
    lines = [f"version: {name}", *([f"effective: {effective}"] if effective else [])]
    return "\n".join([*kept[:at], *lines, *kept[at + 1 :], ""]).encode()


def published(raw, *, by, now=NOW):
    return contracts.publish_plan(raw=raw, file="celigo.yaml", by=by, now=now)


def everything():
    models = (PlanVersion, HolidayRevision, CalendarEdition, BooksClosing)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("effective", ["2026-01-01", "2026-02-15", "2026-03-31"])
@of_row("BI-PD-020")
def test_a_version_that_begins_in_a_closed_quarter_is_refused_with_the_next_open_day(version, finance, effective):
    closed(version, finance)
    was = everything()
    with pytest.raises(BooksError) as refused:
        published(another(version, "2030", effective), by=finance)
    assert (refused.value.code, refused.value.params) == (
        "books.period_closed",
        {
            "plan": version.plan,
            "version": "2030",
            "begins": effective,
            "through": "2026-03-31",
            "next_open": "2026-04-01",
        },
    )
    assert "effective: 2026-04-01" in say(refused.value.code, refused.value.params)
    assert everything() == was


@pytest.mark.parametrize("effective", ["2026-04-01", "2027-01-01", None])
def test_a_version_that_begins_on_the_next_open_day_or_later_is_published(version, finance, effective):
    closed(version, finance)
    assert published(another(version, "2030", effective), by=finance).version == "2030"


def test_another_plan_and_the_same_bytes_again_are_not_concerned(version, finance):
    closed(version, finance)
    assert factories.plan_version("celigo") == version
    assert factories.plan_version("opigno").plan != version.plan


def test_books_are_closed_by_the_days_of_the_plans_zone(version, finance):
    midnight = NOW - NOW % DAY + 7 * 3600  # in California, where the plan is at home
    today = dt.date(2026, 4, 17)
    with pytest.raises(BooksError) as refused:
        closed(version, finance, today - dt.timedelta(1), now=midnight - 1)
    assert (refused.value.code, refused.value.params["last"]) == ("books.not_over", "2026-04-15")
    assert closed(version, finance, today - dt.timedelta(1), now=midnight).zone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"through": dt.date(2026, 4, 17)}, "books.not_over"),
        ({"through": dt.date(2099, 1, 1)}, "books.not_over"),
        ({"through": QUARTER_END}, "books.closed_already"),
        ({"through": dt.date(2025, 12, 31)}, "books.closed_already"),
        ({"through": dt.date(2026, 4, 10), "reason": "  "}, "books.reason_missing"),
        ({"through": dt.date(2026, 4, 10), "reason": "x" * 501}, "books.reason_too_long"),
    ],
)
def test_a_closing_that_is_refused_changes_nothing(version, finance, changes, code):
    closed(version, finance)
    was = everything()
    with pytest.raises(BooksError) as refused:
        closed(version, finance, **changes)
    assert refused.value.code == code
    assert everything() == was


def test_books_of_a_plan_that_is_not_there(version, finance):
    with pytest.raises(BooksError) as refused:
        close_books(plan="moon", through=QUARTER_END, by=finance, now=NOW, reason="x")
    assert (refused.value.code, refused.value.params["known"]) == ("books.no_plan", [version.plan])


def test_the_command_closes_and_shows_who_closed_what_and_why(version, finance, monkeypatch):
    monkeypatch.setattr("upheld.apps.work.clock.now", lambda: NOW)
    run = CliRunner().invoke
    assert "are open" in run(books.app, ["show", "--plan", version.plan]).output
    options = ["close", "--plan", version.plan, "--through", "2026-03-31", "--reason", "Q1"]
    told = run(books.app, [*options, "--by", finance.email])
    assert told.exit_code == 0, told.output
    assert closed_through(version.plan) == QUARTER_END
    shown = json.loads(run(books.app, ["show", "--plan", version.plan, "--json"]).output)
    assert shown["closings"] == [
        {
            "through": "2026-03-31",
            "zone": "America/Los_Angeles",
            "closed_at": "2026-04-17T16:00:00Z",
            "by": finance.email,
            "reason": "Q1",
        }
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--through", "soon", "--by", "finance@upheld.test"], "books.no_date"),
        (["--through", "2026-03-31"], "books.by_whom"),
        (["--through", "2026-03-31", "--by", "agent@upheld.test"], "books.not_permitted"),
    ],
)
def test_a_command_that_is_refused(version, finance, options, code):
    factories.agent()
    refused = CliRunner().invoke(books.app, ["close", "--plan", version.plan, "--reason", "x", *options])
    assert refused.exception is not None
    assert refused.exception.code == code
    assert closings_of(version.plan) == []
