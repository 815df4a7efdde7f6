"""
What is promised for each ticket: targets by severity and tier, what starts and stops their clocks, how many of them are
kept, and who takes over when it takes too long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import DASH, Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.telling import details
from upheld.core.plan.describe.values import Words, holds_in
from upheld.core.plan.model.compliance import CompliancePromise, Stage
from upheld.core.plan.model.metrics import Metric, Target
from upheld.core.plan.model.tiers import EscalationStep, Tier
from upheld.core.plan.places import Path


def targets(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return a table of severities by tiers for each metric, and what starts and stops it.
    """
    blocks: list[Table] = []
    for name, metric in words.plan.metrics.items():
        if holds_in(metric.only_if, tiers) and any(name in tier.targets for tier in tiers.values()):
            blocks.append(_targets(words, tiers, name, metric))
    fields = [
        (plain(words.called("tiers", name)), (Line(plain(_listed(tier.features)), (("tiers", name, "features"),)),))
        for name, tier in tiers.items()
        if tier.features
    ]
    features = [Facts(title=Said("policy.title_features"), rows=tuple(fields))] if fields else []
    return Section(key="targets", blocks=(*blocks, *features))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(each.replace("_", " ") for each in names)


def _targets(words: Words, tiers: Mapping[str, Tier], name: str, metric: Metric) -> Table:
    rows = []
    for severity in (*words.plan.severities, ""):
        cells = [_promises(words, tier_name, tier, name, severity) for tier_name, tier in tiers.items()]
        if any(cells):
            title = plain(words.called("severities", severity)) if severity else Said("policy.all_others")
            rows.append(((Line(title),), *(cell or (DASH,) for cell in cells)))
    return Table(
        title=plain(words.called("metrics", name)),
        headings=(Said("policy.head_severity"), *(plain(words.called("tiers", each)) for each in tiers)),
        rows=tuple(rows),
        notes=tuple(_clock(words, name, metric)),
    )


def _promises(words: Words, tier: str, rules: Tier, metric: str, severity: str) -> Cell:
    default = words.plan.metrics[metric].days or words.plan.days
    cell: list[Line] = []
    for at, row in enumerate(rules.targets.get(metric, ())):
        if (severity in row.severity) if severity else not row.severity:
            path: Path = ("tiers", tier, "targets", metric, at)
            cell.append(Line(values.target(row, default), (path,)))
            cell += [Line(each, is_quiet=True) for each in _details(words, row)]
    return tuple(cell)


def _details(words: Words, row: Target) -> Iterator[Said]:
    if found := words.condition(row, without=("severity", "tier")):
        yield Said("policy.when", {"condition": found})
    if row.use:
        yield Said("policy.on_calendar", {"calendar": words.called("calendars", row.use)})
    if row.or_agreed:
        yield Said("policy.or_agreed")
    if row.or_met_by:
        yield Said("policy.or_met_by", {"events": _events(words, row.or_met_by)})


def _clock(words: Words, name: str, metric: Metric) -> Iterator[Line]:
    path: Path = ("metrics", name)
    yield Line(Said("policy.in_support_hours"))
    facts = {"starts": _starts(words, metric.starts_on), "stops": _events(words, metric.stops_on)}
    yield Line(Said("policy.clock", facts), ((*path, "starts_on"), (*path, "stops_on")))
    if metric.repeats:
        yield Line(Said("policy.repeats"), ((*path, "repeats"),))
    if found := words.condition(metric.only_if):
        yield Line(Said("policy.metric_only_if", {"condition": found}), ((*path, "only_if"),))
    keys = ("pauses_while", "cancels_while", "after", "reopened", "reopened_within", "raised", "lowered")
    yield from details(words, metric, path, "metric", keys)


def _starts(words: Words, events: Sequence[str]) -> Said:
    return Said("policy.or", {"parts": [_event(words, each, "start") for each in events]})


def _events(words: Words, events: Sequence[str]) -> Said:
    return Said("policy.or", {"parts": [_event(words, each, "stop") for each in events]})


def _event(words: Words, event: str, kind: str) -> Said:
    prefix, _, name = event.partition(":")
    if prefix == "milestone":
        return plain(words.called("milestones", name))
    if prefix == "after":
        return Said("policy.after_metric", {"metric": words.called("metrics", name)})
    return Said(f"policy.{kind}_{event}")


def compliance(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what is promised about all tickets of a period together.
    """
    items = [
        _all_of_a_period(words, name, each) for name, each in words.plan.compliance.items() if holds_in(each, tiers)
    ]
    blocks = (Items(title=Said("policy.title_compliance"), items=tuple(items)),) if items else ()
    return Section(key="compliance", blocks=blocks)


def _all_of_a_period(words: Words, name: str, promise: CompliancePromise) -> Cell:
    path: Path = ("compliance", name)
    facts = {"metrics": words.names("metrics", promise.metrics), "every": values.period(promise.per)}
    lines = [Line(Said("policy.compliance", facts), ((*path, "metrics"), (*path, "per")))]
    if found := words.condition(promise):
        lines.append(Line(Said("policy.when", {"condition": found}), is_quiet=True))
    lines += [Line(_stage(each), ((*path, "stages", at),)) for at, each in enumerate(promise.stages)]
    return tuple(lines)


def _stage(stage: Stage) -> Said:
    if stage.average:
        demand = Said("policy.stage_average")
    elif stage.at_least is not None:
        demand = Said("policy.stage_at_least", {"share": f"{stage.at_least.normalize():f}"})
    else:
        demand = Said("policy.stage_at_most_late", {"count": stage.at_most_late})
    parts = [demand]
    if stage.within:
        parts.append(Said("policy.within", {"length": values.length(stage.within)}))
    if stage.share_of_target is not None:
        parts.append(Said("policy.stage_share_of_target", {"share": f"{stage.share_of_target.normalize():f}"}))
    if stage.events:
        parts.append(Said("policy.stage_events", {"band": values.band(stage.events, "")}))
    return Said("policy.joined", {"parts": parts})


def escalations(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return the ladders: at which step who takes a ticket on, and how soon.
    """
    headings = (Said("policy.head_step"), Said("policy.head_when"), Said("policy.head_who"))
    tables = []
    for name, steps in words.plan.escalations.items():
        title = Said("policy.title_escalation", {"ladder": name.replace("_", " ")})
        rows = tuple(
            _step(words, each, ("escalations", name, at)) for at, each in enumerate(steps) if holds_in(each, tiers)
        )
        tables += [Table(title=title, headings=headings, rows=rows)] if rows else []
    return Section(key="escalations", blocks=tuple(tables))


def _step(words: Words, step: EscalationStep, path: Path) -> tuple[Cell, ...]:
    metric = words.called("metrics", step.metric) if step.metric else Said("policy.the_opening")
    when = []
    if step.at is not None:
        facts = {"share": f"{step.at.normalize():f}", "metric": metric}
        when.append(Line(Said("policy.escalated_at", facts), ((*path, "at"),)))
    if step.after is not None:
        code = "policy.escalated_after_start" if step.metric else "policy.escalated_after"
        facts = {"length": values.length(step.after), "metric": metric}
        when.append(Line(Said(code, facts), ((*path, "after"),)))
    if found := words.condition(step):
        when.append(Line(Said("policy.when", {"condition": found}), is_quiet=True))
    if step.waived_by:
        events = _events(words, step.waived_by)
        when.append(Line(Said("policy.escalation_waived", {"events": events}), ((*path, "waived_by"),), is_quiet=True))
    who = [Line(plain(words.called("roles", step.to)), ((*path, "to"),))]
    who += details(words, step, path, "step", ("acknowledged_within", "repeats_every", "effort"), is_quiet=True)
    return (Line(plain(step.step.replace("_", " ")), (path,)),), tuple(when) or (DASH,), tuple(who)
