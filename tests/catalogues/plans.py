"""
The plan documents of the six policies, each read once.
"""

import datetime as dt
import functools

from upheld import catalogues
from upheld.core.clocks.rules import Rules
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load
from upheld.core.plan.support_hours import SupportHours

POLICIES = ("celigo", "cloudextend", "connecta", "cpi", "opigno", "optimy")
NAMES = (*POLICIES, "itsm")
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@functools.cache
def loaded(name):
    return load(catalogues.read(name), f"{name}.yaml")


def plan_of(name):
    return loaded(name).plan


def rules_of(plan, tier, zone="America/New_York", **contract):
    return Rules(SupportHours(plan, *YEAR), Contract(customer="c", tier=tier, zone=zone, **contract))
