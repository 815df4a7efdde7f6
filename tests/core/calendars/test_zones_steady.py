"""
Away from changes of the clocks a local time is so many seconds after midnight: in every zone, on every date.
"""

import datetime as dt

import pytest

from upheld.core.calendars.zones import resolve, steady_midnight, zone, zone_names

SECONDS = (0, 1, 9 * 3_600, 86_400, 172_800 - 1, 172_800)
ODD = (
    "Africa/Casablanca",
    "America/New_York",
    "Antarctica/Troll",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "UTC",
)


def differing(names, years):
    """The dates on which a steady midnight leads elsewhere than the zone, and how many were steady."""
    wrong, steady = [], 0
    for name in names:
        place = zone(name)
        for ordinal in range(dt.date(years[0], 1, 1).toordinal(), dt.date(years[-1], 12, 31).toordinal() + 1):
            midnight = steady_midnight(place, ordinal)
            if midnight is None:
                continue
            steady, day = steady + 1, dt.date.fromordinal(ordinal)
            wrong += [(name, day) for each in SECONDS if resolve(place, day, each) != midnight + each]
    return wrong, steady


@pytest.mark.parametrize("name", ODD)
def test_odd_zones_through_the_years(name):
    years = (1970, 2040)
    wrong, steady = differing([name], years)
    assert wrong == []
    assert steady > 0.9 * 365 * (years[1] - years[0])


def test_the_day_that_was_left_out_is_near_a_change():
    place = zone("Pacific/Apia")
    left_out = dt.date(2011, 12, 30).toordinal()
    near = [each for each in range(-9, 10) if steady_midnight(place, left_out + each) is None]
    assert near == [-3, -2, -1, 0, 1]


@pytest.mark.heavy
@pytest.mark.parametrize("year", range(1970, 2038, 4))
def test_all_zones(year):
    wrong, steady = differing(sorted(zone_names()), (year, year))
    assert wrong == []
    assert steady
