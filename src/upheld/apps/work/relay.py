"""
The relay: leases due work and runs it, beside the web process or in one of its own.

Invariant: between two rounds it holds nothing; killed at any point, another relay goes on after the leases have ended.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from django.db import close_old_connections

from upheld.apps.work import selectors, services
from upheld.apps.work.clock import now as read_clock
from upheld.apps.work.guard import ClockGuard
from upheld.core.instants import Instant

Round: TypeAlias = Callable[[str, Instant], int]
Oldest: TypeAlias = Callable[[Instant], Instant | None]

IDLE_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 15
log = logging.getLogger("upheld.work")

_ROUNDS: list[Round] = []
_OLDEST: list[Oldest] = []


def every_round(run: Round) -> Round:
    """
    Register work that is looked for in each round (timers, spooled submissions): called with the worker's name and the
    instant, it returns how much it did.
    """
    if run not in _ROUNDS:
        _ROUNDS.append(run)
    return run


def oldest_due(find: Oldest) -> Oldest:
    """
    Register how to find when the oldest work of a kind became due, for the lateness that a worker tells: called with
    the instant, it returns an instant, or nothing where none waits.
    """
    if find not in _OLDEST:
        _OLDEST.append(find)
    return find


def lateness(now: Instant) -> int:
    """
    Return by how many seconds the oldest due work of any kind is late.
    """
    return selectors.lateness(now, [due for find in _OLDEST if (due := find(now)) is not None])


def worker_name() -> str:
    """
    Return a name for this process, unlike any other's that runs.
    """
    return f"{socket.gethostname()}:{os.getpid()}"[:64]


def run_round(worker: str, now: Instant) -> int:
    """
    Do what is due at ``now``, once, and return how much that was.
    """
    done = 0
    for run in _ROUNDS:
        done += run(worker, now)
    return done + services.run_due(worker=worker, now=now)


def run_until_idle(worker: str, now: Instant, *, most_rounds: int = 1000) -> int:
    """
    Do rounds at one instant until there is nothing left to do.
    """
    total = 0
    for _ in range(most_rounds):
        done = run_round(worker, now)
        total += done
        if not done:
            break
    return total


def run_forever(stop: threading.Event) -> None:
    """
    Do rounds until told to stop; an error of one round is logged and the next one begins. While the clock on the wall
    is not to be believed nothing is done. What was leased and not done is given back at the end, and after a round that
    broke.
    """
    worker, guard = worker_name(), ClockGuard()
    beaten: Instant = 0
    is_whole = True
    while not stop.is_set():
        done = 0
        now = read_clock()
        try:
            if not is_whole:
                # What a broken round had leased would wait for its lease to end, for a minute.
                services.give_back(worker=worker)
                is_whole = True
            if guard.believes(now, time.monotonic()):
                done = run_round(worker, now)
            if abs(now - beaten) >= BEAT_SECONDS:
                services.beat(worker=worker, now=now, lateness=lateness(now))
                beaten = now
        except Exception:
            log.exception("a round of due work failed")
            is_whole = False
        close_old_connections()
        if not done:
            stop.wait(IDLE_SECONDS)
    services.give_back(worker=worker)
