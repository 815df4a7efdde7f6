"""
Holiday lists: taken from the ``holidays`` library, or written by hand.

The library changes monthly, so its days are copied into a list that names the library's version: a list, once made,
never changes by itself. Invariant: a list that claims a year holds all that its source has for it.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from upheld.core.calendars.compiled import FIRST_DATE, LAST_DATE
from upheld.core.calendars.errors import CalendarError
from upheld.core.calendars.spec import HolidayList


def from_dates(
    days: Mapping[dt.date, str] | Iterable[dt.date],
    *,
    name: str = "by hand",
    revision: str | None = None,
    source: str = "by hand",
    years: Iterable[int] = (),
) -> HolidayList:
    """
    Return a list of the given dates, with their names where a mapping gives them.

    The revision is a digest of the days unless one is given.
    """
    named = dict(days) if isinstance(days, Mapping) else dict.fromkeys(days, "holiday")
    return HolidayList(name, revision or digest_of(named), source, named, tuple(sorted(set(years))))


def from_library(
    country: str,
    subdivision: str | None = None,
    *,
    years: Iterable[int],
    categories: Iterable[str] = ("public",),
    name: str | None = None,
) -> HolidayList:
    """
    Return the holidays of a country (ISO 3166 code) or of one of its subdivisions for the years asked, in English.

    Observed days are included (a Friday for a Saturday holiday, where the law has it). The country alone gives only
    what holds in all of it: CA without a province lacks Victoria Day. Days of several categories are joined.

    Raises :class:`CalendarError` ``holiday_list.unknown_country``, ``holiday_list.unknown_subdivision``,
    ``holiday_list.unknown_category``, ``holiday_list.no_years`` or ``holiday_list.year_out_of_range``.
    """
    import holidays  # noqa: PLC0415 - 0.1 s and more, and most commands never need it
    from holidays.version import __version__ as edition  # noqa: PLC0415 - as above

    wanted = _checked_years(years)
    offered = holidays.list_supported_countries(include_aliases=True)
    code = _country_code(country, offered)
    part = subdivision and _known(subdivision, offered[code], "holiday_list.unknown_subdivision", country=code)
    kinds = tuple(sorted(set(categories)))
    known_kinds = getattr(holidays, code).supported_categories
    for kind in kinds:
        _known(kind, known_kinds, "holiday_list.unknown_category", country=code)
    days: dict[dt.date, str] = dict(_library_days(code, part or None, wanted, kinds))
    title = f"{code}-{part}" if part else code
    return HolidayList(
        name=name or title,
        revision=digest_of(days),
        source=f"holidays {edition}: {title}, {', '.join(kinds)}",
        days=days,
        years=wanted,
    )


def _country_code(given: str, offered: Iterable[str]) -> str:
    """
    Return the country's code as the library spells it; a country that is named in words is suggested by its code.
    """
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    code = given.strip().upper()
    if code in offered:
        return code
    by_name = {title.replace("_", " "): entry[1] for title, entry in COUNTRIES.items()}
    near = difflib.get_close_matches(given.strip().lower(), by_name, 1, 0.8)
    known = [by_name[title] for title in near] or difflib.get_close_matches(code, offered, 3, 0.5)
    raise CalendarError("holiday_list.unknown_country", given=given, known=known or ["US", "CA", "DE", "BE"])


def english_of(code: str) -> str | None:
    """
    Return the English in which the library names a country's holidays, or nothing where it has one language only.

    It must always be said: the library would take the language of the machine.
    """
    import holidays  # noqa: PLC0415 - as above

    offered = getattr(holidays, code).supported_languages
    return next((one for one in ("en_US", "en") if one in offered), None)


def _library_days(
    code: str, part: str | None, years: tuple[int, ...], kinds: tuple[str, ...]
) -> Iterable[tuple[dt.date, str]]:
    import holidays  # noqa: PLC0415 - as above

    # The years around, too: New Year's Day may be observed on 31 December.
    around = sorted({year + step for year in years for step in (-1, 0, 1)})
    options: dict[str, Any] = {"subdiv": part, "years": around, "categories": kinds, "expand": False}
    found = holidays.country_holidays(code, language=english_of(code), **options)
    return sorted((day, title) for day, title in found.items() if day.year in years)


def _checked_years(years: Iterable[int]) -> tuple[int, ...]:
    wanted = tuple(sorted(set(years)))
    if not wanted:
        raise CalendarError("holiday_list.no_years")
    for year in (wanted[0], wanted[-1]):
        if not FIRST_DATE.year <= year <= LAST_DATE.year:
            raise CalendarError("holiday_list.year_out_of_range", given=year)
    return wanted


def _known(given: str, offered: Iterable[str], code: str, **params: str) -> str:
    """
    Return the spelling that is offered, or raise with the nearest one and, where they are few, all of them.
    """
    by_small_letters = {one.lower(): one for one in offered}
    small = given.strip().lower()
    if small in by_small_letters:
        return by_small_letters[small]
    near = [by_small_letters[one] for one in difflib.get_close_matches(small, by_small_letters, 3, 0.5)]
    known = near or sorted(by_small_letters.values())
    raise CalendarError(code, given=given, known=known[:40] or ["none"], **params)


def digest_of(days: Mapping[dt.date, str]) -> str:
    """
    Return a short digest (12 hexadecimal digits of SHA-256) of dates and names: equal lists, equal digests.
    """
    text = "\n".join(f"{day.isoformat()} {title}" for day, title in sorted(days.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
