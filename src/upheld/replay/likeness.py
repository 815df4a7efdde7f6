"""
Which tickets of a log lie alike: found with sums of random weights, then compared event by event.

Invariant: two tickets of a group have events that tell the same, with the same numbers, in the same order, those of one
second in the same places; a ticket whose sum only happens to be another's is in no group.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from upheld.core.clocks.alike import SILENT, UNFIT, Alike, ranked, told_by
from upheld.core.clocks.columns import Seconds
from upheld.importers.packed import Form, PackedHistories

_SILENT: Final = -1
_UNFIT: Final = -2
_SEED: Final = 498


class Log(NamedTuple):
    """
    The events of all histories as arrays, and what each form tells (``told``: a number, negative for what tells nothing
    and for what tickets do not share).
    """

    at: Seconds
    seq: Seconds
    form: Seconds
    starts: Seconds
    told: Seconds


def log_of(histories: PackedHistories, words: frozenset[str]) -> Log:
    """
    Return packed histories as arrays; ``words`` are all that start or stop clocks.
    """
    numbers: dict[Hashable, int] = {SILENT: _SILENT, UNFIT: _UNFIT}
    told = [numbers.setdefault(told_by(each.kind, each.rest, words), len(numbers)) for each in histories.forms]
    at, seq, form, starts = (
        np.frombuffer(each, dtype=each.typecode)
        for each in (histories.at, histories.seq, histories.form, histories.starts)
    )
    return Log(at, seq, form, starts, np.array(told, dtype=np.int64))


class _Read(NamedTuple):
    """
    The events of some tickets that tell something, those of ticket ``i`` from ``starts[i]`` on, ``counts[i]`` of them.

    ``ticket`` and ``place`` say whose an event is and which of its events, ``row`` where it stands in the log. ``what``
    tells what it is, and whether it happened in the second of the one before it.
    """

    row: Seconds
    ticket: Seconds
    place: Seconds
    what: Seconds
    starts: Seconds
    counts: Seconds


def groups(
    log: Log, forms: Sequence[Form], indexes: Seconds, term: Seconds, fewest: int
) -> Iterator[tuple[Seconds, Alike]]:
    """
    Yield the tickets that lie alike, as positions among ``indexes`` (their histories), in groups of at least
    ``fewest``. Only tickets of the same ``term`` come together.
    """
    events, fit = _read(log, indexes)
    number, first = _numbered(_sums(log, events, term), fit)
    fit &= _same(log, events, first[number], term)
    order = np.argsort(number, kind="stable")
    order = order[fit[order]]
    ends = np.flatnonzero(np.diff(number[order])) + 1
    for tickets in np.split(order, ends):
        if len(tickets) >= fewest:
            yield tickets, _alike(log, forms, events, tickets)


def _read(log: Log, indexes: Seconds) -> tuple[_Read, npt.NDArray[np.bool_]]:
    """
    Return the events of tickets, and which tickets can be compared: those in order that have an event which tells
    something, and none that cannot be shared.
    """
    count = len(indexes)
    lengths = log.starts[indexes + 1] - log.starts[indexes]
    ticket = np.repeat(np.arange(count), lengths)
    row = np.arange(len(ticket)) + np.repeat(log.starts[indexes] - _before(lengths), lengths)
    told = log.told[log.form[row]]
    fit = np.bincount(ticket[told == _UNFIT], minlength=count) == 0
    tells = told >= 0
    row, ticket, told = row[tells], ticket[tells], told[tells]
    counts = np.bincount(ticket, minlength=count)
    starts = _before(counts)
    same = np.zeros(len(row), dtype=bool)
    same[1:] = ticket[1:] == ticket[:-1]
    later = np.diff(log.at[row], prepend=0)
    tied = same & (later == 0)
    astray = (same & (later < 0)) | (tied & (np.diff(log.seq[row], prepend=0) < 0))
    fit &= (np.bincount(ticket[astray], minlength=count) == 0) & (counts > 0)
    place = np.arange(len(row)) - starts[ticket]
    return _Read(row, ticket, place, told * 2 + tied, starts, counts), fit


def _before(counts: Seconds) -> Seconds:
    """
    Return how many there are before each.
    """
    before: Seconds = np.cumsum(counts) - counts
    return before


def _sums(log: Log, events: _Read, term: Seconds) -> npt.NDArray[np.uint64]:
    """
    Return a number for each ticket that tickets which lie alike share, and others hardly ever do.
    """
    longest = int(events.counts.max(initial=0))
    weights = np.random.default_rng(_SEED).integers(1, 1 << 63, size=(3, longest + 1), dtype=np.uint64) * 2 + 1
    whats, seqs = ((each + 1).astype(np.uint64) for each in (events.what, log.seq[events.row]))
    terms = whats * weights[0][events.place] + seqs * weights[1][events.place]
    found: npt.NDArray[np.uint64] = (term + 1).astype(np.uint64) * weights[2][0] + events.counts.astype(
        np.uint64
    ) * weights[2][-1]
    some = np.flatnonzero(events.counts)
    if len(some):
        found[some] += np.add.reduceat(terms, events.starts[some])
    return found


def _numbered(sums: npt.NDArray[np.uint64], fit: npt.NDArray[np.bool_]) -> tuple[Seconds, Seconds]:
    """
    Return the number of each ticket's group, and the first ticket of each group that can be compared.
    """
    _, number = np.unique(sums, return_inverse=True)
    first = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    those = np.flatnonzero(fit)[::-1]
    first[number[those]] = those
    return number, first


def _same(log: Log, events: _Read, other: Seconds, term: Seconds) -> npt.NDArray[np.bool_]:
    """
    Return which tickets are like another one of each, event by event.
    """
    same: npt.NDArray[np.bool_] = (events.counts == events.counts[other]) & (term == term[other])
    compared = same[events.ticket]
    mine = np.flatnonzero(compared)
    theirs = events.starts[other[events.ticket[mine]]] + events.place[mine]
    differs = (events.what[mine] != events.what[theirs]) | (log.seq[events.row[mine]] != log.seq[events.row[theirs]])
    same &= np.bincount(events.ticket[mine[differs]], minlength=len(same)) == 0
    return same


def _alike(log: Log, forms: Sequence[Form], events: _Read, tickets: Seconds) -> Alike:
    first = events.starts[tickets[0]]
    places = range(int(events.counts[tickets[0]]))
    rows = [int(events.row[first + place]) for place in places]
    kinds = [forms[log.form[row]] for row in rows]
    return Alike(
        tuple(partial(each.kind, seq=int(log.seq[row]), **each.rest) for each, row in zip(kinds, rows, strict=True)),
        tuple(log.at[events.row[events.starts[tickets] + place]] for place in places),
        ranked([bool(events.what[first + place] & 1) for place in places]),
    )
