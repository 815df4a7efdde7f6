"""
The worked examples of credits and claim windows, row by row, against the plan document that ships.
"""

import dataclasses
import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.shared_files import shared_rows
from upheld import catalogues
from upheld.core.calendars import zones
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.compliance.scopes import BREACHED, MET
from upheld.core.compliance.tallies import Tally
from upheld.core.credits.claims.window import claim_window
from upheld.core.credits.credit import Circumstances, credit
from upheld.core.instants import parse_instant
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load
from upheld.core.plan.support_hours import SupportHours
from upheld.core.reckoning_periods import period_of
from upheld.wording import say

CELIGO = load(catalogues.read("celigo"), "celigo.yaml").plan
WARRANTY = CELIGO.credits["warranty"]
CUSTOMER = Contract(customer="acme", tier="preferred")
EXAMPLES = shared_rows("cases/worked_examples.jsonl")


def rows(pattern):
    found = [row for row in EXAMPLES if re.fullmatch(pattern, row["id"])]
    return pytest.mark.parametrize("row", found, ids=[row["id"] for row in found])


def usd(text):
    return Money(Decimal(text), "USD")


@pytest.mark.requirement_part("CEL-12")
@rows(r"CEL-12-\d+")
def test_credit_of_a_quarter(row):
    violations, events = map(int, re.match(r"(\d+) violations of (\d+) events", row["when"]).groups())
    fee = usd(re.search(r"fee ([\d,.]+);", row["given"])[1].replace(",", ""))
    pattern = r"(?:(\d+\.\d+)%|no events: no credit) -> (\d+)% = ([\d.]+)"
    number, share, amount = re.fullmatch(pattern, row["expect"]).groups()
    tally = Tally({BREACHED: violations, MET: events - violations})
    found = credit(WARRANTY, tally, fee, Circumstances(tier="preferred"))
    assert found.amount == usd(amount)
    if number is None:
        assert (found.number, found.row, found.reason.code) == (None, None, "credit.no_events")
        return
    sentences = [say(step.code, step.params) for step in found.steps]
    assert f"{violations} violations of {events} events = {Decimal(number).normalize():f} %." in sentences
    assert WARRANTY.table[found.row].pays.share == Decimal(share)
    assert (found.number, found.is_owed) == (Fraction(violations * 100, events), Decimal(share) > 0)


WINDOW = re.compile(r"last day (\w{3} [\d-]+), received before (\S+Z) .*if holidays are not taken out: (\w{3} [\d-]+)")


@pytest.mark.requirement_part("CEL-13")
@rows(r"CEL-13-Q\d")
def test_claim_window(row):
    last_of_quarter = dt.date.fromisoformat(row["when"].rsplit(" ", 1)[1])
    noon = zones.resolve(zones.zone(WARRANTY.zone), last_of_quarter, 12 * 3600)
    quarter = period_of(WARRANTY.per, WARRANTY.zone, noon)
    assert quarter.last == last_of_quarter
    last, too_late, without_holidays = WINDOW.search(row["expect"]).groups()

    hours = SupportHours(CELIGO, dt.date(2025, 12, 1), dt.date(2027, 12, 31))
    business = hours.calendar(WARRANTY.claim.business_days, CUSTOMER)
    window = claim_window(WARRANTY.claim, quarter.span.end, WARRANTY.zone, business)
    assert f"{window.last_day:%a %Y-%m-%d}" == last
    assert window.too_late_from == parse_instant(too_late)
    assert (window.is_in_time(parse_instant(too_late) - 1), window.is_in_time(parse_instant(too_late))) == (True, False)

    plain = compile_calendar(
        dataclasses.replace(hours.spec(WARRANTY.claim.business_days, CUSTOMER), holidays=(), holiday_effects={}),
        dt.date(2025, 12, 1),
        dt.date(2027, 12, 31),
    )
    assert (
        f"{claim_window(WARRANTY.claim, quarter.span.end, WARRANTY.zone, plain).last_day:%a %Y-%m-%d}"
        == without_holidays
    )
