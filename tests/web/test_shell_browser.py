"""
The shell in a real browser: nothing is blocked by its own policy, axe finds nothing, keys and theme work.

``UPHELD_TEST_PICTURES=directory`` keeps a picture of each page, to be looked at.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from upheld.apps.parties.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.web.gallery")]

PASSWORD = "correct horse battery"  # noqa: S105  (known to everybody)
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
PAGES = {
    "login": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "missing": "/nowhere/",
    "broken": "/gallery/broken/",
    "unreachable": "/gallery/unreachable/",
    "desk": "/gallery/desk/",
    "portal": "/gallery/portal/",
    "preferences": "/accounts/preferences/",
    "factors": "/accounts/2fa/",
    "totp": "/accounts/2fa/totp/activate/",
    "passkey": "/accounts/2fa/webauthn/add/",
    "sessions": "/accounts/sessions/",
    "password": "/accounts/password/change/",
}
PRIVATE = {"desk", "portal", "preferences", "factors", "totp", "passkey", "sessions", "password"}


@pytest.fixture
def person(transactional_db):
    return Person.objects.create_user("mara@example.org", PASSWORD, name="Mara Kessler", zone="Europe/Berlin")


def log_in(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("mara@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def keep_picture(page, name):
    if directory := os.environ.get("UPHELD_TEST_PICTURES"):
        Path(directory).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{directory}/{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible_and_keep_their_policy(browser, live_server, person, theme, size):
    context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES[size], strict=True)), color_scheme=theme)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    is_logged_in = False
    found = {}
    for name, path in PAGES.items():
        if name in PRIVATE and not is_logged_in:
            log_in(page, live_server)
            is_logged_in = True
        complaints.clear()
        page.goto(live_server.url + path)
        results = Axe().run(page)
        keep_picture(page, f"{name}-{size}-{theme}")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        bad = [f"{each['id']}: {each['nodes'][0]['html'][:150]}" for each in results.response["violations"]]
        bad += [text for text in complaints if "Failed to load resource" not in text]
        bad += ["wider than the window"] if wide else []
        if bad:
            found[name] = bad
    context.close()
    assert found == {}


def test_theme_is_kept_for_the_person(browser, live_server, person):
    page = browser.new_page(color_scheme="light")
    log_in(page, live_server)
    page.goto(f"{live_server.url}/gallery/desk/")
    page.get_by_label("Menu of Mara Kessler").click()
    with page.expect_response(lambda response: response.url.endswith("/theme/")):
        page.get_by_role("button", name="Dark").click()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    person.refresh_from_db()
    assert person.theme == "dark"
    page.close()


def test_keys_move_open_and_explain(browser, live_server, person):
    page = browser.new_page()
    log_in(page, live_server)
    page.goto(f"{live_server.url}/gallery/desk/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("[data-row].is-current").get_attribute("id") == "row-48212"
    page.keyboard.press("Enter")
    assert page.url.endswith("#48212")
    page.keyboard.press("?")
    assert "new ticket" in page.locator("#keys-dialog").inner_text()
    keep_picture(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.close()


def test_what_was_typed_survives_a_reload(browser, live_server, person):
    page = browser.new_page()
    log_in(page, live_server)
    page.goto(f"{live_server.url}/gallery/portal/")
    page.get_by_label("Message").fill("half a sentence")
    page.reload()
    assert page.get_by_label("Message").input_value() == "half a sentence"
    page.close()
