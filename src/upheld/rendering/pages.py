"""
What all self-contained pages share: the template engine, the style, and how figures and instants are written.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def environment() -> jinja2.Environment:
    """
    Return the template engine: everything is escaped, and a name that is missing is an error.
    """
    return jinja2.Environment(
        loader=jinja2.PackageLoader("upheld.rendering"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style(*more: str) -> Markup:
    """
    Return the style sheet of the pages, and further ones by their files' names.
    """
    engine = environment()
    sheets = (engine.get_template(name).render() for name in ("replay.css", *more))
    return Markup("\n".join(sheets))  # noqa: S704  files of ours


def day(instant: str, zone: str) -> str:
    """
    Return the date of an instant (ISO 8601) in a zone.

    >>> day("2016-02-29T23:30:00Z", "Europe/Berlin")
    '1 Mar 2016'
    """
    local = dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def moment(instant: str, zone: str) -> str:
    """
    Return date and time of an instant in a zone.

    >>> moment("2016-02-29T23:30:00Z", "Europe/Berlin")
    '1 Mar 2016, 00:30'
    """
    local = dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    return f"{day(instant, zone)}, {local:%H:%M}"
