"""
Clocks and their explanations as they are sent: data and words.
"""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field

from upheld.api.shapes.base import At, written
from upheld.core.clocks.clock import Clock
from upheld.core.clocks.explain import Explanation, Standing, Step
from upheld.core.instants import Instant
from upheld.rendering.explanations import Reader, computation, headline, kind_of, sentence
from upheld.rendering.timeline import FILE_WIDE, timeline


class ClockOut(Schema):
    """
    A clock as it stands now. Lengths are seconds of support time; `left_seconds` is negative when it is late.
    """

    metric: str
    cycle: int
    name: str
    state: str
    verdict: str
    is_at_risk: bool
    severity: str | None
    target: str | None = Field(description="The target's place in the plan document.")
    calendar: str | None
    started_at: At
    due_at: At | None
    early_at: At | None
    stopped_at: At | None
    ended_at: At | None
    ended_because: str | None
    resumes_at: At | None
    paused_by: list[str]
    spent_seconds: int
    allowed_seconds: int | None
    left_seconds: int | None
    exclusion: str | None


class Clocks(Schema):
    """
    The clocks of a ticket, oldest first.
    """

    items: list[ClockOut]


class StepOut(Schema):
    """
    One reason, as a code with parameters and in words.
    """

    code: str
    at: At | None
    params: dict[str, Any]
    words: str


class StretchOut(Schema):
    """
    A stretch of time that counted or did not.
    """

    since: At
    until: At
    kind: str
    words: str
    seconds: int
    paused_by: list[str]


class ExplanationOut(Schema):
    """
    Why a clock is due when it is.
    """

    clock: ClockOut
    steps: list[StepOut]
    stretches: list[StretchOut]
    sum: str = Field(description="The counted stretches on one line.")
    picture: str = Field(description="The stretches as a picture, in the reader's zone: an SVG document.")


def clock_out(clock: Clock, standing: Standing, name: str) -> dict[str, Any]:
    """
    Return a clock as it stands.
    """
    promise = clock.promise
    return {
        "metric": clock.metric,
        "cycle": clock.cycle,
        "name": name,
        "state": standing.state.value,
        "verdict": clock.verdict.value,
        "is_at_risk": standing.is_at_risk,
        "severity": promise.severity if promise else None,
        "target": promise.rule if promise else None,
        "calendar": promise.calendar if promise else None,
        "started_at": clock.started_at,
        "due_at": standing.due_at,
        "early_at": clock.early_at,
        "stopped_at": clock.stopped_at,
        "ended_at": clock.ended_at,
        "ended_because": clock.ended_because,
        "resumes_at": standing.resumes_at,
        "paused_by": list(standing.paused_by),
        "spent_seconds": standing.spent_seconds,
        "allowed_seconds": clock.allowed,
        "left_seconds": standing.left_seconds,
        "exclusion": clock.exclusion.cause if clock.exclusion else None,
    }


def explanation_out(explanation: Explanation, standing: Standing, reader: Reader, now: Instant) -> dict[str, Any]:
    """
    Return an explanation as data, in words and as a picture, in the reader's zone; ``now`` is marked in the picture.
    """
    return {
        "clock": clock_out(explanation.clock, standing, headline(explanation, standing, reader)[0]),
        "steps": [_step(each, reader) for each in explanation.steps],
        "stretches": [
            {
                "since": each.since,
                "until": each.until,
                "kind": each.kind.value,
                "words": kind_of(each, reader),
                "seconds": each.seconds,
                "paused_by": list(each.paused_by),
            }
            for each in explanation.stretches
        ],
        "sum": computation(explanation, reader),
        "picture": timeline(explanation, reader, name=explanation.clock.metric, now=now, wide=FILE_WIDE),
    }


def _step(step: Step, reader: Reader) -> dict[str, Any]:
    params = {name: _plain(name, value) for name, value in step.params.items()}
    return {"code": step.code, "at": step.at, "params": params, "words": sentence(step, reader)}


def _plain(name: str, value: Any) -> Any:
    """
    Return a parameter as JSON can hold it: instants written, durations in words.
    """
    if name.endswith("_at") and isinstance(value, int):
        return written(value)
    if isinstance(value, str | int | bool | None):
        return value
    return [str(each) for each in value] if isinstance(value, tuple | list) else str(value)
