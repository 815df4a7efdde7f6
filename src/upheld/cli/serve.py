"""
``upheld serve``: the web service, and beside it the relay that does due work.

Invariant: what one Ctrl-C or SIGTERM stops is everything, in less than five seconds; a relay that dies is started
again; when the service is killed, the relay notices and stops.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from upheld.cli import service

app = typer.Typer(help="Serve desk, portal and API, and do due work.")

GRACE_SECONDS: Final = 2
"""How long pages that are being made may take when it stops, and then the relay; both together stay under five."""
RELAY_PAUSE_SECONDS: Final = (1, 2, 5, 15, 30)


@app.command()
def serve_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all of them.")] = "127.0.0.1",
    relay: Annotated[bool, typer.Option(help="Do due work beside it (else start `upheld worker`).")] = True,
) -> None:
    """
    Serve until Ctrl-C or SIGTERM.

    One process with threads on SQLite; on PostgreSQL UPHELD_PROCESSES of them.
    """
    # Links and passkeys are made for the address that people type; without one it is this machine's, at this port.
    os.environ.setdefault("UPHELD_ADDRESS", f"http://localhost:{port}")
    settings = service.settings()
    service.require_migrated()
    from django.db import connections  # noqa: PLC0415  (Django is loaded by now)

    from upheld.web.static_files import collect  # noqa: PLC0415

    _require_free(host, port)
    if not settings.DEBUG:
        collect()
    connections.close_all()
    beside = RelayBeside() if relay else None
    _announce(settings)
    _run_gunicorn(settings, f"{host}:{port}", beside)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise service.ServiceError("service.port_taken", host=host, port=port, reason=error.strerror) from None


def _announce(settings: Any) -> None:
    typer.echo(f"Upheld serves {settings.ADDRESS.geturl()}", err=False)
    logins = Path(settings.HOME) / "demo-logins.txt"
    if logins.is_file():
        typer.echo(logins.read_text(encoding="utf-8").rstrip())
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


class RelayBeside:
    """
    The relay in a process of its own, started again when it dies.

    Invariant: :meth:`tend` and the making of web processes take turns in one thread. Were the relay started by another
    one, a web process forked in that moment would hold the pipe on which the start waits, and hold it for ever.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._not_before = 0.0
        self._is_over = False

    def tend(self, monotonic: float) -> None:
        """
        Start it where it does not run and its pause is over; ``monotonic`` is the seconds of a clock that never jumps.
        """
        if self._is_over or (self._process is not None and self._process.poll() is None):
            return
        if self._process is not None:
            self._process = None
            self._not_before = monotonic + RELAY_PAUSE_SECONDS[min(self._deaths, len(RELAY_PAUSE_SECONDS) - 1)]
            self._deaths += 1
        if monotonic < self._not_before:
            return
        # Its own session: Ctrl-C reaches it through `stop`, once, in the right order.
        self._process = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "upheld", "worker", "--beside", str(os.getpid())], start_new_session=True
        )

    def ask_to_stop(self) -> None:
        """
        Ask it to stop, without waiting.
        """
        self._is_over = True
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """
        Ask it to stop, and make it if it does not.
        """
        self.ask_to_stop()
        process = self._process
        if process is None:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def options(settings: Any, bind: str, beside: RelayBeside | None) -> dict[str, Any]:
    """
    Return gunicorn's settings: threads, because most of a page's time is spent waiting for the database.
    """

    def gone(_arbiter: object) -> None:
        if beside:
            beside.stop()

    return {
        "bind": [bind],
        "worker_class": "gthread",
        "workers": 1 if settings.IS_SQLITE else settings.PROCESSES,
        "threads": settings.THREADS,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": 5,
        "max_requests": 0,
        "limit_request_line": 8190,
        "forwarded_allow_ips": "127.0.0.1,::1" if not settings.TRUSTED_PROXIES else "*",
        "proc_name": "upheld",
        "control_socket_disable": True,
        "loglevel": "warning",
        "on_exit": gone,
    }


def _run_gunicorn(settings: Any, bind: str, beside: RelayBeside | None) -> None:
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415  (needed by this command only)
    from gunicorn.arbiter import Arbiter  # noqa: PLC0415

    chosen = options(settings, bind, beside)

    class Service(BaseApplication):  # type: ignore[misc]
        """
        The application as gunicorn runs it.
        """

        def load_config(self) -> None:
            """
            Take our settings and no others: neither a file nor the command line.
            """
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            """
            Return the WSGI application.
            """
            from django.urls import get_resolver  # noqa: PLC0415  (loaded once, before the processes are made)

            from upheld.config.wsgi import application  # noqa: PLC0415

            _ = get_resolver().url_patterns  # every view, so that the first page is as quick as the others

            return application

    class Supervisor(Arbiter):  # type: ignore[misc]
        """
        Gunicorn's own, which looks after the relay too: it asks it to stop together with the web processes rather than
        after them.
        """

        def manage_workers(self) -> None:
            """
            Keep up the number of web processes, and the relay; about once a second.
            """
            super().manage_workers()
            if beside:
                beside.tend(time.monotonic())

        def stop(self, graceful: bool = True) -> None:
            """
            Stop everything.
            """
            if beside:
                beside.ask_to_stop()
            super().stop(graceful)

    Supervisor(Service()).run()
