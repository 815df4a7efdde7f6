"""
Texts with places for facts: saved answers and signatures. ``{requester.name}`` becomes the requester's name.

Invariant: a text is filled in one pass by looking names up in a list; nothing is evaluated, and what a fact itself
holds is never filled again. A text with anything else that looks like a placeholder or a template's tag is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from upheld.apps.parties.models import Person
from upheld.core.errors import UpheldError

KNOWN: Final = (
    "ticket.number",
    "ticket.subject",
    "requester.name",
    "customer.name",
    "agent.name",
    "contract.tier",
    "clock.metric",
    "clock.due",
)
"""Every placeholder; ``docs/desk.md`` says what each becomes."""
OF_PERSON: Final = ("agent.name",)
"""Those of a signature."""
NOTHING: Final = "…"
"""What stands for a fact that is not there, for the writer to fill in."""

_FILLED: Final = re.compile(r"\{([a-z]++\.[a-z_]++)\}")
_SUSPECT: Final = re.compile(r"\{[{%#][^\n]{0,40}|\{\s{0,10}+[A-Za-z_][^\s{}]{0,60}+\s{0,10}+\}")
"""What only looks like a placeholder, and how a template's tag begins. Braces around anything else are plain text."""


class PlaceholderError(UpheldError):
    """
    A text with a placeholder that there is not.
    """


def check(text: str, known: tuple[str, ...] = KNOWN) -> str:
    """
    Return a text that may be kept.

    Raises :class:`PlaceholderError` ``placeholder.unknown`` for the first that is not among ``known``.
    """
    for found in _SUSPECT.finditer(text):
        exact = _FILLED.fullmatch(found.group())
        if exact is None or exact[1] not in known:
            shown = ", ".join(f"{{{name}}}" for name in known)
            raise PlaceholderError("placeholder.unknown", given=found.group().strip()[:60], known=shown)
    return text


def fill(text: str, facts: Mapping[str, str]) -> str:
    """
    Return a text with its facts in place, each on one line; one that is not there or empty becomes :data:`NOTHING`, and
    a name that is not on the list stays as it is.
    """

    def fact(found: re.Match[str]) -> str:
        if found[1] not in KNOWN:
            return found.group()
        return " ".join(facts.get(found[1], "").split()) or NOTHING

    return _FILLED.sub(fact, text)


def signature_of(person: Person) -> str:
    """
    Return a person's signature with their name in place; empty where they have none.
    """
    return fill(person.signature, {"agent.name": str(person)})


def signed(text: str, person: Person) -> str:
    """
    Return a reply with the person's signature below it, where they have one.
    """
    return f"{text.rstrip()}\n\n{signature_of(person)}" if person.signature else text
