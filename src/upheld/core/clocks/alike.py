"""
Tickets that lie alike: the same was told by the same events in the same order, at whatever instants.

Invariant: two events that tell the same differ in nothing that the fold reads; whatever cannot be shared by many
tickets says so (:data:`UNFIT`), and its tickets are folded one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import numpy as np

from upheld.core import events as ev
from upheld.core.clocks.columns import Column, Lanes, Seconds
from upheld.core.clocks.fold import metrics_in_order
from upheld.core.clocks.rules import Rules
from upheld.core.clocks.story import READ
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.core.plan.model.metrics import AFTER


class Alike(NamedTuple):
    """
    Tickets that lie alike: the ``kinds`` of their events in order, each with the fields that all share; ``at`` has for
    each event the instants at which it happened to them, and ``ranks`` says which events happened in one second.
    """

    kinds: tuple[Callable[..., ev.Event], ...]
    at: tuple[Seconds, ...]
    ranks: tuple[int, ...]

    def events(self, lanes: Lanes) -> list[ev.Event]:
        """
        Return the events of some of the tickets, as those of one.
        """
        return [
            kind(effective_at=cast("Instant", Column(at[lanes], rank)))
            for kind, at, rank in zip(self.kinds, self.at, self.ranks, strict=True)
        ]


def independent(rules: Rules) -> list[tuple[str, ...]]:
    """
    Return the metrics of a plan in groups, of which none depends on the clocks of another; within a group each stands
    after those on which it depends.
    """
    metrics = rules.hours.plan.metrics
    groups: list[tuple[str, ...]] = []
    for name in metrics_in_order(rules):
        metric = metrics[name]
        needed = {word.removeprefix(AFTER) for word in metric.starts_on if word.startswith(AFTER)} | {metric.after}
        joined = [group for group in groups if needed.intersection(group)]
        groups = [group for group in groups if group not in joined]
        groups.append((*(each for group in joined for each in group), name))
    return groups


SILENT: Final = "silent"
UNFIT: Final = "unfit"
_HEADER: Final = frozenset({"seq", "effective_at", "recorded_at", "actor", "reason", "payloads"})
"""What every event has, of which the fold reads only when it happened and in which order."""
_UNREAD: Final[dict[type[ev.Event], frozenset[str]]] = {ev.Opened: frozenset({"instance", "happened_on"})}
"""Fields of which the fold asks nothing."""


def told_by(kind: type[ev.Event], rest: Mapping[str, Any], words: frozenset[str]) -> Hashable:
    """
    Return what the fold reads of an event: its kind and fields, as a key. :data:`SILENT` for an event that can tell
    clocks nothing, when ``words`` are all that start or stop any; :data:`UNFIT` for one that tickets do not share.
    """
    if kind not in READ:
        return UNFIT if kind is ev.Corrected else SILENT
    if kind in _MOVES or (kind is ev.RemediationPlanned and rest["promised_for"] is not None):
        return UNFIT
    if kind in _ONLY_A_WORD and _ONLY_A_WORD[kind] not in words:
        return SILENT
    if kind is ev.Assigned:
        return (kind, rest["to"] is None)
    unread = _HEADER | _UNREAD.get(kind, frozenset())
    fields = sorted((name, _plain(value)) for name, value in rest.items() if name not in unread)
    return (kind, tuple(fields))


def _plain(value: Any) -> Any:
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value


_MOVES: Final = frozenset({ev.PlanMoved, ev.CalendarMoved})
_ONLY_A_WORD: Final[dict[type[ev.Event], str]] = {ev.Assigned: "assigned", ev.WorkaroundGiven: "workaround"}
"""Events that do nothing but start or stop clocks, and their words."""


def words_of(plan: Plan) -> frozenset[str]:
    """
    Return every word by which a plan starts or stops clocks.
    """
    met = (target.or_met_by for tier in plan.tiers.values() for each in tier.targets.values() for target in each)
    metrics = plan.metrics.values()
    return frozenset(
        [word for metric in metrics for word in (*metric.starts_on, *metric.stops_on)]
        + [w for each in met for w in each]
    )


def ranked(ties: Sequence[bool]) -> tuple[int, ...]:
    """
    Return the ranks of instants in order, of which some (``ties``) are the same as the one before.
    """
    return tuple(np.cumsum(~np.array(ties, dtype=bool)).tolist())
