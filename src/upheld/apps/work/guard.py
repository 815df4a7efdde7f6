"""
A guard against a wall clock that jumps: nothing fires on a time that nobody believes.

Invariant: an instant is believed while the wall clock goes on as the monotonic one does; after a jump only once it has
stood the test for some minutes, or has come back to where it was.
"""

from __future__ import annotations

import logging
from typing import Final

from upheld.core.instants import Instant

MOST_JUMP_SECONDS: Final = 300
"""A wall clock is set by so much now and then, and nothing is wrong."""
STABLE_SECONDS: Final = 120
"""After so long without another jump the new time is believed."""
log = logging.getLogger("upheld.work")


class ClockGuard:
    """
    Compares the wall clock with the monotonic one, from the first reading on.
    """

    def __init__(self) -> None:
        self._trusted: float | None = None
        self._candidate: float | None = None
        self._since = 0.0

    def believes(self, wall: Instant, monotonic: float) -> bool:
        """
        Return whether due work may be done at an instant; ``monotonic`` is the seconds of a clock that never jumps.
        """
        offset = wall - monotonic
        if self._trusted is None or abs(offset - self._trusted) <= MOST_JUMP_SECONDS:
            if self._candidate is not None:
                log.error("the clock has come back; due work goes on")
            # Small corrections add up over weeks: the trusted distance goes along with them.
            self._trusted, self._candidate = offset, None
            return True
        if self._candidate is None or abs(offset - self._candidate) > MOST_JUMP_SECONDS:
            log.error("the clock jumped by %d s; due work waits until it is stable", offset - self._trusted)
            self._candidate, self._since = offset, monotonic
            return False
        if monotonic - self._since < STABLE_SECONDS:
            return False
        log.error("the clock has been stable for %d s; its time is believed from now on", STABLE_SECONDS)
        self._trusted, self._candidate = offset, None
        return True
