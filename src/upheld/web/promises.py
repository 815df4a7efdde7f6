"""
A clock's standing as a person reads it at a glance: an icon, a few words, a detail, a thin bar, and never colour alone.

Invariant: words and icon tell the state without the colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from upheld.core.instants import Instant
from upheld.web.moments import length, short

ICONS: Final = {
    "running": "clock",
    "at_risk": "clock-alert",
    "paused": "pause",
    "outside_hours": "moon",
    "met": "circle-check",
    "breached": "triangle-alert",
    "ended": "circle-slash",
    "unobservable": "circle-question-mark",
}
"""Icon of each standing; ``at_risk`` is a running clock past the share at which it warns."""

LIVE: Final = ("running", "at_risk", "outside_hours", "paused")


@dataclass(frozen=True, slots=True)
class Promise:
    """
    What the component ``<c-promise>`` shows; ``share`` is the used part of the target in percent, if a bar makes sense.
    """

    state: str
    words: str
    detail: str = ""
    share: int | None = None

    @property
    def icon(self) -> str:
        """
        The name of the icon.
        """
        return ICONS.get(self.state, "circle-question-mark")


def promise(  # noqa: PLR0913  (each a fact of the clock)
    *,
    state: str,
    now: Instant,
    due_at: Instant | None = None,
    left_seconds: int | None = None,
    share: int | None = None,
    is_at_risk: bool = False,
    metric: str = "",
    resumes_at: Instant | None = None,
    reason: str = "",
) -> Promise:
    """
    Return a clock's standing in words. ``left_seconds`` is support time that is left, ``reason`` why the clock is
    paused or ended; both are shown as given.
    """
    left = left_seconds if left_seconds is not None else (due_at - now if due_at is not None else None)
    shown = "at_risk" if state == "running" and is_at_risk else state
    words, detail = _words(state, now, due_at, left), _detail(state, now, due_at, resumes_at, reason)
    parts = (metric, detail) if metric else (detail,)
    bar = min(100, max(0, share)) if share is not None and state in LIVE else None
    return Promise(shown, words, " · ".join(part for part in parts if part), bar)


def _words(state: str, now: Instant, due_at: Instant | None, left: int | None) -> str:
    remaining = length(max(0, left)) if left is not None else ""
    if state == "breached":
        return _("Overdue by %(length)s") % {"length": length(now - due_at)} if due_at is not None else _("Breached")
    if state == "paused":
        return _("Paused, %(length)s left") % {"length": remaining} if remaining else _("Paused")
    if state in LIVE:
        return _("%(length)s left") % {"length": remaining} if remaining else _("Running")
    return {"met": _("Kept"), "ended": _("Ended"), "unobservable": _("Cannot be told")}.get(state, state)


def _detail(state: str, now: Instant, due_at: Instant | None, resumes_at: Instant | None, reason: str) -> str:
    if state == "outside_hours" and resumes_at is not None:
        return _("outside hours, resumes %(moment)s") % {"moment": short(resumes_at, now)}
    if state == "outside_hours":
        return _("outside hours")
    if state in {"paused", "ended"}:
        return reason
    if due_at is None:
        return ""
    text = _("was due %(moment)s") if due_at < now else _("due %(moment)s")
    return text % {"moment": short(due_at, now)}
