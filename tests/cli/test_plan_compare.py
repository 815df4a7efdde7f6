"""
``upheld plan compare``, as a person runs it: at the terminal, as a page, as data.
"""

import json
import re

import pytest
from typer.testing import CliRunner

from upheld import catalogues
from upheld.cli import plan
from upheld.core.errors import UpheldError


@pytest.fixture
def worse(tmp_path):
    text = catalogues.read("opigno").decode()
    text = text.replace("version: 2023-11", "version: 2024-11")
    text = text.replace("critical: 4h, major: 8h", "critical: 3h, major: 10h").replace(", slack: support_hours}", "}")
    path = tmp_path / "next.yaml"
    path.write_text(text.replace("name: Corporate", 'name: "<b>Corporate</b>"'), encoding="utf-8")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(plan.app, ["compare", *arguments], catch_exceptions=False, env={"COLUMNS": "200"})


@pytest.mark.requirement_part("OPI-18", "B-2")
def test_two_versions_at_the_terminal(worse):
    result = run("opigno", worse, "--tier", "corporate")
    assert result.exit_code == 1
    assert "▼ 2 worse   ? 0 to be judged   ▲ 1 better" in result.stdout
    assert "Running contracts cannot be moved to it: 2 promises get worse" in result.stdout
    assert re.search(
        r"▼ worse +Initial response, Major: 8h \(Mon-Fri 09:00-17:00, Europe/Zurich\) → 10h", result.stdout
    )
    assert re.search(r"opigno\.yaml:\d+:\d+ → .*next\.yaml:\d+:\d+", result.stdout)
    assert "--all lists them" in result.stdout
    assert "= the same" in run("opigno", worse, "--all").stdout


def test_a_plan_with_itself_leaves_with_0():
    result = run("opigno", "opigno")
    assert result.exit_code == 0
    assert "nothing gets worse" in result.stdout


@pytest.mark.requirement_part("B-2")
def test_two_tiers_of_one_plan_have_no_ruling():
    result = run("celigo", "--tier", "preferred", "--tier", "premier")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith("Preferred → Premier")
    assert "Running contracts" not in result.stdout


def test_as_data_for_programs(worse):
    data = json.loads(run("opigno", worse, "--tier", "corporate", "--format", "json").stdout)
    assert data["counts"]["worse"] == 2
    assert data["running_contracts"]["allowed"] is False
    (slack,) = (each for each in data["changes"] if each["subject"] == ["slack"])
    assert (slack["verdict"], slack["because"]["code"], slack["after_at"]) == ("worse", "compare.gone", None)
    assert slack["before_at"]["path"] == "tiers.corporate.channels.slack"


@pytest.mark.requirement_part("B-2")
def test_as_one_page_without_scripts_that_escapes_what_it_shows(worse, tmp_path):
    page = tmp_path / "page.html"
    assert run("opigno", worse, "--tier", "corporate", "--format", "html", "--output", str(page)).exit_code == 1
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "http" not in re.sub(r"<meta http-equiv[^>]*>", "", text)
    assert "<b>Corporate" not in text
    assert text.count("<h2>") >= 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("opigno",), "compare.two_tiers_needed"),
        (("opigno", "--tier", "pro"), "compare.two_tiers_needed"),
        (("opigno", "opigno", "--tier", "gold"), "compare.unknown_tier"),
        (("opigno", "celigo"), "compare.no_common_tier"),
        (("opigno", "opigno", "--tier", "pro", "--tier", "pro", "--tier", "pro"), "compare.too_many_tiers"),
    ],
)
def test_what_does_not_go_together(arguments, code):
    with pytest.raises(UpheldError) as refused:
        run(*arguments)
    assert refused.value.code == code


@pytest.mark.browser
@pytest.mark.requirement_part("B-2")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_and_has_enough_contrast(browser, worse, tmp_path, scheme, width):
    page = tmp_path / "page.html"
    run("opigno", worse, "--format", "html", "--output", str(page))
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(page.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    context.close()
