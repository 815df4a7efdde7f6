"""
The replay's report as one self-contained web page: no script, no request, light and dark, phone and print.

Invariant: the page is a function of the report's plain data and of pictures made here; everything from the log is
escaped by the template engine or by :mod:`upheld.rendering.svg`, and only pictures made by this package are passed
as markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from markupsafe import Markup

from upheld.rendering import charts, pages
from upheld.rendering.charts import Allowed, Bin, Cell, Column
from upheld.rendering.pages import MONTHS
from upheld.rendering.svg import Words

Record = Mapping[str, Any]

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_MONTHS: Final = 12
"""Columns of the chart by month: the latest ones; the table beside it has them all."""
AT_RISK: Final = 75
"""Percent of the time allowed from which a bin is drawn as at risk."""
_HOUR: Final = 3_600
_DAY: Final = 86_400
_OUTSIDE: Final = {
    "running": "still running",
    "ended": "ended without a verdict",
    "excluded": "excluded by a decision",
    "unobservable": "cannot be seen",
    "no_target": "without a target",
}


def replay_page(report: Record, timelines: Sequence[str]) -> str:
    """
    Return the page of a report (the shape of the JSON file, with the reader's ``zone``); ``timelines`` are the
    pictures of its worst failures, in their order.
    """
    judged = [metric for metric in report["metrics"] if metric["denominator"]]
    environment = pages.environment()
    shown = _Shown(report)
    environment.globals.update(
        amount=amount,
        anchor=anchor,
        allowed=shown.allowed,
        day=shown.day,
        lower=lower,
        meter=shown.meter,
        moment=shown.moment,
        named=shown.named,
        busiest=busiest,
        number=number,
        outside=lambda each: sum(each["outside"].values()),
        outside_words=outside_words,
        paying=lambda lines: [each for each in lines if Decimal(each["pays_percent"] or 0) or each["is_owed"]],
        elapsed=elapsed,
        used=used,
    )
    template = environment.get_template("replay.html.j2")
    return template.render(
        report=report,
        judged=judged,
        charts={metric["metric"]: shown.charts(metric) for metric in judged},
        timelines=[Markup(picture) for picture in timelines],  # noqa: S704  pictures of ours, escaped by rendering.svg
        style=pages.style(),
    )


class _Shown:
    """
    How one report shows its names, instants and pictures.
    """

    def __init__(self, report: Record) -> None:
        self._report = report
        self._zone: str = report["zone"]

    def day(self, instant: str) -> str:
        """
        Return the date of an instant: ``29 Feb 2016``.
        """
        return pages.day(instant, self._zone)

    def moment(self, instant: str) -> str:
        """
        Return date and time of an instant.
        """
        return pages.moment(instant, self._zone)

    def named(self, word: str, name: str | None) -> str:
        """
        Return what people call a severity or a month; any other name as it is.
        """
        if word == "severity":
            severities: Mapping[str, str] = self._report["plan"]["severities"]
            return severities.get(name or "", name or "no severity")
        found = re.fullmatch(r"(\d{4})-(\d{2})", name or "") if word == "month" else None
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}" if found else name or ""

    def allowed(self, metric: Record) -> Allowed | None:
        """
        Return the late share from which something is owed, where the plan says one for this metric.
        """
        found = self._report["plan"]["allowed_late"]
        if found is None or (found["metrics"] and metric["metric"] not in found["metrics"]):
            return None
        share = Fraction(found["share"])
        percent = f"{Decimal(found['percent']).normalize():f} %"
        code = found["code"]
        return Allowed(share, f"allowed: {percent}" if code == "allowed.promise" else f"credits from {percent}")

    def meter(self, group: Record) -> Markup:
        """
        Return the small bar beside a percentage.
        """
        share = None if group["share"] is None else Fraction(group["share"])
        return Markup(charts.meter(share))  # noqa: S704  numbers only

    def charts(self, metric: Record) -> dict[str, Markup]:
        """
        Return the pictures of one metric; one that would be empty is "".
        """
        name = anchor(metric["metric"])
        made = {"months": self._months(metric, name), "spread": _spread(metric, name), "week": _week(metric, name)}
        return {key: Markup(picture) for key, picture in made.items()}  # noqa: S704  escaped by rendering.svg

    def _months(self, metric: Record, name: str) -> str:
        months = [each for each in metric["by_month"] if each["denominator"]][-MOST_MONTHS:]
        columns, year_before = [], ""
        for each in months:
            month, _, year = self.named("month", each["month"]).partition(" ")
            under = "" if year == year_before else year
            columns.append(Column(month, each["met"] + each["forgiven"], each["late"], each["late_shown"], under))
            year_before = year
        told = "; ".join(f"{each.label} {each.under}: {each.shown} of {each.of}" for each in columns)
        words = Words(f"{name}-months", f"{metric['name']}: late share by month", f"{told}.")
        return charts.late_by_month(columns, words, self.allowed(metric))


def _spread(metric: Record, name: str) -> str:
    """
    Return the picture of how much of the time allowed was used.
    """
    bins, before = [], 0
    for each in metric["time_used"]:
        end = each["up_to_percent"]
        label = f"{before}+" if end is None else f"{Decimal(end):f}"
        zone = "late" if end is None or Decimal(end) > 100 else "risk" if Decimal(end) > AT_RISK else "met"  # noqa: PLR2004
        bins.append(Bin(label, each["clocks"], zone))
        before = int(Decimal(end)) if end else before
    if not any(each.count for each in bins):
        return ""
    in_time = sum(each.zone != "late" for each in bins)
    told = "; ".join(f"up to {each.label} percent: {each.count}" for each in bins)
    words = Words(f"{name}-spread", f"{metric['name']}: share of the time allowed that was used", f"{told}.")
    return charts.distribution(bins, words, due_before=in_time, due_label="due")


def _week(metric: Record, name: str) -> str:
    """
    Return the heat map of the late ones, where there are any.
    """
    hours = metric["opened_hours"]
    if hours is None or not metric["late"]:
        return ""
    cells = [
        [Cell(late, of) for late, of in zip(late_row, of_row, strict=True)]
        for late_row, of_row in zip(hours["late"], hours["of"], strict=True)
    ]
    most, day, hour = max((cell.late, -day, -hour) for day, row in enumerate(cells) for hour, cell in enumerate(row))
    told = f"Most on {DAYS[-day]} between {-hour}:00 and {1 - hour}:00: {most} late."
    words = Words(f"{name}-week", f"{metric['name']}: late ones by weekday and hour of opening", told)
    return charts.week(cells, words, days=DAYS)


def busiest(metric: Record, most: int = 6) -> list[Record]:
    """
    Return the hours of the week in which most of the late ones were opened, each with its denominator.
    """
    hours = metric["opened_hours"]
    cells = [
        (hours["late"][day][hour], hours["of"][day][hour], day, hour)
        for day in range(7)
        for hour in range(24)
        if hours["late"][day][hour]
    ]
    cells.sort(key=lambda cell: (-cell[0], cell[2], cell[3]))
    return [
        {
            "hour": f"{DAYS[day]} {hour:02}:00-{hour + 1:02}:00",
            "late": late,
            "of": of,
            "percent": (200 * late + of) // (2 * of),
        }
        for late, of, day, hour in cells[:most]
    ]


def anchor(name: str) -> str:
    """
    Return a name that can be an id.
    """
    return f"m-{re.sub('[^A-Za-z0-9]+', '-', name)}"


def amount(text: str) -> str:
    """
    Return an amount with separators: ``12,500.00``.
    """
    return f"{Decimal(text):,}"


def number(count: int) -> str:
    """
    Return a count with separators.
    """
    return f"{count:,}"


def lower(words: str) -> str:
    """
    Return words as they stand within a sentence; abbreviations stay.

    >>> lower("First response"), lower("SLA credit")
    ('first response', 'SLA credit')
    """
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def outside_words(group: Record) -> str:
    """
    Return what stands outside a denominator, with counts: ``12 still running, 3 excluded by a decision``.
    """
    parts = [f"{count:,} {_OUTSIDE[name]}" for name, count in group["outside"].items() if count]
    return ", ".join(parts) or "nothing"


def elapsed(seconds: int) -> str:
    """
    Return a stretch of elapsed time as people say it.

    >>> elapsed(90), elapsed(5400), elapsed(14247540)
    ('1 min', '1 h 30 min', '164 days 21 h')
    """
    if seconds >= 2 * _DAY:
        return f"{seconds // _DAY} days {seconds % _DAY // _HOUR} h"
    hours, minutes = seconds // _HOUR, seconds % _HOUR // 60
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def used(percent: str | None) -> str:
    """
    Return the time used as a multiple of the time allowed.

    >>> used("16590.2083"), used("132.5000"), used(None)
    ('166 times the time allowed', '1.3 times the time allowed', '')
    """
    if percent is None:
        return ""
    times = Decimal(percent) / 100
    return f"{times:.0f} times the time allowed" if times >= _TEN else f"{times:.1f} times the time allowed"


_TEN: Final = 10
