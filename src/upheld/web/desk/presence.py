"""
Who else has a ticket open: kept by the page's own polling in small files that all processes of a machine share.

Invariant: nothing is written to the database, whatever cache the installation has; an entry fades by itself, and
nothing depends on it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache.backends.filebased import FileBasedCache

from upheld.apps.parties.models import Person
from upheld.core.instants import Instant

FADES_SECONDS: Final = 45
MOST_TICKETS: Final = 2000


@functools.cache
def shelf() -> FileBasedCache:
    """
    Return where it is kept.
    """
    return FileBasedCache(str(settings.HOME / "presence"), {"OPTIONS": {"MAX_ENTRIES": MOST_TICKETS}})


@dataclass(frozen=True, slots=True)
class Here:
    """
    Somebody who looks at a ticket, since when, and whether they have begun to write.
    """

    name: str
    initials: str
    since: Instant
    is_writing: bool


def seen(ticket_id: str, person: Person, now: Instant, *, is_writing: bool) -> list[Here]:
    """
    Note that somebody looks at a ticket and return who else does, the longest first.
    """
    key = f"desk.here.{ticket_id}"
    known: dict[str, tuple[str, str, Instant, Instant, bool]] = shelf().get(key) or {}
    live = {ref: entry for ref, entry in known.items() if now - entry[3] < FADES_SECONDS}
    since = live[person.public_id][2] if person.public_id in live else now
    live[person.public_id] = (str(person), person.initials, since, now, is_writing)
    shelf().set(key, live, FADES_SECONDS * 2)
    others = [
        Here(name, initials, at, writing)
        for ref, (name, initials, at, _last, writing) in live.items()
        if ref != person.public_id
    ]
    return sorted(others, key=lambda each: each.since)
