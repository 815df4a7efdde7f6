"""
Sentences about calendars, periods, holiday lists and holiday feeds.
"""

from typing import Final

_PERIODS: Final[dict[str, str]] = {
    "period.reversed": "The period ends at {end}, before it starts at {start}. Swap the two.",
}

_WINDOWS: Final[dict[str, str]] = {
    "calendar.time_unreadable": "'{given}' is not a time of day. Write it as HH:MM, from 00:00 to 24:00.",
    "calendar.time_out_of_day": "The time {given} does not lie in a day where it stands. A day runs from 00:00 to "
    "24:00, and a window can open at 23:59:59 at the latest.",
    "calendar.window_unreadable": "'{given}' is not a window of hours. Write 09:00-17:00, several with commas "
    "between them, 22:00-06:00 next day, 24h, or closed.",
    "calendar.window_empty": "The window {given} ends when it starts, which may mean all day or never. Write 24h, or "
    "closed.",
    "calendar.window_backwards": "The window {given} ends before it starts. If it runs past midnight, write next day "
    "after it.",
    "calendar.window_out_of_day": "The window {given} leaves its day. It must open on its own day and close by the "
    "end of the next.",
    "calendar.windows_overlap": "The windows {one} and {other} of one day overlap. Join them, or move one.",
    "calendar.days_unreadable": "'{given}' does not name days. Write mon, mon-fri, or mon, wed with the names mon "
    "tue wed thu fri sat sun.",
    "calendar.day_named_twice": "The day {day} is named twice in one week. Name each day once, with all its windows.",
    "calendar.week_unreadable": "'{given}' is not a week. Write mon-fri 09:00-17:00; sat 10:00-14:00, or the span "
    "sun 16:00 - fri 17:00, or 24x7.",
    "calendar.week_length": "A week has seven days, and {given} were given. Give each its windows, an empty list for "
    "closed.",
    "calendar.span_empty": "The span '{given}' ends when it starts. Write 24x7 for a week without an end.",
    "calendar.month_day_unreadable": "'{given}' is no day of the year. Write 11-01 for every year, or 2026-11-01.",
    "calendar.season_mixed": "The season goes from {first} to {last}: one is a date, the other a day of every year. "
    "Write both as dates, or both as days.",
    "calendar.season_backwards": "The season goes from {first} to {last}, which lies before it. Swap the two.",
}

_CALENDARS: Final[dict[str, str]] = {
    "calendar.unknown_zone": "'{zone}' is not a time zone. Write an IANA name such as Europe/Brussels or "
    "America/New_York.",
    "calendar.misspelt_zone": "'{zone}' is not a time zone: did you mean {meant}?",
    "calendar.day_length": "The calendar {calendar} declares a day of {given} seconds. A support day lasts more than "
    "none and at most 24 hours.",
    "calendar.no_day_length": "The calendar {calendar} does not say how long its support day is, so days cannot be "
    "counted in hours. Declare it, such as day: 8h, or count days as same_time or end_of_day.",
    "calendar.support_day": "The calendar {calendar} gives the hours of {day} to {owner}. Both must be days from mon "
    "to sun, and {owner} must keep its own hours.",
    "calendar.unknown_list": "The calendar {calendar} says what the holidays of {given} do, and has no such list. "
    "Add the list, or remove the effect.",
    "calendar.never_opens": "The calendar {calendar} never opens between {start} and {end}, so nothing could ever be "
    "due. Give it windows, or look at its holidays and dates.",
    "calendar.horizon_backwards": "The calendar {calendar} cannot be computed from {first} to {last}: the end lies "
    "before the start. Swap the two.",
    "calendar.horizon_too_wide": "The calendar {calendar} cannot be computed from {first} to {last}. Upheld handles "
    "the years 1970 to 2199; check the year.",
    "calendar.beyond_horizon": "The question leaves the dates that the calendar {calendar} was computed for, {first} "
    "to {last}. Check the date and the amount, or compute the calendar for more years.",
    "calendar.long_closure": "The calendar {calendar} is closed for {days} days in a row, from {first} to {last}. "
    "Check its holidays and dates; what starts then is due only after it.",
    "calendar.holidays_end": "The holiday list {list} of the calendar {calendar} knows no days of {years}. Take a "
    "newer revision of the list, or those years have no holidays.",
    "calendar.table_out_of_range": "A table of hours cannot be made for {given}. Give a date from March 1970 to "
    "October 2199.",
}

_BULK: Final[dict[str, str]] = {
    "calendar.bulk_lengths": "The arrays do not have one and the same length in one dimension: {given}. Give one "
    "value a row.",
    "calendar.bulk_beyond_horizon": "Row {row} leaves the dates that the calendar {calendar} was computed for, "
    "{first} to {last}. Check it, or compute the calendar for more years.",
    "calendar.bulk_pause_row": "A pause names row {given}, which is not there. Rows count from 0.",
    "calendar.bulk_pause_reversed": "A pause of row {row} ends before it starts. Swap the two.",
}

_CASES: Final[dict[str, str]] = {
    "calendar.case_unreadable": "Line {line} is no case: {given}. Write one JSON object a line.",
    "calendar.case_not_an_object": "Line {line} is JSON, but no object. Write {{...}} with calendar, op, start and "
    "expect.",
    "calendar.case_incomplete": "Line {line} lacks something, or has it in another form: {given}. A case needs "
    "calendar (tz, weekly), op, start, seconds or days or end, and expect.",
    "calendar.case_operation": "The operation {given} is not known. Write add, diff or add_days.",
    "calendar.case_not_whole": "'{given}' is not a whole number. Write seconds or days without quotes or a point.",
}

_HOLIDAY_LISTS: Final[dict[str, str]] = {
    "holiday_list.unknown_country": "There is no holiday list of the country '{given}'. Write its ISO code; near it: "
    "{known}.",
    "holiday_list.unknown_subdivision": "{country} has no part '{given}' with holidays of its own. Near it: {known}.",
    "holiday_list.unknown_category": "{country} has no holidays of the category '{given}'. It has: {known}.",
    "holiday_list.no_years": "No years were asked for. Say which, such as 2026 and 2027.",
    "holiday_list.year_out_of_range": "The year {given} lies outside the years that Upheld handles, 1970 to 2199. "
    "Check it.",
}

_HOLIDAY_FEEDS: Final[dict[str, str]] = {
    "holiday_feed.too_many_lines": "Line {line}: the feed has more than {most} lines; nothing was imported. Export "
    "the years that you need.",
    "holiday_feed.line_too_long": "Line {line} is longer than {most} characters; nothing was imported. Check that it "
    "is a holiday feed.",
    "holiday_feed.too_many_events": "Line {line}: the feed has more than {most} events; nothing was imported. Export "
    "the years that you need.",
    "holiday_feed.too_many_repeats": "Line {line}: the rule {given} repeats more often than holidays do; nothing was "
    "imported. Give it an end, or list the dates.",
    "holiday_feed.frequency": "Line {line}: a holiday cannot repeat {given}; nothing was imported. Use YEARLY, "
    "MONTHLY, WEEKLY or DAILY.",
    "holiday_feed.rule": "Line {line}: '{given}' cannot be followed in a rule; nothing was imported. Correct it, or "
    "list the dates.",
    "holiday_feed.nested": "Line {line}: {given} stands inside another one or too deep; nothing was imported. Export "
    "the feed again.",
    "holiday_feed.unbalanced": "Line {line}: '{given}' ends what was not begun; nothing was imported. Export the "
    "feed again.",
    "holiday_feed.not_a_calendar": "Line {line}: an iCalendar file begins with BEGIN:VCALENDAR, and this does not; "
    "nothing was imported. Check that it is the right file.",
    "holiday_feed.cut_off": "Line {line}: the feed ends before END:{given}; nothing was imported. Download it again.",
    "holiday_feed.line_unreadable": "Line {line}: '{given}' is no NAME:value; a long line must go on with a space. "
    "Nothing was imported. Export the feed again.",
    "holiday_feed.given_twice": "Line {line}: {name} stands twice in one event; nothing was imported. Keep one.",
    "holiday_feed.no_start": "Line {line}: the event has no DTSTART; nothing was imported. Give it a date.",
    "holiday_feed.date_unreadable": "Line {line}: '{given}' is not a date from 1900 to 2199; nothing was imported. "
    "Write it as 20261225.",
    "holiday_feed.not_a_whole_day": "Line {line}: '{given}' is no whole day, and a holiday is one; nothing was "
    "imported. Write DTSTART;VALUE=DATE:20261225, or give the date its own windows.",
    "holiday_feed.unknown_zone": "Line {line}: the zone '{given}' is not known; nothing was imported. Write an IANA "
    "name such as {meant}, or a DATE.",
    "holiday_feed.length": "Line {line}: with '{given}' the event lasts no whole number of days from 1 to {most}; "
    "nothing was imported. Correct its end.",
}

_COMMANDS: Final[dict[str, str]] = {
    "cli.calendar_not_named": "No calendar was named. Give --plan with --tier or --calendar, or --zone with --week.",
    "cli.calendar_named_twice": "The calendar was named twice over. Give either --plan with one of --tier and "
    "--calendar, or --week with --zone, --holidays and --feed.",
    "cli.unknown_tier": "The plan {plan} has no tier {given}. Its tiers are: {known}.",
    "cli.unknown_calendar": "The plan {plan} has no calendar {given}. Its calendars are: {known}.",
    "cli.date_unreadable": "'{given}' is not a date. Write it as 2026-07-01.",
    "cli.start_unreadable": "'{given}' is not a date and time. Write it as 2026-07-01T16:45, read on the calendar's "
    "own clock, or with an offset such as +02:00.",
    "cli.amount_not_support_time": "'{given}' does not count support time. Write hours or minutes, or days with a "
    "mode: 4h, 90min, 2d same_time.",
}

MESSAGES: Final[dict[str, str]] = (
    _PERIODS | _WINDOWS | _CALENDARS | _BULK | _CASES | _HOLIDAY_LISTS | _HOLIDAY_FEEDS | _COMMANDS
)
