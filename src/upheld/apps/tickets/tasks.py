"""
What the relay does for tickets in each round: due timers, submissions left in the spool, answers that are old.
"""

from __future__ import annotations

from upheld.apps.tickets.services import (
    answers,
    erasing,  # noqa: F401  (importing registers its handler)
    files,
    intake,
    posting,
    recomputing,
    tier_moves,  # noqa: F401  (as above)
    timers,
)
from upheld.apps.work.relay import every_round, oldest_due
from upheld.core.instants import Instant


@every_round
def fire_timers(_worker: str, now: Instant) -> int:
    """
    Let due timers take effect.
    """
    return timers.fire_due(now=now)


@every_round
def recompute(_worker: str, now: Instant) -> int:
    """
    Move a batch of the tickets whose calendars or plan version changed.
    """
    return recomputing.work_off(now=now)


@every_round
def submit_spooled(_worker: str, now: Instant) -> int:
    """
    Make tickets and messages of what was left in the spool.
    """
    return intake.submit_spooled(now=now) + posting.post_spooled(now=now)


@oldest_due
def oldest_timer(now: Instant) -> Instant | None:
    """
    Return when the oldest waiting timer became due, but for one that failed and is to be tried again.
    """
    return timers.earliest_due(now=now)


ANSWERS_EVERY_SECONDS = 3600


@every_round
def forget_answers(_worker: str, now: Instant) -> int:
    """
    Delete answers to requests that were kept long enough, in the first minute of each hour.
    """
    return answers.forget_old(now=now) if now % ANSWERS_EVERY_SECONDS < 60 else 0  # noqa: PLR2004  (a minute)


@every_round
def sweep_files(_worker: str, now: Instant) -> int:
    """
    Once an hour delete files of messages that were never sent. It counts as no work, so that an idle relay stays idle.
    """
    if now - _swept[0] >= files.SWEEP_EVERY_SECONDS:
        _swept[0] = now
        files.sweep_orphans(now=now)
    return 0


_swept: list[Instant] = [0]
