"""
Durations as policies write them: what each text means, and what is refused because it could mean two things.
"""

import contextlib

import hypothesis
import pytest
from hypothesis import strategies as st

from upheld.core.durations import DayMode, Duration, DurationError, Unit, parse_duration, parse_range, spell_seconds

S, D = Unit.SECONDS, Unit.DAYS
READ = [
    ("4h", Duration(14_400, S)),
    ("4 h", Duration(14_400, S)),
    (" 4 Hours ", Duration(14_400, S)),
    ("1 hour", Duration(3600, S)),
    ("1.5h", Duration(5400, S)),
    ("0.25h", Duration(900, S)),
    ("30min", Duration(1800, S)),
    ("30 minutes", Duration(1800, S)),
    ("90s", Duration(90, S)),
    ("4 support hours", Duration(14_400, S)),
    ("4 business hours", Duration(14_400, S)),
    ("4h support", Duration(14_400, S)),
    ("24 hours elapsed", Duration(86_400, S, elapsed=True)),
    ("24 elapsed hours", Duration(86_400, S, elapsed=True)),
    ("30d elapsed", Duration(30 * 86_400, S, elapsed=True)),
    ("30 calendar days", Duration(30 * 86_400, S, elapsed=True)),
    ("2w elapsed", Duration(14 * 86_400, S, elapsed=True)),
    ("0.5d elapsed", Duration(43_200, S, elapsed=True)),
    ("2d", Duration(2, D)),
    ("2 support days", Duration(2, D)),
    ("7 business days", Duration(7, D)),
    ("2d same_time", Duration(2, D, mode=DayMode.SAME_TIME)),
    ("2d end_of_day", Duration(2, D, mode=DayMode.END_OF_DAY)),
    ("2 business days end_of_day", Duration(2, D, mode=DayMode.END_OF_DAY)),
    ("3d hours", Duration(3, D, mode=DayMode.HOURS)),
    ("1 month", Duration(1, Unit.MONTHS)),
    ("6 months", Duration(6, Unit.MONTHS)),
    ("1 year", Duration(1, Unit.YEARS)),
]


@pytest.mark.parametrize(("text", "meant"), READ, ids=[text for text, _ in READ])
def test_what_a_text_means(text, meant):
    assert parse_duration(text) == meant


REFUSED = [
    ("", "duration.unreadable"),
    ("h", "duration.unreadable"),
    ("4", "duration.unreadable"),
    ("-4h", "duration.unreadable"),
    ("four hours", "duration.unreadable"),
    ("4 fortnights", "duration.unreadable"),
    ("4h!", "duration.unreadable"),
    ("4,5h", "duration.unreadable"),
    ("1e3h", "duration.unreadable"),
    ("nan h", "duration.unreadable"),
    ("3m", "duration.ambiguous_m"),
    ("1w", "duration.ambiguous_week"),
    ("1 business week", "duration.ambiguous_week"),
    ("0h", "duration.zero"),
    ("0d", "duration.zero"),
    ("0.00001h", "duration.not_whole"),
    ("1.5d", "duration.not_whole"),
    ("0.5 months", "duration.not_whole"),
    ("4h end_of_day", "duration.mode_without_days"),
    ("2d elapsed end_of_day", "duration.mode_without_days"),
    ("2d tomorrow", "duration.bad_mode"),
    ("2d same_time end_of_day", "duration.bad_mode"),
    ("2 business days elapsed", "duration.bad_mode"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=[text or "nothing" for text, _ in REFUSED])
def test_what_is_refused(text, code):
    with pytest.raises(DurationError) as refused:
        parse_duration(text)
    assert refused.value.code == code
    assert refused.value.params["given"] == text


HOUR = 3600
RANGES = [
    ("24-48h", Duration(24 * HOUR, S), Duration(48 * HOUR, S)),
    ("24 - 48 hours", Duration(24 * HOUR, S), Duration(48 * HOUR, S)),
    ("24 to 48h", Duration(24 * HOUR, S), Duration(48 * HOUR, S)),
    ("24-48h elapsed", Duration(24 * HOUR, S, elapsed=True), Duration(48 * HOUR, S, elapsed=True)),
    ("24h-48h elapsed", Duration(24 * HOUR, S, elapsed=True), Duration(48 * HOUR, S, elapsed=True)),
    ("30min-2h", Duration(1800, S), Duration(2 * HOUR, S)),
    ("1-3d", Duration(1, D), Duration(3, D)),
    ("1d to 3d end_of_day", Duration(1, D, mode=DayMode.END_OF_DAY), Duration(3, D, mode=DayMode.END_OF_DAY)),
    ("2 - 3 business days", Duration(2, D), Duration(3, D)),
    ("4h", None, Duration(4 * HOUR, S)),
]


@pytest.mark.requirement_part("CPI-1")
@pytest.mark.parametrize(("text", "early", "late"), RANGES, ids=[text for text, *_ in RANGES])
def test_a_range_is_due_at_its_end(text, early, late):
    assert parse_range(text) == (early, late)


@pytest.mark.parametrize(
    ("text", "code"),
    [("48-24h", "duration.backward_range"), ("24-24h", "duration.backward_range"),
     ("24h-2d", "duration.backward_range"), ("24-48", "duration.unreadable"), ("24-48m", "duration.ambiguous_m")],
)  # fmt: skip
def test_ranges_that_are_refused(text, code):
    with pytest.raises(DurationError) as refused:
        parse_range(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0min"),
        (1, "1s"),
        (60, "1min"),
        (5430, "1h 30min 30s"),
        (86_400, "24h"),
        (-3660, "-1h 1min"),
        (360_000, "100h"),
    ],
)
def test_seconds_are_spelled_without_days(seconds, words):
    assert spell_seconds(seconds) == words


@hypothesis.given(st.integers(1, 10**6), st.booleans())
def test_a_whole_number_of_hours_is_read_as_it_is_printed(count, elapsed):
    duration = Duration(count * HOUR, S, elapsed)
    assert parse_duration(str(duration)) == duration


@hypothesis.given(st.integers(1, 10**6), st.sampled_from([None, *DayMode]))
def test_days_are_read_as_they_are_printed(count, mode):
    duration = Duration(count, D, mode=mode)
    assert parse_duration(str(duration)) == duration


@hypothesis.given(st.integers(1, 999), st.sampled_from([Unit.MONTHS, Unit.YEARS]))
def test_months_and_years_are_read_as_they_are_printed(count, unit):
    assert parse_duration(str(Duration(count, unit))) == Duration(count, unit)


@pytest.mark.parametrize("parse", [parse_duration, lambda text: parse_range(text)[1]], ids=["duration", "range"])
@hypothesis.given(
    text=st.text(max_size=12) | st.from_regex(r"[0-9.]{1,4} ?(-|to)? ?[0-9]{0,3} ?[a-z]{0,5}( elapsed| days)?")
)
def test_any_text_is_read_or_refused(parse, text):
    with contextlib.suppress(DurationError):
        assert parse(text).count > 0


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ("2d", DayMode.HOURS),
        ("2d end_of_day", DayMode.END_OF_DAY),
        ("2h", None),
        ("2d elapsed", None),
        ("2 months", None),
    ],
)
def test_the_default_day_mode_is_for_days_that_name_none(given, mode):
    assert parse_duration(given).with_mode(DayMode.HOURS).mode == mode
