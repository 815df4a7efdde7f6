"""
Plans of the worked examples: the shipped ones, variants of them, and small ones for the policies that do not ship yet.
"""

import copy
import functools
from importlib import resources

from tests.core.clocks.tickets import document, rules_of
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import read_document

PACIFIC = {"first": "2026-01-01", "last": "2027-02-28", "zone": "America/Los_Angeles"}


@functools.cache
def shipped(name):
    return read_document((resources.files("upheld.catalogues") / f"{name}.yaml").read_bytes(), f"{name}.yaml").data


def changed(data, changes):
    """The document with other values at dotted paths: ``("calendars.office.holidays", {"us": "closed"})``."""
    data = copy.deepcopy(data)
    for path, value in changes:
        *above, last = path.split(".")
        place = data
        for key in above:
            place = place[int(key) if isinstance(place, list) else key]
        place[last] = value
    return data


def _made(data, tier, changes, **contract):
    return rules_of(Plan.model_validate(changed(data, changes)), tier=tier, **contract)


def celigo(tier, *changes):
    return _made(shipped("celigo"), tier, changes, **PACIFIC)


def opigno(tier, *changes):
    return _made(shipped("opigno"), tier, changes, first="2026-01-01", last="2026-12-31", zone="Europe/Zurich")


def cloudextend(*changes):
    calendars = {
        "us_hours": {"zone": "America/Los_Angeles", "week": {"mon-fri": "03:00-17:00"}, "holidays": {"US": "closed"}}
    }
    data = document(targets={"first_response": "4h"}, hours="us_hours", calendars=calendars)
    return _made(data, "standard", changes, **PACIFIC)


def optimy(*changes):
    week = {"mon-fri": "09:00-17:30"}
    calendars = {
        "business": {"zone": "America/Toronto", "week": week, "day": "510min", "holidays": {"CA-ON": "closed"}}
    }
    metrics = {"first_response": {"starts_on": "opened", "stops_on": ["acknowledgement"]}}
    data = document(metrics, {"first_response": {"high": "2h", "mid": "8h"}}, hours="business", calendars=calendars)
    return _made(data, "standard", changes, first="2026-01-01", last="2026-12-31", zone="America/Toronto")


def cpi(*changes, hours="always"):
    calendars = {"contract": {"zone": "America/New_York", "week": {"mon-fri": "08:00-17:00"}, "day": "9h"}}
    data = document(
        {"first_response": {"starts_on": "opened", "stops_on": ["reply", "call_back"]}},
        {"first_response": {"level_1": "2h", "level_2": "8h", "level_3": "24h", "level_4": "24-48h"}},
        severities={f"level_{number}": None for number in (1, 2, 3, 4)},
        hours=hours,
        calendars=calendars,
    )
    return _made(data, "standard", changes, zone="America/New_York")


def connecta(*changes):
    calendars = {"day": {"zone": "Europe/Brussels", "week": {"mon-fri": "09:00-17:00"}, "day": "8h"}}
    metrics = {"priority_assignment": {"starts_on": "opened", "stops_on": "severity_assigned"}}
    metrics["emergency_response"] = {
        "starts_on": "opened",
        "stops_on": "reply",
        "only_if": {"request_type": "emergency"},
    }
    targets = {"priority_assignment": "< 4h", "emergency_response": "immediate"}
    data = document(metrics, targets, hours="day", calendars=calendars, severity_process={"until_assigned": "none"})
    data["request_types"] = {"emergency": "Emergency"}
    return _made(data, "standard", changes, zone="Europe/Brussels")
