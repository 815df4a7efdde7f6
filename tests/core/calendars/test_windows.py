"""
The notation of windows, days and weeks: what it reads, and what it refuses.
"""

import pytest

from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.windows import Week, Window, parse_clock, parse_days, parse_week, parse_windows

H = 3600
EIGHT = (Window(9 * H, 17 * H),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-17:00", EIGHT),
        ("9:00 - 17:00", EIGHT),
        ("09:00\u201317:00", EIGHT),
        ("13:30-18:00, 08:30-12:00", (Window(30600, 12 * H), Window(48600, 18 * H))),
        ("08:00-12:00, 12:00-17:00", (Window(8 * H, 12 * H), Window(12 * H, 17 * H))),
        ("22:00-06:00 next day", (Window(22 * H, 30 * H),)),
        ("22:00-22:00 Next Day", (Window(22 * H, 46 * H),)),
        ("22:00-24:00 next day", (Window(22 * H, 48 * H),)),
        ("00:00-24:00", (Window(0, 24 * H),)),
        ("24h", (Window(0, 24 * H),)),
        ("all day", (Window(0, 24 * H),)),
        ("closed", ()),
        ("08:00:01-08:00:02", (Window(28801, 28802),)),
    ],
)
def test_windows(text, expected):
    assert parse_windows(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("17:00-09:00", "calendar.window_backwards", id="BI-CD-013-overnight-not-said"),
        pytest.param("09:00-09:00", "calendar.window_empty", id="BI-CD-013-equal-ends"),
        pytest.param("00:00-00:00", "calendar.window_empty", id="BI-CD-013-midnight-twice"),
        pytest.param("09:00-25:00", "calendar.time_out_of_day", id="BI-CD-013-25:00"),
        pytest.param("09:00-12:00, 11:59-13:00", "calendar.windows_overlap", id="BI-CD-013-overlap"),
        pytest.param("12:00 AM-05:00", "calendar.window_unreadable", id="BI-CD-023-twelve-hour-clock"),
        ("24:00-24:00", "calendar.time_out_of_day"),
        ("24:00-02:00 next day", "calendar.time_out_of_day"),
        ("09:60-10:00", "calendar.time_out_of_day"),
        ("09:00-24:00:01", "calendar.time_out_of_day"),
        ("9-17", "calendar.window_unreadable"),
        ("09:00", "calendar.window_unreadable"),
        ("09:00-17:00,", "calendar.window_unreadable"),
        ("", "calendar.window_unreadable"),
        ("\u0660\u0669:00-17:00", "calendar.time_unreadable"),
        ("22:00-06:00 next day, 23:00-24:00", "calendar.windows_overlap"),
    ],
)
def test_windows_that_are_refused(text, code):
    with pytest.raises(CalendarError) as refused:
        parse_windows(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        (-1, 5, "out_of_day"),
        (86400, 90000, "out_of_day"),
        (0, 172801, "out_of_day"),
        (5, 5, "empty"),
        (6, 5, "backwards"),
    ],
)
def test_a_window_is_validated_where_it_is_built(opens, closes, code):
    with pytest.raises(CalendarError, match=rf"calendar\.window_{code}"):
        Window(opens, closes)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sun-thu", (6, 0, 1, 2, 3)),
        ("sat-mon", (5, 6, 0)),
        ("mon, wed", (0, 2)),
        ("Monday - Tuesday, sun", (0, 1, 6)),
        ("tue-mon", (1, 2, 3, 4, 5, 6, 0)),
    ],
)
def test_days(text, days):
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mon-mon", "days_unreadable"),
        ("mo", "days_unreadable"),
        ("mon-wed-fri", "days_unreadable"),
        ("", "days_unreadable"),
        ("mon,", "days_unreadable"),
        ("mon-wed, tue", "day_named_twice"),
    ],
)
def test_days_that_are_refused(text, code):
    with pytest.raises(CalendarError, match=rf"calendar\.{code}"):
        parse_days(text)


def test_a_week_from_a_mapping():
    week = parse_week({"mon-fri": "09:00-17:00", "sat": "closed"})
    assert week.days == (EIGHT,) * 5 + ((), ())


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri 09:00-17:00", (EIGHT,) * 5 + ((), ())),
        ("mon, wed 09:00-17:00; sun all day", (EIGHT, (), EIGHT, (), (), (), (Window(0, 24 * H),))),
        ("24x7", ((Window(0, 24 * H),),) * 7),
        ("sun 16:00 - fri 17:00", ((Window(0, 24 * H),),) * 4 + ((Window(0, 17 * H),), (), (Window(16 * H, 24 * H),))),
        ("mon 09:00 - mon 17:00", (EIGHT, (), (), (), (), (), ())),
        (
            "mon 17:00 - mon 09:00",
            ((Window(0, 9 * H), Window(17 * H, 24 * H)),) + ((Window(0, 24 * H),),) * 6,
        ),
    ],
)
def test_a_week_from_text(text, days):
    assert parse_week(text).days == days


@pytest.mark.parametrize(
    ("week", "code"),
    [
        ({"mon": "09:00-17:00", "monday": "09:00-10:00"}, "day_named_twice"),
        ({"mon-wed": "09:00-17:00", "wed-fri": "09:00-10:00"}, "day_named_twice"),
        ("mon 09:00 - mon 09:00", "span_empty"),
        ("weekdays", "week_unreadable"),
        ("mon-fri", "week_unreadable"),
        ("mon-fri 09:00-17:00; mon-fri 18:00-19:00", "week_unreadable"),
    ],
)
def test_weeks_that_are_refused(week, code):
    with pytest.raises(CalendarError, match=rf"calendar\.{code}"):
        parse_week(week)


def test_a_week_has_seven_days_of_sorted_windows():
    late, early = Window(13 * H, 17 * H), Window(8 * H, 12 * H)
    assert Week(((late, early),) + ((),) * 6).days[0] == (early, late)
    with pytest.raises(CalendarError, match=r"calendar\.week_length"):
        Week(((),) * 6)


@pytest.mark.parametrize("window", ["09:00-17:00", "22:00-06:00 next day", "00:00-24:00", "08:00:01-08:00:02"])
def test_a_window_prints_as_it_is_written(window):
    assert str(parse_windows(window)[0]) == window


def test_the_end_of_the_day_is_a_time():
    assert parse_clock("24:00") == 86400
