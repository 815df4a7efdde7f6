"""
Plans of the worked examples: the shipped ones, and variants of them where a row names another reading or a contract.
"""

import copy
import functools
from importlib import resources

from tests.core.clocks.tickets import rules_of
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
    return _made(shipped("cloudextend"), "essential", changes, **PACIFIC)


def optimy(*changes):
    """With a contract's figures, which the published table lacks; what is stated holds until a priority is assigned."""
    figures = {"high": "2h", "medium": "8h", "low": "16h"}
    contract = (("tiers.standard.targets.response", figures), ("severity_process.until_assigned", "urgency"))
    return _made(shipped("optimy"), "standard", (*contract, *changes), zone="America/Toronto", last="2026-12-31")


def cpi(*changes, hours="always"):
    """With the hours of a contract, where ``hours`` is ``contract``; the published text names none."""
    own = {"zone": "America/New_York", "week": {"mon-fri": "08:00-17:00"}, "day": "9h"}
    contract = (("calendars.contract", own), ("tiers.standard.hours", hours))
    return _made(shipped("cpi"), "standard", (*contract, *changes), zone="America/New_York")


def connecta(*changes, tier="essential"):
    return _made(shipped("connecta"), tier, changes, zone="Europe/Brussels")
