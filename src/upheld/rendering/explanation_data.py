"""
Explanations as plain data, for programs: instants in ISO 8601 (UTC), lengths in seconds, codes beside words.

Invariant: whatever the words say is here as a code with its facts, too.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any, Final

from upheld.core.clocks.explain import Explanation, Standing, Step
from upheld.core.durations import Duration
from upheld.core.instants import Instant, to_datetime
from upheld.rendering.explanations import Reader, computation, sentence

_FOUR_DIGITS: Final = Decimal("0.0001")


def as_data(explanation: Explanation, standing: Standing, reader: Reader) -> dict[str, Any]:
    """
    Return one clock with everything that led to its due time.

    ``share`` is a text with four digits, cut off and not rounded, so that nothing looks late before it is.
    """
    clock, promise = explanation.clock, explanation.clock.promise
    return {
        "metric": clock.metric,
        "cycle": clock.cycle,
        "state": standing.state.value,
        "verdict": clock.verdict.value,
        "rule": promise.rule if promise else None,
        "hours_rule": promise.hours_rule if promise else None,
        "severity": promise.severity if promise else None,
        "calendar": promise.calendar if promise else None,
        "started_at": iso(clock.started_at),
        "early_at": iso(clock.early_at),
        "due_at": iso(clock.due_at),
        "stopped_at": iso(clock.stopped_at),
        "breached_at": iso(clock.breached_at),
        "ended_at": iso(clock.ended_at),
        "ended_because": clock.ended_because,
        "resumes_at": iso(standing.resumes_at),
        "paused_by": list(standing.paused_by),
        "spent_seconds": standing.spent_seconds,
        "allowed_seconds": clock.allowed,
        "left_seconds": standing.left_seconds,
        "share": _share(standing.share),
        "is_at_risk": standing.is_at_risk,
        "excluded": clock.exclusion.cause if clock.exclusion else None,
        "steps": [_step(each, reader) for each in explanation.steps],
        "stretches": [
            {
                "since": iso(each.since),
                "until": iso(each.until),
                "kind": each.kind.value,
                "calendar": each.calendar,
                "seconds": each.seconds,
                "paused_by": list(each.paused_by),
            }
            for each in explanation.stretches
        ],
        "counted_seconds": explanation.counted_seconds,
        "computation": computation(explanation, reader),
    }


def iso(instant: Instant | None) -> str | None:
    """
    Return an instant in ISO 8601, in UTC: ``2026-04-20T18:30:00Z``.
    """
    return None if instant is None else to_datetime(instant).isoformat().replace("+00:00", "Z")


def _share(share: Fraction | None) -> str | None:
    if share is None:
        return None
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return str(exact.quantize(_FOUR_DIGITS, rounding=ROUND_FLOOR))


def _step(step: Step, reader: Reader) -> dict[str, Any]:
    return {
        "code": step.code,
        "at": iso(step.at),
        "params": {name: _plain(name, value) for name, value in step.params.items()},
        "sentence": sentence(step, reader),
    }


def _plain(name: str, value: Any) -> Any:
    """
    Return a fact as JSON holds it.
    """
    if name.endswith("_at"):
        return iso(value)
    if isinstance(value, Duration):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
