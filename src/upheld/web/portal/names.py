"""
Names as a customer may read them: nobody's address but one's own.

Invariant: a person without a name is "Support" or "A colleague", never an address.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from upheld.apps.parties.models import Person
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.explanations import plain


def shown_name(person: Person | None, reader: Person, *, by_customer: bool) -> str:
    """
    Return what a reader is told of who did something.
    """
    if person is not None and person.pk == reader.pk:
        return _("You")
    if person is not None and person.name:
        return person.name
    return _("A colleague") if by_customer else _("Support")


def plan_reader(plan: Plan, zone: ZoneInfo, language: str) -> PlanReader:
    """
    Return the plan's words for a reader.
    """
    return PlanReader(plan, zone.key, language)


def called(plan: Plan, section: str, name: str, language: str) -> str:
    """
    Return what people call an entry of one of the plan's sections (``severities``, ``request_types`` ...).
    """
    if not name:
        return ""
    entry = getattr(plan, section).get(name)
    words = entry if isinstance(entry, dict) else getattr(entry, "name", None)
    return in_language(words, language, plain(name))
