"""
Events as bytes: what is hashed is what is kept.

Invariant: the same event always gives the same bytes (keys sorted, no spaces, UTF-8), and those bytes give the event
back.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Final

from upheld.core.events import Event, from_record, to_record

FIRST: Final = ""
"""The hash before the first event of a chain."""
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(event: Event) -> bytes:
    """
    Return the canonical bytes of an event.
    """
    return _CANONICAL.encode(to_record(event)).encode()


def decode(record: bytes | memoryview) -> Event:
    """
    Return the event of its bytes.

    Raises :class:`~upheld.core.events.EventError` for a record of a newer format or of no event.
    """
    return from_record(json.loads(bytes(record)))


def link(previous: str, record: bytes) -> str:
    """
    Return the hash of an event: SHA-256 over the hash before it and its bytes, in hexadecimal.
    """
    return hashlib.sha256(previous.encode() + b"\n" + record).hexdigest()


def new_salt() -> str:
    """
    Return a salt for a payload.
    """
    return secrets.token_hex(16)


def file_mark(salt: str, digest: str) -> str:
    """
    Return the mark under which an event knows a file with this SHA-256.
    """
    return salted_digest(salt, digest.encode())


def salted_digest(salt: str, content: bytes) -> str:
    """
    Return the salted digest under which an event knows a text or file that is kept apart.
    """
    return hashlib.sha256(salt.encode() + b"\n" + content).hexdigest()
