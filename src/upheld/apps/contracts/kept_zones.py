"""
Rules of time zones as past releases of the zone data had them.

Invariant: rows are only ever added, each before a newer release can be installed: when a zone comes into use, and by
``upheld migrate``. So what a zone's rules were under a release in use is always known, and stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from upheld.apps.contracts.models import KeptZone
from upheld.core.calendars.zones import TZDATA_VERSION, ZoneRules, installed_rules
from upheld.core.instants import Instant


def keep(zones: Iterable[str], now: Instant) -> None:
    """
    Write down the installed rules of zones of which nothing, or something else, was written down last. One query, and
    one more where there is something to write.
    """
    names = sorted(set(zones))
    rows = KeptZone.objects.filter(zone__in=names).order_by("release")
    last = dict(rows.values_list("zone", "digest"))
    fresh = [rules for name in names if (rules := installed_rules(name)).digest != last.get(name)]
    if fresh:
        made = (
            KeptZone(zone=each.zone, release=each.release, digest=each.digest, rules=each.tzif, recorded_at=now)
            for each in fresh
        )
        KeptZone.objects.bulk_create(made, ignore_conflicts=True)


def rules_under(zone: str, release: str) -> ZoneRules:
    """
    Return the rules of a zone under a release: what was written down last up to it, else what was first written down,
    else the installed ones. One query, none for the installed release.
    """
    installed = installed_rules(zone)
    if release == TZDATA_VERSION:
        return installed
    rows = sorted(KeptZone.objects.filter(zone=zone), key=lambda row: row.release)
    upto = [row for row in rows if row.release <= release][-1:] or rows[:1]
    return ZoneRules(zone, upto[0].release, bytes(upto[0].rules)) if upto else installed


def zones_under(release: str) -> Callable[[str], ZoneRules | None]:
    """
    Return what gives the rules of a zone where a release had others than those installed, and nothing else.
    """

    def kept(zone: str) -> ZoneRules | None:
        found = rules_under(zone, release)
        return None if found.digest == installed_rules(zone).digest else found

    return kept
