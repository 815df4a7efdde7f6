"""
What a piece of work costs: for tests of limits against input that is meant to take for ever.

Invariant: only the work is counted. A collection of what other tests left behind, another thread, a module that is
loaded on first use or a busy machine is not part of it.
"""

import gc
import time

TRIES = 3


def least_seconds(work, *, enough=0.0):
    """Return the processor seconds of this thread for a call of ``work``: the least of tries, or what is ``enough``."""
    taken = []
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(TRIES):
            began = time.thread_time()
            work()
            taken.append(time.thread_time() - began)
            if taken[-1] <= enough:
                break
    finally:
        if collecting:
            gc.enable()
    return min(taken)
