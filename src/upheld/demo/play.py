"""
The player: stories take their steps in the order of time, and what falls due between two steps happens at its own
instant.

Invariant: a step sees the world as it stood at its instant; nothing is written that lies after the start of the demo.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from upheld.apps.channels import services as channels
from upheld.apps.tickets.services import timers
from upheld.core.instants import Instant

Story: TypeAlias = Iterator[Instant]
"""Yields when its next step is; the step is taken when it is asked to go on."""

UNREAD_SECONDS: Final = 12 * 3_600
"""How long before the end notices are still unread."""


class Player:
    """
    Plays stories up to an instant.
    """

    def __init__(self, until: Instant, on_progress: Callable[[int, int], None] | None = None) -> None:
        self._until, self._on_progress = until, on_progress
        self._waiting: list[tuple[Instant, int, Story]] = []
        self._stories = 0
        self._ended = 0
        self.steps = 0

    def add(self, story: Story) -> None:
        """
        Add a story; its first step lies where it says.
        """
        self._stories += 1
        self._wait(next(story, None), self._stories, story)

    def _wait(self, at: Instant | None, order: int, story: Story) -> None:
        if at is not None and at <= self._until:
            heapq.heappush(self._waiting, (at, order, story))
        else:
            self._ended += 1

    def play(self) -> None:
        """
        Take every step up to the end, then let happen what is due by then, and tell everybody of everything.
        """
        while self._waiting:
            at, order, story = heapq.heappop(self._waiting)
            self._settle(at)
            self._wait(next(story, None), order, story)
            self.steps += 1
            if self._on_progress is not None:
                self._on_progress(self._ended, self._stories)
        self._settle(self._until)
        channels.settle_past(until=self._until, read_before=self._until - UNREAD_SECONDS)

    def _settle(self, until: Instant) -> None:
        """
        Let timers take effect, each at the instant at which it is due.
        """
        while (due := timers.earliest_due(now=until)) is not None and due <= until:
            timers.fire_due(now=due)
