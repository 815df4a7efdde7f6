"""
What the plan is for, and what is covered: products, environments, kinds of requests, verdicts, errors that cannot be
reproduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from upheld.core.plan.describe.blocks import Block, Cell, Facts, Items, Line, Said, Section, plain
from upheld.core.plan.describe.telling import details, labelled
from upheld.core.plan.describe.values import Words, concerns, for_tiers, holds_in, quietly
from upheld.core.plan.model.terms import CoverageRule, RequestType
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path

_RULE = ("becomes", "excluded_from", "needs_review", "needs_approval", "rate", "authorised_up_to", "offers")
_REPRODUCTION = ("required", "within", "otherwise", "second_report_reopens", "excluded_from", "platforms")


def scope(words: Words) -> Section:
    """
    Return what the plan is for: products, components, environments, regions, and what can be bought beside a tier.
    """
    rows: list[tuple[Said, Cell]] = []
    for section in ("products", "components", "add_ons"):
        named = [words.called(section, name) for name in getattr(words.plan, section)]
        if named:
            rows.append((Said(f"policy.label_{section}"), (Line(plain(", ".join(named)), ((section,),)),)))
    environments = [line for name in words.plan.environments for line in _environment(words, name)]
    if environments:
        rows.append((Said("policy.label_environments"), tuple(environments)))
    regions = [
        Line(Said("policy.region", {"region": name.replace("_", " "), "places": ", ".join(places)}),
             (("regions", name),))
        for name, places in words.plan.regions.items()
    ]  # fmt: skip
    if regions:
        rows.append((Said("policy.label_regions"), tuple(regions)))
    return Section(key="scope", blocks=(Facts(title=Said("policy.title_scope"), rows=tuple(rows)),) if rows else ())


def _environment(words: Words, name: str) -> Iterator[Line]:
    each = words.plan.environments[name]
    path: Path = ("environments", name)
    code = "policy.environment_productive" if each.production else "policy.environment"
    yield Line(Said(code, {"name": words.called("environments", name)}), (path,))
    yield from details(words, each, path, "environment", ("severities",), is_quiet=True)


def coverage(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what is covered and what is not, with the policy's words; the kinds of requests; errors that cannot be
    reproduced.
    """
    blocks: list[Block] = []
    for verdict in ("covered", "best_effort", "chargeable", "not_covered", "undecided"):
        items = [
            _covered(words, rule, ("coverage", at), tiers)
            for at, rule in enumerate(words.plan.coverage)
            if rule.coverage == verdict and holds_in(rule, tiers)
        ]
        if items:
            blocks.append(Items(title=Said(f"policy.coverage_{verdict}"), items=tuple(items)))
    kinds = tuple(
        _request_type(words, name, each, tiers)
        for name, each in words.plan.request_types.items()
        if concerns(each, tiers)
    )
    if kinds:
        blocks.append(Items(title=Said("policy.title_request_types"), items=kinds))
    if words.plan.reproduction:
        rows = tuple(labelled(words, words.plan.reproduction, ("reproduction",), "reproduction", _REPRODUCTION))
        blocks += [Facts(title=Said("policy.title_reproduction"), rows=rows)] if rows else []
    return Section(key="coverage", blocks=tuple(blocks))


def _covered(words: Words, rule: CoverageRule, path: Path, tiers: Mapping[str, Tier]) -> Cell:
    types = words.names("request_types", rule.request_type)
    # On the page of one tier, only rules that can hold in it stand: which others they hold in is not its reader's.
    told = ("request_type", "tier") if len(tiers) == 1 and len(words.plan.tiers) > 1 else ("request_type",)
    found = words.condition(rule, without=told)
    name = plain(types) if types else Said("policy.everything_else" if not found else "policy.everything")
    head = Said("policy.covered_if", {"what": name, "condition": found}) if found else name
    lines = [Line(head, (path,))]
    if text := words.text(rule.rule):
        lines.append(Line(plain(text), is_quiet=True))
    if rule.grounds:
        grounds = ", ".join(each.replace("_", " ") for each in rule.grounds)
        lines.append(Line(Said("policy.on_grounds", {"grounds": grounds}), is_quiet=True))
    return (*lines, *details(words, rule, path, "coverage", _RULE, is_quiet=True))


def _request_type(words: Words, name: str, each: RequestType, tiers: Mapping[str, Tier]) -> Cell:
    path: Path = ("request_types", name)
    lines = [Line(plain(words.called("request_types", name)), (path,))]
    if each.text:
        lines.append(Line(plain(words.text(each.text)), is_quiet=True))
    lines += details(words, each, path, "request", ("draws_on", "routes", "act"), is_quiet=True)
    return (*lines, *quietly(for_tiers(words, each, tiers)))
