"""
What the customer does: duties, people who may speak for the customer, what a ticket says.
"""

from __future__ import annotations

from collections.abc import Mapping

from upheld.core.plan.describe.blocks import Block, Cell, Items, Line, Said, Section, plain
from upheld.core.plan.describe.telling import details
from upheld.core.plan.describe.values import Words, concerns, for_tiers, holds_in, quietly
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path

_CONTACTS = ("may", "verified", "knowledge_confirmed", "sees", "transfer_names_successor", "required_available")


def duties(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what the customer does: duties, contact lists, what a ticket says.
    """
    blocks: list[Block] = []
    plan = words.plan
    told = [
        (
            Line(plain(words.text(each.text)), (("duties", name),)),
            *details(words, each, ("duties", name), "duty", ("breach",), is_quiet=True),
        )
        for name, each in plan.duties.items()
    ]
    if told:
        blocks.append(Items(title=Said("policy.title_duties"), items=tuple(told)))
    lists = [_contacts(words, name, tiers) for name, each in plan.contacts.items() if concerns(each, tiers)]
    if lists:
        blocks.append(Items(title=Said("policy.title_contacts"), items=tuple(lists)))
    asked = []
    for at, each in enumerate(plan.intake.fields):
        if not holds_in(each, tiers):
            continue
        found = words.condition(each)
        path: Path = ("intake", "fields", at)
        lines = [Line(plain(words.text(each.ask)), (path,))]
        lines += [] if each.required else [Line(Said("policy.optional"), is_quiet=True)]
        lines += details(words, each, path, "field", ("kind", "choices", "incident"), is_quiet=True)
        lines += [Line(Said("policy.when", {"condition": found}), is_quiet=True)] if found else []
        asked.append(tuple(lines))
    if plan.intake.missing:
        asked.append((Line(Said(f"policy.missing_{plan.intake.missing}"), (("intake", "missing"),), is_quiet=True),))
    if asked:
        blocks.append(Items(title=Said("policy.title_intake"), items=tuple(asked)))
    return Section(key="duties", blocks=tuple(blocks))


def _contacts(words: Words, name: str, tiers: Mapping[str, Tier]) -> Cell:
    each = words.plan.contacts[name]
    path: Path = ("contacts", name)
    lines = [Line(plain(words.called("contacts", name)), (path,)), *quietly(for_tiers(words, each, tiers))]
    if each.at_least:
        lines.append(
            Line(Said("policy.contacts_at_least", {"count": each.at_least}), ((*path, "at_least"),), is_quiet=True)
        )
    if each.at_most:
        lines.append(
            Line(Said("policy.contacts_at_most", {"count": each.at_most}), ((*path, "at_most"),), is_quiet=True)
        )
    for tier in tiers:
        if tier in each.by_tier:
            count = each.by_tier[tier]
            most = Said("policy.contacts_any") if count is None else Said("policy.contacts_at_most", {"count": count})
            facts = {"tier": words.called("tiers", tier), "what": most}
            lines.append(Line(Said("policy.for_tier", facts), ((*path, "by_tier", tier),), is_quiet=True))
    return (*lines, *details(words, each, path, "contacts", _CONTACTS, is_quiet=True))
