"""
What cancelling a contract or changing its tier would do, in the words of a page: the same for desk and portal.

Invariant: everything here comes from a preview; nothing is reckoned again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.contracts.models import Contract, ContractChange
from upheld.apps.contracts.selectors import changes_of
from upheld.apps.contracts.term_changes import is_for_sale
from upheld.apps.contracts.term_previews import CancellationPreview, TierPreview
from upheld.apps.tickets.previews import Moved, tier_rows
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.rendering.comparison_data import differences

MOST_CLOCKS: Final = 20
FEE_RULES: Final[dict[str, str | Promise]] = {
    "prorated": gettext_lazy(
        "The days that are left of the old fee are given back, and the same days of the new one are paid."
    ),
    "full": gettext_lazy("The new fee is paid for the whole period, and nothing is given back."),
    "next_term": gettext_lazy("The new fee counts from the next term on."),
    "undefined": gettext_lazy("The plan does not say what is paid. A person decides, and tells you."),
    "unknown": gettext_lazy("No fee of that tier is known here. A person decides, and tells you."),
}
PERIODS: Final[dict[str, str | Promise]] = {
    "month": gettext_lazy("a month"),
    "quarter": gettext_lazy("a quarter"),
    "year": gettext_lazy("a year"),
}
ALLOWANCES: Final[dict[str, str | Promise]] = {
    "gained": gettext_lazy("new"),
    "lost": gettext_lazy("no further grants"),
    "more": gettext_lazy("more from the next grant on"),
    "less": gettext_lazy("less from the next grant on"),
    "changed": gettext_lazy("another amount from the next grant on"),
}
VERDICTS: Final[dict[str, tuple[str, str | Promise]]] = {
    "worse": ("bad", gettext_lazy("worse")),
    "not_comparable": ("warn", gettext_lazy("different")),
    "better": ("good", gettext_lazy("better")),
}
"""A verdict's tone and word."""


@dataclass(frozen=True, slots=True)
class TierWords:
    """
    A change of tier for a page. ``is_for_sale`` says that a customer can have it at once, for a sum that is known.
    """

    seen: TierPreview
    before: str
    after: str
    per: str | Promise
    fee_rule: str | Promise
    is_for_sale: bool
    allowances: list[tuple[str, str | Promise]]
    promises: list[dict[str, Any]]
    clocks: list[Moved]
    more_clocks: int


def tier_words(seen: TierPreview, plan: Plan, language: str, now: Instant) -> TierWords:
    """
    Return a preview of a change of tier in words. A few queries where open tickets would move.
    """
    found = seen.found
    moves = tier_rows(seen.contract, found.after, now) if found.open_tickets_move else []
    allowances = [
        (in_language(plan.allowances[each.allowance].name, language, each.allowance), ALLOWANCES[each.kind])
        for each in found.allowances
        if each.kind != "same"
    ]
    promises = [
        {**each, "tone": VERDICTS[each["verdict"]][0], "word": VERDICTS[each["verdict"]][1]}
        for each in differences(seen.comparison)
    ]
    return TierWords(
        seen=seen,
        before=tier_name(plan, found.before, language),
        after=tier_name(plan, found.after, language),
        per=PERIODS.get(found.fees.per, found.fees.per),
        fee_rule=FEE_RULES[found.fees.rule],
        is_for_sale=is_for_sale(seen),
        allowances=allowances,
        promises=promises,
        clocks=moves[:MOST_CLOCKS],
        more_clocks=max(len(moves) - MOST_CLOCKS, 0),
    )


def tier_name(plan: Plan, tier: str, language: str) -> str:
    """
    Return what the plan calls a tier.
    """
    return in_language(plan.tiers[tier].name, language, tier)


def cancellation_words(seen: CancellationPreview) -> list[tuple[str, bool, Any]]:
    """
    Return both ends that a notice may reach: what is asked of it, whether it is the one that this notice reaches, and
    the end.
    """
    found = seen.found
    rows = [(_("This term"), found.ending == found.running, found.running)]
    if found.following is not None:
        rows.append((_("The next term"), found.ending != found.running, found.following))
    return rows


@dataclass(frozen=True, slots=True)
class Decided:
    """
    A change of a contract that was decided, in words.
    """

    change: ContractChange
    words: str


def change_words(contract: Contract, plan: Plan, language: str) -> list[Decided]:
    """
    Return what was decided about a contract, the newest first. One query.
    """
    return [Decided(each, _told(each, plan, language)) for each in changes_of(contract)]


def _told(change: ContractChange, plan: Plan, language: str) -> str:
    day = date_format(change.effective_on, "j M Y")
    if change.kind == ContractChange.Kind.CANCELLED:
        return _("Cancelled, ends with %(day)s") % {"day": day}
    tier = change.facts["after"]
    name = tier_name(plan, tier, language) if tier in plan.tiers else tier
    if change.applied_at is None:
        return _("Changes to %(tier)s on %(day)s") % {"tier": name, "day": day}
    return _("Changed to %(tier)s on %(day)s") % {"tier": name, "day": day}
