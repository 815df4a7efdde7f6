"""
Turns: one at a time, in the order in which they came.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """
    A lock for which threads wait in a queue; whoever has it need not be the thread that gives it back.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, seconds: float) -> bool:
        """
        Wait up to so many seconds for one's turn, and return whether it came.
        """
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine not in self._waiting:  # it was given just now
                return True
            self._waiting.remove(mine)
            return False

    def give_back(self) -> None:
        """
        Let the next one have its turn.
        """
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
