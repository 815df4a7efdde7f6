"""
Local times into instants.
"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.core.calendars import zones
from upheld.core.calendars.errors import CalendarError
from upheld.importers.moments import DatePatternError, MomentReader


@pytest.mark.parametrize(
    ("pattern", "zone", "text", "expected"),
    [
        ("d/m/yyyy HH:MM", "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00+00:00"),
        ("d/m/yyyy HH:MM", "Europe/Lisbon", "1/7/2016 09:00", "2016-07-01T08:00:00+00:00"),
        ("dd.mm.yy HH:MM:SS", "UTC", "03.04.26 05:06:07", "2026-04-03T05:06:07+00:00"),
        ("mm/dd/yyyy hh:MM AM", "UTC", "02/29/2016 12:05 AM", "2016-02-29T00:05:00+00:00"),
        ("mm/dd/yyyy hh:MM AM", "UTC", "02/29/2016 12:05 pm", "2016-02-29T12:05:00+00:00"),
        ("yyyy-mm-dd", "America/New_York", "2026-01-01", "2026-01-01T05:00:00+00:00"),
        ("iso", "UTC", "2026-01-01T09:00:00+02:00", "2026-01-01T07:00:00+00:00"),
        ("iso", "Europe/Berlin", "2026-01-01 09:00", "2026-01-01T08:00:00+00:00"),
        pytest.param("d/m/yyyy HH:MM", "Europe/Brussels", "27/3/2016 02:30", "2016-03-27T01:30:00+00:00", id="skipped"),
        pytest.param(
            "d/m/yyyy HH:MM", "Europe/Brussels", "30/10/2016 02:30", "2016-10-30T00:30:00+00:00", id="doubled"
        ),
    ],
)
def test_moments(pattern, zone, text, expected):
    assert MomentReader(pattern, zone).read(text) == int(dt.datetime.fromisoformat(expected).timestamp())


@pytest.mark.parametrize(
    "text",
    ["", "?", "31/2/2016 09:00", "1/13/2016 09:00", "1/1/2016 24:00", "1/1/2016 09:60", "1/1/2016", "1/1/16 09:00",
     "1/1/1969 00:00", "1/1/2016 09:00 and more", "\u0661/1/2016 09:00x"],
)  # fmt: skip
def test_what_is_no_moment(text):
    assert MomentReader("d/m/yyyy HH:MM", "UTC").read(text) is None


@pytest.mark.parametrize("pattern", ["", "yyyy", "d/m", "d/m/yyyy hh:MM", "d/m/yyyy yyyy", "%d/%m/%Y"])
def test_patterns_that_name_no_date(pattern):
    with pytest.raises(DatePatternError) as refused:
        MomentReader(pattern, "UTC")
    assert refused.value.code == "dates.bad_pattern"


def test_an_unknown_zone():
    with pytest.raises(CalendarError) as refused:
        MomentReader("iso", "Europe/Brusels")
    assert refused.value.params["meant"] == "Europe/Brussels"


def test_gaps_and_overlaps_are_counted():
    reader = MomentReader("d/m/yyyy HH:MM", "Europe/Brussels")
    for text in ("27/3/2016 02:30", "27/3/2016 02:30", "27/3/2016 01:30", "30/10/2016 02:10", "30/10/2016 02:20"):
        reader.read(text)
    assert reader.skipped == {"27/3/2016 02:30"}
    assert reader.doubled == {"30/10/2016 02:10", "30/10/2016 02:20"}


@given(
    st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001  a local time, on purpose
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca",
                     "Pacific/Apia", "Asia/Kathmandu"]),
)  # fmt: skip
def test_the_quick_way_is_the_right_way(local, zone):
    local = local.replace(second=0, microsecond=0)
    expected = int(local.replace(tzinfo=zones.zone(zone)).timestamp())
    text = f"{local.day}/{local.month}/{local.year} {local:%H:%M}"
    assert MomentReader("d/m/yyyy HH:MM", zone).read(text) == expected
