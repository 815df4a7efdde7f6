"""
Words: the sentence of every code that the rest of the house raises or reports.

One module per area, each with ``MESSAGES`` (code to sentence with ``{parameters}``); nothing else in the house holds
prose for errors and findings. Invariant: a code has its sentence in exactly one module.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Final

TRANSLATED: Final = ("de", "fr", "it")
"""Languages with texts of their own, beside English."""


def say(code: str, params: Mapping[str, object], language: str = "en") -> str:
    """
    Return the sentence of ``code`` with its parameters filled in, in a language; in English where that language has no
    sentence for it.

    A code without a sentence, or a parameter that is missing, never hides what happened: the facts stand as they are.

    >>> say("instant.naive", {"given": "2026-07-01T09:00"})
    'The date and time 2026-07-01T09:00 has no zone. Add an offset such as +02:00, or Z for UTC.'
    >>> say("event.unknown_field", {"kind": "opened", "given": "chanel", "known": ["channel", "seq"]})
    'The event opened has no field chanel. Its fields are: channel, seq.'
    >>> say("no.such_code", {"given": 3})
    'no.such_code (given=3)'
    """
    facts = {name: shown(value) for name, value in params.items()}
    try:
        return (texts(language).get(code) or messages()[code]).format_map(facts)
    except KeyError:
        return bare(code, params)


def word(text: str, language: str) -> str:
    """
    Return a word or a part of a sentence, written here in English, in a language; as it is where that has none for it.

    >>> word("paused", "de"), word("paused", "en"), word("no such word", "de")
    ('angehalten', 'paused', 'no such word')
    """
    return texts(language).get(text, text)


def texts(language: str) -> Mapping[str, str]:
    """
    Return the texts of a language: sentences by code, words and parts of sentences by their English ones; none for
    English and for a language that nobody translated to. ``de-CH`` reads what ``de`` reads.
    """
    base = language.partition("-")[0]
    return _texts(base) if base in TRANSLATED else {}


@functools.cache
def _texts(language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = importlib.import_module(f"{__name__}.languages.{language}").TEXTS
    return found


def shown(value: object) -> object:
    """
    Return a fact as a sentence shows it: several values with commas between them, anything else as it is.
    """
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def bare(code: str, params: Mapping[str, object]) -> str:
    """
    Return code and facts without words.
    """
    facts = ", ".join(f"{name}={value}" for name, value in params.items())
    return f"{code} ({facts})" if facts else code


@functools.cache
def messages() -> dict[str, str]:
    """
    Return every sentence by its code, merged from the modules of this package.
    """
    merged: dict[str, str] = {}
    for area in areas():
        merged.update(importlib.import_module(f"{__name__}.{area}").MESSAGES)
    return merged


def areas() -> tuple[str, ...]:
    """
    Return the names of the modules that hold sentences, sorted.
    """
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))
