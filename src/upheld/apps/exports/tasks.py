"""
What the relay does for exports in each round: a page of one, and once a minute what is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upheld.apps.exports import services
from upheld.apps.work.handlers import handler
from upheld.apps.work.relay import every_round
from upheld.core.instants import Instant


@handler("exports.forget_ticket", is_outside=True)
def forget_ticket(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Let no file hold a ticket whose subject was erased; again does nothing.
    """
    services.forget_ticket(ticket_id=int(arguments["ticket"]), number=int(arguments["number"]), now=now)


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
