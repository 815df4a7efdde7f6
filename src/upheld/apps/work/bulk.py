"""
Many rows written at once.

Invariant: what is written is exactly what ``save`` (with the same ``update_fields``) would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_each(rows: Iterable[Model], names: Sequence[str]) -> None:
    """
    Write some fields of many rows of one model: in one statement on PostgreSQL, which takes each field's values as an
    array; elsewhere in one that is run for each row. A statement that tells each row from the others by conditions, as
    ``bulk_update`` makes it, took ten times as long.
    """
    given = list(rows)
    if not given:
        return
    meta = given[0]._meta  # noqa: SLF001  (public, by its documentation)
    fields: list[Field[Any, Any]] = [meta.get_field(name) for name in names]  # type: ignore[misc]  # all of them are columns
    fields.append(meta.pk)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in given]
    table, columns = meta.db_table, [str(field.column) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_from_arrays(table, columns, _arrays(fields)), _columns(values))
        else:
            cursor.executemany(_one_by_one(table, columns), values)


def insert_each(rows: Iterable[Model], *, unless_there: bool = False) -> None:
    """
    Write many new rows of one model, without setting their primary keys; with ``unless_there`` those that break no
    constraint. One statement, as in :func:`update_each`.
    """
    given = list(rows)
    if not given:
        return
    meta: Any = given[0]._meta  # noqa: SLF001  (public, by its documentation)
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    values = [[field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields] for row in given]
    quote = connection.ops.quote_name
    head = f"INSERT INTO {quote(meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
    tail = "ON CONFLICT DO NOTHING" if unless_there else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = _arrays(fields)
            cursor.execute(f"{head} SELECT * FROM unnest({arrays}) {tail}", _columns(values))  # noqa: S608  (our own names)
        else:
            cursor.executemany(f"{head} VALUES ({', '.join(['%s'] * len(fields))}) {tail}", values)


def _arrays(fields: Sequence[Field[Any, Any]]) -> str:
    """
    Return the parameters for the values of columns as arrays; lengths are left to the columns themselves.
    """
    return ", ".join(f"%s::{str(field.db_type(connection)).partition('(')[0]}[]" for field in fields)


def _columns(values: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(each) for each in zip(*values, strict=True)]


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
