"""
The clock on the wall: the only place below the entry points that reads it.

Invariant: everything that decides takes the instant as an argument; entry points and the relay take it from here.
"""

from __future__ import annotations

import time

from upheld.core.instants import Instant


def now() -> Instant:
    """
    Return the instant it is now.
    """
    return int(time.time())
