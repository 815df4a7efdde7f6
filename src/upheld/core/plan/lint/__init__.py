"""
The linter of plan documents: what contradicts itself, what is missing, what the author must still decide.

A module a concern; each has ``check``, which yields what it found by key path of the model. Invariant: a plan that
validates never makes a check fail, whatever it says; the same plan always gives the same findings, in the order of its
document.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.core.errors import Finding
from upheld.core.plan.lint import (
    assumptions,
    calendars,
    commitments,
    coverage,
    credit_tables,
    hours,
    metrics,
    references,
    severities,
    targets,
    texts,
    tiers,
)
from upheld.core.plan.lint.due_times import DueTimes
from upheld.core.plan.lint.found import Found, Whereabouts
from upheld.core.plan.model import Plan
from upheld.core.plan.places import Document, in_order

__all__ = ["lint"]


def lint(plan: Plan, document: Document) -> tuple[Finding, ...]:
    """
    Return everything that was found in a plan, with exact places, in the order of its document.

    Errors forbid working by the plan, warnings ask for a decision, assumptions are decisions taken, notes inform.
    """
    whereabouts = Whereabouts(document)
    found = [*assumptions.told(plan, whereabouts), *assumptions.settled(plan, whereabouts, _checked(plan))]
    findings = (whereabouts.finding(each) for each in found)
    return in_order(findings)


def _checked(plan: Plan) -> Iterator[Found]:
    due_times = DueTimes(plan)
    yield from references.check(plan)
    yield from texts.check(plan)
    yield from calendars.check(plan, due_times)
    yield from hours.check(plan)
    yield from metrics.check(plan)
    yield from targets.check(plan, due_times)
    yield from tiers.check(plan, due_times)
    yield from severities.check(plan)
    yield from coverage.check(plan)
    yield from credit_tables.check(plan)
    yield from commitments.check(plan)
