"""
Words and tones of the desk: what a plan's names are called, how grave a severity looks, what a status is called.

Invariant: a name that a plan does not have is still shown, as words, and never fails a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upheld.apps.tickets import words
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.rendering.explanations import plain
from upheld.rendering.findings import visible
from upheld.wording.clocks import CONDITIONS

TONES: Final = ("bad", "warn", "info")
"""Tone of the gravest severities, in the plan's order; the others are neutral."""

STATUSES: Final = words.STATUSES
COVERAGES: Final = words.COVERAGES
CHANNELS: Final = words.CHANNELS
HELD: Final[Mapping[str, Lazy]] = {
    "not_entitled": _(
        "No running contract covers this customer. What they wrote is kept; no clock runs until somebody releases it."
    ),
}


def language() -> str:
    """
    Return the reader's language, as plans name it.
    """
    return (get_language() or "en").split("-")[0]


def metric(plan: Plan | None, name: str) -> str:
    """
    Return what people call a metric.
    """
    rule = plan.metrics.get(name) if plan else None
    return visible(in_language(rule.name if rule else None, language(), plain(name)))


def severity(plan: Plan | None, name: str) -> str:
    """
    Return what people call a severity, or an urgency.
    """
    if not name:
        return ""
    rule = (plan.severities.get(name) or plan.urgencies.get(name)) if plan else None
    return visible(in_language(rule.name if rule else None, language(), plain(name)))


def tone(plan: Plan | None, name: str) -> str:
    """
    Return the tone of a severity's badge: plans list the gravest first.
    """
    known = list(plan.severities) if plan else []
    at = known.index(name) if name in known else len(TONES)
    return TONES[at] if at < len(TONES) and len(known) > 1 else "neutral"


def tier(plan: Plan | None, name: str) -> str:
    """
    Return what people call a tier.
    """
    rule = plan.tiers.get(name) if plan else None
    return visible(in_language(rule.name if rule else None, language(), plain(name))) if name else ""


def status(name: str) -> str:
    """
    Return what a status is called.
    """
    return str(STATUSES.get(name, plain(name)))


def channel(name: str) -> str:
    """
    Return what a channel is called in a line of small words.
    """
    return str(CHANNELS.get(name, plain(name).lower())) if name else ""


def conditions(plan: Plan | None, names: tuple[str, ...]) -> str:
    """
    Return what people call the conditions under which a clock pauses.
    """
    own = plan.statuses if plan else {}
    return ", ".join(
        in_language(own.get(name), language(), CONDITIONS.get(name, plain(name).lower())) for name in names
    )


def text_of(text: Mapping[str, str] | None, name: str, words_in: str) -> str:
    """
    Return a text of the plan in the reader's language, or the name itself as words.
    """
    return visible(in_language(text, words_in, plain(name)))


CAUSES: Final[Mapping[str, Lazy]] = {
    "nobody_had_it": _("Nobody had it when it was due"),
    "severity_changed": _("The severity was changed while it ran"),
    "handed_over": _("Handed from one to another while it ran"),
    "reopened": _("It had been solved and came back"),
    "had_it": _("Somebody had it, and was late"),
}


def cause(name: str) -> str:
    """
    Return why a promise broke, in words.
    """
    return str(CAUSES.get(name, plain(name)))
