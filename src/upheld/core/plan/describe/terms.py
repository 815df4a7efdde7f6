"""
The contract: how long it runs, how it goes on and ends, how plan and tier change, what happens to tickets meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Cell, Facts, Line, Said, Section, plain
from upheld.core.plan.describe.telling import labelled
from upheld.core.plan.describe.values import Words
from upheld.core.plan.places import Path

_PATH: Path = ("terms",)
_MONEY = ("fee_rises_at_most", "grace", "reinstatement", "reinstatement_within")
_TICKETS = ("moved_clocks", "open_tickets_move", "released_clock_from", "acceptance")
_REST = ("closes_days", "reminded_after", "precedence", "version_supported", "version_fixes", "zone")


def terms(words: Words) -> Section:
    """
    Return term, renewal, notice and changes; nothing for what the plan does not say.
    """
    rows = tuple(_terms(words))
    if words.plan.zone:
        rows = (*rows, (Said("policy.label_zone"), (Line(plain(words.plan.zone), (("zone",),)),)))
    return Section(key="terms", blocks=(Facts(title=Said("policy.title_terms"), rows=rows),) if rows else ())


def _terms(words: Words) -> Iterator[tuple[Said, Cell]]:
    rules = words.plan.terms
    yield from labelled(words, rules, _PATH, "terms", ("covers",))
    if rules.length:
        yield _row("term", values.length(rules.length), "length")
    if rules.length or rules.renews != "automatically" or rules.renews_for:
        yield _row("renewal", _renewal(words), "renews", "renews_for")
    if rules.notice:
        code = "policy.notice_written" if rules.notice_in_writing else "policy.notice"
        yield _row("notice", Said(code, {"length": values.length(rules.notice)}), "notice", "notice_in_writing")
    yield from labelled(words, rules, _PATH, "terms", _MONEY)
    if "vendor_changes" in rules.model_fields_set:
        yield _row("vendor_changes", Said(f"policy.vendor_changes_{rules.vendor_changes}"), "vendor_changes")
    yield from labelled(words, rules, _PATH, "terms", ("change_notice",))
    for key in ("tier_change", "tier_change_fee"):
        if key in rules.model_fields_set:
            yield _row(key, Said(f"policy.{key}_{getattr(rules, key)}"), key)
    yield from labelled(words, rules, _PATH, "terms", ("tier_change_restarts",))
    if "lapsed_tickets" in rules.model_fields_set:
        yield _row("lapsed_tickets", Said(f"policy.lapsed_tickets_{rules.lapsed_tickets}"), "lapsed_tickets")
    yield from labelled(words, rules, _PATH, "terms", _TICKETS)
    if rules.reported_within:
        within = Said("policy.within", {"length": values.length(rules.reported_within)})
        yield _row("reported", within, "reported_within")
    if rules.closes_without_answer:
        closes = Said("policy.closes_after", {"length": values.length(rules.closes_without_answer)})
        yield _row("closes", closes, "closes_without_answer")
    yield from labelled(words, rules, _PATH, "terms", _REST)


def _row(label: str, said: Said, *keys: str) -> tuple[Said, Cell]:
    return Said(f"policy.label_{label}"), (Line(said, tuple((*_PATH, key) for key in keys)),)


def _renewal(words: Words) -> Said:
    rules = words.plan.terms
    length = rules.renews_for or rules.length
    if length is None and rules.renews != "not":
        return Said(f"policy.renews_{rules.renews}_alone")
    return Said(f"policy.renews_{rules.renews}", {"length": values.length(length) if length else ""})
