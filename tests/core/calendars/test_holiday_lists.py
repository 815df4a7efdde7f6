"""
Holiday lists from the library and by hand.
"""

import datetime as dt

import pytest

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.holiday_lists import from_dates, from_library


def test_the_federal_holidays_of_2026_with_the_observed_one():
    listed = from_library("US", years=[2026])
    assert len(listed.days) == 12
    assert listed.days[dt.date(2026, 7, 3)] == "Independence Day (observed)"
    assert (listed.name, listed.years) == ("US", (2026,))
    assert listed.source.startswith("holidays ")


@pytest.mark.parametrize(("part", "count"), [(None, 5), ("AB", 9), ("BC", 11), ("QC", 8), ("ON", 10)])
def test_canada_needs_its_province(part, count):
    listed = from_library("CA", part, years=[2026])
    assert len(listed.days) == count
    assert (dt.date(2026, 5, 18) in listed.days) == (part is not None)


def test_new_year_observed_in_the_old_year():
    assert from_library("US", years=[2027]).days[dt.date(2027, 12, 31)] == "New Year's Day (observed)"


def test_years_are_taken_together_or_apart():
    both = from_library("BE", years=[2026, 2027])
    apart = [from_library("BE", years=[year]).days for year in (2026, 2027)]
    assert both.days == {**apart[0], **apart[1]}
    assert both.days[dt.date(2026, 7, 21)] == "National Day"


@pytest.mark.parametrize(
    ("given", "code", "known"),
    [
        (("United States", None), "unknown_country", "US"),
        (("Belgum", None), "unknown_country", "BE"),
        (("CA", "OT"), "unknown_subdivision", "ON"),
        (("CH", "ZZ"), "unknown_subdivision", "ZG"),
        (("SG", "XX"), "unknown_subdivision", "none"),
    ],
)
def test_unknown_places_are_suggested(given, code, known):
    with pytest.raises(CalendarError, match=rf"holiday_list\.{code}") as refused:
        from_library(*given, years=[2026])
    assert known in refused.value.params["known"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"years": []}, "no_years"),
        ({"years": [1969]}, "year_out_of_range"),
        ({"years": [2026, 2200]}, "year_out_of_range"),
        ({"years": [2026], "categories": ["publik"]}, "unknown_category"),
    ],
)
def test_what_else_is_refused(options, code):
    with pytest.raises(CalendarError, match=rf"holiday_list\.{code}"):
        from_library("US", **options)


def test_days_of_several_categories_are_joined():
    public, optional, both = (
        from_library("BE", years=[2026], categories=kinds).days.keys()
        for kinds in (["public"], ["bank"], ["bank", "public"])
    )
    assert optional
    assert both == public | optional


def test_a_list_by_hand_has_a_digest_as_revision():
    one, same, other = (from_dates([dt.date(2026, 5, day)]) for day in (1, 1, 2))
    assert one.revision == same.revision != other.revision
    assert from_dates({dt.date(2026, 5, 1): "Labour Day"}).days == {dt.date(2026, 5, 1): "Labour Day"}
