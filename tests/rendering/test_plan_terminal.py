"""
A plan at the terminal: what its reader asks for, in words that the plan holds.
"""

import io

import pytest
from rich.console import Console

from upheld import catalogues
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import read_document, validate
from upheld.rendering.plan_terminal import print_plan

SMALL = """\
upheld: 1
plan: acme
version: 2026-01
effective: 2026-01-01
name: {en: "Acme <b>Care</b> [red]", fr: Soins Acme}
days: hours
assumptions:
  - {about: calendars.office.zone, text: "'our time'", reading: Brussels}
calendars:
  office: {zone: Europe/Brussels, week: {mon-fri: "09:00-17:00", sat: closed}, day: 8h, holidays: {BE: closed}}
  always: {zone: Europe/Brussels, week: 24x7, day: 24h}
channels: {portal: portal, phone: {kind: telephone, name: Hot line}}
severities: {urgent: {name: Urgent}, normal: {name: Normal}}
metrics:
  first_response: {name: First answer, stops_on: [reply]}
  resolution: {stops_on: [resolved]}
tiers:
  base:
    name: Base
    hours: office
    channels: {portal: always}
    targets: {first_response: {urgent: 4h, normal: 2d}}
  pro:
    name: Pro
    hours: [{severity: urgent, phoned: true, use: always}, {use: office}]
    channels: {portal: always, phone: {open: office, severities: urgent}}
    targets:
      first_response: {urgent: [{within: < 1h, channel: phone}, 2h], normal: 4-8h}
      resolution: best effort
credits:
  warranty:
    name: Warranty
    tiers: pro
    per: quarter
    of: violation_share
    table: {"< 4%": none, ">= 4% and < 8%": 10%, ">= 8%": 25%}
    cap: {pays: 100%, across: contract}
    claim: {within: 30d}
allowances:
  coaching: {name: Coaching, gives: 2h, by_tier: {pro: 4h}, every: month}
"""


def shown(text, **options):
    document = read_document(text if isinstance(text, bytes) else text.encode(), "plan.yaml")
    console = Console(file=io.StringIO(), width=200)
    print_plan(console, validate(document, Plan), document, **options)
    return console.file.getvalue()


def rows(page):
    """The cells of each row of each table, without blanks at their ends."""
    lines = (line.replace("┃", "│").strip() for line in page.splitlines() if line[:1] in {"│", "┃"})
    return [[cell.strip() for cell in line[1:-1].split("│")] for line in lines]


@pytest.mark.parametrize(
    "row",
    [
        ["Base", "office", "always"],
        ["Pro", "always", "(severity: urgent; phoned: yes)"],
        ["", "office", "otherwise"],
        ["office", "Europe/Brussels", "mon-fri 09:00-17:00", "BE: closed"],
        ["", "", "sat closed", ""],
        ["always", "Europe/Brussels", "24x7", ""],
        ["portal", "always", "always"],
        ["Hot line", "-", "office; urgent"],
        ["Severity", "Base", "Pro"],
        ["Urgent", "4h", "less than 1h (channel: phone)"],
        ["", "", "2h"],
        ["Normal", "2d", "4h - 8h"],
        ["all others", "-", "best effort"],
        ["< 4%", "nothing"],
        [">= 4% and < 8%", "10% of fee"],
        [">= 8%", "25% of fee"],
        ["Coaching", "2h", "month", "all"],
        ["", "Pro: 4h", "", ""],
    ],
    ids=str,
)
def test_rows(row):
    assert row in rows(shown(SMALL))


def test_notes_of_a_credit_and_assumptions():
    lines = [line.strip() for line in shown(SMALL).splitlines()]
    assert "Warranty: by violation share, per quarter" in lines
    assert "at most: 100% of fee, across the contract" in lines
    assert "claim: within 30d of period end" in lines
    assert lines[lines.index("calendars.office.zone") :][:3] == [
        "calendars.office.zone",
        "'our time'",
        "read as: Brussels",
    ]


def test_one_tier_alone():
    page = shown(SMALL, tier="base")
    assert ["Severity", "Base"] in rows(page)
    assert "Pro" not in page
    assert "Credits" not in page


def test_names_in_the_readers_language():
    assert shown(SMALL, language="fr").startswith("Soins Acme\n")


def test_bi_pd_023_markup_is_shown_literally():
    assert shown(SMALL).startswith("Acme <b>Care</b> [red]\n")


@pytest.mark.parametrize("name", catalogues.names())
def test_every_plan_that_ships_can_be_shown(name):
    assert "Assumptions" in shown(catalogues.read(name))
