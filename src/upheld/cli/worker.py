"""
``upheld worker``: does due work (timers, notices, mail) until it is stopped.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from upheld.cli import service

app = typer.Typer(help="Do due work: timers, notices, mail.")

PARENT_SECONDS = 1.0


@app.command()
def worker_command(
    beside: Annotated[int, typer.Option(hidden=True, help="Stop when this is no longer the parent process.")] = 0,
) -> None:
    """
    Do due work until Ctrl-C or SIGTERM; what is begun is finished or left for another worker.

    `upheld serve` starts one by itself; start more where PostgreSQL serves several machines.
    """
    service.require_migrated()
    stop = threading.Event()

    def tell(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    if beside:
        threading.Thread(target=_stop_without, args=(beside, stop), daemon=True).start()
    from upheld.apps.work.relay import run_forever  # noqa: PLC0415  (Django is loaded by now)

    run_forever(stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_SECONDS):
        if os.getppid() != parent:
            stop.set()
