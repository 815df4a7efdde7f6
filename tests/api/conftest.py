"""
Two customers with canary words, the cast of both, and a client for each of them.
"""

import copy
import json
import secrets

import pytest
from django.core.management import call_command
from django.test import Client

from tests import factories
from tests.factories import NOW
from upheld.apps.parties import services as parties
from upheld.apps.tickets.services import conversation

BASE = "/api/v1"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock of the gate: stands at NOW plus ten minutes; ``clock.now`` moves it."""

    class Hands:
        now = NOW + 600

    monkeypatch.setattr("upheld.api.gate.read_clock", lambda: Hands.now)
    return Hands


class Api:
    """A client that speaks JSON, with a key or without."""

    def __init__(self, key=None, **headers):
        self.client = Client(raise_request_exception=False)
        self.headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **headers}

    def call(self, method, path, body=None, *, raw=None, content_type="application/json", **headers):
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        path = path if path.startswith("/") and path.startswith(BASE) else f"{BASE}{path}"
        return self.client.generic(method, path, data, content_type=content_type, headers=sent)

    def __getattr__(self, method):
        return lambda path, body=None, **more: self.call(method.upper(), path, body, **more)


def key_of(person, *scopes, now=NOW):
    """A key of a person with these scopes, or with all that the person may."""
    rights = parties.rights_of(person, now)
    return parties.make_key(owner=person, name="test", scopes=scopes or rights, now=now).text


class Cast(factories.World):
    """Northwind (A) and Contoso (B) with a ticket each; B's words hold the canary."""

    CANARY = "zanzibar"

    def __init__(self):
        super().__init__()
        self.admin = factories.Person.objects.get(email="admin@upheld.test")
        self.requester = factories.member(self.customer, "rory@northwind.test", name="Rory", part="requester")
        self.contractor = factories.person("sam@upheld.test", name="Sam", role="contractor")
        self.auditor = factories.person("olu@upheld.test", name="Olu", role="auditor")
        self.other = factories.customer(f"Contoso {self.CANARY}")
        self.other_contact = factories.member(self.other, "bo@contoso.test", name=f"Bo {self.CANARY}")
        self.other_contract = factories.contract(self.other, self.version)
        self.mine = self.ticket()
        self.foreign = factories.ticket(
            self.other_contact, self.other, subject=f"Ours {self.CANARY}", text=f"Secret {self.CANARY}"
        )

    def api(self, person, *scopes, **headers):
        return Api(key_of(person, *scopes), **headers)

    def note(self, text="Only among us: walrus"):
        return conversation.note(ticket=self.mine, by=self.agent, text=text, now=NOW + 60)


@pytest.fixture(scope="module")
def _cast(django_db_setup, django_db_blocker):
    """Made once for a module, outside the tests' transactions, and taken away with everything else at its end."""
    with django_db_blocker.unblock():
        made = Cast()
        yield made
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def cast(_cast, db):
    return copy.deepcopy(_cast)


@pytest.fixture
def agent_api(cast):
    return cast.api(cast.agent)


@pytest.fixture
def contact_api(cast):
    return cast.api(cast.contact)


def problem(response, status, code):
    """The problem document of a response, which must be one."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content[:500]
    found = json.loads(response.content)
    assert (response.status_code, found["code"]) == (status, code), found
    assert found["status"] == status
    assert found["title"].endswith((".", "?"))
    return found


def token():
    return secrets.token_hex(8)
