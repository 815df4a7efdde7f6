"""
The sections beside the clocks: credits, availability, maintenance, allowances, people, duties, term.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.durations import Duration, spell_seconds
from upheld.core.money import Money
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Block, Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.values import Words
from upheld.core.plan.model.availability import AvailabilityTarget, MaintenanceKind
from upheld.core.plan.model.compliance import Claim, CreditRow, CreditScheme
from upheld.core.plan.model.entitlements import Allowance
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path
from upheld.core.plan.quantities import granted

SAMPLE: Final = 100
"""Events of the example beside a row of a credit table."""
SAMPLE_FEE: Final = Decimal(10_000)
_MONTH_MINUTES: Final = 30 * 24 * 60


def _concerns(part: Any, tiers: Mapping[str, Tier]) -> bool:
    return not part.tiers or bool(set(part.tiers) & set(tiers))


def _for(words: Words, part: Any, tiers: Mapping[str, Tier]) -> Said:
    """
    Return for which of the page's tiers something is.
    """
    named = [each for each in tiers if not part.tiers or each in part.tiers]
    return Said("policy.all_tiers") if len(named) == len(tiers) else plain(words.names("tiers", named))


def owed(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what is owed for broken promises: the table with an example for each row, limits, and how it is claimed.
    """
    blocks: list[Block] = []
    for name, scheme in words.plan.credits.items():
        if _concerns(scheme, tiers):
            blocks += [_table(words, name, scheme), _frame(words, name, scheme, tiers)]
    return Section(key="credits", blocks=tuple(blocks))


def _table(words: Words, name: str, scheme: CreditScheme) -> Table:
    base: Path = ("credits", name)
    rows = []
    for at, row in enumerate(scheme.table):
        pays = values.pay(row.pays, scheme.share_of)
        path: Path = (*base, "table", at)
        rows.append(((Line(_band(row, scheme), (path,)),), (Line(_example(row, scheme)),), (Line(pays),)))
    if scheme.each:
        unit = Said("policy.each_unit", {"unit": scheme.each.unit.replace("_", " ")})
        rows.append(((Line(unit, ((*base, "each"),)),), (Line(Said("policy.dash")),),
                     (Line(values.pay(scheme.each.pays, scheme.share_of)),)))  # fmt: skip
    facts = {"scheme": words.called("credits", name), "every": values.period(scheme.per)}
    headings = (Said(f"policy.of_{scheme.of}"), Said("policy.head_example"), Said("policy.head_credit"))
    return Table(title=Said("policy.title_credit", facts), headings=headings, rows=tuple(rows))


def _band(row: CreditRow, scheme: CreditScheme) -> Said:
    band = row.band
    unit = "" if scheme.of in ("violations", "downtime", "metric_value") else " %"
    low, high = (None if edge is None else f"{edge.normalize():f}{unit}" for edge in (band.low, band.high))
    if low is not None and low == high:
        return Said("policy.band_is", {"low": low})
    if low is None or (band.low == 0 and band.low_in and high is not None):
        return Said("policy.band_to" if band.high_in else "policy.band_below", {"high": high})
    if high is None:
        return Said("policy.band_from" if band.low_in else "policy.band_above", {"low": low})
    code = f"policy.band_{'from' if band.low_in else 'above'}_{'to' if band.high_in else 'below'}"
    return Said(code, {"low": low, "high": high})


def _example(row: CreditRow, scheme: CreditScheme) -> Said:
    """
    Return the smallest whole number that falls into a row: late ones of a hundred, minutes of a month.
    """
    pays = _of_sample(row)
    if scheme.of in ("violation_share", "compliance"):
        counts = range(SAMPLE + 1) if scheme.of == "violation_share" else range(SAMPLE, -1, -1)
        found = next((each for each in counts if Fraction(each) in row.band), None)
        facts = {"count": found, "of": SAMPLE, "pays": pays}
        return Said("policy.dash") if found is None else Said(f"policy.example_{scheme.of}", facts)
    if scheme.of == "availability":
        minutes = (each for each in range(_MONTH_MINUTES + 1) if _availability(each) in row.band)
        down = next(minutes, None)
        facts = {"time": spell_seconds((down or 0) * 60), "pays": pays}
        return Said("policy.dash") if down is None else Said("policy.example_availability", facts)
    if scheme.of == "violations":
        found = next((each for each in range(SAMPLE + 1) if Fraction(each) in row.band), None)
        return (
            Said("policy.dash") if found is None else Said("policy.example_violations", {"count": found, "pays": pays})
        )
    return Said("policy.dash")


def _availability(minutes: int) -> Fraction:
    return Fraction(100 * (_MONTH_MINUTES - minutes), _MONTH_MINUTES)


def _of_sample(row: CreditRow) -> Said | str:
    """
    Return what a row pays of a fee of ten thousand, rounded as credits are.
    """
    if not row.pays.share:
        return ""
    amount = Money(SAMPLE_FEE, "XXX").share(Fraction(row.pays.share) / 100).amount
    return Said("policy.of_sample", {"amount": f"{amount:,}", "fee": f"{SAMPLE_FEE:,}"})


def _frame(words: Words, name: str, scheme: CreditScheme, tiers: Mapping[str, Tier]) -> Facts:
    base: Path = ("credits", name)
    rows: list[tuple[Said, Cell]] = [
        (Said("policy.label_tiers"), (Line(_for(words, scheme, tiers), ((*base, "tiers"),)),))
    ]
    if scheme.severities:
        told = plain(words.names("severities", scheme.severities))
        rows.append((Said("policy.label_counts"), (Line(told, ((*base, "severities"),)),)))
    if scheme.opened != "any_time":
        rows.append((Said("policy.label_only"), (Line(Said(f"policy.opened_{scheme.opened}"), ((*base, "opened"),)),)))
    if scheme.exclusions:
        cell = tuple(Line(plain(words.text(words.plan.exclusions[each].text)), ((*base, "exclusions"),))
                     for each in scheme.exclusions if each in words.plan.exclusions)  # fmt: skip
        rows.append((Said("policy.label_exclusions"), cell))
    if scheme.cap:
        cell = tuple(Line(values.cap(each, scheme.share_of), ((*base, "cap"),)) for each in scheme.cap)
        rows.append((Said("policy.label_cap"), cell))
    if scheme.minimum:
        rows.append((Said("policy.label_minimum"), (Line(plain(scheme.minimum), ((*base, "minimum"),)),)))
    rows.append((Said("policy.label_claim"), tuple(_claim(words, scheme.claim, (*base, "claim")))))
    rows.append(
        (Said("policy.label_applied"), (Line(Said(f"policy.applied_{scheme.applied}"), ((*base, "applied"),)),))
    )
    return Facts(title=Said("policy.title_credit_frame"), rows=tuple(rows))


def _claim(words: Words, claim: Claim, path: Path) -> Iterator[Line]:
    if claim.automatic:
        yield Line(Said("policy.claim_automatic"), ((*path, "automatic"),))
        return
    if claim.within is None:
        yield Line(Said("policy.claim_any_time"), (path,))
    else:
        within = values.length(claim.within)
        if claim.business_days:
            days = words.called("calendars", claim.business_days)
            within = Said("policy.days_of", {"length": within, "calendar": days})
        facts = {"within": within, "from": Said(f"policy.from_{claim.counted_from}")}
        yield Line(Said("policy.claim_within", facts), ((*path, "within"), (*path, "business_days")))
    if claim.in_writing:
        yield Line(Said("policy.claim_written"), ((*path, "in_writing"),))
    if claim.must_state:
        stated = ", ".join(each.replace("_", " ") for each in claim.must_state)
        yield Line(Said("policy.claim_states", {"what": stated}), ((*path, "must_state"),))
    if claim.at_most:
        yield Line(Said("policy.claim_at_most", {"count": claim.at_most}), ((*path, "at_most"),))
    if claim.current_on_payments:
        heals = {True: "_heals", False: "_never_heals", None: ""}[claim.paying_heals]
        places = ((*path, "current_on_payments"), (*path, "paying_heals"))
        yield Line(Said(f"policy.claim_paid{heals}"), places)
    if claim.within is not None:
        yield Line(Said(f"policy.claim_{claim.late}"), ((*path, "late"),))


def availability(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return the availability that is promised, with the downtime that it leaves in a month of thirty days.
    """
    rows = []
    for name, each in words.plan.availability.items():
        path: Path = ("availability", name)
        title = words.called("components", each.component) if each.component else name.replace("_", " ")
        cells = [tuple(_available(each, tier, path)) for tier in tiers]
        if all(cell == cells[0] for cell in cells):
            cells = cells[:1]
        rows.append(((Line(plain(title), (path,)),), tuple(itertools.chain.from_iterable(cells)),
                     (Line(values.period(each.per), ((*path, "per"),)),)))  # fmt: skip
    for name, kind in words.plan.measured.items():
        promise = (Line(plain(f"{kind.promise} {kind.unit}"), (("measured", name),)),)
        rows.append(((Line(plain(words.called("measured", name))),), promise, (Line(values.period(kind.per)),)))
    headings = (Said("policy.head_service"), Said("policy.head_promise"), Said("policy.head_every"))
    table = Table(title=Said("policy.title_availability"), headings=headings, rows=tuple(rows))
    return Section(key="availability", blocks=(table,) if rows else ())


def _available(each: AvailabilityTarget, tier: str, path: Path) -> Iterator[Line]:
    share = each.by_tier.get(tier, each.target)
    if share is not None:
        down = Fraction(_MONTH_MINUTES * 60) * (100 - Fraction(share)) / 100
        facts = {"share": f"{share:f}", "down": spell_seconds(int(down))}
        yield Line(Said("policy.available", facts), ((*path, "target"), (*path, "by_tier")))
    if each.at_most_down is not None:
        yield Line(
            Said("policy.at_most_down", {"length": values.length(each.at_most_down)}), ((*path, "at_most_down"),)
        )


def maintenance(words: Words) -> Section:
    """
    Return when maintenance may be, how it is announced, and whether it counts as downtime.
    """
    rows = []
    for name, kind in words.plan.maintenance.items():
        rows.append(((Line(plain(words.called("maintenance", name)), (("maintenance", name),)),),
                     tuple(_maintained(words, name, kind))))  # fmt: skip
    headings = (Said("policy.head_kind"), Said("policy.head_rules"))
    table = Table(title=Said("policy.title_maintenance"), headings=headings, rows=tuple(rows))
    return Section(key="maintenance", blocks=(table,) if rows else ())


def _maintained(words: Words, name: str, kind: MaintenanceKind) -> Iterator[Line]:
    path: Path = ("maintenance", name)
    for window in kind.windows:
        facts = {"rule": window.rule or "", "hours": window.hours, "zone": window.zone}
        yield Line(Said("policy.maintenance_window", facts), ((*path, "windows"),))
    if kind.outside:
        calendar = words.called("calendars", kind.outside)
        yield Line(Said("policy.maintenance_outside", {"calendar": calendar}), ((*path, "outside"),))
    if kind.notice:
        yield Line(Said("policy.maintenance_notice", {"notice": values.length(kind.notice)}), ((*path, "notice"),))
    if kind.at_most and kind.per:
        facts_ = {"count": kind.at_most, "every": values.period(kind.per)}
        yield Line(Said("policy.maintenance_at_most", facts_), ((*path, "at_most"),))
    if kind.counts_as != "undefined":
        yield Line(Said(f"policy.maintenance_{kind.counts_as}"), ((*path, "counts_as"),))


def allowances(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what contracts hold: how much in each tier, how often, and how it is used.
    """
    rows = []
    for name, each in words.plan.allowances.items():
        if not _concerns(each, tiers):
            continue
        path: Path = ("allowances", name)
        cells = [_granted(each, tier, path) for tier in tiers]
        rows.append(((Line(plain(words.called("allowances", name))), *_uses(each, path)), *cells))
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


def _uses(each: Allowance, path: Path) -> Iterator[Line]:
    if each.valid_for:
        yield Line(
            Said("policy.valid_for", {"length": values.length(each.valid_for)}), ((*path, "valid_for"),), is_quiet=True
        )
    carried = "kept" if each.carry_over else "lapses"
    if each.every:
        yield Line(Said(f"policy.allowance_{carried}"), ((*path, "carry_over"),), is_quiet=True)
    if each.ahead:
        yield Line(Said("policy.ahead", {"length": values.length(each.ahead)}), ((*path, "ahead"),), is_quiet=True)
    if each.above:
        yield Line(Said("policy.above", {"much": values.quantity(each.above)}), ((*path, "above"),), is_quiet=True)
    if each.contacts == "designated":
        yield Line(Said("policy.designated_only"), ((*path, "contacts"),), is_quiet=True)
    yield Line(Said(f"policy.overdraft_{each.overdraft.then}"), ((*path, "overdraft"),), is_quiet=True)


def _owed(words: Words, tiers: Mapping[str, Tier]) -> Iterator[Items]:
    reviews = [
        (Line(Said("policy.review", {"what": words.called("reviews", name), "every": values.period(each.every)}),
              (("reviews", name),)), *_quietly(_for(words, each, tiers)))
        for name, each in words.plan.reviews.items() if _concerns(each, tiers)
    ]  # fmt: skip
    if reviews:
        yield Items(title=Said("policy.title_reviews"), items=tuple(reviews))
    people = [
        (Line(plain(words.called("roles", name)), (("roles", name),)), *_quietly(_for(words, each, tiers)))
        for name, each in words.plan.roles.items() if _concerns(each, tiers)
    ]  # fmt: skip
    if people:
        yield Items(title=Said("policy.title_roles"), items=tuple(people))
    rights = [
        (Line(plain(words.called("rights", name)), (("rights", name),)), *_quietly(_for(words, each, tiers)),
         *([Line(plain(words.text(each.text)), is_quiet=True)] if each.text else []))
        for name, each in words.plan.rights.items() if _concerns(each, tiers)
    ]  # fmt: skip
    if rights:
        yield Items(title=Said("policy.title_rights"), items=tuple(rights))


def _quietly(said: Said) -> list[Line]:
    return [] if said.code == "policy.all_tiers" else [Line(said, is_quiet=True)]


def duties(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what the customer does: duties, contact lists, what a ticket says.
    """
    blocks: list[Block] = []
    plan = words.plan
    told = [(Line(plain(words.text(each.text)), (("duties", name),)),) for name, each in plan.duties.items()]
    if told:
        blocks.append(Items(title=Said("policy.title_duties"), items=tuple(told)))
    lists = [_contacts(words, name, tiers) for name, each in plan.contacts.items() if _concerns(each, tiers)]
    if lists:
        blocks.append(Items(title=Said("policy.title_contacts"), items=tuple(lists)))
    asked = []
    for at, each in enumerate(plan.intake.fields):
        found = words.condition(each)
        lines = [Line(plain(words.text(each.ask)), (("intake", "fields", at),))]
        lines += [] if each.required else [Line(Said("policy.optional"), is_quiet=True)]
        lines += [Line(Said("policy.when", {"condition": found}), is_quiet=True)] if found else []
        asked.append(tuple(lines))
    if asked:
        blocks.append(Items(title=Said("policy.title_intake"), items=tuple(asked)))
    return Section(key="duties", blocks=tuple(blocks))


def _contacts(words: Words, name: str, tiers: Mapping[str, Tier]) -> Cell:
    each = words.plan.contacts[name]
    path: Path = ("contacts", name)
    lines = [Line(plain(words.called("contacts", name)), (path,)), *_quietly(_for(words, each, tiers))]
    if each.at_least:
        lines.append(
            Line(Said("policy.contacts_at_least", {"count": each.at_least}), ((*path, "at_least"),), is_quiet=True)
        )
    if each.at_most:
        lines.append(
            Line(Said("policy.contacts_at_most", {"count": each.at_most}), ((*path, "at_most"),), is_quiet=True)
        )
    return tuple(lines)


def terms(words: Words) -> Section:
    """
    Return term, renewal, notice and changes; nothing for what the plan does not say.
    """
    rows = tuple((label, (Line(said, (("terms", key),)),)) for label, said, key in _terms(words))
    return Section(key="terms", blocks=(Facts(title=Said("policy.title_terms"), rows=rows),) if rows else ())


def _terms(words: Words) -> Iterator[tuple[Said, Said, str]]:
    rules = words.plan.terms
    said = rules.model_fields_set
    if rules.length:
        yield Said("policy.label_term"), values.length(rules.length), "length"
        yield Said("policy.label_renewal"), _renewal(rules.renews, rules.renews_for or rules.length), "renews"
    if rules.notice:
        code = "policy.notice_written" if rules.notice_in_writing else "policy.notice"
        yield Said("policy.label_notice"), Said(code, {"length": values.length(rules.notice)}), "notice"
    for key in ("vendor_changes", "tier_change", "tier_change_fee", "lapsed_tickets"):
        if key in said:
            yield Said(f"policy.label_{key}"), Said(f"policy.{key}_{getattr(rules, key)}"), key
    if rules.reported_within:
        yield (
            Said("policy.label_reported"),
            Said("policy.within", {"length": values.length(rules.reported_within)}),
            "reported_within",
        )
    if rules.closes_without_answer:
        length = values.length(rules.closes_without_answer)
        yield Said("policy.label_closes"), Said("policy.closes_after", {"length": length}), "closes_without_answer"


def _renewal(renews: str, length: Duration) -> Said:
    return Said(f"policy.renews_{renews}", {"length": values.length(length)})
