"""
Loading a plan document: from bytes to a plan, with everything that was found.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from upheld.core.errors import Finding, Place, Weight
from upheld.core.plan.lint import lint
from upheld.core.plan.lint.assumptions import resolved
from upheld.core.plan.lint.found import Whereabouts
from upheld.core.plan.model import Plan
from upheld.core.plan.places import Document, DocumentError
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """
    A plan with the document that it came from and what the linter found.
    """

    plan: Plan
    document: Document
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """
        The findings that forbid working by the plan.
        """
        return tuple(each for each in self.findings if each.weight is Weight.ERROR)

    @property
    def is_usable(self) -> bool:
        """
        Whether the plan can be worked by.
        """
        return not self.errors

    def place_of(self, rule: str) -> Place | None:
        """
        Return where a rule stands in the document (``coverage[3]``), or nothing where it does not.
        """
        whereabouts = Whereabouts(self.document)
        path = resolved(self.plan, whereabouts, rule) if rule else None
        return whereabouts.place(path) if isinstance(path, tuple) else None


@functools.lru_cache(maxsize=64)
def plan_in(raw: bytes, file: str) -> Plan:
    """
    Return the plan of a document that was found usable before. The last ones are kept.

    Raises :class:`~upheld.core.plan.places.DocumentError` where it does not fit the format of this version any more.
    """
    return validate(read_document(raw, file), Plan)


def load(raw: bytes, file: str) -> LoadedPlan:
    """
    Return the plan that a document describes, with the linter's findings; errors among them do not stop it.

    Raises :class:`~upheld.core.plan.places.DocumentError` where the document cannot be read or does not fit the format.
    """
    document = read_document(raw, file)
    plan = validate(document, Plan)
    return LoadedPlan(plan, document, lint(plan, document))


@functools.lru_cache(maxsize=32)
def load_usable(raw: bytes, file: str) -> LoadedPlan:
    """
    Return the plan as :func:`load` does, and refuse one with errors of the linter. The last ones are kept: what is
    published was shown before.

    Raises :class:`~upheld.core.plan.places.DocumentError` with those errors.
    """
    loaded = load(raw, file)
    if loaded.errors:
        raise DocumentError(loaded.errors)
    return loaded
