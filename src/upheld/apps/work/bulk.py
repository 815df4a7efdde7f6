"""
Many rows written at once, given as plain values: making a model of each took longer than writing it.

Invariant: what is written is exactly what ``save`` (with the same ``update_fields``) would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

from upheld.apps.work.columns import WHOLE, taken_as_given


def update_each(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """
    Write some fields of many rows of one model; each row is their values in the order of ``names``, then its primary
    key. One statement on PostgreSQL, which takes each field's values as an array; elsewhere one that is run for each
    row. A statement that tells each row from the others by conditions, as ``bulk_update`` makes it, took ten times as
    long.
    """
    given = list(rows)
    if not given:
        return
    meta: Any = model._meta  # noqa: SLF001  (public, by its documentation)
    fields = [*map(meta.get_field, names), meta.pk]
    columns = _prepared(fields, given)
    names_in_table = [str(field.column) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_from_arrays(meta.db_table, names_in_table, _arrays(fields)), _as_arrays(columns))
        else:
            cursor.executemany(_one_by_one(meta.db_table, names_in_table), list(zip(*columns, strict=True)))


def insert_each(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, unless_there: bool = False
) -> None:
    """
    Write many new rows of one model, each the values of its fields in the order of ``names``; the other fields get
    their defaults. With ``unless_there`` those rows that break no constraint. One statement, as in :func:`update_each`.
    """
    given = list(rows)
    if not given:
        return
    meta: Any = model._meta  # noqa: SLF001  (public, by its documentation)
    named = list(map(meta.get_field, names))
    others = [field for field in meta.local_concrete_fields if not field.primary_key and field not in named]
    fields = [*named, *others]
    columns = _prepared(named, given)
    columns += [_ready(field, [field.get_default() for _ in given]) for field in others]
    quote = connection.ops.quote_name
    head = f"INSERT INTO {quote(meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
    tail = "ON CONFLICT DO NOTHING" if unless_there else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            made = f"{head} SELECT * FROM unnest({_arrays(fields)}) {tail}"  # noqa: S608  (our own names)
            cursor.execute(made, _as_arrays(columns))
        else:
            made = f"{head} VALUES ({', '.join(['%s'] * len(fields))}) {tail}"
            cursor.executemany(made, list(zip(*columns, strict=True)))


def _prepared(fields: Sequence[Field[Any, Any]], rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """
    Return rows as columns, with their values as the database takes them.
    """
    return [_ready(field, values) for field, values in zip(fields, zip(*rows, strict=True), strict=True)]


def _ready(field: Field[Any, Any], values: Sequence[Any]) -> Sequence[Any]:
    """
    Return the values of one column as the database takes them: most are so already.
    """
    if taken_as_given(field).issuperset(map(type, values)):
        return values
    here = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(value, here) for value in values]


def _as_arrays(columns: Sequence[Sequence[Any]]) -> list[str | list[Any]]:
    """
    Return columns as parameters for arrays; those of whole numbers are written out here, which is quicker.
    """
    return [_numbers(each) if WHOLE.issuperset(map(type, each)) else list(each) for each in columns]


def _numbers(values: Sequence[int | None]) -> str:
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def _arrays(fields: Sequence[Field[Any, Any]]) -> str:
    """
    Return the parameters for the values of columns as arrays; lengths are left to the columns themselves.
    """
    return ", ".join(f"%s::{str(field.db_type(connection)).partition('(')[0]}[]" for field in fields)


def _one_by_one(table: str, columns: Sequence[str]) -> str:
    """
    Return the statement that changes one row; the last column is the primary key.
    """
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(column)} = %s" for column in columns[:-1])
    return f"UPDATE {quote(table)} SET {changes} WHERE {quote(columns[-1])} = %s"  # noqa: S608  (our own names)


def _from_arrays(table: str, columns: Sequence[str], arrays: str) -> str:
    """
    Return the statement that changes many rows, with an array for each column; the last is the primary key.
    """
    quote = connection.ops.quote_name
    *changed, key = [quote(column) for column in columns]
    changes = ", ".join(f"{column} = new.{column}" for column in changed)
    return (
        f"UPDATE {quote(table)} AS old SET {changes} FROM unnest({arrays})"  # noqa: S608  (our own names)
        f" AS new({', '.join((*changed, key))}) WHERE old.{key} = new.{key}"
    )
