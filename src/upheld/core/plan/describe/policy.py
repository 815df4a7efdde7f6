"""
The policy page of a plan: every section that it fills, and the assumptions that it rests on, numbered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from upheld.core.plan.describe import allowances, coverage, duties, hours, owed, service, severities, targets, terms
from upheld.core.plan.describe.blocks import Policy, Said, Taken
from upheld.core.plan.describe.values import Words, concerns
from upheld.core.plan.lint.assumptions import resolved
from upheld.core.plan.lint.found import Whereabouts
from upheld.core.plan.model import Plan
from upheld.core.plan.model.document import Assumption
from upheld.core.plan.model.tiers import Tier
from upheld.core.plan.places import Document, Path


def policy(  # noqa: PLR0913  (two are the question; the rest is what the reader wants of it)
    plan: Plan,
    document: Document,
    *,
    on: dt.date,
    tier: str | None = None,
    language: str = "en",
    zones: Sequence[str] = (),
) -> Policy:
    """
    Return the page of a plan (of one tier, where named) as of a day: holidays from then on, its week in ``zones``.

    Raises :class:`~upheld.core.calendars.errors.CalendarError` for a zone that is not known.
    """
    words = Words(plan, language)
    tiers = {name: each for name, each in plan.tiers.items() if tier in {None, name}}
    sections = (
        targets.targets(words, tiers),
        targets.compliance(words, tiers),
        targets.escalations(words, tiers),
        hours.hours(words, tiers, zones, on),
        hours.holidays(words, tiers, on),
        hours.channels(words, tiers),
        severities.severities(words),
        owed.owed(words, tiers),
        owed.exclusions(words),
        service.availability(words, tiers),
        service.maintenance(words),
        service.incidents(words),
        service.provisioning(words),
        allowances.allowances(words, tiers),
        coverage.scope(words),
        coverage.coverage(words, tiers),
        duties.duties(words, tiers),
        terms.terms(words),
    )
    facts = {"plan": plan.plan, "version": plan.version, "vendor": plan.vendor, "effective": plan.effective,
             "source": plan.source}  # fmt: skip
    return Policy(
        name=words.text(plan.name, plan.plan),
        facts={key: str(value) for key, value in facts.items() if value},
        tiers=tuple((words.called("tiers", name), str(each.fee or "")) for name, each in tiers.items()),
        sections=tuple(each for each in sections if each.blocks),
        assumptions=_assumptions(plan, document, tiers),
    )


def _assumptions(plan: Plan, document: Document, tiers: Mapping[str, Tier]) -> tuple[Taken, ...]:
    """
    Return the assumptions under the numbers that they have on the whole page, without those about other tiers alone.
    """
    whereabouts = Whereabouts(document)
    found = []
    for number, each in enumerate(plan.assumptions, 1):
        path = resolved(plan, whereabouts, each.about)
        if isinstance(path, tuple) and not _is_shown(plan, path, tiers):
            continue
        found.append(
            Taken(
                number=number,
                about=each.about,
                text=" ".join(each.text.split()),
                reading=" ".join(each.reading.split()),
                path=path if isinstance(path, tuple) else (),
                chosen=_chosen(each),
            )
        )
    return tuple(found)


def _is_shown(plan: Plan, path: Path, tiers: Mapping[str, Tier]) -> bool:
    if len(path) < 2:  # noqa: PLR2004  (a section and a name in it)
        return True
    if path[0] == "tiers":
        return path[1] in tiers
    section = getattr(plan, str(path[0]), None)
    part = section.get(path[1]) if isinstance(section, Mapping) else None
    return not hasattr(part, "tiers") or concerns(part, tiers)


def _chosen(each: Assumption) -> Said | None:
    """
    Return who chose a reading, and when, where the plan says so.
    """
    told = {"by": each.chosen_by or "", "on": each.chosen_on or ""}
    keys = [key for key, value in told.items() if value]
    return Said(f"policy.chosen_{'_'.join(keys)}", told) if keys else None
