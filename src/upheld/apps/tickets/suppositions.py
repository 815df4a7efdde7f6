"""
What would follow if something happened now: a fold of a ticket's events with one more that is only supposed.

Invariant: pure; nothing is written, and what is shown before an act is what the act then gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, TicketClocks, Verdict
from upheld.core.clocks.explain import stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What an event does to one clock.

    ``kind`` is ``met``, ``late`` (stopped after its due time), ``started``, ``moved``, ``paused``, ``resumed``,
    ``ended`` or ``untimed``; ``spare_seconds`` is support time left, or how much too late in elapsed time.
    """

    kind: str
    clock: Clock
    before: Clock | None = None
    spare_seconds: int | None = None


def suppose(
    events: Sequence[ev.Event], supposed: Iterable[ev.Event], rules: Rules, now: Instant
) -> tuple[TicketClocks, tuple[Effect, ...]]:
    """
    Return the clocks as they would be after ``supposed``, and what each of those changes; the events' own order counts.
    """
    before = fold(events, rules)
    after = fold(ev.in_order([*events, *supposed]), rules)
    return after, effects(before, after, rules, now)


def next_seq(events: Iterable[ev.Event]) -> int:
    """
    Return the number that the next event of a ticket will have.
    """
    return max((event.seq for event in events), default=0) + 1


def effects(before: TicketClocks, after: TicketClocks, rules: Rules, now: Instant) -> tuple[Effect, ...]:
    """
    Return how the clocks of one fold differ from those of another, in the order of the plan's metrics.
    """
    known = {(clock.metric, clock.cycle): clock for clock in before.clocks}
    found = []
    for clock in after.clocks:
        old = known.get((clock.metric, clock.cycle))
        effect = _new(clock) if old is None else _changed(old, clock, rules, before.channel, now)
        if effect is not None:
            found.append(effect)
    return tuple(found)


def _new(clock: Clock) -> Effect | None:
    is_promise = clock.promise is not None and clock.promise.kind != "none"
    return Effect("started", clock) if clock.is_open and is_promise else None


def _changed(old: Clock, clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Effect | None:
    if old.is_open and clock.stopped_at is not None:
        return _stopped(old, clock, rules, channel, now)
    if old.is_open and clock.ended_at is not None:
        return Effect("ended", clock, old)
    if not (old.is_open and clock.is_open):
        return Effect("started", clock, old) if clock.is_open else None
    was, is_now = _paused(old), _paused(clock)
    if is_now and not was:
        return Effect("paused", clock, old)
    if was and not is_now:
        return Effect("resumed", clock, old)
    return Effect("moved", clock, old) if old.due_at != clock.due_at else None


def _stopped(old: Clock, clock: Clock, rules: Rules, channel: str | None, now: Instant) -> Effect:
    if clock.verdict is Verdict.BREACHED:
        late = None if clock.due_at is None or clock.stopped_at is None else clock.stopped_at - clock.due_at
        return Effect("late", clock, old, late)
    if clock.verdict is not Verdict.MET:
        return Effect("untimed", clock, old)
    return Effect("met", clock, old, stand(old, rules, channel, now).left_seconds)


def _paused(clock: Clock) -> bool:
    return bool(clock.legs and clock.legs[-1].until is None and clock.legs[-1].paused_by)


def told(events: Sequence[ev.Event], rules: Rules, *, most: int = 40) -> dict[int, tuple[Effect, ...]]:
    """
    Return what the events of a ticket did to its clocks, by ``seq``; only of the last ``most`` that can do anything.

    ``events`` are in the order in which they happened; messages are left out, for the conversation shows them.
    """
    quiet = (ev.Opened, ev.MessageReceived, ev.MessageSent, ev.Assigned, ev.UrgencyStated, ev.PayloadErased)
    places = [at for at, event in enumerate(events) if at and not isinstance(event, quiet)]
    found: dict[int, tuple[Effect, ...]] = {}
    for at in places[-most:]:
        before, after = fold(events[:at], rules), fold(events[: at + 1], rules)
        found[events[at].seq] = effects(before, after, rules, events[at].effective_at)
    return found


def head(events: Sequence[ev.Event], now: Instant) -> dict[str, Any]:
    """
    Return the header of a supposed event by one of the vendor's people, now.
    """
    return {"seq": next_seq(events), "effective_at": now, "actor": ev.Actor(ev.Side.VENDOR, "supposed")}
