"""
Judging in several processes: each is a fork that sees the log and judges its share, and sends back what it counted.

Invariant: shares are put together in their order; a process that fails makes the whole fail with its error, and none
is left behind.
"""

from __future__ import annotations

import multiprocessing as mp
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

from upheld.replay.judged import Ear, Judged

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

Share = TypeVar("Share")
_MOST: Final = 8


class ProcessEndedError(RuntimeError):
    """
    A process ended without an answer: it was killed, or the machine ran out of memory.
    """


def usable() -> int:
    """
    Return how many processes can work side by side here; 1 where the system cannot fork.
    """
    if "fork" not in mp.get_all_start_methods() or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST)


def in_processes(
    judge: Callable[[Sequence[Share], Ear | None], Judged], shares: Sequence[Sequence[Share]], ear: Ear | None
) -> Judged:
    """
    Return what ``judge`` counts over all shares, the first of them first; one share is judged right here.

    Raises what ``judge`` raises, and :class:`ProcessEndedError`.
    """
    if len(shares) <= 1 or usable() == 1:
        whole = judge(shares[0] if shares else (), ear)
        for share in shares[1:]:
            whole.merge(judge(share, ear))
        return whole
    context = mp.get_context("fork")
    answers: dict[int, Judged] = {}
    running: dict[Connection, int] = {}
    processes: list[ForkProcess] = []
    try:
        for number, share in enumerate(shares):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(judge, share, sender), daemon=True)
            process.start()
            sender.close()
            processes.append(process)
            running[receiver] = number
        while running:
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)  # noqa: S101  (that is what was handed in)
                _hear(ready, running, answers, ear)
    finally:
        for process in processes:
            process.terminate()
            process.join()
    return _merged([answers[number] for number in sorted(answers)])


def _hear(ready: Connection, running: dict[Connection, int], answers: dict[int, Judged], ear: Ear | None) -> None:
    """
    Take one message of a process: progress, an error, or its answer.
    """
    try:
        told: Any = ready.recv()
    except EOFError:
        raise ProcessEndedError("a process ended without an answer") from None
    if isinstance(told, int):
        if ear is not None:
            ear(told)
    elif isinstance(told, BaseException):
        raise told
    else:
        answers[running.pop(ready)] = told


def _work(judge: Callable[..., Judged], share: Sequence[Any], sender: Connection) -> None:
    """
    Judge a share in a process of its own.
    """
    try:
        sender.send(judge(share, sender.send))
    except Exception as error:  # noqa: BLE001  it is raised where the answer is awaited
        sender.send(error)


def _merged(answers: Sequence[Judged]) -> Judged:
    whole = answers[0]
    for each in answers[1:]:
        whole.merge(each)
    return whole
