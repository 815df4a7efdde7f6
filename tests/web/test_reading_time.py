"""
Reading that takes too long is given up, on either database, and told; pages go by keys, never by counting off.
"""

import json
import threading
import time

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.cases import of_row
from upheld.apps.work.patience import is_too_slow, statements_within

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_database]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n"


@pytest.fixture
def world():
    return factories.World()


@pytest.fixture
def client(world):
    made = Client(raise_request_exception=False)
    made.force_login(world.agent, backend=BACKEND)
    return made


def slowly(*_given, **_more):
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS)
        return cursor.fetchall()


def works():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


@of_row("AT-RS-002")
def test_a_statement_is_given_up_and_the_connection_goes_on():
    began = time.monotonic()
    with statements_within(0.3), pytest.raises(OperationalError) as caught:
        slowly()
    assert is_too_slow(caught.value)
    assert time.monotonic() - began < 5
    assert works()
    with statements_within(0.3):
        assert works()
    raw = connection.connection
    assert getattr(raw, "most_seconds", None) is None


@of_row("AT-RS-002")
def test_rows_that_come_slowly_are_given_up_too():
    """SQLite looks for a row when it is asked for it, not before."""
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i % 1000000007 = 0"

    def read():
        with connection.cursor() as cursor:
            cursor.execute(rows)
            return cursor.fetchall()

    with statements_within(0.3), pytest.raises(OperationalError) as caught:
        read()
    assert is_too_slow(caught.value)
    assert works()


@of_row("AT-RS-002")
@pytest.mark.parametrize("path", ["/desk/?q=e", "/api/v1/tickets?text=e"])
def test_a_search_that_takes_too_long_is_a_clear_503(world, client, settings, monkeypatch, path):
    settings.READ_SECONDS = 0.3
    monkeypatch.setattr("upheld.apps.tickets.selectors.desk_list", slowly)
    monkeypatch.setattr("upheld.web.desk.lists.selectors.desk_list", slowly)
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Refresh" not in answer.headers
    assert b"Traceback" not in answer.content
    if path.startswith("/api/"):
        assert json.loads(answer.content)["code"] == "server.too_slow"
    else:
        assert b"That would have taken too long" in answer.content
    monkeypatch.undo()
    assert client.get(path).status_code == 200


@of_row("AT-RS-002")
def test_what_writes_keeps_its_own_limit(world, client, settings, monkeypatch):
    """A reply that waits for another to be written is not given up after the time of a page."""
    settings.READ_SECONDS = 0.05
    ticket = world.ticket()
    taken = []

    def counting(*_given, **_more):
        with connection.cursor() as cursor:
            cursor.execute(ENDLESS.replace("2000000000", "400000"))
        taken.append(getattr(connection.connection, "most_seconds", None))
        raise OperationalError

    monkeypatch.setattr("upheld.web.desk.actions._said", counting)
    client.post(f"/desk/tickets/{ticket.public_id}/say/", {"as": "reply", "text": "On it"})
    assert taken == [None]


@of_row("AT-RS-002")
@pytest.mark.parametrize(
    "path",
    ["/desk/?queue=all", "/desk/?queue=all&q=Orders", "/api/v1/tickets?queue=all", "/api/v1/tickets?text=Orders",
     "/api/v1/customers", "/api/v1/contracts", "/api/v1/notices", "/api/v1/plans"],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", "&page=999999999", "&offset=999999999", "&after=999999999"])
def test_no_page_is_reached_by_counting_off(world, client, path, more):
    """A deep page is asked for by its key; what counts off is not known, and no statement has an OFFSET."""
    for _ in range(3):
        world.ticket()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path + (more if "?" in path else more.replace("&", "?", 1)))
    assert answer.status_code in (200, 400)
    assert [each["sql"] for each in captured if " OFFSET " in each["sql"].upper()] == []


@of_row("AT-RS-002")
@pytest.mark.parametrize("text", ["%", "_", "%%%%", "*", "%25", "' OR 1=1", "e" * 200, "a b c d e f g h i j k l m n"])
def test_a_wildcard_is_a_letter(world, client, text):
    world.ticket()
    other = world.ticket(subject="100 % of _them_ * down")
    answer = client.get("/api/v1/tickets", {"queue": "all", "text": text})
    assert answer.status_code == 200
    found = [each["id"] for each in json.loads(answer.content)["items"]]
    assert found == ([other.public_id] if text in ("%", "_", "*") else [])


@of_row("AT-RS-002")
def test_fifty_at_once_are_all_answered(world, settings):
    settings.READ_SECONDS = 0.5
    world.ticket()
    answers, key = [], factories_key(world)

    def ask(number):
        found = Client(raise_request_exception=False).get(
            "/api/v1/tickets", {"queue": "all", "text": "e" if number % 2 else "Orders"},
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        answers.append(found.status_code)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 50
    assert set(answers) <= {200, 503}
    assert works()


def factories_key(world):
    from upheld.apps.parties import services  # noqa: PLC0415

    return services.make_key(owner=world.agent, name="k", scopes=["tickets.read"], now=factories.NOW).text
