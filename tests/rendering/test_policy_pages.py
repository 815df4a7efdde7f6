"""
The policy page in its forms: what its reader asks for, in words, with the assumptions marked where they apply.
"""

import datetime as dt
import io
import json
import re
import typing

import pytest
from rich.console import Console

from tests.cases import of_row
from upheld import catalogues
from upheld.core.plan.describe.policy import policy
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate
from upheld.rendering.policy_data import as_data
from upheld.rendering.policy_markdown import policy_markdown
from upheld.rendering.policy_page import policy_page
from upheld.rendering.policy_terminal import print_policy

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


ON = dt.date(2026, 1, 5)


def page(text=SMALL, **options):
    document = read_document(text if isinstance(text, bytes) else text.encode(), "plan.yaml")
    return as_data(policy(validate(document, Plan), document, **{"on": ON, **options}))


def shown(text=SMALL, **options):
    console = Console(file=io.StringIO(), width=200)
    print_policy(console, page(text, **options))
    return console.file.getvalue()


def rows(text):
    """The cells of each row of each table, without blanks at their ends."""
    lines = (line.replace("┃", "│").strip() for line in text.splitlines() if line[:1] in {"│", "┃"})
    return [[cell.strip() for cell in line[1:-1].split("│")] for line in lines]


@pytest.mark.requirement_part("B-2")
@pytest.mark.parametrize(
    "row",
    [
        ["Severity", "Base", "Pro"],
        ["Urgent", "within 4 hours", "in less than 1 hour"],
        ["", "", "(by Hot line)"],
        ["", "", "within 2 hours"],
        ["Normal", "within 2 days", "4 hours to 8 hours"],
        ["All others", "-", "best effort"],
        ["Base", "office"],
        ["Pro", "always: Urgent, telephoned"],
        ["", "office: otherwise"],
        ["office", "Monday to Friday, 09:00 to 17:00", "Europe/Brussels [1]", "8 hours", "holidays of BE: closed"],
        ["always", "at all times", "Europe/Brussels", "24 hours", "none taken out"],
        ["Monday, 2026-04-06", "Easter Monday: closed"],
        ["portal", "always", "always"],
        ["Hot line", "-", "office, Urgent"],
        ["less than 4 %", "0 of 100 late", "nothing"],
        ["4 % to less than 8 %", "4 of 100 late: 1,000.00 of a fee of 10,000", "10 % of the fee"],
        ["8 % and more", "8 of 100 late: 2,500.00 of a fee of 10,000", "25 % of the fee"],
        ["Coaching", "2 hours a month", "4 hours a month"],
    ],
    ids=str,
)
def test_rows(row):
    assert row in rows(shown())


def test_conditions_of_a_credit():
    lines = [line.strip() for line in shown().splitlines()]
    assert "Warranty, a quarter" in lines
    assert "At most: 100 % of the fee, over all credits of the contract" in lines
    assert "Claim: Within 30 days after the period's end." in lines


def test_assumptions_are_numbered_and_marked_where_they_apply():
    lines = [line.strip() for line in shown().splitlines()]
    assert lines[lines.index("[1] calendars.office.zone") :][:3] == [
        "[1] calendars.office.zone",
        "'our time'",
        "read as: Brussels",
    ]
    marked = [line["text"] for section in page()["sections"] for line in _lines(section) if line["marks"] == [1]]
    assert marked == ["Europe/Brussels"]


def _lines(section):
    for block in section["blocks"]:
        for row in block["rows"]:
            cells = [row["cell"]] if block["kind"] == "facts" else (row if block["kind"] == "table" else [row])
            for cell in cells:
                yield from cell


def test_one_tier_alone():
    text = shown(tier="base")
    assert ["Severity", "Base"] in rows(text)
    assert "Pro" not in text
    assert "Credits" not in text


def test_names_in_the_readers_language():
    assert shown(language="fr").startswith("Soins Acme\n")


@of_row("BI-PD-023")
def test_markup_is_shown_literally():
    assert shown().startswith("Acme <b>Care</b> [red]\n")
    html = policy_page(page(), made_by="test")
    assert "<b>Care" not in html
    assert "Acme &lt;b&gt;Care&lt;/b&gt; [red]" in html
    assert policy_markdown(page(), made_by="test").startswith("# Acme \\<b\\>Care\\</b\\> \\[red\\]\n")


@pytest.mark.requirement_part("B-2")
def test_the_week_in_other_zones():
    text = shown(zones=["Australia/Sydney"])
    assert "office: the week of 2026-01-04 to 2026-01-10 elsewhere" in text
    assert ["Australia/Sydney", "Mon 19:00-Tue 03:00 AEDT"] in rows(text)


def test_hours_on_the_customers_own_clock_are_told_in_no_other_zone():
    """They are another hour for each customer."""
    text = shown(
        SMALL.replace("zone: Europe/Brussels, week: {mon", "zone: customer, week: {mon"), zones=["Australia/Sydney"]
    )
    assert [
        "office",
        "Monday to Friday, 09:00 to 17:00",
        "the customer's [1]",
        "8 hours",
        "holidays of BE: closed",
    ] in rows(text)
    assert "elsewhere" not in text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYDAY=2SU", "the second Sunday of each month, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "the last Friday of each month, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "each Tuesday, each Thursday, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "on day 1, 15 of each month, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=DAILY", "every day, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU, 09:00-12:00 (Europe/Brussels)"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1, 09:00-12:00 (Europe/Brussels)"),
    ],
)
def test_days_of_maintenance_in_words(rule, words):
    """A rule that people have no short words for stands as the plan has it."""
    window = f'{{rule: "{rule}", hours: "09:00-12:00", zone: Europe/Brussels}}'
    assert ["planned", words] in rows(shown(f"{SMALL}maintenance: {{planned: {{windows: [{window}]}}}}\n"))


def test_seasons_name_their_months():
    season = '{from: 07-01, until: 08-31, week: {mon-fri: "08:00-16:00"}}'
    text = shown(SMALL.replace("sat: closed}, day: 8h", f"sat: closed}}, day: 8h, seasons: [{season}]"))
    assert "from 1 July to 31 August: Monday to Friday, 08:00 to 16:00" in text


def test_answers_are_told_with_their_questions():
    text = SMALL.replace("metrics:\n", "severity_questions: {down: Is it down?}\nmetrics:\n", 1)
    text = text.replace("severity: urgent, phoned: true, use", "answers: {down: true}, use")
    assert ["Pro", "always: Is it down? yes"] in rows(shown(text))


@pytest.mark.requirement_part("B-2")
@pytest.mark.parametrize("name", catalogues.names())
def test_every_plan_that_ships_has_a_page_in_every_form(name):
    data = page(catalogues.read(name), zones=["Asia/Tokyo"])
    sections = [each["key"] for each in data["sections"]]
    assert sections[:2] == ["targets", "hours"]
    html = policy_page(data, made_by="test")
    assert "<script" not in html
    assert not re.search(r"policy\.[a-z_]+|\(code|Said\(", html)
    for each in data["assumptions"]:
        assert f'id="assumption-{each["number"]}"' in html
    markdown = policy_markdown(data, made_by="test")
    assert markdown.count("\n## ") == len(sections) + 1
    assert json.loads(json.dumps(data)) == data


@pytest.mark.browser
@pytest.mark.requirement_part("B-2")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_the_screen(browser, tmp_path, scheme, width):
    file = tmp_path / "policy.html"
    file.write_text(policy_page(page(catalogues.read("celigo"), zones=["Asia/Tokyo"]), made_by="test"), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(file.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    opened.locator("a.mark").first.click()
    assert re.fullmatch(r"#assumption-\d+", opened.evaluate("location.hash"))
    context.close()


def test_every_word_that_a_page_can_need_is_there():
    """Codes that are made of a value of the format have their words for every value."""
    from upheld.core.plan.model import compliance, entitlements, metrics, terms  # noqa: PLC0415
    from upheld.wording.policies import PHRASES  # noqa: PLC0415

    made = {
        "policy.every_": (compliance.Period, "each"), "policy.of_": (compliance.CreditScheme, "share_of"),
        "policy.applied_": (compliance.CreditScheme, "applied"), "policy.from_": (compliance.Claim, "counted_from"),
        "policy.across_": (compliance.Cap, "across"), "policy.overdraft_": (entitlements.Overdraft, "then"),
        "policy.vendor_changes_": (terms.Terms, "vendor_changes"), "policy.renews_": (terms.Terms, "renews"),
        "policy.tier_change_": (terms.Terms, "tier_change"),
        "policy.tier_change_fee_": (terms.Terms, "tier_change_fee"),
        "policy.lapsed_tickets_": (terms.Terms, "lapsed_tickets"), "policy.target_": (metrics.Target, "kind"),
    }  # fmt: skip
    for prefix, (part, key) in made.items():
        for value in typing.get_args(part.model_fields[key].annotation):
            if (prefix, value) not in {("policy.every_", "rolling"), ("policy.target_", "duration")}:
                assert f"{prefix}{value}" in PHRASES
    for value in typing.get_args(compliance.CreditScheme.model_fields["of"].annotation):
        assert f"policy.of_{value}" in PHRASES
    for prefix, events in (("start", metrics.Start), ("stop", metrics.Stop)):
        assert {f"policy.{prefix}_{each}" for each in events} <= set(PHRASES)
