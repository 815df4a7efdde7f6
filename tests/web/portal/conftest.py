"""
The cast before the portal, at a fixed instant.
"""

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def world(db):
    return factories.World()


@pytest.fixture
def at(monkeypatch):
    """Set the clock of all requests that follow."""

    def set_to(instant):
        monkeypatch.setattr("upheld.web.reader.read_clock", lambda: instant)

    set_to(factories.NOW)
    return set_to


@pytest.fixture
def browse(settings, at):
    """A client in which somebody is logged in."""

    def log_in(person):
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return log_in


@pytest.fixture
def dana(world, browse):
    return browse(world.contact)
