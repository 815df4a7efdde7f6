"""
What journeys have: a browser, and the cast at a fixed instant that the served pages read too.
"""

import pytest

from tests import factories


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
def walk(browser, live_server, request):
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
