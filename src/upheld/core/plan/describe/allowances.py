"""
What a contract holds: hours, counts and money, reviews, people, rights, and what is unusually much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Block, Cell, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.telling import detail, details
from upheld.core.plan.describe.values import Words, concerns, for_tiers, quietly
from upheld.core.plan.model.entitlements import Allowance, FairUse, RateBand, Review
from upheld.core.plan.model.terms import Right, Role
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path
from upheld.core.plan.quantities import granted

_OVERDRAFT = ("rate", "at_most", "free", "needs_approval", "settled", "block", "block_price")
_RIGHT = (
    "survives_term", "scope", "needs_approval", "logged", "confidential", "confidential_until", "elsewhere",
    "violation_ends_contract",
)  # fmt: skip


def allowances(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what contracts hold: how much in each tier, how often, and how it is used.
    """
    rows = []
    for name, each in words.plan.allowances.items():
        if not concerns(each, tiers):
            continue
        path: Path = ("allowances", name)
        cells = [_granted(each, tier, path) for tier in tiers]
        rows.append(((Line(plain(words.called("allowances", name))), *_uses(words, each, path)), *cells))
    headings = (Said("policy.head_allowance"), *(plain(words.called("tiers", each)) for each in tiers))
    table = Table(title=Said("policy.title_allowances"), headings=headings, rows=tuple(rows))
    blocks: list[Block] = [table] if rows else []
    return Section(key="allowances", blocks=(*blocks, *_owed(words, tiers)))


def _granted(each: Allowance, tier: str, path: Path) -> Cell:
    much = granted(each, tier)
    if much is None:
        return (Line(Said("policy.dash")),)
    where = (*path, "by_tier", tier) if tier in each.by_tier else (*path, "gives")
    facts = {"much": values.quantity(much), "every": values.period(each.every)}
    return (Line(Said("policy.granted", facts), (where, (*path, "every"))),)


def _uses(words: Words, each: Allowance, path: Path) -> Iterator[Line]:
    if each.valid_for:
        yield _quiet(Said("policy.valid_for", {"length": values.length(each.valid_for)}), (*path, "valid_for"))
    yield from details(
        words, each, path, "allowance", ("anchored", "scope", "draws", "increment", "rounded", "minimum"), is_quiet=True
    )
    if found := words.condition(each.covers):
        yield _quiet(Said("policy.allowance_covers", {"condition": found}), (*path, "covers"))
    if each.carry_over or each.every:
        yield from _carried(words, each, (*path, "carry_over"))
    if each.ahead:
        ahead = values.length(each.ahead)
        if each.ahead_days:
            ahead = Said("policy.days_of", {"length": ahead, "calendar": words.called("calendars", each.ahead_days)})
        yield _quiet(Said("policy.ahead", {"length": ahead}), (*path, "ahead"))
    if each.above:
        yield _quiet(Said("policy.above", {"much": values.quantity(each.above)}), (*path, "above"))
    if each.contacts == "designated":
        yield _quiet(Said("policy.designated_only"), (*path, "contacts"))
    yield from details(words, each, path, "allowance", ("needs", "parts", "with_", "price"), is_quiet=True)
    for at, band in enumerate(each.rates):
        yield _quiet(_rate(words, band), (*path, "rates", at))
    yield _quiet(Said(f"policy.overdraft_{each.overdraft.then}"), (*path, "overdraft"))
    yield from details(words, each.overdraft, (*path, "overdraft"), "overdraft", _OVERDRAFT, is_quiet=True)
    yield from details(
        words,
        each,
        path,
        "allowance",
        ("low_at", "expiry_notice", "refund", "refund_within", "refund_rate"),
        is_quiet=True,
    )


def _quiet(said: Said, path: Path) -> Line:
    return Line(said, (path,), is_quiet=True)


def _carried(words: Words, each: Allowance, path: Path) -> Iterator[Line]:
    if each.carry_over is None:
        yield _quiet(Said("policy.allowance_lapses"), path)
        return
    yield _quiet(Said("policy.allowance_kept"), path)
    yield from details(words, each.carry_over, path, "carry", ("share", "at_most", "lasts", "times"), is_quiet=True)


def _rate(words: Words, band: RateBand) -> Said:
    parts = []
    if band.hours:
        parts.append(Said("policy.rate_hours", {"calendar": words.called("calendars", band.hours)}))
    if found := words.condition(band):
        parts.append(found)
    keys = ("rate", "times", "minimum")
    parts += filter(None, (detail(words, band, "rate", key) for key in keys))
    return Said("policy.joined", {"parts": parts})


def _owed(words: Words, tiers: Mapping[str, Tier]) -> Iterator[Block]:
    for section, told in (("reviews", _review), ("roles", _role), ("rights", _right)):
        items = tuple(
            (*told(words, name, each), *quietly(for_tiers(words, each, tiers)))
            for name, each in getattr(words.plan, section).items()
            if concerns(each, tiers)
        )
        if items:
            yield Items(title=Said(f"policy.title_{section}"), items=items)
    if words.plan.fair_use:
        yield _fair_use(words, words.plan.fair_use)


def _review(words: Words, name: str, each: Review) -> Iterator[Line]:
    path: Path = ("reviews", name)
    facts = {"what": words.called("reviews", name), "every": values.period(each.every)}
    yield Line(Said("policy.review", facts), (path,))
    yield from details(words, each, path, "review", ("on_request", "contains", "due_after", "with_"), is_quiet=True)


def _role(words: Words, name: str, each: Role) -> Iterator[Line]:
    path: Path = ("roles", name)
    yield Line(plain(words.called("roles", name)), (path,))
    yield from details(words, each, path, "role", ("hours", "languages", "activities", "agrees"), is_quiet=True)


def _right(words: Words, name: str, each: Right) -> Iterator[Line]:
    path: Path = ("rights", name)
    yield Line(plain(words.called("rights", name)), (path,))
    if each.text:
        yield Line(plain(words.text(each.text)), is_quiet=True)
    yield from details(words, each, path, "right", _RIGHT, is_quiet=True)
    for ground, text in each.exceptions.items():
        facts = {"ground": ground.replace("_", " "), "text": words.text(text)}
        yield _quiet(Said("policy.right_except", facts), (*path, "exceptions"))


def _fair_use(words: Words, rule: FairUse) -> Items:
    path: Path = ("fair_use",)
    facts = {"what": Said(f"policy.fair_{rule.of}"), "over": values.length(rule.over)}
    lines = [Line(Said("policy.fair_use", facts), (path,))]
    lines += details(words, rule, path, "fair", ("times_own", "times_peers", "at_most"))
    lines.append(Line(Said(f"policy.fair_then_{rule.then}"), ((*path, "then"),)))
    return Items(title=Said("policy.title_fair_use"), items=tuple((each,) for each in lines))
