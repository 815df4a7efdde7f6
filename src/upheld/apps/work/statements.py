"""
Statements whose SQL is made once. Django makes the SQL of a query anew each time, which for short ones takes several
times as long as the database needs: half of the processor time of an intake was that.

Invariant: what is read and written is exactly what the queryset, or ``bulk_create``, would read and write.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, Generic, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.query import ModelIterable

from upheld.apps.work.columns import taken_as_given

M = TypeVar("M", bound=Model)

FEW: Final = 20
"""Above so many rows Django's own ``bulk_create`` is as quick: on PostgreSQL it sends columns as arrays."""


def _stand_in(kind: type, position: int) -> int | str:
    """
    Return a value that stands for the argument at a position and is found again among the parameters.
    """
    return 2**62 + position if kind is int else f"\x01{position}"


@dataclass(frozen=True, slots=True)
class _Place:
    position: int


@dataclass(frozen=True, slots=True)
class _Made:
    """
    A query's SQL with its parameters, those that change as places, and the compiler that knows its columns.
    """

    compiler: Any
    sql: str
    params: tuple[Any, ...]


class Reading(Generic[M]):
    """
    A query of which only values change: made with a function that gives the queryset of its arguments (whole numbers
    and texts, by their annotations), called with those arguments, it returns the rows.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._made: dict[str, _Made] = {}

    def __call__(self, *values: int | str) -> list[M]:
        """
        Return the rows of these values. One query.
        """
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = self._make()
        params = tuple(values[each.position] if isinstance(each, _Place) else each for each in made.params)
        compiler = copy.copy(made.compiler)
        # Connections belong to threads; the compiler was made by whichever came first.
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (made.sql, params)
        query = SimpleNamespace(get_compiler=lambda **_: compiler)
        found: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(found))

    def _make(self) -> _Made:
        kinds = [each.annotation for each in inspect.signature(self._build, eval_str=True).parameters.values()]
        stand_ins = [_stand_in(kind, position) for position, kind in enumerate(kinds)]
        compiler = self._build(*stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, given = compiler.as_sql()
        places = {value: _Place(position) for position, value in enumerate(stand_ins)}
        params = tuple(places.get(each, each) if isinstance(each, int | str) else each for each in given)
        if set(places.values()) - {each for each in params if isinstance(each, _Place)}:
            message = f"{self._build.__name__}: a value is changed on its way into the query"
            raise TypeError(message)
        return _Made(compiler, sql, params)


def insert(rows: Sequence[Model], *, unless_there: bool = False) -> None:
    """
    Write rows of one table and set their primary keys; with ``unless_there`` those that break no constraint, without
    setting keys. Related rows must have been written before they were assigned. One query for few rows.
    """
    if not rows:
        return
    model = type(rows[0])
    if len(rows) > FEW:
        model._default_manager.bulk_create(rows, ignore_conflicts=unless_there)  # noqa: SLF001  (Django's name)
        return
    sql, params = _filled(rows, unless_there=unless_there)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, params)
        keys: Iterable[Any] = [] if unless_there else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001  (documented, for this purpose)


Statement: TypeAlias = tuple[str, Sequence[Any]]
"""SQL with its parameters."""


def change(row: Model, names: Sequence[str]) -> Statement:
    """
    Return the statement that writes some fields of a row that is there, for :func:`insert_together`.
    """
    table: Any = row._meta  # noqa: SLF001  (Django's documented name)
    fields = [*map(table.get_field, names), table.pk]
    *changed, key = [connection.ops.quote_name(field.column) for field in fields]
    changes = ", ".join(f"{column} = %s" for column in changed)
    name = connection.ops.quote_name(table.db_table)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    return f"UPDATE {name} SET {changes} WHERE {key} = %s", values  # noqa: S608  (our own names)


def insert_together(
    rows: Sequence[Sequence[Model]],
    unless_there: Sequence[Sequence[Model]] = (),
    also: Sequence[Statement] = (),
) -> None:
    """
    Write rows of several tables in the order given, a few of each, without setting primary keys; those of
    ``unless_there`` where they break no constraint; then ``also``. One query on PostgreSQL, which takes several
    statements at once, elsewhere one a table.
    """
    made: list[Statement] = [_filled(each) for each in rows if each]
    made += [_filled(each, unless_there=True) for each in unless_there if each]
    made += also
    if connection.vendor == "postgresql" and made:
        made = [("; ".join(sql for sql, _params in made), [value for _sql, params in made for value in params])]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        for sql, params in made:
            cursor.execute(sql, params)


def _filled(rows: Sequence[Model], *, unless_there: bool = False) -> tuple[str, list[Any]]:
    """
    Return the statement that writes rows of one table, with its parameters.
    """
    sql, fields = _insertion(connection.vendor, type(rows[0]), len(rows), unless_there=unless_there)
    here = connections[DEFAULT_DB_ALIAS]
    return sql, [
        value if type(value := field.pre_save(row, add=True)) in given else field.get_db_prep_save(value, here)
        for row in rows
        for field, given in fields
    ]


@functools.lru_cache(maxsize=512)
def _insertion(
    _vendor: str, model: type[Model], count: int, *, unless_there: bool
) -> tuple[str, tuple[tuple[Field[Any, Any], frozenset[type]], ...]]:
    """
    Return the SQL that writes ``count`` rows, and the fields in the order of its parameters, each with the types of
    values that need no preparation.
    """
    on_conflict = OnConflict.IGNORE if unless_there else None
    table: Any = model._meta  # noqa: SLF001  (Django's documented name)
    ops: Any = connection.ops
    fields = tuple(field for field in table.local_concrete_fields if not field.primary_key)
    names = ", ".join(ops.quote_name(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    parts = [
        ops.insert_statement(on_conflict=on_conflict),
        f"{ops.quote_name(table.db_table)} ({names}) VALUES",
        ", ".join([row] * count),
        ops.on_conflict_suffix_sql(fields, on_conflict, [], []),
        "" if unless_there else ops.return_insert_columns([table.pk])[0],
    ]
    return " ".join(part for part in parts if part), tuple((field, taken_as_given(field)) for field in fields)
