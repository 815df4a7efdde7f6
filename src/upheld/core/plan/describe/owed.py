"""
What is owed for broken promises, how it is claimed, and what does not count as broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from upheld.core.durations import spell_seconds
from upheld.core.money import Money
from upheld.core.plan.describe import values
from upheld.core.plan.describe.blocks import Block, Cell, Facts, Items, Line, Said, Section, Table, plain
from upheld.core.plan.describe.telling import details
from upheld.core.plan.describe.values import Words, concerns, for_tiers
from upheld.core.plan.model.compliance import Claim, CreditRow, CreditScheme, Each
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Path

SAMPLE: Final = 100
"""Events of the example beside a row of a credit table."""
SAMPLE_FEE: Final = Decimal(10_000)
_MONTH_MINUTES: Final = 30 * 24 * 60


def owed(words: Words, tiers: Mapping[str, Tier]) -> Section:
    """
    Return what is owed for broken promises: the table with an example for each row, limits, and how it is claimed.
    """
    blocks: list[Block] = []
    for name, scheme in words.plan.credits.items():
        if concerns(scheme, tiers):
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
        unit = _each(scheme.each)
        rows.append(((Line(unit, ((*base, "each"),)),), (Line(Said("policy.dash")),),
                     (Line(values.pay(scheme.each.pays, scheme.share_of)),)))  # fmt: skip
    facts = {"scheme": words.called("credits", name), "every": values.period(scheme.per)}
    headings = (Said(f"policy.of_{scheme.of}"), Said("policy.head_example"), Said("policy.head_credit"))
    return Table(title=Said("policy.title_credit", facts), headings=headings, rows=tuple(rows))


def _each(each: Each) -> Said:
    facts = {"unit": Said(f"policy.unit_{each.unit}"), "step": each.step or ""}
    unit = Said("policy.each_step" if each.unit == "step" and each.step else "policy.each_unit", facts)
    return Said("policy.each_beyond", {"unit": unit, "beyond": each.beyond}) if each.beyond else unit


def _band(row: CreditRow, scheme: CreditScheme) -> Said:
    return values.band(row.band, "" if scheme.of in ("violations", "downtime", "metric_value") else " %")


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
    path: Path = ("credits", name)
    rows: list[tuple[Said, Cell]] = [
        (Said("policy.label_tiers"), (Line(for_tiers(words, scheme, tiers), ((*path, "tiers"),)),))
    ]
    for label, cell in (
        ("counts", _counted(words, scheme, path)),
        ("only", _only(words, scheme, path)),
        ("exclusions", _left_out(words, scheme, path)),
        ("periods", details(words, scheme, path, "credit", ("zone", "belongs_by"))),
        ("cap", (Line(values.cap(each, scheme.share_of), ((*path, "cap"),)) for each in scheme.cap)),
        ("minimum", (Line(plain(each), ((*path, "minimum"),)) for each in filter(None, [scheme.minimum]))),
        ("claim", _claim(words, scheme.claim, (*path, "claim"))),
        ("applied", _given(words, scheme, path)),
        ("ends", _ends(scheme, path)),
    ):
        if lines := tuple(cell):
            rows.append((Said(f"policy.label_{label}"), lines))
    return Facts(title=Said("policy.title_credit_frame"), rows=tuple(rows))


def _counted(words: Words, scheme: CreditScheme, path: Path) -> Iterator[Line]:
    yield from details(words, scheme, path, "credit", ("severities", "metrics", "components"))
    if found := words.condition(scheme.only_if):
        yield Line(Said("policy.credit_only_if", {"condition": found}), ((*path, "only_if"),))


def _only(words: Words, scheme: CreditScheme, path: Path) -> Iterator[Line]:
    if scheme.opened != "any_time":
        yield Line(Said(f"policy.opened_{scheme.opened}"), ((*path, "opened"),))
    if scheme.compliance:
        facts = {"metrics": _promised(words, scheme.compliance)}
        yield Line(Said("policy.credit_compliance", facts), ((*path, "compliance"),))
    yield from details(words, scheme, path, "credit", ("needs", "one_per_cause"))


def _promised(words: Words, name: str) -> str:
    promise = words.plan.compliance.get(name)
    return words.names("metrics", promise.metrics) if promise else name.replace("_", " ")


def _left_out(words: Words, scheme: CreditScheme, path: Path) -> Iterator[Line]:
    for each in scheme.exclusions:
        rule = words.plan.exclusions.get(each)
        yield Line(plain(words.text(rule.text) if rule else each.replace("_", " ")), ((*path, "exclusions"),))
    yield from details(words, scheme, path, "credit", ("excluded_leave",))


def _given(words: Words, scheme: CreditScheme, path: Path) -> Iterator[Line]:
    yield Line(Said(f"policy.applied_{scheme.applied}"), ((*path, "applied"),))
    yield from details(words, scheme, path, "credit", ("form",))


def _ends(scheme: CreditScheme, path: Path) -> Iterator[Line]:
    if scheme.ends_contract is None:
        return
    unit = "" if scheme.of in ("violations", "downtime", "metric_value") else " %"
    facts = {"band": values.band(scheme.ends_contract, unit), "of": Said(f"policy.of_{scheme.of}"),
             "count": scheme.ends_contract_after}  # fmt: skip
    code = "policy.credit_ends_after" if scheme.ends_contract_after else "policy.credit_ends"
    yield Line(Said(code, facts), ((*path, "ends_contract"), (*path, "ends_contract_after")))


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
    yield from details(words, claim, path, "claim", ("answered_within",))


def exclusions(words: Words) -> Section:
    """
    Return the causes that take time or a ticket out of a promise, and who decides so.
    """
    items = tuple(
        (
            Line(plain(words.text(each.text)), (("exclusions", name),)),
            Line(Said(f"policy.exclusion_decided_by_{each.decided_by}"), (), is_quiet=True),
        )
        for name, each in words.plan.exclusions.items()
    )
    blocks = (Items(title=Said("policy.title_exclusions"), items=items),) if items else ()
    return Section(key="exclusions", blocks=blocks)
