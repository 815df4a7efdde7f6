"""
No answer of PostgreSQL is waited for without end, though the line to it is there.
"""

import time

import psycopg
import pytest

from tests.trust.children import SERVER, server
from tests.trust.lines import Line
from upheld.config.postgresql.base import FRESH_SECONDS, Connection, DatabaseWrapper, unhurried


@pytest.fixture
def line():
    with Line(SERVER["port"], 0) as made:
        yield made


@pytest.fixture
def connection(line, django_db_blocker):
    opened, user = server()
    opened.close()
    wrapper = DatabaseWrapper({
        "NAME": SERVER["dbname"], "USER": user, "PASSWORD": "", "HOST": SERVER["host"], "PORT": line.port,
        "OPTIONS": {"patience": 1, "connect_timeout": 3}, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False,
        "CONN_MAX_AGE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TEST": {},
    })  # fmt: skip
    with django_db_blocker.unblock():  # it is asked for nothing but what these tests ask
        wrapper.ensure_connection()
        yield wrapper
        wrapper.close()


def ask(connection, question="SELECT 1"):
    with connection.connection.cursor() as cursor:
        return cursor.execute(question).fetchone()


def test_while_answers_come_nothing_is_different(connection):
    assert isinstance(connection.connection, Connection)
    assert connection.connection.patience == 1
    assert ask(connection) == (1,)
    assert ask(connection, "SELECT pg_sleep(0.5)") == ("",)


@pytest.mark.parametrize("how", [pytest.param(each, id=f"FA-PR-005 {each}") for each in ("half_open", "latency")])
def test_a_line_on_which_no_answer_comes_in_time_is_given_up(connection, line, how):
    line.how = how
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="the server has not answered for 1 s"):
        ask(connection)
    assert 1 <= time.monotonic() - began < 3
    assert connection.connection.closed
    with pytest.raises(psycopg.OperationalError):
        ask(connection)


def test_an_answer_that_comes_too_late_is_never_that_of_the_next_question(connection):
    with pytest.raises(psycopg.OperationalError):
        ask(connection, "SELECT pg_sleep(1.5)")
    assert connection.connection.closed


def test_who_is_not_in_a_hurry_waits(connection):
    with unhurried(connection):
        assert ask(connection, "SELECT pg_sleep(1.5)") == ("",)
    assert connection.connection.patience == 1


def looked_at(connection):
    """What becomes of a connection before a request's first statement: is it kept, and was the server asked?"""
    connection.health_check_enabled, connection.health_check_done = True, False
    before, kept = connection.connection.heard_at, connection.connection
    connection.close_if_health_check_failed()
    return connection.connection is kept, kept.heard_at != before


def test_a_server_that_answered_a_moment_ago_is_not_asked_whether_it_is_there(connection):
    ask(connection)
    assert looked_at(connection) == (True, False)
    connection.connection.heard_at -= FRESH_SECONDS
    assert looked_at(connection) == (True, True)


def test_a_connection_that_the_server_ended_a_moment_ago_is_given_up(connection):
    (pid,) = ask(connection, "SELECT pg_backend_pid()")
    other, _user = server()
    with other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    connection.connection.heard_at = time.monotonic()
    until = time.monotonic() + 5
    while connection.connection.is_fresh() and time.monotonic() < until:  # the line has its own way to us
        time.sleep(0.01)
        connection.connection.heard_at = time.monotonic()
    assert looked_at(connection) == (False, False)
    assert connection.connection is None


def test_a_connection_in_the_middle_of_a_transaction_is_asked(connection):
    connection.connection.execute("BEGIN")
    assert not connection.connection.is_fresh()
