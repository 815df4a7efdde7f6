"""
A clock's standing as a person reads it at a glance: an icon, a few words, a detail, a thin bar, and never colour alone.

Invariant: words and icon tell the state without the colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from upheld.core.instants import Instant
from upheld.web.icons import icon
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


def promise_html(standing: Promise | None, otherwise: str = "", *, is_compact: bool = False) -> SafeString:
    """
    Return a standing as HTML: icon, words, bar and, unless compact, the detail; ``otherwise`` is shown without one.
    """
    if standing is None:
        words = otherwise or "\N{EN DASH}"
        return format_html('<div class="promise promise-none"><div class="promise-words">{}</div></div>', words)
    return format_html(
        '<div class="promise promise-{}"><div class="promise-words">{}<span>{}</span></div>{}{}</div>',
        standing.state,
        icon(standing.icon, 16),
        standing.words,
        _bar(standing.share) if standing.share is not None else "",
        format_html('<div class="promise-detail">{}</div>', standing.detail)
        if standing.detail and not is_compact
        else "",
    )


def _bar(share: int) -> SafeString:
    used = _("%(share)s%% of the time used") % {"share": share}
    return format_html('<progress class="share" max="100" value="{}" aria-label="{}"></progress>', share, used)
