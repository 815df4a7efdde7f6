"""
The policy page of a plan: every section that it fills, and the assumptions that it rests on, numbered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from upheld.core.plan.describe import frame, promises
from upheld.core.plan.describe.blocks import Policy, Taken
from upheld.core.plan.describe.values import Words
from upheld.core.plan.lint.assumptions import resolved
from upheld.core.plan.lint.found import Whereabouts
from upheld.core.plan.model import Plan
from upheld.core.plan.places import Document


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
        promises.targets(words, tiers),
        promises.hours(words, tiers, zones, on),
        promises.holidays(words, tiers, on),
        promises.channels(words, tiers),
        promises.severities(words),
        frame.owed(words, tiers),
        frame.availability(words, tiers),
        frame.maintenance(words),
        frame.allowances(words, tiers),
        promises.coverage(words),
        frame.duties(words, tiers),
        frame.terms(words),
    )
    facts = {"plan": plan.plan, "version": plan.version, "vendor": plan.vendor, "effective": plan.effective,
             "source": plan.source}  # fmt: skip
    return Policy(
        name=words.text(plan.name, plan.plan),
        facts={key: str(value) for key, value in facts.items() if value},
        tiers=tuple((words.called("tiers", name), str(each.fee or "")) for name, each in tiers.items()),
        sections=tuple(each for each in sections if each.blocks),
        assumptions=_assumptions(plan, document),
    )


def _assumptions(plan: Plan, document: Document) -> tuple[Taken, ...]:
    whereabouts = Whereabouts(document)
    found = []
    for number, each in enumerate(plan.assumptions, 1):
        path = resolved(plan, whereabouts, each.about)
        found.append(
            Taken(
                number=number,
                about=each.about,
                text=" ".join(each.text.split()),
                reading=" ".join(each.reading.split()),
                path=path if isinstance(path, tuple) else (),
            )
        )
    return tuple(found)
