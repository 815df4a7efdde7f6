"""
What the relay does for exports in each round: a page of one, and once a minute what is over.
"""

from __future__ import annotations

from upheld.apps.exports import services
from upheld.apps.work.relay import every_round
from upheld.core.instants import Instant

EXPIRE_EVERY_SECONDS = 60


@every_round
def write_exports(worker: str, now: Instant) -> int:
    """
    Write a page of an export.
    """
    return services.work_off(worker=worker, now=now)


@every_round
def expire_exports(_worker: str, now: Instant) -> int:
    """
    Once a minute delete the files whose time is over. It counts as no work, so that an idle relay stays idle.
    """
    if not 0 <= now - _expired[0] < EXPIRE_EVERY_SECONDS:
        _expired[0] = now
        services.expire(now=now)
    return 0


_expired: list[Instant] = [0]
