"""
A comparison as plain data: what the terminal, the page and programs show.

Invariant: every sentence is made here, once; the other forms only arrange them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from upheld.core.errors import Place
from upheld.core.plan.compare import Change, Comparison, Ruling, Said, Verdict
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.wording import say
from upheld.wording import shown as told
from upheld.wording.comparisons import SECTIONS, VALUES, VERDICTS

_PARTS: Final = {
    "hours": ("hours", "severities"),
    "targets": ("metrics", "severities"),
    "channels": ("channels", "severities"),
    "coverage": ("request_types",),
    "intake": (),
}
"""In which sections of the plan the words of a subject have their names, where it is not the change's own."""
WORDS: Final = {"hours": "support hours", "grounds": "what a person decides", "gives": "how much"}


def as_data(found: Comparison, title: str, *, ruling: Ruling | None = None) -> dict[str, Any]:
    """
    Return a comparison as data for JSON.
    """
    return {
        "title": title,
        "before": dict(zip(("plan", "version", "tier"), found.before, strict=True)),
        "after": dict(zip(("plan", "version", "tier"), found.after, strict=True)),
        "sides": list(sides_of(found)),
        "year": found.year,
        "counts": {str(verdict): count for verdict, count in found.counts.items()},
        "nowhere_worse": found.is_nowhere_worse,
        "running_contracts": _ruling(ruling),
        "fees": [{"tier": tier, "before": one or None, "after": other or None} for tier, one, other in found.fees],
        "changes": [_change(each, found.names) for each in found.changes],
    }


def _ruling(ruling: Ruling | None) -> dict[str, Any] | None:
    if ruling is None:
        return None
    code, params = ruling.because
    return {
        "allowed": ruling.is_allowed,
        "needs_judgement": ruling.needs_judgement,
        "code": code,
        "params": dict(params),
        "text": say(code, params),
    }


def _change(change: Change, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "section": change.section,
        "section_name": SECTIONS[change.section],
        "subject": list(change.subject),
        "name": _name(change, names),
        "tiers": list(change.tiers),
        "tier_names": [_tier(each, names) for each in change.tiers],
        "verdict": str(change.verdict),
        "verdict_name": VERDICTS[change.verdict],
        "before": _said(change.before, names),
        "after": _said(change.after, names),
        "because": _said(change.because, names),
        "before_at": _place(change.before_at),
        "after_at": _place(change.after_at),
        "rests_on_assumption": change.rests_on_assumption,
    }


def _said(said: Said, names: Mapping[str, str]) -> dict[str, Any]:
    params = dict(said.params)
    shown = dict(params)
    if isinstance(shown.get("calendar"), str):
        shown["calendar"] = names.get(f"calendars.{shown['calendar']}", shown["calendar"])
    if said.code == "compare.value" and isinstance(shown.get("value"), list):
        shown["value"] = [_called(each, names) for each in shown["value"]]
    if said.code == "compare.target_kind":
        shown["kind"] = {"none": "no target", "missing": "see contract"}.get(shown["kind"], shown["kind"]).replace(
            "_", " "
        )
    return {"text": _words(said.code, shown), "code": said.code, "params": params}


def _words(code: str, params: Mapping[str, Any]) -> str:
    """
    Return a value's words, or a reason's sentence.
    """
    facts = {name: told(value) for name, value in params.items()}
    return VALUES[code].format_map(facts) if code in VALUES else say(code, params)


def _called(name: Any, names: Mapping[str, str]) -> Any:
    """
    Return what people call something of which only the name is given.
    """
    for section in ("calendars", "severities", "metrics", "tiers", "exclusions"):
        if f"{section}.{name}" in names:
            return names[f"{section}.{name}"]
    text = str(name)
    return text if "/" in text else text.replace("_", " ")


def _name(change: Change, names: Mapping[str, str]) -> str:
    sections = _PARTS.get(change.section, (change.section,))
    words = []
    for position, word in enumerate(change.subject):
        section = sections[min(position, len(sections) - 1)] if sections and _is_named(change, position) else None
        known = names.get(f"{section}.{word}") if section else None
        words.append(known or WORDS.get(word, word.replace("_", " ")))
    first, *rest = words
    return ", ".join((first[:1].upper() + first[1:], *rest))


def _is_named(change: Change, position: int) -> bool:
    """
    Return whether a word of a subject is a name of the plan: the first is, and of hours, channels and targets all are.
    """
    return position == 0 or change.section in ("hours", "channels", "targets")


def _tier(label: str, names: Mapping[str, str]) -> str:
    one, _, other = label.partition(" > ")
    told = [names.get(f"tiers.{each}", each) for each in (one, other) if each]
    return " → ".join(told)


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "column": place.column, "path": place.path}


def differences(found: Comparison) -> list[dict[str, Any]]:
    """
    Return the promises that are not the same on both sides: section, name, verdict, and in words before, after and why.
    """
    return [
        {
            **{name: _said(getattr(each, name), found.names)["text"] for name in ("before", "after", "because")},
            "section": each.section,
            "name": _name(each, found.names),
            "verdict": str(each.verdict),
        }
        for each in found.changes
        if each.verdict is not Verdict.SAME
    ]


def title_of(found: Comparison, before: Plan, after: Plan) -> str:
    """
    Return what is compared with what: ``Acme Care: 2026-01 → 2026-07``.
    """
    one, other = sides_of(found)
    names = [in_language(plan.name, "en", plan.plan) for plan in (before, after)]
    if found.before[0] != found.after[0]:
        return f"{names[0]} {one} → {names[1]} {other}"
    tier = found.before[2] if found.before[2] == found.after[2] else ""
    about = f"{names[0]}, {found.names.get(f'tiers.{tier}', tier)}" if tier else names[0]
    return f"{about}: {one} → {other}"


def sides_of(found: Comparison) -> tuple[str, str]:
    """
    Return what the two sides are called, by what tells them apart: version, tier, or both.
    """
    has_versions = found.before[1] != found.after[1] or found.before[2] == found.after[2]
    has_tiers = found.before[2] != found.after[2]
    sides = []
    for _, version, tier in (found.before, found.after):
        name = found.names.get(f"tiers.{tier}", tier)
        sides.append(" ".join(filter(None, (name if has_tiers else "", version if has_versions else ""))))
    return sides[0], sides[1]


MARKS: Final = {
    Verdict.WORSE: "▼",
    Verdict.NOT_COMPARABLE: "?",
    Verdict.BETTER: "▲",
    Verdict.SAME: "=",
}
"""A sign beside each verdict's word."""
