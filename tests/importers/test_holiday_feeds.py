"""
Holiday feeds: what counts as a holiday, what is refused and where, and that no feed is slow.
"""

import datetime as dt

import pytest

from tests.effort import least_seconds
from upheld.core.calendars.errors import CalendarError
from upheld.importers.holiday_feeds import HolidayFeedError, from_icalendar

YEARS = (2025, 2026)


def event(*lines):
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))


def feed(*events):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"


def days(*events):
    return {str(day): name for day, name in from_icalendar(feed(*events), "feed", YEARS).days.items()}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART;VALUE=DATE:20261225", "SUMMARY:Noel\\, the", "  first day"], {"2026-12-25": "Noel, the first day"}),
        (["DTSTART;VALUE=DATE:20261225"], {"2026-12-25": "feed"}),
        (["DTSTART:20261225"], {"2026-12-25": "feed"}),
        (["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261226"], {"2026-12-24": "feed", "2026-12-25": "feed"}),
        (["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"], {"2026-12-24": "feed"}),
        (["DTSTART;VALUE=DATE:20261224", "DURATION:P2D"], {"2026-12-24": "feed", "2026-12-25": "feed"}),
        (["DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270102"], {"2026-12-31": "feed"}),
        (["DTSTART;VALUE=DATE:20301225"], {}),
        (["DTSTART;VALUE=DATE:20261225", "STATUS:CANCELLED"], {}),
        (["DTSTART;VALUE=DATE:19701225", "RRULE:FREQ=YEARLY"], {"2025-12-25": "feed", "2026-12-25": "feed"}),
        (
            ["DTSTART;VALUE=DATE:19701126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"],
            {"2025-11-27": "feed", "2026-11-26": "feed"},
        ),
        (["DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=YEARLY;COUNT=2"], {"2025-01-01": "feed"}),
        (["DTSTART;VALUE=DATE:20241224", "RRULE:FREQ=YEARLY;UNTIL=20251231T235959Z"], {"2025-12-24": "feed"}),
        (["DTSTART;VALUE=DATE:20230704", "RRULE:FREQ=YEARLY;INTERVAL=2"], {"2025-07-04": "feed"}),
        (["DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"], {}),
        (["DTSTART;VALUE=DATE:20270101", "RRULE:FREQ=YEARLY"], {}),
        (
            ["DTSTART:20240101", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20250101", "RDATE;VALUE=DATE:20250102"],
            {"2025-01-02": "feed", "2026-01-01": "feed"},
        ),
        (
            ["DTSTART;TZID=Europe/Brussels:20261225T000000", "DTEND;TZID=Europe/Brussels:20261226T000000"],
            {"2026-12-25": "feed"},
        ),
        # Floating: no zone is said, so the dates are taken as written.
        (["DTSTART:20261225T000000", "DTEND:20261226T000000"], {"2026-12-25": "feed"}),
    ],
)
def test_what_counts(lines, expected):
    assert days(event(*lines)) == expected


def test_a_moved_date_takes_the_place_of_the_repeated_one():
    series = event("UID:1", "DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY")
    moved = event("UID:1", "RECURRENCE-ID;VALUE=DATE:20260101", "DTSTART;VALUE=DATE:20260102")
    assert list(days(series, moved)) == ["2025-01-01", "2026-01-02"]


def test_a_list_names_its_years_and_a_digest():
    one, other = (from_icalendar(feed(event(f"DTSTART:202612{day}")), "feed", YEARS) for day in (24, 25))
    assert one.years == YEARS
    assert one.revision != other.revision
    with pytest.raises(CalendarError, match=r"holiday_list\.no_years"):
        from_icalendar(feed(), "feed", [])


def test_line_endings_and_a_byte_order_mark():
    text = feed(event("DTSTART:20261225")).replace("\r\n", "\n")
    assert list(from_icalendar("\ufeff" + text, "feed", YEARS).days) == [dt.date(2026, 12, 25)]


CHRISTMAS = "DTSTART;VALUE=DATE:20261225"
NEVER = "BYMONTH=2;BYMONTHDAY=30"
REFUSED = [
    ("BI-CD-016-secondly", feed(event(CHRISTMAS, "RRULE:FREQ=SECONDLY")), "frequency", 5),
    ("BI-CD-016-count", feed(event(CHRISTMAS, "RRULE:FREQ=DAILY;COUNT=1000000000")), "too_many_repeats", 5),
    ("BI-CD-016-nested-zone", feed("BEGIN:VTIMEZONE\r\n" * 100_000), "nested", 4),
    ("BI-CD-016-nested-deep", feed(*(f"BEGIN:X{n}\r\n" for n in range(100))), "nested", 10),
    ("BI-CD-016-many-events", feed(event(CHRISTMAS) * 1_000_000), "too_many_events", 15003),
    ("BI-CD-016-never-daily", feed(event("DTSTART:19000101", f"RRULE:FREQ=DAILY;{NEVER}") * 4000), "rule", 5),
    ("BI-CD-016-never-yearly", feed(event("DTSTART:19000101", f"RRULE:FREQ=YEARLY;{NEVER}") * 4000), "rule", 5),
    ("BI-CD-016-daily", feed(event("DTSTART:19000101", "RRULE:FREQ=DAILY") * 4000), "too_many_repeats", None),
    ("BI-CD-016-long-line", feed("X:" + "x" * 10_000_000 + "\r\n"), "line_too_long", 3),
    ("BI-CD-016-folded-for-ever", feed("X:y\r\n" + " y\r\n" * 1_000_000), "line_too_long", None),
    ("BI-CD-017-unknown-zone", feed(event("DTSTART;TZID=Mars/Olympus:20261225T000000")), "unknown_zone", 4),
    ("BI-CD-017-floating-part-of-a-day", feed(event("DTSTART:20261225T100000")), "not_a_whole_day", 4),
    ("BI-CD-017-utc-midnight", feed(event("DTSTART:20261225T000000Z", "DTEND:20261226T000000Z")), "not_a_whole_day", 4),
    ("BI-CD-017-midnight-without-end", feed(event("DTSTART:20261225T000000")), "not_a_whole_day", 3),
    ("BI-CD-017-folding-broken", feed(event(CHRISTMAS, "SUMMARY:Chris", "tmas")), "line_unreadable", 6),
    ("not-a-calendar", "BEGIN:VCARD\r\nEND:VCARD\r\n", "not_a_calendar", 1),
    ("a-web-page", "<!DOCTYPE html>\n<html>", "line_unreadable", 1),
    ("empty", "", "cut_off", 1),
    ("cut-off", feed(event(CHRISTMAS))[:-15], "cut_off", 6),
    ("unbalanced", feed("BEGIN:VEVENT\r\nEND:VTODO\r\n"), "unbalanced", 4),
    ("no-start", feed(event("SUMMARY:x")), "no_start", 3),
    ("two-starts", feed(event(CHRISTMAS, CHRISTMAS)), "given_twice", 5),
    ("no-such-date", feed(event("DTSTART:20260230")), "date_unreadable", 4),
    ("year-1", feed(event("DTSTART:00010101")), "date_unreadable", 4),
    ("rule-of-nothing", feed(event(CHRISTMAS, "RRULE:FREQ=YEARLY;BYDAY=XX")), "rule", 5),
    ("rule-with-twice", feed(event(CHRISTMAS, "RRULE:FREQ=YEARLY;FREQ=DAILY")), "rule", 5),
    ("rule-until-never", feed(event(CHRISTMAS, "RRULE:FREQ=YEARLY;UNTIL=soon")), "date_unreadable", 5),
    ("interval-0", feed(event(CHRISTMAS, "RRULE:FREQ=YEARLY;INTERVAL=0")), "rule", 5),
    ("ends-before", feed(event(CHRISTMAS, "DTEND;VALUE=DATE:20261224")), "length", 5),
    ("lasts-years", feed(event(CHRISTMAS, "DURATION:P900D")), "length", 5),
    ("lasts-hours", feed(event(CHRISTMAS, "DURATION:PT8H")), "length", 5),
]


@pytest.mark.parametrize(("text", "code", "line"), [pytest.param(*given[1:], id=given[0]) for given in REFUSED])
def test_what_is_refused_with_its_line_in_a_second(text, code, line):
    def refuse():
        with pytest.raises(HolidayFeedError) as refused:
            from_icalendar(text, "feed", YEARS)
        return refused

    refused = refuse()
    assert refused.value.code == f"holiday_feed.{code}"
    assert line in {refused.value.params["line"], None}
    assert least_seconds(refuse) < 1
