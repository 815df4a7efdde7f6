"""
What journeys have: a browser, and the cast at a fixed instant that the served pages read too.
"""

import threading
import time

import pytest
from django.core.signals import request_finished, request_started

from tests import factories

LONGEST_SECONDS = 15


@pytest.fixture
def settled():
    """
    Waits, once the browser has left, until the server has answered what was still asked: PostgreSQL empties no table
    that somebody reads, and a thread that comes later finds no database.
    """
    lock, running = threading.Lock(), [0]

    def count(step):
        def note(**_facts):
            with lock:
                running[0] += step

        return note

    begin, end = count(1), count(-1)
    request_started.connect(begin)
    request_finished.connect(end)
    yield
    until = time.monotonic() + LONGEST_SECONDS
    while running[0] > 0 and time.monotonic() < until:
        time.sleep(0.02)
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def at(monkeypatch):
    """Set the clock of all requests that follow."""

    def set_to(instant):
        monkeypatch.setattr("upheld.web.reader.read_clock", lambda: instant)

    set_to(factories.NOW)
    return set_to


@pytest.fixture
def world(transactional_db, at):
    return factories.World()


@pytest.fixture
def walk(browser, live_server, settled, request):
    """A page of somebody who logs in as people do; what its console complains of fails the test."""
    contexts, complaints = [], []

    def log_in(person, **how):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    log_in.expected = ["Failed to load resource"]
    yield log_in
    for context in contexts:
        context.close()
    assert [each for each in complaints if not any(part in each for part in log_in.expected)] == []
