"""
Threads that write to SQLite have their turns in the order in which they came, and no turn is kept.
"""

import threading

import pytest
from django.db import DatabaseError, connection

from upheld.config.sqlite.base import DatabaseWrapper
from upheld.config.sqlite.turns import Turns

SOON, LONG = 0.05, 10


def waiting_in_turn(turns, count):
    """Start threads that wait for a turn, each when the one before it waits; return them and whose turn it was."""
    order, threads = [], []

    def work(index):
        assert turns.take(LONG)
        order.append(index)
        turns.give_back()

    for index in range(count):
        threads.append(threading.Thread(target=work, args=(index,)))
        threads[-1].start()
        while len(turns._waiting) <= index:
            pass
    return threads, order


def test_turns_come_in_the_order_in_which_threads_came():
    turns = Turns()
    assert turns.take(LONG)
    threads, order = waiting_in_turn(turns, 8)
    turns.give_back()
    for each in threads:
        each.join()
    assert order == list(range(8))
    assert turns.take(0)


def test_who_has_waited_long_enough_goes_and_takes_no_turn_of_others():
    turns = Turns()
    assert turns.take(LONG)
    assert not turns.take(SOON)
    turns.give_back()
    assert turns.take(0)


@pytest.fixture
def two(tmp_path, django_db_blocker):
    """Two connections to a database of its own."""
    kept = {**connection.settings_dict, "ENGINE": "upheld.config.sqlite", "NAME": str(tmp_path / "db.sqlite3")}
    kept["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 0, "init_command": "PRAGMA journal_mode = WAL"}
    made = [DatabaseWrapper(kept, alias) for alias in ("first", "second")]
    with django_db_blocker.unblock():  # these are databases of their own
        with made[0].cursor() as cursor:
            cursor.execute("CREATE TABLE told (number INTEGER UNIQUE)")
        yield made
        for each in made:
            each.close()


def begin(wrapper):
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(wrapper, number):
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO told VALUES (%s)", [number])


def told(wrapper):
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT number FROM told ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def test_a_transaction_begins_when_the_one_before_it_has_ended(two):
    begin(two[0])
    write(two[0], 1)
    two[1].inc_thread_sharing()
    begun = threading.Thread(target=lambda: (begin(two[1]), write(two[1], 2)))
    begun.start()
    begun.join(SOON)
    assert begun.is_alive()
    two[0].commit()
    begun.join()
    two[1].commit()
    assert told(two[0]) == [1, 2]


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "refused"])
def test_however_a_transaction_ends_its_turn_does(two, end):
    begin(two[0])
    write(two[0], 1)
    if end == "refused":
        with pytest.raises(DatabaseError):
            write(two[0], 1)
        two[0].rollback()
    else:
        getattr(two[0], end)()
    begin(two[1])
    write(two[1], 2)
    two[1].commit()
    assert told(two[1]) == ([1, 2] if end == "commit" else [2])


def test_a_transaction_that_another_process_keeps_from_beginning_keeps_no_turn(two):
    elsewhere = two[0].Database.connect(two[0].settings_dict["NAME"], isolation_level=None)
    elsewhere.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="locked"):
        begin(two[0])
    elsewhere.execute("ROLLBACK")
    elsewhere.close()
    begin(two[1])
    write(two[1], 2)
    two[1].commit()
    assert told(two[1]) == [2]
