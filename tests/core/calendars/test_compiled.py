"""
Compiled calendars: the semantics of DESIGN, the edges of time and of zones, and the worked examples.
"""

import datetime as dt
import pickle
import re

import pytest

from tests.core.calendars import oracle
from tests.shared_files import shared_rows
from upheld.core.calendars import holiday_lists, zones
from upheld.core.calendars.compiled import DayMode, compile_calendar
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import (
    CalendarSpec,
    HolidayEffect,
    HolidayList,
    always,
    parse_week,
    parse_windows,
)
from upheld.core.errors import UpheldError
from upheld.core.instants import InstantError, parse_instant
from upheld.core.periods import Period

H = 3600
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
PACIFIC = "America/Los_Angeles"


def closed_on(*days):
    return (HolidayList("test", "1", "test", dict.fromkeys(map(dt.date.fromisoformat, days), "holiday")),)


def calendar(week="mon-fri 09:00-17:00", zone="UTC", first=YEAR[0], last=YEAR[1], *, limited_open=True, **fields):
    spec = CalendarSpec("office", zone, parse_week(week), **fields)
    return compile_calendar(spec, first, last, limited_open=limited_open)


def at(text, zone="UTC"):
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=zones.zone(zone)).timestamp())


def shown(instant, zone="UTC"):
    return dt.datetime.fromtimestamp(instant, zones.zone(zone)).strftime("%a %Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-06-05 16:00", H, "Fri 2026-06-05 17:00:00"),
        ("2026-06-05 16:00", H + 1, "Mon 2026-06-08 09:00:01"),
        ("2026-06-05 17:00", 0, "Fri 2026-06-05 17:00:00"),
        ("2026-06-05 17:00", 1, "Mon 2026-06-08 09:00:01"),
        ("2026-06-05 17:00:01", 0, "Mon 2026-06-08 09:00:00"),
        ("2026-06-06 12:00", 0, "Mon 2026-06-08 09:00:00"),
        ("2026-06-08 09:00", 0, "Mon 2026-06-08 09:00:00"),
        ("2026-06-08 10:00", -H, "Mon 2026-06-08 09:00:00"),
        ("2026-06-08 10:00", -H - 1, "Fri 2026-06-05 16:59:59"),
        ("2026-06-08 09:00", -1, "Fri 2026-06-05 16:59:59"),
        ("2026-06-06 12:00", -8 * H, "Fri 2026-06-05 09:00:00"),
    ],
)
def test_add(start, seconds, due):
    assert shown(calendar().add(at(start), seconds)) == due


@pytest.mark.parametrize(
    ("start", "days", "mode", "due"),
    [
        ("2026-06-05 10:00", 1, "same_time", "Mon 2026-06-08 10:00:00"),
        ("2026-06-06 10:00", 1, "same_time", "Mon 2026-06-08 10:00:00"),
        ("2026-06-06 10:00", -1, "same_time", "Fri 2026-06-05 10:00:00"),
        ("2026-06-04 19:00", 1, "same_time", "Mon 2026-06-08 09:00:00"),
        ("2026-06-05 07:00", -1, "same_time", "Wed 2026-06-03 17:00:00"),
        ("2026-06-04 17:00", 1, "same_time", "Fri 2026-06-05 17:00:00"),
        ("2026-06-05 10:00", 0, "same_time", "Fri 2026-06-05 10:00:00"),
        ("2026-06-06 10:00", 0, "same_time", "Mon 2026-06-08 09:00:00"),
        ("2026-06-05 10:00", 0, "end_of_day", "Fri 2026-06-05 17:00:00"),
        ("2026-06-05 10:00", 1, "end_of_day", "Mon 2026-06-08 17:00:00"),
        ("2026-06-05 18:00", 1, "end_of_day", "Tue 2026-06-09 17:00:00"),
        ("2026-06-06 10:00", -1, "end_of_day", "Thu 2026-06-04 17:00:00"),
        ("2026-06-05 10:00", 2, "hours", "Tue 2026-06-09 10:00:00"),
        ("2026-06-05 10:00", -1, "hours", "Thu 2026-06-04 10:00:00"),
    ],
)
def test_add_days(start, days, mode, due):
    assert shown(calendar(day_seconds=8 * H).add_days(at(start), days, DayMode(mode))) == due


@pytest.mark.parametrize(
    ("start", "days", "mode", "due"),
    [
        ("2026-06-05 10:00", 1, "same_time", "Mon 2026-06-08 10:00:00"),
        ("2026-06-07 18:00", 1, "same_time", "Mon 2026-06-08 18:00:00"),
        ("2026-06-05 18:00", 1, "same_time", "Mon 2026-06-08 18:00:00"),
        ("2026-06-07 18:00", 0, "end_of_day", "Tue 2026-06-09 00:00:00"),
        ("2026-06-05 10:00", 1, "end_of_day", "Tue 2026-06-09 00:00:00"),
        ("2026-06-05 18:00", 1, "end_of_day", "Wed 2026-06-10 00:00:00"),
    ],
)
def test_sunday_evening_belongs_to_monday(start, days, mode, due):
    follow = calendar("sun 16:00 - fri 17:00", support_day={6: 0})
    assert shown(follow.add_days(at(start), days, DayMode(mode))) == due
    assert follow.support_day_of(at("2026-06-07 18:00")) == dt.date(2026, 6, 8)
    assert not follow.is_support_day(dt.date(2026, 6, 7))


def test_where_monday_is_a_holiday_sunday_evening_is_tuesdays():
    follow = calendar("sun 16:00 - fri 17:00", support_day={6: 0}, holidays=closed_on("2026-06-08"))
    assert follow.support_day_of(at("2026-06-07 18:00")) == dt.date(2026, 6, 9)
    assert shown(follow.add_days(at("2026-06-05 10:00"), 1, DayMode.SAME_TIME)) == "Tue 2026-06-09 10:00:00"


@pytest.mark.parametrize(
    ("start", "mode", "due"),
    [
        ("2026-06-02 02:00", "same_time", "Wed 2026-06-03 02:00:00"),
        ("2026-06-05 02:00", "same_time", "Sat 2026-06-06 02:00:00"),
        ("2026-06-06 02:00", "same_time", "Tue 2026-06-09 02:00:00"),
        ("2026-06-06 12:00", "same_time", "Mon 2026-06-08 22:00:00"),
        ("2026-06-05 23:00", "end_of_day", "Tue 2026-06-09 06:00:00"),
    ],
)
def test_the_tail_of_a_night_shift_counts_with_its_shift(start, mode, due):
    assert shown(calendar("mon-fri 22:00-06:00 next day").add_days(at(start), 1, DayMode(mode))) == due


def test_days_in_hours_need_a_declared_day():
    with pytest.raises(CalendarError, match=r"calendar\.no_day_length"):
        calendar().add_days(at("2026-06-05 10:00"), 1, DayMode.HOURS)


def test_a_holiday_is_cut_at_local_midnights():
    night = calendar("mon-sun 22:00-06:00 next day", holidays=closed_on("2026-06-03"))
    assert night.between(at("2026-06-02 12:00"), at("2026-06-04 12:00")) == 2 * H
    assert night.is_open(at("2026-06-02 23:59"))
    assert not night.is_open(at("2026-06-03 01:00"))
    assert not night.is_open(at("2026-06-04 01:00"))


def test_a_holiday_on_a_day_of_25_hours_leaks_nothing():
    late = calendar("sun 22:00-24:00", "Europe/Brussels", holidays=closed_on("2026-10-25"))
    assert late.between(at("2026-10-24 12:00"), at("2026-10-26 12:00")) == 0


def test_breaks_and_dates():
    half = calendar(
        holidays=closed_on("2026-12-24", "2026-12-25"),
        dates={dt.date(2026, 12, 24): parse_windows("09:00-12:00"), dt.date(2026, 12, 28): ()},
        breaks={dt.date(2026, 12, 29): parse_windows("10:00-16:30")},
    )
    assert half.open_periods(at("2026-12-23 17:00"), at("2026-12-30 09:00")) == tuple(
        Period(at(f"2026-12-{opens}"), at(f"2026-12-{closes}"))
        for opens, closes in [("24 09:00", "24 12:00"), ("29 09:00", "29 10:00"), ("29 16:30", "29 17:00")]
    )


def test_openings_and_closings():
    office = calendar()
    assert shown(office.next_open(at("2026-06-05 16:59:59"))) == "Fri 2026-06-05 16:59:59"
    assert shown(office.next_open(at("2026-06-05 17:00"))) == "Mon 2026-06-08 09:00:00"
    assert shown(office.next_close(at("2026-06-05 16:59:59"))) == "Fri 2026-06-05 17:00:00"
    assert shown(office.next_close(at("2026-06-05 17:00"))) == "Mon 2026-06-08 17:00:00"
    with pytest.raises(CalendarError, match="beyond_horizon"):
        compile_calendar(always(), *YEAR).next_close(at("2026-06-05 17:00"))


def test_pauses_outside_hours_move_nothing():
    office = calendar()
    start = at("2026-06-05 16:00")
    night = Period(at("2026-06-05 17:00"), at("2026-06-08 09:00"))
    assert office.add_paused(start, 2 * H, [night]) == office.add(start, 2 * H)
    assert office.spend(start, at("2026-06-08 10:00"), [night]) == 2 * H


def test_a_pause_that_began_before_the_start_counts_from_the_start():
    office = calendar()
    start, pause = at("2026-06-05 10:00"), Period(at("2026-06-05 09:00"), at("2026-06-05 11:00"))
    assert shown(office.add_paused(start, H, [pause])) == "Fri 2026-06-05 12:00:00"
    assert office.add_paused(start, 0, [pause]) == start


def test_counting_support_days():
    office = calendar(holidays=closed_on("2026-07-01"))
    friday = dt.date(2026, 6, 26)
    assert office.shift_date(friday, 5) == dt.date(2026, 7, 6)
    assert office.shift_date(dt.date(2026, 7, 6), -5) == friday
    assert office.shift_date(dt.date(2026, 6, 27), 1) == dt.date(2026, 6, 29)
    assert office.support_days_between(friday, dt.date(2026, 7, 6)) == 5
    assert office.support_days_between(dt.date(2026, 7, 6), friday) == -5
    assert office.hours_of(dt.date(2026, 7, 1)) is None
    assert office.hours_of(friday) == Period(at("2026-06-26 09:00"), at("2026-06-26 17:00"))


def test_the_holiday_of_an_instant_is_that_of_its_local_date():
    office = calendar(zone="Asia/Tokyo", holidays=closed_on("2026-01-02"))
    assert office.holiday_at(at("2026-01-01 15:00")) == ("holiday", HolidayEffect.CLOSED)
    assert office.holiday_at(at("2026-01-01 14:59:59")) is None


def test_calendars_outlive_a_process():
    office = calendar(zone=PACIFIC)
    again = pickle.loads(pickle.dumps(office))  # noqa: S301
    assert again.revision == office.revision
    assert again.add_days(at("2026-06-05 20:00"), 1, DayMode.SAME_TIME) == at("2026-06-08 20:00")


def test_a_revision_names_what_it_was_made_of():
    listed = holiday_lists.from_library("US", years=[2026])
    office, other = (calendar(zone=PACIFIC, holidays=given) for given in ((listed,), ()))
    assert re.fullmatch(r"20\d\d[a-z]", office.revision.tzdata)
    ((name, revision, source),) = office.revision.holiday_lists
    assert (name, revision) == ("US", listed.revision)
    assert re.fullmatch(r"holidays \d+\.\d+.*: US, public", source)
    assert office.revision.digest != other.revision.digest
    assert calendar(zone=PACIFIC).revision == other.revision


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"first": dt.date(2026, 1, 2), "last": dt.date(2026, 1, 1)}, "horizon_backwards"),
        ({"first": dt.date(1969, 12, 31)}, "horizon_too_wide"),
        ({"last": dt.date(2200, 1, 1)}, "horizon_too_wide"),
        ({"week": "mon closed"}, "never_opens"),
    ],
)
def test_horizons_that_are_refused(fields, code):
    with pytest.raises(CalendarError, match=rf"calendar\.{code}"):
        calendar(**fields)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_widest_horizon(zone):
    widest = compile_calendar(always(zone), dt.date(1970, 1, 1), dt.date(2199, 12, 31))
    assert 0 <= widest.start < widest.end <= parse_instant("2199-12-31T23:59:59Z") + 1
    assert widest.between(widest.start, widest.end) == widest.end - widest.start


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda c, moment: c.add_to(moment, 5), id="BI-CD-001-add"),
        pytest.param(lambda c, moment: c.seconds_between(moment, moment), id="BI-CD-001-between"),
    ],
)
def test_the_year_1_is_refused_with_the_range(ask):
    moment = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))
    with pytest.raises(InstantError, match=r"instant\.out_of_range"):
        ask(calendar(), moment)


@pytest.mark.parametrize("mode", [pytest.param(mode, id=f"BI-CD-002-{mode}") for mode in DayMode])
def test_the_year_9999_is_refused(mode):
    with pytest.raises(UpheldError, match=r"out_of_range"):
        calendar(day_seconds=8 * H).add_to(dt.datetime(9999, 12, 31, tzinfo=dt.UTC), 8 * H)
    with pytest.raises(UpheldError, match=r"out_of_range"):
        calendar(day_seconds=8 * H).add_days(int(dt.datetime(9999, 12, 31, tzinfo=dt.UTC).timestamp()), 1, mode)


@pytest.mark.parametrize("mode", list(DayMode))
@pytest.mark.parametrize("days", [10**6, -(10**6)])
def test_days_beyond_the_horizon_are_refused(mode, days):
    with pytest.raises(CalendarError, match=r"calendar\.beyond_horizon") as refused:
        calendar(day_seconds=8 * H).add_days(at("2026-06-05 10:00"), days, mode)
    assert refused.value.params == {"calendar": "office", "first": "2026-01-01", "last": "2026-12-31"}


def test_a_naive_datetime_is_refused():
    naive = dt.datetime(2026, 6, 5, 10)  # noqa: DTZ001
    aware = naive.replace(tzinfo=dt.UTC)
    for ask in (
        lambda: calendar().add_to(naive, 5),
        lambda: calendar().seconds_between(naive, aware),
        lambda: calendar().seconds_between(aware, naive),
    ):
        with pytest.raises(InstantError, match=r"instant\.naive"):
            ask()


@pytest.mark.parametrize("shape", [pytest.param("gap", id="BI-CD-004")])
def test_a_start_inside_a_gap_is_the_time_after_it(shape):
    berlin = zones.zone("Europe/Berlin")
    start = dt.datetime(2026, 3, 29, 2, 30, tzinfo=berlin)
    due = calendar("24x7", "Europe/Berlin").add_to(start, 0).astimezone(berlin)
    assert due.isoformat() == "2026-03-29T03:30:00+02:00"
    assert calendar("24x7", "Europe/Berlin").add_to(due, 0).astimezone(berlin) == due


@pytest.mark.parametrize(
    ("fold", "seconds"),
    [pytest.param(0, 9000, id="BI-CD-005-first"), pytest.param(1, 5400, id="BI-CD-005-second")],
)
def test_a_start_inside_an_overlap_is_the_first_unless_said(fold, seconds):
    york = zones.zone("America/New_York")
    start = dt.datetime(2026, 11, 1, 1, 30, tzinfo=york, fold=fold)
    end = dt.datetime(2026, 11, 1, 3, 0, tzinfo=york)
    assert calendar("24x7", "America/New_York").seconds_between(start, end) == seconds


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param(name, id=f"BI-CD-007-{name}")
        for name in ("Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin")
    ],
)
def test_twenty_years_of_a_zone(zone):
    first, last = dt.date(2015, 1, 1), dt.date(2034, 12, 31)
    office = calendar("mon-sun 01:45-09:00", zone, first, last)
    days = [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]
    bounds = [
        [oracle.resolve(zone, dt.datetime.combine(day, time)) for day in days] for time in (dt.time(1, 45), dt.time(9))
    ]
    assert [list(office.opens), list(office.closes)] == bounds


@pytest.mark.parametrize("zone", [pytest.param("Pacific/Apia", id="BI-CD-008")])
def test_a_date_that_does_not_exist_is_skipped(zone):
    office = calendar("mon-fri 09:00-17:00", zone, dt.date(2011, 12, 1), dt.date(2012, 1, 31))
    assert not office.is_support_day(dt.date(2011, 12, 30))
    thursday = at("2011-12-29 10:00", zone)
    assert shown(office.add_days(thursday, 1, DayMode.SAME_TIME), zone) == "Mon 2012-01-02 10:00:00"
    assert shown(office.add(thursday, 8 * H), zone) == "Mon 2012-01-02 10:00:00"
    round_the_clock = calendar("24x7", zone, dt.date(2011, 12, 1), dt.date(2012, 1, 31))
    assert round_the_clock.between(at("2011-12-29 00:00", zone), at("2012-01-01 00:00", zone)) == 48 * H


@pytest.mark.parametrize(
    ("week", "date", "zone", "seconds"),
    [
        ("sun 00:00-24:00", "2025-10-26", "Europe/Brussels", 25 * H),
        ("sun 00:00-24:00", "2025-03-30", "Europe/Brussels", 23 * H),
        ("sun 02:30-05:00", "2025-03-30", "Europe/Brussels", 5400),
        ("sun 02:30-03:15", "2025-03-30", "Europe/Brussels", 0),
        ("sun 02:30-03:15, 03:15-04:00", "2025-03-30", "Europe/Brussels", 2700),
        ("sun 02:30-05:00", "2025-10-26", "Europe/Brussels", 12600),
        ("sun 01:00-02:30", "2025-10-26", "Europe/Brussels", 5400),
        ("sat 20:00-08:00 next day", "2025-03-29", "Europe/Brussels", 11 * H),
        ("sat 20:00-08:00 next day", "2025-10-25", "Europe/Brussels", 13 * H),
    ],
)
def test_windows_over_a_change_of_the_clocks(week, date, zone, seconds):
    day = dt.date.fromisoformat(date)
    only = calendar(week + "; thu 12:00-12:01", zone, day - dt.timedelta(days=3), day + dt.timedelta(days=3))
    first, last = (f"{day + dt.timedelta(days=step)} 00:00" for step in (0, 2))
    assert only.between(at(first, zone), at(last, zone)) == seconds


@pytest.mark.parametrize("years", [pytest.param(2, id="BI-CD-014")])
def test_two_years_of_holidays_are_never_silently_wrong(years):
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=step) for step in range(365 * years)]
    spec = CalendarSpec("office", "UTC", parse_week("mon-fri 09:00-17:00"), holidays=(holiday_lists.from_dates(days),))
    with pytest.raises(CalendarError, match=r"calendar\.never_opens"):
        compile_calendar(spec, days[0], days[-1])
    with pytest.raises(CalendarError, match=r"calendar\.beyond_horizon"):
        compile_calendar(spec, dt.date(2025, 12, 1), days[-1]).add(at("2025-12-31 16:00"), 2 * H)


US = holiday_lists.from_library("US", years=[2026])
ESSENTIAL = {"week": "mon-fri 08:00-17:00", "zone": PACIFIC, "day_seconds": 9 * H}
PREFERRED = {"week": "sun 16:00 - fri 17:00", "zone": PACIFIC, "day_seconds": 24 * H, "support_day": {6: 0}}
CLOUDEXTEND = {"week": "mon-fri 03:00-17:00", "zone": PACIFIC, "holidays": (US,)}
OPIGNO = {"zone": "Europe/Zurich", "day_seconds": 8 * H}
OPTIMY = {
    "week": "mon-fri 09:00-17:30",
    "zone": "America/Toronto",
    "holidays": (holiday_lists.from_library("CA", "ON", years=[2026]),),
}
CAP = {"zone": "Europe/Brussels"}
ALWAYS = {"week": "24x7", "zone": PACIFIC}
HOURS, SAME, END = DayMode.HOURS, DayMode.SAME_TIME, DayMode.END_OF_DAY
LIMITED = {**ESSENTIAL, "holidays": (US,), "holiday_effect": HolidayEffect.LIMITED}

WORKED = [
    ("CEL-2-limited", LIMITED, "2026-11-25T15:00-08:00", 4 * H, None, "2026-11-26T18:00:00Z"),
    (
        "CEL-2-limited",
        {**LIMITED, "limited_open": False},
        "2026-11-25T15:00-08:00",
        4 * H,
        None,
        "2026-11-27T18:00:00Z",
    ),
    ("CEL-3-a", ALWAYS, "2026-04-19T05:15:00Z", 2 * H, None, None),
    ("CEL-3-d", ALWAYS, "2026-03-08T08:30:00Z", 2 * H, None, None),
    ("CEL-3-f", PREFERRED, "2026-04-18T22:15-07:00", 8 * H, None, "2026-04-20T07:00:00Z"),
    ("CEL-7-c", ESSENTIAL, "2026-04-16T22:10:00Z", 1, HOURS, None),
    ("CEL-7-d", ESSENTIAL, "2026-04-17T02:00:00Z", 1, HOURS, None),
    ("CEL-7-d", ESSENTIAL, "2026-04-17T02:00:00Z", 1, SAME, "2026-04-20T08:00-07:00"),
    ("CEL-7-d", ESSENTIAL, "2026-04-17T02:00:00Z", 1, END, "2026-04-20T17:00-07:00"),
    ("CEL-7-g", PREFERRED, "2026-04-17T19:00:00Z", 2, HOURS, None),
    ("CEL-7-g", PREFERRED, "2026-04-17T19:00:00Z", 2, SAME, "2026-04-21T12:00-07:00"),
    ("CEL-7-g", PREFERRED, "2026-04-17T19:00:00Z", 2, END, "2026-04-22T00:00-07:00"),
    ("CEL-14-a", PREFERRED, "2026-04-17T03:00:00Z", 1, HOURS, None),
    ("CLX-1-a", CLOUDEXTEND, "2026-11-25T23:00:00Z", 4 * H, None, None),
    ("CLX-1-c", CLOUDEXTEND, "2026-07-07T00:30:00Z", 4 * H, None, None),
    ("CLX-1-d", CLOUDEXTEND, "2026-03-06T22:00:00Z", 4 * H, None, None),
    ("OPI-6-b", OPIGNO, "2026-04-30T12:00:00Z", 3, HOURS, None),
    ("OPI-6-b", OPIGNO, "2026-04-30T12:00:00Z", 3, SAME, None),
    ("OPI-6-b", OPIGNO, "2026-04-30T12:00:00Z", 3, END, "2026-05-05T17:00+02:00"),
    ("OPI-6-c", OPIGNO, "2026-03-27T12:20:00Z", 1, HOURS, None),
    ("OPI-6-e", OPIGNO, "2026-06-12T14:00:00Z", 24 * H, None, None),
    ("OPI-6-f", OPIGNO, "2026-06-01T08:00:00Z", 48 * H, None, None),
    ("OPT-1-a", OPTIMY, "2026-06-30T20:45:00Z", 2 * H, None, None),
    ("OPT-1-b", OPTIMY, "2026-05-15T21:00:00Z", 2 * H, None, None),
    ("CAP-1-a", CAP, "2026-03-27T15:00:00Z", 4 * H, None, None),
    ("CAP-1-c", CAP, "2026-05-23T09:00:00Z", 4 * H, None, None),
]


@pytest.mark.requirement_part("CEL-2", "CLX-1", "OPT-1", "OPI-6")
@pytest.mark.parametrize(
    "example", [pytest.param(row, id="-".join(filter(None, (row[0], row[4], str(n))))) for n, row in enumerate(WORKED)]
)
def test_worked_example(example):
    case, fields, start, amount, mode, due = example
    rows = {row["id"]: row for row in shared_rows("cases/worked_examples.jsonl")}
    expected = due or rows[case]["due"]
    worked = calendar(**fields)
    start = parse_instant(start)
    found = worked.add(start, amount) if mode is None else worked.add_days(start, amount, mode)
    assert found == parse_instant(expected)
