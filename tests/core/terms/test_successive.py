"""
Successive terms: their days at the ends of months and in leap years.
"""

import datetime as dt
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.core.durations import parse_duration
from upheld.core.plan.model.terms import Terms
from upheld.core.terms.successive import Agreed, TermError, first_term, later, term_on, terms


def day(text):
    return dt.date.fromisoformat(text)


def agreed(starts, ends=None, *, cancelled=None, **rules):
    return Agreed(
        starts_on=day(starts),
        ends_on=day(ends) if ends else None,
        rules=Terms.model_validate({"length": "1 year", **rules}),
        zone="Europe/Zurich",
        cancelled_to=day(cancelled) if cancelled else None,
    )


def told(contract, most=3):
    return [(str(each.first), each.last and str(each.last)) for each in islice(terms(contract), most)]


@pytest.mark.requirement_part("OPI-3")
@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        pytest.param(
            agreed("2025-04-01"),
            [("2025-04-01", "2026-03-31"), ("2026-04-01", "2027-03-31"), ("2027-04-01", "2028-03-31")],
            id="years",
        ),
        pytest.param(
            agreed("2024-02-29"),
            [("2024-02-29", "2025-02-27"), ("2025-02-28", "2026-02-27"), ("2026-02-28", "2027-02-27")],
            id="a leap day",
        ),
        pytest.param(
            agreed("2026-01-31", length="1 month"),
            [("2026-01-31", "2026-02-27"), ("2026-02-28", "2026-03-30"), ("2026-03-31", "2026-04-29")],
            id="months from a 31st do not drift",
        ),
        pytest.param(
            agreed("2025-04-01", renews_for="6 months"),
            [("2025-04-01", "2026-03-31"), ("2026-04-01", "2026-09-30"), ("2026-10-01", "2027-03-31")],
            id="shorter renewals",
        ),
        pytest.param(
            agreed("2025-05-20", "2025-12-31"),
            [("2025-05-20", "2025-12-31"), ("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31")],
            id="a first term of its own length",
        ),
        pytest.param(agreed("2025-04-01", renews="by_agreement"), [("2025-04-01", "2026-03-31")], id="by agreement"),
        pytest.param(agreed("2025-04-01", length=None), [("2025-04-01", None)], id="no end agreed"),
        pytest.param(agreed("2025-04-01", "2025-12-31", length=None), [("2025-04-01", "2025-12-31")], id="no renewal"),
        pytest.param(
            agreed("2025-04-01", cancelled="2027-03-31"),
            [("2025-04-01", "2026-03-31"), ("2026-04-01", "2027-03-31")],
            id="cancelled to the end of the second",
        ),
        pytest.param(
            agreed("2025-04-01", length="365d"),
            [("2025-04-01", "2026-03-31"), ("2026-04-01", "2027-03-31"), ("2027-04-01", "2028-03-30")],
            id="days",
        ),
    ],
)
def test_terms_follow_each_other(contract, expected):
    assert told(contract) == expected


def test_the_leap_day_comes_back():
    assert told(agreed("2024-02-29"), 5)[-1] == ("2028-02-29", "2029-02-27")


def test_a_contract_that_renews_has_no_last_day_and_a_cancelled_one_has():
    assert agreed("2025-04-01").last_day is None
    assert agreed("2025-04-01", cancelled="2027-03-31").last_day == day("2027-03-31")
    assert agreed("2025-04-01", renews="not").last_day == day("2026-03-31")
    assert agreed("2025-04-01", "2025-12-31", length=None).last_day == day("2025-12-31")


def test_the_term_of_a_day():
    contract = agreed("2025-04-01", cancelled="2027-03-31")
    assert term_on(contract, day("2026-04-01")).number == 2
    assert term_on(contract, day("2024-01-01")).number == 1
    assert term_on(contract, day("2027-04-01")) is None
    assert first_term(contract).last == day("2026-03-31")


def test_a_length_in_hours_must_be_whole_days():
    with pytest.raises(TermError) as refused:
        later(day("2026-01-01"), parse_duration("36h"))
    assert refused.value.code == "terms.length_not_days"


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["1 month", "3 months", "1 year", "2 years", "30d", "90 calendar days"]),
)
def test_terms_leave_no_gap_and_never_overlap(starts, length):
    contract = Agreed(starts_on=starts, ends_on=None, rules=Terms.model_validate({"length": length}), zone="UTC")
    found = list(islice(terms(contract), 30))
    assert found[0].first == starts
    for one, other in pairwise(found):
        assert one.last + dt.timedelta(days=1) == other.first
        assert one.first <= one.last
