"""
What people do with their accounts, in a real browser: come in by invitation, lose a password, add second factors.
"""

import base64
import hmac
import re
import struct

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail

from tests import factories
from upheld.apps.parties import services as party_services
from upheld.apps.parties.models import Address, Person
from upheld.apps.work.clock import now as read_clock
from upheld.apps.work.relay import run_until_idle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "a sentence that nobody guesses"


@pytest.fixture(autouse=True)
def own_address(settings, live_server):
    """Links in mail and passkeys are made for the address that is served."""
    settings.UPHELD_BASE_URL = live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def visit(browser, live_server):
    """A browser in which nobody is logged in."""
    contexts = []

    def new(**how):
        context = browser.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.base = live_server.url.replace("127.0.0.1", "localhost")
        return page

    yield new
    for context in contexts:
        context.close()


def log_in(page, person, password=factories.PASSWORD):
    page.goto(f"{page.base}/accounts/login/")
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def is_in(page):
    page.wait_for_url(lambda url: "/portal/" in url)
    return True


def link_in(message):
    return re.search(r"https?://\S+", message.body).group()


def code(secret, *, later=0):
    """The code that an app shows for a secret now, or so many turns later (RFC 6238)."""
    turn = struct.pack(">Q", read_clock() // 30 + later)
    digest = hmac.new(base64.b32decode(secret), turn, "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def accessible(page):
    return [f"{each['id']}: {each['nodes'][0]['html'][:150]}" for each in Axe().run(page).response["violations"]]


def test_an_invitation_makes_an_account_once_and_in_the_readers_language(world, visit):
    made = party_services.invite(
        email="nia@northwind.test", invited_by=world.lead, customer=world.customer, part="viewer", now=world.now
    )
    page = visit(locale="en-GB", timezone_id="Europe/Rome")
    page.goto(f"{page.base}/accounts/invitation/{made.secret}/")
    page.get_by_label("Your name").fill("Nia New")
    page.get_by_label("Choose a password").fill(NEW)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/accounts/login/**")
    nia = Person.objects.get(email="nia@northwind.test")
    assert (nia.zone, nia.language) == ("Europe/Rome", "en")
    log_in(page, nia, NEW)
    assert is_in(page)
    other = visit()
    other.goto(f"{other.base}/accounts/invitation/{made.secret}/")
    assert "This invitation is over" in other.content()


def test_a_forgotten_password_is_reset_by_a_link_that_works_once(world, visit):
    page = visit()
    page.goto(f"{page.base}/accounts/login/")
    page.get_by_role("link", name="I forgot my password").click()
    page.locator("[name=email]").fill(world.contact.email)
    page.locator("form button[type=submit], form button.btn-primary").first.click()
    page.wait_for_url("**/password/reset/done/")
    run_until_idle("journey", read_clock())
    link = link_in(mail.outbox[-1])
    other = visit()
    other.goto(re.sub(r"^https?://[^/]+", other.base, link))
    other.locator("[name=password1]").fill(NEW)
    if other.locator("[name=password2]").count():
        other.locator("[name=password2]").fill(NEW)
    other.locator("form button.btn-primary").first.click()
    other.wait_for_load_state()
    log_in(other, world.contact, NEW)
    assert is_in(other)
    again = visit()
    again.goto(re.sub(r"^https?://[^/]+", again.base, link))
    assert again.locator("[name=password1]").count() == 0


def set_up_app(page, password=factories.PASSWORD):
    page.goto(f"{page.base}/accounts/2fa/totp/activate/")
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(password)
        page.locator("form button.btn-primary").first.click()
    page.wait_for_url("**/totp/activate/**")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(code(secret))
    page.locator("form button.btn-primary").first.click()
    page.wait_for_url("**/recovery-codes/**")
    return secret, page.locator("#recovery_codes").input_value().split()


def test_an_authenticator_app_and_a_recovery_code_open_the_account(world, visit):
    page = visit()
    log_in(page, world.contact)
    is_in(page)
    secret, codes = set_up_app(page)
    other = visit()
    log_in(other, world.contact)
    other.wait_for_url("**/2fa/authenticate/**")
    assert accessible(other) == []
    other.locator("[name=code]").fill("000000")
    other.locator("form button.btn-primary").first.click()
    assert other.locator(".field-error, .notice-bad").first.inner_text()
    other.locator("[name=code]").fill(codes[0])
    other.locator("form button.btn-primary").first.click()
    assert is_in(other)
    third = visit()
    log_in(third, world.contact)
    third.wait_for_url("**/2fa/authenticate/**")
    third.locator("[name=code]").fill(codes[0])
    third.locator("form button.btn-primary").first.click()
    third.wait_for_timeout(300)
    assert "/2fa/authenticate/" in third.url
    third.locator("[name=code]").fill(code(secret, later=1))
    third.locator("form button.btn-primary").first.click()
    assert is_in(third)


def authenticator(page):
    """A key that the browser itself plays."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def test_a_passkey_is_made_and_opens_the_account_without_a_password(world, visit):
    page = visit()
    log_in(page, world.contact)
    is_in(page)
    authenticator(page)
    page.goto(f"{page.base}/accounts/2fa/webauthn/add/")
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(factories.PASSWORD)
        page.locator("form button.btn-primary").first.click()
        page.wait_for_url("**/webauthn/add/**")
    page.locator("[name=name]").fill("My laptop")
    page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    page.goto(f"{page.base}/accounts/2fa/webauthn/")
    assert "My laptop" in page.content()
    assert accessible(page) == []
    page.goto(f"{page.base}/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/login/**")
    page.locator("#passkey_login").click()
    assert is_in(page)


def test_somebody_ends_a_session_that_is_not_this_one(world, visit):
    first, second = visit(), visit()
    for page in (first, second):
        log_in(page, world.contact)
        is_in(page)
    first.goto(f"{first.base}/accounts/sessions/")
    assert first.get_by_text("This browser").count() == 1
    first.get_by_role("button", name="End this session").click()
    first.get_by_text("That session is ended.").wait_for()
    second.goto(f"{second.base}/portal/")
    assert "/accounts/login/" in second.url
    first.goto(f"{first.base}/portal/")
    assert "/portal/" in first.url


def test_a_further_address_is_proved_by_mail_and_becomes_the_main_one(world, visit):
    page = visit()
    log_in(page, world.contact)
    is_in(page)
    page.goto(f"{page.base}/accounts/addresses/")
    page.get_by_label("Another e-mail address").fill("Dana.W@private.test")
    page.get_by_role("button", name="Send the link", exact=True).click()
    page.get_by_text("Not confirmed yet").wait_for()
    assert Address.objects.get().verified_at is None
    assert mail.outbox[-1].to == ["dana.w@private.test"]
    page.goto(link_in(mail.outbox[-1]))
    assert Address.objects.get().verified_at is None
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Make it the main one").click()
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("form button.btn-primary").first.click()
    page.get_by_text("From now on you log in with dana.w@private.test").wait_for()
    assert Person.objects.get(pk=world.contact.pk).email == "dana.w@private.test"
    assert mail.outbox[-1].to == ["dana@northwind.test"]


def test_an_address_of_somebody_else_is_not_told_and_not_taken(world, visit):
    page = visit()
    log_in(page, world.contact)
    is_in(page)
    page.goto(f"{page.base}/accounts/addresses/")
    page.get_by_label("Another e-mail address").fill(world.agent.email)
    page.get_by_role("button", name="Send the link", exact=True).click()
    page.get_by_text("is on its way").wait_for()
    assert Address.objects.count() == 0
    assert mail.outbox == []


def test_wrong_passwords_are_slowed_down_with_a_clear_sentence(world, visit, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "3/5m/key"}
    page = visit()
    for _attempt in range(4):
        log_in(page, world.contact, "wrong horse")
        page.wait_for_load_state()
    assert "Too many failed log-ins for this address" in page.content()
    assert accessible(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["wide", "phone"])
def test_every_account_page_is_accessible_and_fits(world, visit, size, theme):
    page = visit(viewport={"width": size[0], "height": size[1]}, color_scheme=theme)
    found = {}
    pages = ["login/", "password/reset/", "password/reset/done/", "invitation/none/"]
    inside = ["preferences/", "addresses/", "sessions/", "password/change/", "2fa/", "2fa/webauthn/", "logout/"]
    inside += ["reauthenticate/", "addresses/verify/none/"]
    for index, path in enumerate([*pages, *inside]):
        if index == len(pages):
            log_in(page, world.contact)
            is_in(page)
        page.goto(f"{page.base}/accounts/{path}")
        bad = accessible(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            bad.append("wider than the window")
        if bad:
            found[path] = bad
    assert found == {}
