"""
Cancelling: in time, late, at the edge of a midnight, in writing or not; with the worked examples.
"""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import at
from tests.core.terms.test_successive import agreed, day
from tests.shared_files import shared_rows
from upheld import catalogues
from upheld.core.instants import parse_instant
from upheld.core.plan.loading import load
from upheld.core.plan.model.terms import Terms
from upheld.core.terms.cancellation import cancellation, ending_of
from upheld.core.terms.successive import Agreed, TermError, agreed_zone, term_on

OPIGNO = load(catalogues.read("opigno"), "opigno.yaml").plan
EXAMPLES = [row for row in shared_rows("cases/worked_examples.jsonl") if re.fullmatch(r"OPI-3-\d", row["id"])]
EXPECTED = re.compile(
    r"term (\S+) to (\S+) inclusive, renews (\S+)\. Received before (\S+) \((\S+) inclusive\): ends (\S+)\. "
    r"From then on: refused for this term, recorded for the end on ([\d-]+);"
)


@pytest.mark.requirement_part("OPI-3")
@pytest.mark.parametrize("row", EXAMPLES, ids=[row["id"] for row in EXAMPLES])
def test_the_worked_examples(row):
    first, last, renews, until, until_day, ends, next_end = EXPECTED.search(row["expect"]).groups()
    rules = OPIGNO.terms
    contract = Agreed(starts_on=day(first), ends_on=None, rules=rules, zone=agreed_zone(rules, OPIGNO.zone, "UTC"))
    too_late = parse_instant(until)

    in_time = cancellation(contract, too_late - 1, in_writing=True)
    assert (in_time.ends_on, in_time.is_late) == (day(ends), False)
    assert in_time.running.last_day_of_notice == day(until_day)
    assert in_time.running.too_late_from == too_late
    assert (in_time.running.term.first, in_time.running.term.last) == (day(first), day(last))
    assert in_time.running.renews_on == day(renews)

    late = cancellation(contract, too_late, in_writing=True)
    assert (late.ends_on, late.is_late) == (day(next_end), True)
    # Both dates are there to be shown, whichever it is.
    assert (late.running.ends_on, late.following.ends_on) == (day(ends), day(next_end))
    assert in_time.following.ends_on == day(next_end)


def test_a_notice_by_word_of_mouth_is_refused_where_it_must_be_written():
    with pytest.raises(TermError) as refused:
        cancellation(agreed("2025-04-01"), at("2025-06-01T12:00:00Z"), in_writing=False)
    assert refused.value.code == "terms.not_in_writing"
    spoken = agreed("2025-04-01", notice_in_writing=False, notice="1 month")
    assert cancellation(spoken, at("2025-06-01T12:00:00Z"), in_writing=False).ends_on == day("2026-03-31")


@pytest.mark.parametrize(
    ("contract", "code"),
    [
        pytest.param(agreed("2025-04-01", cancelled="2026-03-31"), "terms.already_cancelled", id="cancelled"),
        pytest.param(agreed("2020-04-01", renews="not"), "terms.over", id="over"),
        pytest.param(agreed("2025-04-01", length="1 month", notice="2 years"), "terms.never_in_time", id="never"),
    ],
)
def test_what_cannot_be_cancelled(contract, code):
    if code == "terms.never_in_time":
        # Two years before the end of some term is always a day that is still to come: it is recorded for that end.
        found = cancellation(contract, at("2025-06-01T12:00:00Z"), in_writing=True)
        assert (found.is_late, found.ends_on) == (True, day("2027-06-30"))
        return
    with pytest.raises(TermError) as refused:
        cancellation(contract, at("2025-06-01T12:00:00Z"), in_writing=True)
    assert refused.value.code == code


def test_a_contract_that_does_not_renew_ends_anyway():
    found = cancellation(
        agreed("2025-04-01", renews="not", notice="1 month"), at("2026-03-30T12:00:00Z"), in_writing=True
    )
    assert (found.ends_on, found.is_late, found.ends_anyway, found.following) == (day("2026-03-31"), False, True, None)


def test_a_contract_without_an_end_ends_when_the_notice_has_run():
    contract = agreed("2025-04-01", length=None, notice="1 month")
    assert cancellation(contract, at("2026-01-31T12:00:00Z"), in_writing=True).ends_on == day("2026-02-28")
    assert cancellation(contract, at("2026-02-28T12:00:00Z"), in_writing=True).ends_on == day("2026-03-28")
    at_once = agreed("2025-04-01", length=None)
    assert cancellation(at_once, at("2026-02-28T12:00:00Z"), in_writing=True).ends_on == day("2026-02-28")


def test_the_zone_decides_which_day_it_is():
    auckland = Agreed(
        starts_on=day("2025-04-01"),
        ends_on=None,
        rules=Terms.model_validate({"length": "1 year", "notice": "1 month"}),
        zone="Pacific/Auckland",
    )
    # 28 February, 11:00 UTC is midnight of 1 March there.
    assert not cancellation(auckland, at("2026-02-28T10:59:59Z"), in_writing=True).is_late
    assert cancellation(auckland, at("2026-02-28T11:00:00Z"), in_writing=True).is_late


def test_no_end_cannot_have_a_day_of_notice():
    contract = agreed("2025-04-01", length=None)
    with pytest.raises(TermError) as refused:
        ending_of(contract, term_on(contract, day("2025-04-01")))
    assert refused.value.code == "terms.no_end"


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1)),
    st.integers(0, 3_000),
    st.sampled_from(["1 month", "3 months", "30d", None]),
)
def test_a_notice_is_recorded_for_the_first_end_that_it_reaches(starts, later_by, notice):
    rules = Terms.model_validate({"length": "1 year", "notice": notice})
    contract = Agreed(starts_on=starts, ends_on=None, rules=rules, zone="UTC")
    received = dt.datetime.combine(starts, dt.time(12), dt.UTC) + dt.timedelta(days=later_by)
    found = cancellation(contract, int(received.timestamp()), in_writing=True)
    assert found.received_on <= found.ending.last_day_of_notice <= found.ends_on
    assert found.is_late == (found.received_on > found.running.last_day_of_notice)
    assert found.ending.term.number - found.running.term.number == found.is_late
