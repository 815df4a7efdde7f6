"""
A plan as a page at the terminal: hours, channels, targets as a table of severity by tier, credits, assumptions.

Invariant: nothing is decided here; values are shown as the plan holds them, text from the document uninterpreted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import CONDITION_KEYS, Condition, in_language
from upheld.core.plan.model.compliance import Cap, CreditScheme, Pay, Period
from upheld.core.plan.model.metrics import Target
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Document
from upheld.rendering.findings import visible

WORDS: Final[Mapping[str, str]] = {
    "best_effort": "best effort",
    "none": "no target",
    "immediate": "at once",
    "missing": "see contract",
}
"""How targets without a figure are shown."""
ALL: Final = "all others"
"""Row of the targets that name no severity."""


def print_plan(
    console: Console, plan: Plan, document: Document, *, tier: str | None = None, language: str = "en"
) -> None:
    """
    Print a plan; with ``tier`` that tier alone.
    """
    tiers = {name: each for name, each in plan.tiers.items() if tier in {None, name}}
    page = _Page(plan, document, tiers, language)
    for heading, body in page.sections():
        if heading:
            console.print(Text(f"\n{heading}", style="bold underline"))
        console.print(body)


class _Page:
    """
    The sections of the page, in the order in which a reader asks for them.
    """

    def __init__(self, plan: Plan, document: Document, tiers: Mapping[str, Tier], language: str) -> None:
        self.plan = plan
        self.document = document
        self.tiers = tiers
        self.language = language

    def sections(self) -> Iterator[tuple[str, RenderableType]]:
        """
        Yield heading and body of each section that the plan fills.
        """
        yield "", self.head()
        yield "Support hours", self.hours()
        yield "Calendars", self.calendars()
        if any(tier.channels for tier in self.tiers.values()):
            yield "Channels", self.channels()
        for metric in self.plan.metrics:
            if any(metric in tier.targets for tier in self.tiers.values()):
                yield f"Targets: {self.called(self.plan.metrics, metric)}", self.targets(metric)
        if schemes := [each for each in self.plan.credits.items() if self.concerns(each[1].tiers)]:
            yield "Credits", Group(*(self.credit(name, scheme) for name, scheme in schemes))
        if allowances := [each for each in self.plan.allowances.items() if self.concerns(each[1].tiers)]:
            yield "Allowances", self.allowances(allowances)
        yield "Assumptions", self.assumptions()

    def concerns(self, tiers: Sequence[str]) -> bool:
        """
        Return whether something that names ``tiers`` (all, if none) holds for a tier of the page.
        """
        return not tiers or bool(set(tiers) & set(self.tiers))

    def called(self, parts: Mapping[str, Any], name: str) -> str:
        """
        Return what people call a part of the plan; its name where it has no other.
        """
        part = parts.get(name)
        words = part if isinstance(part, Mapping) else getattr(part, "name", None)
        return in_language(words, self.language, name)

    def head(self) -> Text:
        plan = self.plan
        text = Text(visible(in_language(plan.name, self.language, plan.plan)), style="bold")
        facts = [("plan", plan.plan), ("version", plan.version), ("vendor", plan.vendor),
                 ("effective", plan.effective), ("source", plan.source)]  # fmt: skip
        told = ", ".join(f"{name} {value}" for name, value in facts if value)
        return text.append(f"\n{visible(told)}", style="not bold dim")

    def hours(self) -> Table:
        table = _table("Tier", "Calendar", "When")
        for name, tier in self.tiers.items():
            for position, rule in enumerate(tier.hours):
                calendar = self.called(self.plan.calendars, rule.use)
                title = "" if position else self.called(self.plan.tiers, name)
                _row(table, title, calendar, self.condition(rule) or ("otherwise" if position else "always"))
        return table

    def calendars(self) -> Table:
        table = _table("Calendar", "Zone", "Hours", "Holidays")
        for name, rule in self.plan.calendars.items():
            week = self.document.at(("calendars", name, "week")) or self.document.at(("calendars", name))
            holidays = ", ".join(f"{each}: {holiday.effect}" for each, holiday in rule.holidays.items())
            _row(table, self.called(self.plan.calendars, name), str(rule.zone), _as_written(week), holidays)
        return table

    def channels(self) -> Table:
        table = _table("Channel", *(self.called(self.plan.tiers, name) for name in self.tiers))
        for channel in self.plan.channels:
            cells = [
                "\n".join(
                    "; ".join(filter(None, (entry.open.replace("_", " "), ", ".join(entry.severities))))
                    for entry in _listed(tier.channels.get(channel, ()))
                )
                for tier in self.tiers.values()
            ]
            if any(cells):
                _row(table, self.called(self.plan.channels, channel), *(cell or "-" for cell in cells))
        return table

    def targets(self, metric: str) -> Table:
        table = _table("Severity", *(self.called(self.plan.tiers, name) for name in self.tiers))
        for severity in (*self.plan.severities, ""):
            cells = [self.promises(tier.targets.get(metric, ()), severity) for tier in self.tiers.values()]
            if any(cells):
                title = self.called(self.plan.severities, severity) if severity else ALL
                _row(table, title, *(cell or "-" for cell in cells))
        return table

    def promises(self, targets: Iterable[Target], severity: str) -> str:
        """
        Return the targets that name a severity, or with an empty one those that name none, one a line.
        """
        fitting = [each for each in targets if (severity in each.severity if severity else not each.severity)]
        return "\n".join(
            " ".join(filter(None, (_promise(each), self.condition(each, without="severity")))) for each in fitting
        )

    def condition(self, condition: Condition, *, without: str = "") -> str:
        """
        Return when a rule applies; nothing where it always does.
        """
        parts = []
        for key in Condition.model_fields:
            value = getattr(condition, key)
            if key == without or key not in CONDITION_KEYS or value in (None, (), {}):
                continue
            told = (
                ", ".join(f"{name} {_words(each)}" for name, each in value.items())
                if isinstance(value, dict)
                else _words(value)
            )
            parts.append(f"{key.replace('_', ' ')}: {told}")
        return f"({'; '.join(parts)})" if parts else ""

    def credit(self, name: str, scheme: CreditScheme) -> RenderableType:
        per, of = _period(scheme.per), scheme.of.replace("_", " ")
        title = Text(visible(f"{self.called(self.plan.credits, name)}: by {of}, per {per}"))
        table = _table(of, "Credit")
        for row in scheme.table:
            _row(table, str(row.band), _pay(row.pays, scheme.share_of))
        if scheme.each:
            _row(table, f"each {scheme.each.unit.replace('_', ' ')}", _pay(scheme.each.pays, scheme.share_of))
        notes = [
            ("tiers", ", ".join(scheme.tiers)),
            ("severities", ", ".join(scheme.severities)),
            ("at most", "; ".join(_cap(cap, scheme) for cap in scheme.cap)),
            ("claim", _claim(scheme)),
        ]
        told = "\n".join(f"{label}: {value}" for label, value in notes if value)
        return Group(title, table, Text(visible_lines(told), style="dim"))

    def allowances(self, allowances: Iterable[tuple[str, Any]]) -> Table:
        table = _table("Allowance", "Gives", "Every", "Tiers")
        for name, each in allowances:
            written = ("allowances", name)
            amounts = [str(self.document.at((*written, "gives")))]
            for tier in (tier for tier in each.by_tier if tier in self.tiers):
                amount = self.document.at((*written, "by_tier", tier))
                amounts.append(f"{self.called(self.plan.tiers, tier)}: {amount}")
            tiers = ", ".join(self.called(self.plan.tiers, tier) for tier in each.tiers) or "all"
            every = _period(each.every) if each.every else "once"
            _row(table, self.called(self.plan.allowances, name), "\n".join(amounts), every, tiers)
        return table

    def assumptions(self) -> RenderableType:
        if not self.plan.assumptions:
            return Text("None: the plan leaves nothing open.")
        lines = []
        for each in self.plan.assumptions:
            text = Text(visible(each.about), style="bold blue")
            text.append(f"\n{visible(' '.join(each.text.split()))}", style="not bold italic default")
            text.append(f"\nread as: {visible(' '.join(each.reading.split()))}", style="not bold default")
            lines.append(Padding(text, (0, 0, 1, 2)))
        return Group(*lines)


def _table(*headings: str) -> Table:
    table = Table(header_style="bold", pad_edge=False, show_lines=False)
    for heading in headings:
        table.add_column(Text(visible(heading)))
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(visible_lines(cell)) for cell in cells))


def visible_lines(text: str) -> str:
    """
    Return a text as :func:`~upheld.rendering.findings.visible`, its line breaks kept.
    """
    return "\n".join(visible(line) for line in text.split("\n"))


def _as_written(value: Any) -> str:
    """
    Return a value of the document as one or more lines; a mapping one key a line.
    """
    if isinstance(value, Mapping):
        return "\n".join(f"{key} {_as_written(each)}" for key, each in value.items())
    return _words(value)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple | list) else (value,)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_words, value)) if isinstance(value, tuple | list) else str(value)


def _promise(target: Target) -> str:
    """
    Return a target as its reader expects it: ``4h``, ``less than 4h``, ``24h - 48h``, ``best effort``.
    """
    if target.kind != "duration":
        return WORDS[target.kind]
    length = f"{target.early} - {target.within}" if target.early else str(target.within)
    return f"less than {length}" if target.bound == "exclusive" else length


def _pay(pay: Pay, share_of: str) -> str:
    if pay.share is not None:
        return f"{pay.share:f}% of {share_of.replace('_', ' ')}" if pay.share else "nothing"
    if pay.money is not None:
        return str(pay.money)
    return f"{pay.days:f} days of service" if pay.days is not None else f"{pay.times:f} times the loss"


def _cap(cap: Cap, scheme: CreditScheme) -> str:
    over = f" per {_period(cap.over)}" if cap.over else ""
    across = "" if cap.across == "credit" else f", across the {cap.across}"
    return f"{_pay(cap.pays, scheme.share_of)}{over}{across}"


def _claim(scheme: CreditScheme) -> str:
    claim = scheme.claim
    if claim.automatic:
        return "none needed"
    if claim.within is None:
        return "at any time"
    days = f" ({claim.business_days})" if claim.business_days else ""
    return f"within {claim.within}{days} of {claim.counted_from.replace('_', ' ')}"


def _period(period: Period) -> str:
    return f"the last {period.length}" if period.length else period.each.replace("_", " ")
