"""
Errors that say that a disk is full, from whichever side they come.
"""

import errno
import shutil
import sqlite3

import psycopg
import pytest
from django.db import OperationalError

from upheld.apps.work import room


def sqlite_full():
    database = sqlite3.connect(":memory:")
    try:
        database.execute("PRAGMA max_page_count = 3")
        database.execute("CREATE TABLE a (b)")
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("INSERT INTO a VALUES (zeroblob(100000))")
    finally:
        database.close()
    return caught.value


def within(cause):
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x"), sqlite_full(), psycopg.errors.DiskFull("x")],
    ids=["ENOSPC", "EDQUOT", "SQLite", "PostgreSQL"],
)
def test_a_full_disk_is_known(error):
    assert room.is_full(error)
    assert room.is_full(within(error))


@pytest.mark.parametrize("error", [None, OSError(errno.EIO, "x"), psycopg.OperationalError("gone")])
def test_other_errors_are_none(error):
    assert not room.is_full(error)
    assert error is None or not room.is_full(within(error))


def test_on_a_disk_without_room_whatever_sqlite_says_means_that(tmp_path, monkeypatch):
    error = within(sqlite3_error())
    assert not room.is_full(error, [tmp_path])
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(0, 0, 0))
    assert room.is_full(error, [tmp_path])
    assert not room.is_full(within(psycopg.OperationalError("gone")), [tmp_path])


def sqlite3_error():
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect("/nowhere/at/all")
    return caught.value


def test_room_is_what_two_large_files_take(tmp_path, monkeypatch):
    free = shutil._ntuple_diskusage(0, 0, room.LEAST_FREE_BYTES)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _folder: free)
    assert room.has_room([tmp_path])
    free = free._replace(free=room.LEAST_FREE_BYTES - 1)
    assert not room.has_room([tmp_path])
    assert room.has_room([tmp_path / "not there"])
