"""
The file of customers: what it may say, what is refused and where.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from upheld.core.money import Money
from upheld.core.plan.loading import load_usable
from upheld.core.plan.places import DocumentError
from upheld.replay import assignments

PLAN = """\
upheld: 1
plan: small
version: 1
zone: Europe/Oslo
days: hours
calendars: {always: {zone: UTC, week: 24x7, day: 24h}}
severities: {normal: Normal}
metrics: {resolution: {starts_on: opened, stops_on: resolved}}
tiers:
  basic: {hours: [{use: always}], targets: {resolution: {normal: 8h}}}
  better: {hours: [{use: always}], targets: {resolution: {normal: 4h}}}
"""


@pytest.fixture(scope="module")
def plan():
    return load_usable(PLAN.encode(), "small.yaml").plan


def load(plan, tmp_path, text, ending="yaml", customers=("Acme", "Beta")):
    path = tmp_path / f"customers.{ending}"
    path.write_text(text, encoding="utf-8")
    return assignments.load(path, plan, customers)


YAML = """\
upheld-customers: 1
default: {fee: 100, currency: EUR}
customers:
  Acme: {tier: better, fee: 1200.50, currency: USD, zone: America/New_York, region: [US, US-CA], contract: C-7}
  Gone: {tier: basic}
"""
CSV = """\
customer,tier,fee,currency,zone,region,contract
Acme,better,1200.50,USD,America/New_York,US;US-CA,C-7
Gone,basic,,,,,
*,,100,EUR,,,
"""


@pytest.mark.parametrize(("text", "ending"), [(YAML, "yaml"), (CSV, "csv")], ids=["yaml", "csv"])
def test_what_a_file_says(plan, tmp_path, text, ending):
    found = load(plan, tmp_path, text, ending)
    acme, beta = found.contract_of("Acme"), found.contract_of("Beta")
    assert (acme.tier, str(acme.fee), acme.zone, acme.regions, acme.contract) == (
        "better", "USD 1,200.50", "America/New_York", ("US", "US-CA"), "C-7",
    )  # fmt: skip
    assert (beta.customer, beta.tier, str(beta.fee), beta.zone) == ("Beta", "basic", "EUR 100.00", "Europe/Oslo")
    assert [(each.code, each.params) for each in found.findings] == [("customers.not_in_log", {"customer": "Gone"})]
    assert [each.code for each in found.assumptions] == ["assume.lowest_tier"]


def test_without_a_file_everybody_has_one_tier_and_it_is_told(plan):
    found = assignments.for_all(plan)
    assert (found.contract_of("X").tier, found.contract_of("X").fee) == ("basic", None)
    assert found.assumptions[0].params == {"tier": "basic", "zone": "Europe/Oslo", "chosen": "the plan's lowest"}
    assert assignments.for_all(plan, "better").contract_of("X").tier == "better"


def test_a_customer_without_contract(plan, tmp_path):
    found = load(plan, tmp_path, "upheld-customers: 1\ncustomers: {Acme: {tier: basic}}\n")
    assert found.contract_of("Beta") is None


def test_money_stays_exact(plan, tmp_path):
    found = load(plan, tmp_path, "customer,fee,currency\nAcme,0.30,EUR\n", "csv")
    assert found.contract_of("Acme").fee.share(Fraction(1, 3)) == Money(Decimal("0.10"), "EUR")


HEAD = "upheld-customers: 1\ncustomers:\n"


@pytest.mark.parametrize(
    ("text", "ending", "code", "line"),
    [
        pytest.param(HEAD + "  Acme: {tier: bettr}\n", "yaml", "customers.unknown_tier", 3, id="tier"),
        pytest.param(HEAD + "  Acme: {fee: free, currency: USD}\n", "yaml", "customers.bad_fee", 3, id="fee"),
        pytest.param(HEAD + "  Acme: {fee: -1, currency: USD}\n", "yaml", "customers.bad_fee", 3, id="fee-below-zero"),
        pytest.param(HEAD + "  Acme: {fee: 1}\n", "yaml", "customers.fee_without_currency", 3, id="currency-missing"),
        pytest.param(HEAD + "  Acme: {zone: Europe/Olso}\n", "yaml", "calendar.misspelt_zone", 3, id="zone"),
        pytest.param(HEAD + "  Acme: {teir: basic}\n", "yaml", "plan.unknown_key.did_you_mean", 3, id="key"),
        pytest.param("customer,teir\nAcme,basic\n", "csv", "customers.bad_header", 1, id="csv-header"),
        pytest.param("customer,tier\nAcme\n", "csv", "customers.bad_row", 2, id="csv-row"),
        pytest.param("customer,tier\nAcme,basic\nAcme,basic\n", "csv", "customers.twice", 3, id="csv-twice"),
        pytest.param("customer,tier\nAcme,gold\n", "csv", "customers.unknown_tier", 2, id="csv-tier"),
        pytest.param("customer,fee,currency\nAcme,1e999x,USD\n", "csv", "customers.bad_cell", 2, id="csv-fee"),
        pytest.param('customer,tier\n"Acme,basic\n', "csv", "customers.bad_row", 2, id="csv-quote"),
    ],
)
def test_what_is_refused(plan, tmp_path, text, ending, *, code, line):
    with pytest.raises(DocumentError) as refused:
        load(plan, tmp_path, text, ending)
    (finding,) = refused.value.findings
    assert (finding.code, finding.places[0].line) == (code, line)


def test_a_csv_that_is_not_utf8(plan, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_bytes("customer,tier\nÅs,basic\n".encode("latin-1"))
    with pytest.raises(DocumentError) as refused:
        assignments.load(path, plan, [])
    assert (refused.value.findings[0].code, refused.value.findings[0].places[0].line) == ("customers.not_utf8", 2)
