"""
Claim windows: days, support days, months, hours; to the second.
"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_clocks import at
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import CalendarSpec, parse_week
from upheld.core.credits.claims.window import claim_window
from upheld.core.credits.payments import CreditError
from upheld.core.plan.model.compliance import Claim

OFFICE = compile_calendar(
    CalendarSpec("office", "Europe/Zurich", parse_week("mon-fri 09:00-17:00")),
    dt.date(2025, 1, 1),
    dt.date(2030, 12, 31),
)
Q2_END = "2026-07-01T00:00:00+02:00"

WINDOWS = {
    "calendar days": ({"within": "30d"}, Q2_END, "2026-07-30", "2026-07-31T00:00:00+02:00"),
    "one day": ({"within": "1d"}, Q2_END, "2026-07-01", "2026-07-02T00:00:00+02:00"),
    "support days": ({"within": "5d", "business_days": "office"}, Q2_END, "2026-07-07", "2026-07-08T00:00:00+02:00"),
    "support days from a Friday": (
        {"within": "5 business days", "business_days": "office"},
        "2026-08-01T00:00:00+02:00",
        "2026-08-07",
        "2026-08-08T00:00:00+02:00",
    ),
    "calendar days over daylight saving": (
        {"within": "30d"},
        "2026-10-01T00:00:00+02:00",
        "2026-10-30",
        "2026-10-31T00:00:00+01:00",
    ),
    "a month after 30 June is all of July": ({"within": "1 month"}, Q2_END, "2026-07-31", "2026-08-01T00:00:00+02:00"),
    "a month after 31 January": (
        {"within": "1 month"},
        "2026-02-01T00:00:00+01:00",
        "2026-02-28",
        "2026-03-01T00:00:00+01:00",
    ),
    "a month after 28 February": (
        {"within": "1 month"},
        "2026-03-01T00:00:00+01:00",
        "2026-03-31",
        "2026-04-01T00:00:00+02:00",
    ),
    "a month after an incident on 30 January": (
        {"within": "1 month", "counted_from": "incident_end"},
        "2026-01-30T15:00:00+01:00",
        "2026-02-28",
        "2026-03-01T00:00:00+01:00",
    ),
    "a year after an incident on a leap day": (
        {"within": "1 year", "counted_from": "failure"},
        "2024-02-29T15:00:00+01:00",
        "2025-02-28",
        "2025-03-01T00:00:00+01:00",
    ),
    "days after an incident at midnight": (
        {"within": "2d", "counted_from": "incident_end"},
        "2026-07-01T00:00:00+02:00",
        "2026-07-03",
        "2026-07-04T00:00:00+02:00",
    ),
    "hours": ({"within": "72h"}, Q2_END, "2026-07-04", "2026-07-04T00:00:01+02:00"),
    "support hours": (
        {"within": "8h", "business_days": "office"},
        Q2_END,
        "2026-07-01",
        "2026-07-01T17:00:01+02:00",
    ),
    "elapsed hours, whatever the calendar": (
        {"within": "8h elapsed", "business_days": "office"},
        Q2_END,
        "2026-07-01",
        "2026-07-01T08:00:01+02:00",
    ),
    "elapsed weeks": ({"within": "2 elapsed weeks"}, Q2_END, "2026-07-15", "2026-07-15T00:00:01+02:00"),
}


@pytest.mark.parametrize(("keys", "ended", "last", "too_late"), WINDOWS.values(), ids=WINDOWS)
def test_claim_window(keys, ended, last, too_late):
    found = claim_window(Claim(**keys), at(ended), "Europe/Zurich", OFFICE)
    assert (str(found.last_day), found.too_late_from) == (last, at(too_late))
    assert found.is_in_time(at(too_late) - 1)
    assert not found.is_in_time(at(too_late))


def test_without_a_window_no_claim_is_too_late():
    assert claim_window(Claim(), at(Q2_END), "Europe/Zurich") is None


def test_a_calendar_that_is_named_must_be_given():
    with pytest.raises(CreditError) as caught:
        claim_window(Claim(within="5d", business_days="office"), at(Q2_END), "Europe/Zurich")
    assert caught.value.code == "credit.claim_calendar_missing"


def test_beyond_the_calendar_is_said():
    with pytest.raises(CalendarError) as caught:
        claim_window(Claim(within="9999d", business_days="office"), at(Q2_END), "Europe/Zurich", OFFICE)
    assert caught.value.code == "calendar.beyond_horizon"


@given(st.integers(at("2026-01-01T00:00:00Z"), at("2029-01-01T00:00:00Z")), st.integers(1, 60), st.booleans())
def test_more_days_never_end_sooner(ended, days, support):
    keys = {"business_days": "office"} if support else {}
    one, two = (
        claim_window(Claim(within=f"{count}d", **keys), ended, "Europe/Zurich", OFFICE) for count in (days, days + 1)
    )
    assert ended < one.too_late_from < two.too_late_from
    assert one.last_day < two.last_day
