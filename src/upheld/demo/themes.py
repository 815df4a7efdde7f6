"""
What people write: themes of conversations, read from the documents beside this module.

Invariant: a theme has all that a story can ask of it; names in braces are filled in, and nothing else is changed.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from ruamel.yaml import YAML

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PLACES: Final = ("Lillevik", "the north hall", "Port Ellis", "Ostrava", "the second site", "Granville", "Aldergrove")
COLLEAGUES: Final = ("Nadia", "Mr. Pereira", "Sanne", "Tobias", "Ms. Lindqvist", "Yusuf", "Elena", "Paul")
ITEMS: Final = ("Z420", "hygiene", "L-200", "data protection", "MX7", "first aid")


def dice(*words: object) -> random.Random:
    """
    Return dice that always fall alike for the same words.
    """
    return random.Random(":".join(map(str, words)))  # noqa: S311  (stories, no secrets)


@dataclass(frozen=True, slots=True)
class Theme:
    """
    One kind of conversation: ``grave`` are the places of its usual severities in the plan's list, gravest first;
    ``replies`` and ``answers`` take turns.
    """

    theme: str
    plan: str
    type: str
    grave: tuple[int, ...]
    subjects: tuple[str, ...]
    opening: str
    replies: tuple[str, ...]
    answers: tuple[str, ...]
    note: str
    solution: str
    thanks: str
    again: str
    environment: str | None = None
    workaround: bool = False


@functools.cache
def themes() -> tuple[Theme, ...]:
    """
    Return every theme, in the order of the documents' names.
    """
    folder = resources.files("upheld.demo").joinpath("conversations")
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    reader = YAML(typ="safe")
    found: list[Theme] = []
    for file in files:
        rows: list[Mapping[str, Any]] = reader.load(file.read_text(encoding="utf-8"))
        for row in rows:
            facts: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in row.items()}
            facts.setdefault("plan", file.name.removesuffix(".yaml"))
            found.append(Theme(**facts))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Telling:
    """
    A theme as one ticket tells it: with the names and numbers of that ticket.
    """

    theme: Theme
    subject: str
    fills: Mapping[str, object]

    def words(self, text: str) -> str:
        """
        Return a text of the theme with this ticket's names, without line breaks inside paragraphs.
        """
        filled = text.format_map(self.fills)
        return "\n\n".join(" ".join(part.split()) for part in filled.split("\n\n")).strip()


def telling(theme: Theme, rng: random.Random) -> Telling:
    """
    Return a theme with names and numbers drawn for one ticket.
    """
    fills = {
        "day": rng.choice(DAYS),
        "place": rng.choice(PLACES),
        "colleague": rng.choice(COLLEAGUES),
        "item": rng.choice(ITEMS),
        "n": rng.randrange(3, 240),
    }
    subject = rng.choice(theme.subjects).format_map(fills)
    return Telling(theme, subject[:1].upper() + subject[1:], fills)
