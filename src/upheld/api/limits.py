"""
How often somebody may call: a bucket of tokens for each caller, and one for each address that comes without a key.

Invariant: what is refused here changes nothing; the buckets are this process's own, so that several processes together
let through several times as much.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from upheld.api.problems import ApiError

MOST_BUCKETS: Final = 20_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limit:
    """
    ``per_minute`` calls a minute for each name, ``burst`` of them at once.
    """

    def __init__(self, *, per_minute: int, burst: int) -> None:
        self.per_second = per_minute / 60
        self.burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """
        Take a token and return 0, or return after how many seconds there is one.
        """
        moment = time.monotonic()
        with self._lock:
            bucket = self._buckets.setdefault(name, _Bucket(float(self.burst), moment))
            self._buckets.move_to_end(name)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
            bucket.tokens = min(self.burst, bucket.tokens + (moment - bucket.at) * self.per_second)
            bucket.at = moment
            if bucket.tokens < 1:
                return (1 - bucket.tokens) / self.per_second
            bucket.tokens -= 1
            return 0

    def forget(self) -> None:
        """
        Start anew.
        """
        with self._lock:
            self._buckets.clear()


CALLS: Final = Limit(per_minute=settings.API_CALLS_PER_MINUTE, burst=1200)
"""Calls of one key or session."""
STRANGERS: Final = Limit(per_minute=30, burst=60)
"""Calls of one address that are refused for want of a working key."""


def check(limit: Limit, name: str) -> None:
    """
    Count a call.

    Raises :class:`ApiError` 429 ``request.too_often`` with ``Retry-After``.
    """
    seconds = limit.wait(name)
    if seconds:
        raise too_often(seconds)


def too_often(seconds: float) -> ApiError:
    """
    Return the answer 429.
    """
    after = max(1, math.ceil(seconds))
    return ApiError(
        "request.too_often", HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(after)}, seconds=after
    )


def address_of(request: HttpRequest) -> str:
    """
    Return the address that a call comes from, as the nearest trusted proxy saw it.
    """
    trusted = int(getattr(settings, "TRUSTED_PROXIES", 0))
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    if trusted and len(seen) >= trusted:
        return seen[-trusted][:64]
    return str(request.META.get("REMOTE_ADDR", ""))
