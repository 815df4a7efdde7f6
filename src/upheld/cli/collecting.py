"""
Garbage collection, switched off where everything that is made stays until the end: looking for garbage only costs
time there.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """
    Keep the collector from running, as a decorator or in a ``with`` statement.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
