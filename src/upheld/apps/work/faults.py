"""
Named failpoints: places in the code where a test can kill the process, raise, fill the disk or wait.

Invariant: without the environment variable ``UPHELD_FAULT`` a failpoint does nothing. ``UPHELD_FAULT`` is
``name:action[:n]``; the action happens at the n-th passing (the first unless told). Every name is listed in
:data:`POINTS`.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from typing import Final

POINTS: Final = (
    "intake.before_spool",
    "intake.spooled",
    "intake.file_written",
    "intake.ticket_written",
    "intake.before_commit",
    "intake.committed",
    "events.appended",
    "events.recomputed",
    "timers.claimed",
    "timers.effect_written",
    "timers.committed",
    "outbox.leased",
    "outbox.handled",
    "outbox.done",
    "recompute.begun",
    "recompute.batch_written",
    "recompute.committed",
    "exports.page_written",
    "exports.page_committed",
    "exports.finished",
    "exports.expired",
    "mail.before_send",
    "mail.sent",
)
"""Every failpoint; a test runs a scenario through each."""

ACTIONS: Final = ("kill", "exception", "full_disk", "delay")
DELAY_SECONDS: Final = 0.2


class FaultError(RuntimeError):
    """
    The exception that a failpoint raises when told to; deliberately not one of the anticipated errors.
    """


_passed: dict[str, int] = {}


def fault(name: str) -> None:
    """
    Do at this place what ``UPHELD_FAULT`` says, if it names it.
    """
    wanted = os.environ.get("UPHELD_FAULT")
    if not wanted:
        return
    point, action, turn = (*wanted.split(":"), "1")[:3]
    if point != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == int(turn):
        _act(name, action)


def _act(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "full_disk":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
    elif action == "delay":
        time.sleep(DELAY_SECONDS)
    else:
        raise FaultError(name)
