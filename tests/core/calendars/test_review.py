"""
Findings about calendars that can be computed and are odd all the same.
"""

import datetime as dt

from tests.cases import of_row
from upheld.core.calendars import holiday_lists
from upheld.core.calendars.compiled import compile_calendar
from upheld.core.calendars.review import review_calendar
from upheld.core.calendars.spec import CalendarSpec, always, parse_week
from upheld.core.errors import Weight


def findings(last, **fields):
    spec = CalendarSpec("office", "Europe/Brussels", parse_week("mon-fri 09:00-17:00"), **fields)
    return [(one.code, one.params) for one in review_calendar(compile_calendar(spec, dt.date(2026, 1, 1), last))]


def test_a_plain_calendar_has_none():
    assert findings(dt.date(2026, 12, 31)) == []
    assert review_calendar(compile_calendar(always(), dt.date(2026, 1, 1), dt.date(2026, 12, 31))) == ()


def test_a_long_closure_is_named_with_its_dates():
    august = [dt.date(2026, 8, day) for day in range(1, 32)]
    assert findings(dt.date(2026, 12, 31), holidays=(holiday_lists.from_dates(august),)) == [
        ("calendar.long_closure", {"calendar": "office", "days": 31, "first": "2026-08-01", "last": "2026-08-31"})
    ]


@of_row("BI-CD-014")
def test_two_years_of_holidays_are_a_warning():
    days = [dt.date(2026, 2, 1) + dt.timedelta(days=step) for step in range(730)]
    ((code, params),) = findings(dt.date(2028, 1, 20), holidays=(holiday_lists.from_dates(days),))
    assert (code, params["first"], params["last"]) == ("calendar.long_closure", "2026-01-31", "2028-01-20")


def test_a_list_that_ends_before_the_horizon():
    listed = holiday_lists.from_library("BE", years=[2026])
    assert findings(dt.date(2028, 6, 30), holidays=(listed,)) == [
        ("calendar.holidays_end", {"calendar": "office", "list": "BE", "years": ["2027", "2028"]})
    ]
    spec = always()
    assert all(
        one.weight is Weight.WARNING for one in review_calendar(compile_calendar(spec, *[dt.date(2026, 1, 1)] * 2))
    )
