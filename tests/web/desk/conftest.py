"""
The desk in a test: the cast of tests/factories.py, a clock that stands still until it is moved, a client for each
person.
"""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Desk:
    """A world with a clock, and what a person does in a browser without scripts."""

    def __init__(self, monkeypatch):
        self.now = factories.NOW
        monkeypatch.setattr("upheld.web.reader.read_clock", lambda: self.now)
        self.world = factories.World()
        self.client = self.as_(self.world.agent)

    def as_(self, person):
        client = Client()
        client.force_login(person, backend=BACKEND)
        assert get_user(client).pk == person.pk
        return client

    def page(self, ticket, client=None):
        return (client or self.client).get(f"/desk/tickets/{ticket.public_id}/")

    def post(self, ticket, action, data, client=None):
        return (client or self.client).post(f"/desk/tickets/{ticket.public_id}/{action}/", data)

    def fresh(self, ticket):
        ticket.refresh_from_db()
        return ticket


@pytest.fixture
def desk(db, monkeypatch):
    return Desk(monkeypatch)
