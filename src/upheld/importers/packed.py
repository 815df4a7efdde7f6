"""
Histories packed into arrays: a million tickets fit into the memory of a laptop, and processes share them.

Invariant: what is unpacked equals what was packed. A history is made anew each time it is asked for; nothing is kept.
"""

from __future__ import annotations

import dataclasses
import operator
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Self, overload

from upheld.core.events import Event
from upheld.core.instants import Instant
from upheld.importers.histories import TicketHistory

_OWN: Final = ("seq", "effective_at")
"""What each event has of its own; all else stands in its form, which many events share."""


class Form(NamedTuple):
    """
    What many events have in common: their class, and every field but ``seq`` and ``effective_at``.
    """

    kind: type[Event]
    rest: Mapping[str, Any]
    puts: tuple[tuple[Callable[[Event, Any], None], Any], ...]
    """What puts each of these fields into an event."""

    def event(self, seq: int, at: Instant) -> Event:
        """
        Return an event of this form.

        It does what the class itself would do, without looking fields up by their names: for a million tickets, that
        saves four seconds.
        """
        made: Event = object.__new__(self.kind)
        _PUT_SEQ(made, seq)
        _PUT_AT(made, at)
        for put, value in self.puts:
            put(made, value)
        return made


_PUT_SEQ: Final = Event.__dict__["seq"].__set__
_PUT_AT: Final = Event.__dict__["effective_at"].__set__


class PackedHistories(Sequence[TicketHistory]):
    """
    Histories in the order in which they were packed. ``at``, ``seq`` and ``form`` hold the events of all of them, those
    of history ``i`` from ``starts[i]`` to ``starts[i + 1]``; ``forms`` are the forms by their number. ``customer_of``
    and ``facts_of`` say for each history which of ``customers`` (in the order in which they are first named) and
    ``facts`` are its own.
    """

    def __init__(self) -> None:
        self.at: array[int] = array("q")
        self.seq: array[int] = array("l")
        self.form: array[int] = array("l")
        self.starts: array[int] = array("q", [0])
        self.forms: list[Form] = []
        self.tickets: list[str] = []
        self.customer_of: array[int] = array("l")
        self.customers: list[str] = []
        self._lines: array[int] = array("q")
        self.facts_of: array[int] = array("l")
        self.facts: list[Mapping[str, str]] = []
        self._form_numbers: dict[Hashable, int] = {}
        self._numbers: tuple[dict[Hashable, int], dict[Hashable, int]] = ({}, {})

    @classmethod
    def of(cls, histories: Iterable[TicketHistory]) -> Self:
        """
        Return histories, packed one by one as they come; packed ones are returned as they are.
        """
        if isinstance(histories, cls):
            return histories
        packed = cls()
        for history in histories:
            packed.append(history)
        return packed

    def append(self, history: TicketHistory) -> None:
        """
        Pack one more history.
        """
        for event in history.events:
            self.at.append(event.effective_at)
            self.seq.append(event.seq)
            self.form.append(self._form_of(event))
        self.starts.append(len(self.at))
        self.tickets.append(history.ticket)
        self._lines.append(history.line)
        customers, facts = self._numbers
        self.customer_of.append(_number(history.customer, history.customer, customers, self.customers))
        self.facts_of.append(_number(tuple(history.facts.items()), history.facts, facts, self.facts))

    def _form_of(self, event: Event) -> int:
        names = _names(type(event))
        values = tuple([getattr(event, name) for name in names])
        key: Hashable = (type(event), *(tuple(each.items()) if isinstance(each, Mapping) else each for each in values))
        found = self._form_numbers.get(key)
        if found is None:
            found = self._form_numbers[key] = len(self.forms)
            puts = tuple((getattr(type(event), name).__set__, value) for name, value in zip(names, values, strict=True))
            self.forms.append(Form(type(event), dict(zip(names, values, strict=True)), puts))
        return found

    def __len__(self) -> int:
        return len(self.tickets)

    @overload
    def __getitem__(self, index: int) -> TicketHistory: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TicketHistory, ...]: ...

    def __getitem__(self, index: int | slice) -> TicketHistory | tuple[TicketHistory, ...]:
        """
        Return a history, or several.
        """
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        at = range(len(self))[index]
        return TicketHistory(
            self.tickets[at], self.customer_at(at), self.events(at), self._lines[at],
            self.facts[self.facts_of[at]],
        )  # fmt: skip

    def __iter__(self) -> Iterator[TicketHistory]:
        """
        Return the histories, each made when it is its turn.
        """
        return (self[at] for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def events(self, at: int) -> tuple[Event, ...]:
        """
        Return the events of history ``at``.
        """
        forms, rows = self.forms, slice(self.starts[at], self.starts[at + 1])
        own = zip(self.form[rows], self.seq[rows], self.at[rows], strict=True)
        return tuple([forms[form].event(seq, at) for form, seq, at in own])

    def customer_at(self, at: int) -> str:
        """
        Return whose ticket history ``at`` is.
        """
        return self.customers[self.customer_of[at]]


def _names(kind: type[Event]) -> tuple[str, ...]:
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(each.name for each in dataclasses.fields(kind) if each.name not in _OWN)
    return found


_NAMES: Final[dict[type[Event], tuple[str, ...]]] = {}


def _number(key: Hashable, value: Any, numbers: dict[Hashable, int], values: list[Any]) -> int:
    """
    Return the number of a value, giving it the next one when it is new.
    """
    found = numbers.get(key)
    if found is None:
        found = numbers[key] = len(values)
        values.append(value)
    return found
