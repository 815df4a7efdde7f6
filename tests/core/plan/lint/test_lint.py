"""
Findings of the linter: a small plan that has none, an edit, and exactly what is found then, with line and column.
"""

import ast
import datetime as dt
import string

import pytest

from tests import source_tree
from upheld.core.errors import Weight
from upheld.core.plan.lint import lint
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate
from upheld.wording import messages, say

BASE = """\
upheld: 1
plan: small
version: 1
effective: 2026-01-01
zone: Europe/Brussels
calendars:
  office: {zone: Europe/Brussels, week: {mon-fri: "09:00-17:00"}, day: 8h, holidays: {}}
  always: {zone: UTC, week: 24x7, day: 24h}
channels: {portal: portal, phone: telephone}
environments: {production: {production: true}, test: Test}
severity_questions:
  down: Is it down?
  scope:
    ask: Who is affected?
    answers: [all, some]
severities:
  urgent:
    when: [{down: true, scope: all}]
  normal:
    when: [{down: true, scope: some}, {down: false}]
severity_process: {raised: from_change, lowered: from_start}
metrics:
  first_response: {stops_on: reply, days: hours}
  resolution: {stops_on: resolved, days: hours}
tiers:
  basic:
    hours: office
    channels: {portal: always}
    targets:
      first_response: {urgent: 4h, normal: 8h}
      resolution: {urgent: 16h, normal: 5d}
  plus:
    hours:
      - {severity: urgent, use: always}
      - {use: office}
    channels: {portal: always, phone: support_hours}
    targets:
      first_response: {urgent: 1h, normal: 4h}
      resolution: {urgent: 8h, normal: 3d}
exclusions: {outside: Not our fault}
credits:
  late:
    per: quarter
    of: violation_share
    table:
      "< 4%": 0%
      ">= 4% and < 8%": 10%
      ">= 8%": 20%
    cap: 25%
"""


TABLE = """      "< 4%": 0%
      ">= 4% and < 8%": 10%
      ">= 8%": 20%
"""
FIRST_RULE = "      - {severity: urgent, use: always}\n"
LAST_RULE = "      - {use: office}"
BASIC = "first_response: {urgent: 4h, normal: 8h}"
PLACES = [f"{one}{other}" for one in string.ascii_uppercase for other in string.ascii_uppercase]
EVERY_DAY = ", ".join(f"{dt.date(2026, 1, 1) + dt.timedelta(days)}: ''" for days in range(730))


def found(text):
    document = read_document(text.encode(), "plan.yaml")
    return lint(validate(document, Plan), document)


def told(findings):
    """Findings as (weight, code, line:column of each place)."""
    return [(str(each.weight), each.code, *(f"{at.line}:{at.column}" for at in each.places)) for each in findings]


def edited(edits):
    """The base plan with texts replaced; a text that stands there is replaced once, a new section is appended."""
    text = BASE
    for old, new in edits.items():
        if old == "+":
            text += new
            continue
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def at(text, line):
    """The place of the first non-blank character of the only line that begins with ``line``."""
    hits = [number for number, each in enumerate(text.splitlines(), 1) if each.strip().startswith(line)]
    assert len(hits) == 1, line
    return hits[0]


def row(case, edits, *expected):
    return pytest.param(edits, list(expected), id=case)


def test_a_good_plan_has_no_findings():
    assert told(found(BASE)) == []


RULES = [
    # Names
    row(
        "BI-PD-019-calendar-that-does-not-exist",
        {"    hours: office": "    hours: ofice"},
        ("error", "lint.unknown_name.did_you_mean", "27:12"),
    ),
    row(
        "calendar-unlike-any",
        {"    hours: office": "    hours: zzz"},
        ("error", "lint.unknown_name", "27:12"),
    ),
    row(
        "severity-misspelt-in-short-form",
        {BASIC: "first_response: {urgnt: 4h, normal: 8h}"},
        ("error", "lint.target_missing", "30:7", "17:3"),
        ("error", "lint.unknown_name.did_you_mean", "30:24"),
    ),
    row(
        "metric-misspelt",
        {"      resolution: {urgent: 16h": "      resolutio: {urgent: 16h"},
        ("error", "lint.unknown_name.did_you_mean", "31:7"),
    ),
    row(
        "channel-misspelt",
        {"channels: {portal: always}": "channels: {portl: always}"},
        ("error", "lint.unknown_name.did_you_mean", "28:16"),
    ),
    row(
        "answer-misspelt",
        {"{down: true, scope: some}": "{down: true, scope: sme}"},
        ("warning", "lint.severity_gap", "16:1"),
        ("error", "lint.unknown_answer.did_you_mean", "20:32", "14:5"),
    ),
    row(
        "question-unknown",
        {"when: [{down: true, scope: all}]": "when: [{down: true, extent: all}]"},
        ("error", "lint.unknown_name", "18:25"),
    ),
    row(
        "milestone-unknown",
        {"stops_on: reply,": "stops_on: [reply, 'milestone:answered'],"},
        ("error", "lint.unknown_name", "23:38"),
    ),
    row(
        "status-misspelt",
        {"stops_on: reply,": "stops_on: reply, pauses_while: waiting_on_costumer,"},
        ("error", "lint.unknown_name.did_you_mean", "23:51"),
    ),
    row(
        "status-of-the-plan",
        {
            "stops_on: reply,": "stops_on: reply, pauses_while: [snowed_in, on_hold],",
            "+": "statuses: {snowed_in: Snow}\n",
        },
    ),
    row(
        "region-unknown",
        {"- {severity: urgent, use: always}": "- {severity: urgent, region: [CA-ON, emea], use: always}"},
        ("error", "lint.unknown_region", "34:44"),
    ),
    row(
        "tier-of-credits-unknown",
        {"    per: quarter": "    per: quarter\n    tiers: [basic, premium]"},
        ("error", "lint.unknown_name", "44:20"),
    ),
    row(
        "reserved-severity",
        {
            "  urgent:\n": "  gravest:\n",
            "- {severity: urgent": "- {severity: gravest",
            "{urgent: 4h": "{gravest: 4h",
            "{urgent: 16h": "{gravest: 16h",
            "{urgent: 1h": "{gravest: 1h",
            "{urgent: 8h": "{gravest: 8h",
        },
        ("error", "lint.reserved_name", "17:3"),
    ),
    row(
        "matrix-cell-missing",
        {
            "+": "severity_matrix: {rows: down, columns: scope, "
            "cells: {'true': {all: urgent, some: normal}, 'false': {all: normal}}}\n"
        },
        ("error", "lint.matrix_cell_missing", "50:92"),
    ),
    row(
        "answers-that-a-field-never-gives",
        {"  down: Is it down?\n": "  down: {ask: Is it down?, from_field: environment}\n"},
    ),
    row(
        "answers-that-a-field-cannot-give",
        {"    ask: Who is affected?\n": "    ask: Who is affected?\n    from_field: environment\n"},
        ("error", "lint.unknown_name", "16:15"),
        ("error", "lint.unknown_name", "16:20"),
    ),
    # Calendars
    row(
        "calendar-unused",
        {
            "channels: {portal: portal,": "  night: {zone: UTC, week: {mon-fri: '02:00-06:00'}, holidays: {}}\n"
            "channels: {portal: portal,"
        },
        ("note", "lint.calendar_unused", "9:3"),
    ),
    row(
        "CEL-2-limited",
        {", holidays: {}}": ", holidays: {own: limited}}", "+": "holiday_lists: {own: {dates: {2026-12-24: Eve}}}\n"},
        ("warning", "lint.limited_without_effect", "7:92"),
    ),
    row(
        "limited-with-its-effect",
        {
            ", holidays: {}}": ", holidays: {own: {effect: limited, severities: urgent}}}",
            "+": "holiday_lists: {own: {dates: {2026-12-24: Eve}}}\n",
        },
    ),
    row(
        "OPT-1-country-without-province",
        {", holidays: {}}": ", holidays: CA}"},
        ("warning", "lint.country_without_subdivision", "7:86"),
    ),
    row("country-with-province", {", holidays: {}}": ", holidays: [CA-ON]}"}),
    row("country-without-subdivisions-that-differ", {", holidays: {}}": ", holidays: [BE]}"}),
    row(
        "province-unknown",
        {", holidays: {}}": ", holidays: [BE, CA-XX]}"},
        ("error", "lint.unknown_subdivision", "7:91"),
    ),
    row("country-unknown", {", holidays: {}}": ", holidays: [XX]}"}, ("error", "lint.unknown_country", "7:87")),
    row(
        "holiday-list-misspelt",
        {", holidays: {}}": ", holidays: {onw: closed}}", "+": "holiday_lists: {own: {dates: {2026-12-24: Eve}}}\n"},
        ("error", "lint.unknown_name.did_you_mean", "7:87"),
        ("note", "lint.holiday_list_unused", "50:17"),
    ),
    row(
        "kind-of-holidays-unknown",
        {", holidays: {}}": ", holidays: [own]}", "+": "holiday_lists: {own: {country: BE, categories: [banks]}}\n"},
        ("error", "lint.unknown_category.did_you_mean", "50:22"),
    ),
    row(
        "BI-CD-014-all-days-are-holidays",
        {", holidays: {}}": ", holidays: own}", "+": "holiday_lists: {own: {dates: {" + EVERY_DAY + "}}}\n"},
        ("error", "calendar.never_opens", "7:3"),
    ),
    row(
        "BI-CD-014-never-opens",
        {'week: {mon-fri: "09:00-17:00"}': "week: {mon-fri: closed}"},
        ("error", "calendar.never_opens", "7:3"),
    ),
    row(
        "closed-for-a-season",
        {", holidays: {}}": ', holidays: {}, seasons: [{from: "02-01", until: "04-30", week: {mon-sun: closed}}]}'},
        ("warning", "calendar.long_closure", "7:3"),
        ("warning", "calendar.long_closure", "7:3"),
    ),
    # Days
    row(
        "day-mode-missing",
        {"resolution: {stops_on: resolved, days: hours}": "resolution: {stops_on: resolved}"},
        ("error", "lint.day_mode_missing", "31:41"),
        ("error", "lint.day_mode_missing", "39:40"),
    ),
    row(
        "day-mode-of-the-plan", {"{stops_on: resolved, days: hours}": "{stops_on: resolved}", "+": "days: end_of_day\n"}
    ),
    row(
        "day-length-missing",
        {", day: 8h, ": ", "},
        ("error", "lint.day_length_missing", "7:3", "31:41", "39:40"),
    ),
    # Rules
    row(
        "last-hours-rule-has-a-condition",
        {LAST_RULE: "      - {severity: normal, use: office}"},
        ("error", "lint.hours_last_rule_conditional", "35:9"),
    ),
    row(
        "rule-after-one-that-always-fits",
        {LAST_RULE: "      - {use: office}\n      - {channel: phone, use: always}\n      - {use: office}"},
        ("warning", "lint.rule_unreachable", "36:9", "34:9", "35:9"),
        ("warning", "lint.rule_unreachable", "37:9", "34:9", "35:9"),
    ),
    row(
        "rule-covered-by-one-before",
        {
            LAST_RULE: "      - {severity: [urgent, normal], channel: phone, use: always}\n"
            "      - {severity: normal, channel: phone, use: office}\n      - {use: office}"
        },
        ("warning", "lint.rule_unreachable", "36:9", "35:9"),
    ),
    row(
        "rule-covered-by-several-together",
        {
            FIRST_RULE: "      - {phoned: true, use: always}\n      - {phoned: false, use: always}\n"
            "      - {severity: urgent, use: office}\n"
        },
        ("warning", "lint.rule_unreachable", "36:9", "34:9", "35:9"),
        ("warning", "lint.rule_unreachable", "37:9", "34:9", "35:9"),
    ),
    row(
        "coverage-rule-covered",
        {"+": "coverage:\n  - {coverage: covered}\n  - {environment: test, coverage: chargeable}\n"},
        ("warning", "lint.rule_unreachable", "52:5", "51:5"),
    ),
    row(
        "coverage-rule-with-grounds-takes-nothing",
        {
            "+": "coverage:\n  - {coverage: not_covered, grounds: misuse}\n"
            "  - {environment: test, coverage: chargeable}\n"
        },
    ),
    row(
        "rules-too-many-to-try",
        {
            "      - {use: office}\n": "".join(f"      - {{region: [{each}], use: office}}\n" for each in PLACES)
            + "      - {use: office}\n"
        },
        ("note", "lint.rules_not_tried", "34:9"),
    ),
    row("hours-missing", {"    hours: office\n": "    hours: []\n"}, ("error", "lint.hours_missing", "27:5")),
    # Targets
    row(
        "severity-without-target",
        {BASIC: "first_response: {urgent: 4h}"},
        ("error", "lint.target_missing", "30:7", "19:3"),
    ),
    row("severity-with-none", {BASIC: "first_response: {urgent: 4h, normal: none}"}),
    row(
        "severity-that-the-metric-leaves-out",
        {
            "first_response: {stops_on: reply,": "first_response: {stops_on: reply, only_if: {severity: urgent},",
            BASIC: "first_response: {urgent: 4h}",
        },
    ),
    row(
        "target-for-some-tickets-only",
        {BASIC: "first_response: {urgent: {within: 4h, environment: production}, normal: 8h}"},
        ("warning", "lint.target_gap", "30:7"),
    ),
    row(
        "target-for-each-environment",
        {
            BASIC: "first_response: {urgent: [{within: 4h, environment: production}, "
            "{within: 6h, environment: test}], normal: 8h}"
        },
    ),
    row(
        "target-unreachable",
        {BASIC: "first_response: {urgent: [4h, {within: 6h, environment: test}], normal: 8h}"},
        ("warning", "lint.rule_unreachable", "30:37", "30:33"),
    ),
    row(
        "BI-PD-016-response-after-resolution",
        {BASIC: "first_response: {urgent: 17h, normal: 8h}"},
        ("error", "lint.targets_out_of_order", "30:32", "31:28"),
    ),
    row(
        "BI-PD-016-in-other-units",
        {BASIC: "first_response: {urgent: 4h, normal: 41h}"},
        ("error", "lint.targets_out_of_order", "30:44", "31:41"),
    ),
    row(
        "BI-PD-016-for-some-starts",
        {"resolution: {urgent: 16h, normal: 5d}": "resolution: {urgent: 16h elapsed, normal: 5d}"},
        ("warning", "lint.targets_sometimes_out_of_order", "30:32", "31:28"),
    ),
    row(
        "workaround-after-resolution",
        {
            "  resolution: {stops_on: resolved, days: hours}\n": "  resolution: {stops_on: resolved, days: hours}\n"
            "  workaround: {stops_on: workaround}\n",
            "      resolution: {urgent: 8h, normal: 3d}\n": "      resolution: {urgent: 8h, normal: 3d}\n"
            "      workaround: {urgent: 9h, normal: 5h}\n",
        },
        ("error", "lint.targets_out_of_order", "41:28", "40:28"),
    ),
    row(
        "OPT-6-target-from-the-contract",
        {BASIC: "first_response: {urgent: {kind: missing}, normal: 8h}"},
        ("warning", "lint.target_from_contract", "30:32"),
    ),
    row(
        "CAP-3-immediate",
        {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: immediate, normal: 4h}"},
        ("warning", "lint.immediate_without_figure", "38:32"),
    ),
    row(
        "range-backward",
        {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: {within: 1h, early: 2h}, normal: 4h}"},
        ("error", "lint.range_backward", "38:32"),
    ),
    # Metrics
    row(
        "metrics-wait-for-each-other",
        {
            "stops_on: reply,": "stops_on: reply, after: resolution,",
            "stops_on: resolved,": "stops_on: resolved, starts_on: after:first_response,",
        },
        ("error", "lint.metric_cycle", "23:3", "24:3"),
        ("error", "lint.starts_before_gate", "23:44", "23:3"),
    ),
    row(
        "starts-before-gate",
        {"stops_on: resolved,": "stops_on: resolved, after: first_response,"},
        ("error", "lint.starts_before_gate", "24:43", "24:3"),
    ),
    row(
        "metric-without-target",
        {"metrics:\n": "metrics:\n  update: {starts_on: reply, stops_on: reply, repeats: true}\n"},
        ("warning", "lint.metric_without_target", "23:3"),
    ),
    row(
        "changes-of-severity-silent",
        {"severity_process: {raised: from_change, lowered: from_start}\n": "severity_process: {raised: from_change}\n"},
        ("note", "lint.severity_change_silent", "21:1"),
    ),
    row(
        "changes-of-the-plan-silent",
        {"+": "terms: {vendor_changes: with_notice, change_notice: 30d}\n"},
        ("note", "lint.moved_clocks_silent", "50:1"),
    ),
    row(
        "CEL-10-a-intake-silent",
        {"+": "intake: {fields: [{field: steps, ask: How did it happen?}]}\n"},
        ("warning", "lint.intake_missing_silent", "50:1", "50:19"),
    ),
    row("intake-optional", {"+": "intake: {fields: [{field: steps, ask: How did it happen?, required: false}]}\n"}),
    # Severities
    row(
        "CEL-6-8-answers-without-severity",
        {"when: [{down: true, scope: some}, {down: false}]": "when: [{down: false}]"},
        ("warning", "lint.severity_gap", "16:1"),
    ),
    row(
        "answers-with-two-severities",
        {"when: [{down: true, scope: some}, {down: false}]": "when: [{scope: some}, {down: false}, {down: true}]"},
        ("warning", "lint.severity_conflict", "18:12", "20:42"),
    ),
    row(
        "answers-with-two-severities-by-weight",
        {
            "when: [{down: true, scope: some}, {down: false}]": "when: [{scope: some}, {down: false}, {down: true}]",
            "{raised: from_change,": "{conflict: gravest, raised: from_change,",
        },
    ),
    row(
        "answers-with-two-severities-by-precedence",
        {
            "when: [{down: true, scope: some}, {down: false}]": "when: [{scope: some}, {down: false}, {down: true}]",
            "{raised: from_change,": "{precedence: [{scope: all}], raised: from_change,",
        },
    ),
    row(
        "answers-too-many-to-try",
        {
            "when: [{down: true, scope: all}]": "when: [{" + ", ".join(f"q{each}: true" for each in range(15)) + "}]",
            "severities:\n": "".join(f"  q{each}: Is it {each}?\n" for each in range(15)) + "severities:\n",
        },
        ("note", "lint.severities_not_tried", "11:1"),
    ),
    row(
        "scores-with-hole-and-overlap",
        {"+": 'severity_scores: [{scale: cvss_3, bands: {">= 7": urgent, ">= 4 and < 6": normal, "<= 4": normal}}]\n'},
        ("error", "lint.table_overlap", "50:59", "50:83"),
        ("error", "lint.table_gap", "50:59", "50:43"),
    ),
    row(
        "scores-unreadable",
        {"+": 'severity_scores: [{scale: cvss_3, highest: ten, bands: {"about 7": urgent}}]\n'},
        ("error", "lint.score_limit_unreadable", "50:44"),
        ("error", "band.unreadable", "50:57"),
    ),
    # Credit tables
    row(
        "BI-PD-017-gap",
        {'">= 4% and < 8%": 10%': '">= 4% and < 7%": 10%'},
        ("error", "lint.table_gap", "47:7", "48:7"),
    ),
    row(
        "BI-PD-017-a-point-between",
        {'"< 4%": 0%': '"< 4%": 0%', '">= 4% and < 8%": 10%': '"> 4% and < 8%": 10%'},
        ("error", "lint.table_gap", "46:7", "47:7"),
    ),
    row(
        "BI-PD-017-overlap",
        {'">= 4% and < 8%": 10%': '">= 4% and <= 9%": 10%'},
        ("error", "lint.table_overlap", "47:7", "48:7"),
    ),
    row(
        "BI-PD-017-availability",
        {
            "of: violation_share": "of: availability",
            '"< 4%": 0%': '">= 99%": 0%',
            '">= 4% and < 8%": 10%': '">= 98% and < 99%": 10%',
            '">= 8%": 20%': '">= 95% and < 97%": 20%',
        },
        ("error", "lint.table_gap", "48:7"),
        ("error", "lint.table_gap", "48:7", "47:7"),
    ),
    row(
        "BI-PD-017-credit-must-rise-as-availability-falls",
        {
            "of: violation_share": "of: availability",
            '"< 4%": 0%': '">= 99%": 0%',
            '">= 4% and < 8%": 10%': '">= 98% and < 99%": 20%',
            '">= 8%": 20%': '"< 98%": 10%',
        },
        ("error", "lint.credit_backward", "48:16", "47:27"),
    ),
    row(
        "more-violations-pay-less",
        {'">= 4% and < 8%": 10%': '">= 4% and < 8%": 21%'},
        ("error", "lint.credit_backward", "48:16", "47:25"),
    ),
    row(
        "whole-numbers-need-no-rows-between",
        {
            "of: violation_share": "of: violations",
            '"< 4%": 0%': '"<= 3": 0%',
            '">= 4% and < 8%": 10%': '">= 4 and <= 7": 10%',
            '">= 8%": 20%': '"> 7": 20%',
        },
    ),
    row("BI-PD-017-cap-above-all", {"cap: 25%": "cap: 125%"}, ("error", "lint.cap_above_fee", "49:10")),
    row("share-above-all", {'">= 8%": 20%': '">= 8%": 120%'}, ("error", "lint.credit_above_fee", "48:16")),
    row(
        "rows-of-two-kinds",
        {'">= 8%": 20%': '">= 8%": 3 days'},
        ("error", "lint.credit_mixed_kinds", "47:25", "48:16"),
    ),
    row(
        "row-that-cannot-occur",
        {'">= 8%": 20%': '">= 8%": 20%\n      "> 100%": 30%'},
        ("warning", "lint.table_row_outside", "49:7"),
    ),
    row(
        "fee-of-one-tier-only",
        {"  plus:\n": "  plus:\n    fee: USD 100\n"},
        ("warning", "lint.credit_without_fee", "43:3", "26:3"),
    ),
    row(
        "stages-by-volume",
        {
            "+": "compliance:\n  month:\n    metrics: resolution\n    per: month\n    stages:\n"
            '      - {events: ">= 40", at_least: 95%}\n      - {events: "< 30", at_most_late: 2}\n'
        },
        ("error", "lint.table_gap", "56:10", "55:10"),
    ),
    row(
        "stages-by-volume-in-two-demands",
        {
            "+": "compliance:\n  month:\n    metrics: resolution\n    per: month\n    stages:\n"
            '      - {events: ">= 40", at_least: 95%}\n'
            '      - {events: ">= 40", at_least: 100%, share_of_target: 200%}\n'
            '      - {events: "<= 39", at_most_late: 2}\n'
        },
    ),
    row(
        "step-unreadable",
        {"    table:\n" + TABLE: "    each: {unit: step, step: two hours, pays: 1%}\n"},
        ("error", "lint.amount_unreadable", "45:30"),
    ),
    # Commitments
    row(
        "contacts-reversed",
        {"+": "contacts: {designated: {at_least: 3, at_most: 2, by_tier: {basic: 1, plus: 5}}}\n"},
        ("error", "lint.contacts_reversed", "50:47", "50:35"),
        ("error", "lint.contacts_reversed", "50:67", "50:35"),
    ),
    row(
        "allowance-units",
        {"+": "allowances: {coaching: {gives: 2h, increment: 3, minimum: 3h, overdraft: {then: charged, block: 0}}}\n"},
        ("error", "lint.allowance_mixed_units", "50:47", "50:32"),
        ("error", "lint.allowance_exceeds_grant", "50:59", "50:32"),
        ("error", "lint.allowance_not_positive", "50:97"),
    ),
    row(
        "allowance-negative-and-carried-over",
        {"+": "allowances: {reviews: {gives: -1, carry_over: {share: 50%}}}\n"},
        ("error", "lint.allowance_not_positive", "50:31"),
        ("warning", "lint.carry_over_of_single_grant", "50:35"),
    ),
    row(
        "OPI-12-a-whose-year",
        {"+": "reviews: {audit: {every: year}}\nallowances: {visits: {gives: 2, every: year, anchored: contract}}\n"},
        ("note", "lint.year_silent", "50:19"),
    ),
    row(
        "OPT-2-OPT-4-5-nothing-said",
        {
            "zone: Europe/Brussels\ncal": "cal",
            "+": "availability: {site: {target: 99.9%, per: month}}\n"
            "maintenance: {regular: {outside: office, at_most: 1, per: week}}\n",
        },
        ("warning", "lint.partial_outage_undefined", "49:16"),
        ("note", "lint.formula_silent", "49:16"),
        ("warning", "lint.maintenance_undefined", "50:15"),
        ("warning", "lint.maintenance_period_zone", "50:54"),
    ),
    row(
        "maintenance-unreadable",
        {
            "+": "maintenance:\n  sunday:\n    counts_as: maintenance\n    at_most: 2\n    windows:\n"
            "      - {rule: FREQ=MONTHLY;BYDAY=9XX, hours: nine to ten, zone: Europe/Brussels}\n"
        },
        ("error", "lint.maintenance_without_period", "53:5"),
        ("error", "lint.recurrence_unreadable", "55:16"),
        ("error", "calendar.window_unreadable", "55:47"),
    ),
    row(
        "texts-unreadable",
        {
            "    per: quarter\n": "    per: {each: year, starts: 02-30}\n",
            "+": "measured: {latency: {unit: ms, promise: fast, by_tier: {plus: '<= 30'}}}\n",
        },
        ("error", "lint.period_start_unreadable", "43:31"),
        ("error", "band.unreadable", "50:41"),
    ),
    row(
        "notice-longer-than-term",
        {"+": "terms: {length: 1 month, notice: 32d}\n"},
        ("error", "lint.notice_longer_than_term", "50:34", "50:17"),
    ),
    row(
        "OPI-3-renewal-without-length",
        {"+": "terms: {renews: automatically}\n"},
        ("warning", "lint.renewal_without_length", "50:17"),
    ),
    row("OPI-3-renewal-with-length", {"+": "terms: {renews: automatically, length: 1 year}\n"}),
    row(
        "OPI-3-renewal-length-unused",
        {"+": "terms: {renews: not, renews_for: 1 year}\n"},
        ("warning", "lint.renewal_length_unused", "50:34", "50:17"),
    ),
    row(
        "OPI-18-change-notice-missing",
        {"+": "terms: {vendor_changes: with_notice}\n"},
        ("note", "lint.moved_clocks_silent", "50:1"),
        ("warning", "lint.change_notice_missing", "50:25"),
    ),
    row(
        "OPI-18-change-notice-unused",
        {"+": "terms: {vendor_changes: never, change_notice: 30d}\n"},
        ("warning", "lint.change_notice_unused", "50:47", "50:25"),
    ),
    row("notice-as-long-as-the-term", {"+": "terms: {length: 1 month, notice: 30d}\n"}),
    # What is left open
    row("OPI-6-holidays-silent", {", holidays: {}}": "}"}, ("note", "lint.holidays_silent", "7:3")),
    row(
        "CEL-2-printed-hours-that-contradict",
        {
            "holidays: {}}": "holidays: {}, "
            "printed: {UTC: {mon-fri: '08:00-16:00'}, Europe/Rome: {mon-fri: '09:00-17:00'}}}"
        },
        ("warning", "lint.printed_hours_differ", "7:105"),
    ),
    row(
        "CPI-1-a-range",
        {BASIC: "first_response: {urgent: 4h, normal: 6-8h}"},
        ("note", "lint.range_due_at_end", "30:44"),
    ),
    row(
        "OPI-19-share-of-users-with-a-hole",
        {"    answers: [all, some]": "    bands: {all: '> 20%', some: '< 20%'}"},
        ("error", "lint.table_gap", "15:27", "15:13"),
    ),
    row(
        "coverage-without-a-rule-for-a-type",
        {
            "+": "request_types: {defect: Defect, idea: Idea}\n"
            "coverage: [{request_type: defect, coverage: covered}, "
            "{request_type: idea, grounds: [a], coverage: covered}]\n"
        },
        ("warning", "lint.coverage_gap", "51:1"),
    ),
    row(
        "OPT-9-act-of-nobody",
        {"+": "request_types: {order: {act: instruct}}\ncontacts: {named: {may: open_tickets}}\n"},
        ("warning", "lint.act_of_nobody", "50:30"),
    ),
    row(
        "OPT-4-formula-silent",
        {
            "+": "availability: {all: {target: 99.9%, per: month, downtime: {partial: ignored}}}\n"
            "maintenance: {regular: {counts_as: downtime}}\n"
        },
        ("note", "lint.formula_silent", "50:16"),
    ),
    row(
        "CEL-13-paying-heals-silent",
        {"    cap: 25%": "    cap: 25%\n    claim: {within: 5d, current_on_payments: true}"},
        ("note", "lint.paying_heals_silent", "50:5"),
    ),
    row(
        "CAP-7-tier-change-fee-silent",
        {"+": "terms: {tier_change: any_time}\n"},
        ("note", "lint.tier_change_fee_silent", "50:1"),
    ),
    row("effective-absent", {"effective: 2026-01-01\n": ""}, ("note", "lint.effective_absent", "1:1")),
    # Tiers
    row(
        "B-1-higher-tier-slower",
        {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: 1h, normal: 9h}"},
        ("warning", "lint.higher_tier_slower", "38:44", "30:44"),
    ),
    row(
        "B-1-higher-tier-slower-on-other-hours",
        {"    hours: office\n": "    hours: always\n"},
        ("warning", "lint.higher_tier_shorter_hours", "35:9", "27:12"),
        ("warning", "lint.higher_tier_slower", "38:44", "30:44"),
    ),
    row(
        "B-1-higher-tier-promises-less",
        {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: 1h, normal: best effort}"},
        ("warning", "lint.higher_tier_without_target", "38:44", "30:44"),
    ),
    row(
        "B-1-higher-tier-lacks-a-metric",
        {"      resolution: {urgent: 8h, normal: 3d}\n": ""},
        ("warning", "lint.higher_tier_without_target", "37:5", "31:28"),
        ("warning", "lint.higher_tier_without_target", "37:5", "31:41"),
    ),
    row(
        "B-1-higher-tier-channel",
        {
            "channels: {portal: always, phone: support_hours}": "channels: {portal: office}",
            "channels: {portal: always}": "channels: {portal: always, phone: office}",
        },
        ("warning", "lint.higher_tier_without_channel", "36:5", "28:32"),
        ("warning", "lint.higher_tier_shorter_channel", "36:24", "28:24"),
    ),
]


@pytest.mark.requirement_part("B-1")
@pytest.mark.parametrize(("edits", "expected"), RULES)
def test_findings(edits, expected):
    findings = found(edited(edits))
    assert told(findings) == expected
    for each in findings:
        fields = {name for _, name, _, _ in string.Formatter().parse(messages()[each.code]) if name}
        assert fields <= set(each.params), f"{each.code} does not give what its sentence tells"


def test_gaps_name_the_numbers():
    first = found(edited({'">= 4% and < 8%": 10%': '">= 4% and < 7%": 10%'}))[0]
    assert first.params["numbers"] == ">= 7 and < 8"
    assert [each.path for each in first.places] == ["credits.late.table.>= 4% and < 7%", "credits.late.table.>= 8%"]
    point = found(edited({'">= 4% and < 8%": 10%': '"> 4% and < 8%": 10%'}))[0]
    assert point.params["numbers"] == "= 4"


def test_gaps_of_severity_rules_give_samples():
    findings = found(edited({"when: [{down: true, scope: some}, {down: false}]": "when: [{down: false}]"}))
    assert (findings[0].params["count"], findings[0].params["samples"]) == (1, ["(down: true, scope: some)"])


def test_a_slower_tier_is_shown_by_an_example():
    (slower,) = found(edited({"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: 1h, normal: 9h}"}))
    facts = slower.params
    assert facts["percent"] == 100
    assert {key: facts[key] for key in ("start", "high_due", "low_due")} == {
        "start": "Thu 2026-01-08 15:30 UTC",
        "high_due": "Mon 2026-01-12 08:30 UTC",
        "low_due": "Fri 2026-01-09 15:30 UTC",
    }


def test_names_of_other_plans_are_not_revealed():
    (unknown,) = found(edited({"    hours: office": "    hours: zzz"}))
    assert unknown.params["known"] == ["office", "always"]


# Assumptions


def with_assumption(about, edits):
    return edited({**edits, "+": f"assumptions: [{{about: '{about}', text: It is silent., reading: As written.}}]\n"})


def test_an_assumption_is_told_with_what_rests_on_it():
    (told_one,) = found(with_assumption("calendars.office.zone", {}))
    assert told([told_one]) == [("assumption", "lint.assumption", "50:23", "7:18")]
    assert say(told_one.code, told_one.params) == (
        "About calendars.office.zone the source says: It is silent. It was read as: As written."
    )


ASSUMPTIONS_ABOUT_NOTHING = [
    ("calendars.ofice.zone", "lint.assumption_about_nothing.did_you_mean", "calendars.office.zone"),
    ("calendars.office.xyz", "lint.assumption_about_nothing", None),
    ("calendar", "lint.assumption_about_nothing.did_you_mean", "calendars"),
    ("tiers.plus.hours[7]", "lint.assumption_about_nothing", None),
    ("recovery.may_take", "lint.assumption_about_nothing", None),
    ("", "lint.assumption_about_nothing", None),
    (".", "lint.assumption_about_nothing", None),
]


@pytest.mark.parametrize(("about", "code", "suggestion"), ASSUMPTIONS_ABOUT_NOTHING)
def test_an_assumption_about_nothing_is_an_error(about, code, suggestion):
    (only,) = found(with_assumption(about, {}))
    assert (only.weight, only.code, only.params.get("suggestion")) == (Weight.ERROR, code, suggestion)


@pytest.mark.parametrize(
    "about",
    [
        "tiers.plus.hours[1].use",
        "tiers.basic.hours[0].use",
        "tiers.basic.targets.first_response.urgent",
        "tiers.basic.targets.first_response[0].within",
        "credits.late.table.< 4%",
        "credits.late.table[0].band",
        "credits.late.zone",
        "terms.notice",
        "severity_questions.scope.answers[1]",
    ],
)
def test_an_assumption_may_name_what_is_written_or_left_to_its_default(about):
    assert [each.code for each in found(with_assumption(about, {}))] == ["lint.assumption"]


SLOWER = {"first_response: {urgent: 1h, normal: 4h}": "first_response: {urgent: 1h, normal: 9h}"}


@pytest.mark.parametrize(
    "about", ["tiers.plus", "tiers.plus.targets.first_response.normal", "tiers.plus.targets.first_response[1]"]
)
def test_what_an_assumption_settles_is_no_warning(about):
    findings = found(with_assumption(about, SLOWER))
    settled = next(each for each in findings if each.code == "lint.higher_tier_slower")
    assert settled.weight is Weight.ASSUMPTION
    assert [each.path for each in settled.places][-1] == "assumptions[0]"


def test_an_assumption_about_something_else_settles_nothing():
    findings = found(with_assumption("tiers.plus.targets.first_response.urgent", SLOWER))
    assert [each.weight for each in findings if each.code == "lint.higher_tier_slower"] == [Weight.WARNING]


def test_an_assumption_settles_no_error():
    findings = found(with_assumption("tiers.basic", {"    hours: office": "    hours: ofice"}))
    assert [str(each.weight) for each in findings] == ["error", "assumption"]


@pytest.mark.requirement_part("OPT-6")
def test_what_the_contract_must_say_is_told_until_it_stands_there():
    """An assumption makes it one; it is told all the same, until the figure takes its place."""
    missing = {BASIC: "first_response: {urgent: {kind: missing}, normal: 8h}"}
    findings = found(with_assumption("tiers.basic.targets.first_response", missing))
    assert [str(each.weight) for each in findings if each.code == "lint.target_from_contract"] == ["assumption"]
    findings = found(with_assumption("tiers.basic.targets.first_response", {BASIC: f"{BASIC}  "}))
    assert [each.code for each in findings] == ["lint.assumption"]


# The whole list


def codes():
    """Every code that the linter's sources name."""
    return {
        node.value
        for module, tree in source_tree.modules().items()
        if "plan/lint" in module
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("lint.")
    }


def test_every_code_is_shown_by_a_test():
    shown = {code for param in RULES for _, code, *_ in param.values[1]}
    shown |= {code for _, code, _ in ASSUMPTIONS_ABOUT_NOTHING} | {"lint.assumption"}
    assert {code for code in codes() if not {code, f"{code}.did_you_mean"} & shown} == set()


@pytest.mark.parametrize("code", sorted(code for code in messages() if code.startswith("lint.")))
def test_every_sentence_says_what_to_do(code):
    if code != "lint.assumption":
        assert len(messages()[code].split(". ")) > 1 or "?" in messages()[code] or ": " in messages()[code]
