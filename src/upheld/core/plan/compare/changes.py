"""
What a comparison says: each promise with both values, both places, and why.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from upheld.core.errors import Place
from upheld.core.plan.lint.found import Key
from upheld.core.plan.places import Path


class Verdict(enum.StrEnum):
    """
    What a change is for the customer.
    """

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_COMPARABLE = "not_comparable"


ORDER: Final = (Verdict.WORSE, Verdict.NOT_COMPARABLE, Verdict.BETTER, Verdict.SAME)
"""In which order a reader wants them."""

SECTIONS: Final = (
    "tiers", "hours", "channels", "targets", "metrics", "severities", "coverage", "allowances", "reviews", "roles",
    "rights", "credits", "exclusions", "compliance", "availability", "measured", "maintenance", "notices", "recovery",
    "security_fixes", "provisioning", "contacts", "intake", "duties", "reproduction", "escalations", "fair_use",
    "add_ons", "products", "environments", "request_types", "calendars", "terms",
)  # fmt: skip
"""Sections of a comparison, in the order in which they are shown."""


class Said(NamedTuple):
    """
    A value or a reason: a sentence's code and its facts.
    """

    code: str
    params: Mapping[str, Any] = {}


def plainly(value: Any) -> Said:
    """
    Return a value of a plan as it is.
    """
    return Said("compare.value", {"value": _text(value)})


ABSENT: Final = Said("compare.absent")


_WHY: Final = {
    Verdict.BETTER: Said("compare.better"),
    Verdict.SAME: Said("compare.same"),
    Verdict.WORSE: Said("compare.worse"),
    Verdict.NOT_COMPARABLE: Said("compare.not_comparable"),
}


def merely(verdict: Verdict) -> Said:
    """
    Return the reason of a verdict that two values give by themselves.
    """
    return _WHY[verdict]


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return [_text(each) for each in value]
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One promise on both sides. ``subject`` names it within its section (``first_response``, ``urgent``); ``tiers`` are
    the tiers for which it holds (all of the comparison, where empty); ``rests_on_assumption`` says that one of the
    sides is a reading of a policy that leaves it open.
    """

    section: str
    subject: tuple[str, ...]
    verdict: Verdict
    before: Said
    after: Said
    because: Said
    before_path: Path | Key | None = None
    after_path: Path | Key | None = None
    before_at: Place | None = None
    after_at: Place | None = None
    tiers: tuple[str, ...] = ()
    rests_on_assumption: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    All promises of two sides; ``before`` and ``after`` name them (plan, version, tier), ``year`` is the one that was
    tried.
    """

    before: tuple[str, str, str]
    after: tuple[str, str, str]
    year: int
    changes: tuple[Change, ...]
    fees: tuple[tuple[str, str, str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, verdict: Verdict) -> tuple[Change, ...]:
        """
        Return the promises with a verdict.
        """
        return tuple(each for each in self.changes if each.verdict is verdict)

    @property
    def counts(self) -> dict[Verdict, int]:
        """
        Return how many promises have each verdict.
        """
        return {verdict: len(self.of(verdict)) for verdict in ORDER}

    @property
    def is_nowhere_worse(self) -> bool:
        """
        Return whether a running contract can be moved to it without anybody's consent: nothing is worse, and nothing
        is left to judge.
        """
        return not self.of(Verdict.WORSE) and not self.of(Verdict.NOT_COMPARABLE)
