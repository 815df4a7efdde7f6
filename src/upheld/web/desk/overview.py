"""
The lead's page: what is broken or at risk now and whose it is, how promises were kept, why they broke; and its export.

Invariant: each share stands with its denominator, and what is exported is what the page shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import plan_of, published_plans
from upheld.apps.tickets import overview, selectors
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import plain
from upheld.web.desk import labels, queues
from upheld.web.desk.export import csv_answer
from upheld.web.desk.permission import access_to, needs, reader_of
from upheld.web.desk.rows import Row, rows_of
from upheld.web.reader import Reader

DAYS: Final[dict[str, tuple[int, Lazy]]] = {
    "7": (7, gettext_lazy("7 days")),
    "30": (30, gettext_lazy("30 days")),
    "90": (90, gettext_lazy("90 days")),
    "365": (365, gettext_lazy("a year")),
}
USUAL: Final = "30"
SHOWN: Final = 8
NOTHING: Final = "\N{EN DASH}"


def since_of(request: HttpRequest) -> tuple[str, Instant]:
    """
    Return the stretch that the address asks for and its first instant: midnight of the reader's day so many days ago.
    """
    name = request.GET.get("days", USUAL)
    name = name if name in DAYS else USUAL
    return name, _midnight(reader_of(request), DAYS[name][0])


def _midnight(reader: Reader, days: int) -> Instant:
    day = to_datetime(reader.now, reader.zone).date() - dt.timedelta(days=days)
    return int(dt.datetime.combine(day, dt.time(), reader.zone).timestamp())


@dataclass(frozen=True, slots=True)
class KeptRow:
    """
    One metric as the table shows it.
    """

    name: str
    plan: str
    kept: overview.Kept
    percent: str


def percent(share: Fraction | None) -> str:
    """
    Return a share in percent with one digit, never rounded up to 100 nor down to 0; a dash without events.
    """
    if share is None:
        return NOTHING
    tenths = share * 1000
    near = round(tenths)
    if near == 1000 and share < 1:  # noqa: PLR2004  (100.0 %)
        near = 999
    elif near == 0 and share > 0:
        near = 1
    text = f"{near // 10}.{near % 10}"
    return f"{text.removesuffix('.0')} %"


def _kept_rows(groups: list[overview.Kept]) -> list[KeptRow]:
    plans = {plan.plan: plan for plan in (plan_of(version.pk) for version in reversed(published_plans()))}
    found = [
        KeptRow(labels.metric(plans.get(one.plan), one.metric), _plan_name(plans, one.plan), one, percent(one.share))
        for one in groups
    ]
    return sorted(found, key=lambda row: (row.kept.share is None, row.kept.share or 0, row.plan, row.name))


def _plan_name(plans: Mapping[str, Plan], name: str) -> str:
    plan = plans.get(name)
    return labels.text_of(plan.name if plan else None, name, labels.language()) if name else ""


@require_safe
@needs("reports.read")
def page(request: HttpRequest) -> HttpResponse:
    """
    Show the overview.
    """
    access, reader = access_to(request), reader_of(request)
    days, since = since_of(request)
    total, groups = overview.kept_since(access, since, reader.now)
    breaches = overview.breaches_since(access, since, reader.now)
    causes = overview.causes_of(breaches)
    end = queues.end_of_day(reader)
    counts = selectors.queue_counts(access, reader.now, end_of_day=end)
    shown = {
        "nav_overview": True,
        "unread": unread_count(access),
        "days": days,
        "choices": DAYS,
        "total": total,
        "total_percent": percent(total.share),
        "kept": _kept_rows(groups),
        "people": overview.loads_of_people(access, reader.now),
        "teams": overview.loads_of_teams(access, reader.now),
        "causes": [(labels.cause(name), number, 100 * number // len(breaches)) for name, number in causes],
        "breaches": len(breaches),
        "pressing": [_pressing(request, name, counts, end) for name in ("breached", "at_risk")],
    }
    return render(request, "desk/overview.html", shown)


def _pressing(
    request: HttpRequest, name: str, counts: Mapping[str, int], end: Instant
) -> tuple[queues.Queue, str, list[Row]]:
    """
    Return a queue with its count and its first rows.
    """
    now = reader_of(request).now
    found = selectors.desk_list(access_to(request), selectors.Filters(queue=name), now, end_of_day=end, size=SHOWN)
    return queues.QUEUES[name], queues.counted(counts[name]), rows_of(found, now)


COLUMNS: Final = (
    "number", "subject", "customer", "tier", "severity", "metric", "cycle", "due_at", "stopped_at", "late_seconds",
    "cause", "assignee", "team",
)  # fmt: skip


@require_safe
@needs("reports.read")
def breaches_file(request: HttpRequest) -> HttpResponse:
    """
    Export the broken promises of the stretch with their causes, as CSV.
    """
    access, reader = access_to(request), reader_of(request)
    days, since = since_of(request)
    rows = overview.rows_of_breaches(overview.breaches_since(access, since, reader.now))
    made = ({**row, "cause": labels.cause(str(row["cause"])), "metric": plain(str(row["metric"]))} for row in rows)
    return csv_answer(COLUMNS, made, name=_("broken-promises-%(days)s-days.csv") % {"days": days})
