"""
The shell without a browser: headers, error pages, accounts.
"""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from tests.source_tree import ROOT
from upheld.apps.parties import services
from upheld.apps.parties.models import Person
from upheld.apps.work import relay
from upheld.apps.work.clock import now as read_clock
from upheld.web import promises
from upheld.web.headers import HEADERS

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"  # noqa: S105  (known to everybody)
NOW = 1_773_585_000
EXAMPLES = {"pk": 1, "uidb36": "1", "key": "x", "token": "x"}


@pytest.fixture
def person():
    return Person.objects.create_user("mara@example.org", PASSWORD, name="Mara Kessler", zone="Europe/Berlin")


def names(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name, {name: EXAMPLES.get(name, 1) for name in pattern.pattern.regex.groupindex}
        elif not pattern.namespace:
            yield from names(pattern)


def addresses():
    for name, arguments in names():
        try:
            yield reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("is_logged_in", [False, True], ids=["anonymous", "logged in"])
def test_every_response_carries_the_headers(person, method, is_logged_in):
    client = Client(raise_request_exception=False)
    if is_logged_in:
        client.force_login(person)
    seen = 0
    for address in {*addresses(), "/nowhere/", "/static/nowhere.css"}:
        response = getattr(client, method)(address)
        missing = [name for name, value in HEADERS.items() if response.headers.get(name) != value]
        assert missing == [], address
        assert response.headers.get("Cache-Control"), address
        assert "public" not in response.headers["Cache-Control"], address
        seen += 1
    assert seen > 15


def test_nothing_inline_in_any_template():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son(?!e=)[a-z]+=|hx-on|javascript:"
    )
    templates = (ROOT / "src/upheld/web/templates").rglob("*.html")
    assert [str(path) for path in templates if inline.search(path.read_text(encoding="utf-8"))] == []


def test_every_icon_is_there():
    from upheld.web.icons import icon  # noqa: PLC0415  (needs the apps)

    named = set(promises.ICONS.values())
    for path in (ROOT / "src/upheld/web").rglob("*.html"):
        named |= set(re.findall(r"""\{% icon "([^"]+)"|<c-[^>]*\bicon="([a-z0-9-]+)\"""", path.read_text()) and [
            found for pair in re.findall(r"""\{% icon "([^"]+)"|<c-[^>]*\bicon="([a-z0-9-]+)\"""", path.read_text())
            for found in pair if found
        ])  # fmt: skip
    assert len(named) > 20
    for name in named:
        assert str(icon(name, 16)).startswith("<svg")


def test_missing_pages_are_alike_for_everybody(client, person):
    def body(address):
        text = client.get(address).content.decode()
        return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]+"', "", text).replace(address, "")

    client.force_login(person)
    assert client.get("/nowhere/").status_code == 404
    assert body("/nowhere/") == body("/accounts/nothing/5/")


@pytest.mark.urls("tests.web.gallery")
def test_an_error_of_ours_has_an_id_that_the_log_has(caplog):
    response = Client(raise_request_exception=False).get("/gallery/broken/")
    error_id = re.search(r'class="error-id">([0-9a-f]{10})<', response.content.decode())[1]
    assert response.status_code == 500
    [record] = [record for record in caplog.records if record.name == "upheld.web"]
    assert error_id in record.getMessage()
    assert record.exc_info[0] is ZeroDivisionError
    assert "ZeroDivision" not in response.content.decode()


@pytest.mark.urls("tests.web.gallery")
def test_an_unreachable_database_asks_to_come_back():
    response = Client(raise_request_exception=False).get("/gallery/unreachable/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "15"


@pytest.mark.urls("tests.web.gallery")
def test_what_people_wrote_is_never_markup(client, person):
    client.force_login(person)
    page = client.get("/gallery/desk/").content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;") == 4


def log_in(client, email, password):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_staff_are_sent_to_the_desk_and_others_to_the_portal(client, person):
    response = log_in(client, "Mara@Example.ORG ", PASSWORD)
    assert (response.status_code, response.url) == (302, "/")
    assert client.get("/").url == "/portal/"
    assert list(get_messages(response.wsgi_request)) == []
    services.ensure_roles()
    services.grant_role(person=person, role="agent", now=NOW)
    assert client.get("/").url == "/desk/"


def test_wrong_password_and_unknown_address_read_the_same(person):
    def answer(email):
        text = log_in(Client(), email, "wrong password here").content.decode()
        return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]+"', "", text).replace(email, "EMAIL")

    assert answer("mara@example.org") == answer("nobody@example.org")


def test_password_reset_says_the_same_and_writes_to_those_who_exist(client, person, mailoutbox):
    known = client.post("/accounts/password/reset/", {"email": "mara@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (
        (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/accounts/password/reset/done/")
    )
    relay.run_until_idle("worker", read_clock())
    assert [mail.to for mail in mailoutbox] == [["mara@example.org"]]
    assert "/accounts/password/reset/key/" in mailoutbox[0].body


def test_guessing_is_slowed_down(person, settings):
    from django.core.cache import cache  # noqa: PLC0415  (needs the settings)

    cache.clear()
    answers = [log_in(Client(), "mara@example.org", f"wrong {number}").content.decode() for number in range(7)]
    cache.clear()
    assert "Too many failed log-ins for this address" in answers[-1]
    assert "Too many failed log-ins for this address" not in answers[0]


@pytest.mark.parametrize("name", ["signup", "email", "confirm-email", "social/signup", "3rdparty"])
def test_what_we_do_not_offer_is_not_there(client, name):
    assert client.get(f"/accounts/{name}/").status_code == 404


def test_nobody_who_left_gets_in(client, person):
    Person.objects.update(is_active=False)
    log_in(client, "mara@example.org", PASSWORD)
    assert client.get("/").status_code == 302
    assert client.get("/").url.startswith("/accounts/login/")


def test_zone_language_and_theme_are_the_persons_own(client, person):
    client.force_login(person)
    response = client.post("/accounts/preferences/", {"zone": "Asia/Tokyo", "language": "en", "theme": "dark"})
    assert response.status_code == 302
    page = client.get("/accounts/preferences/").content.decode()
    assert 'data-bs-theme="dark"' in page
    assert "Times in Tokyo" in page


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_the_theme_form_leads_nowhere_else(client, back):
    response = client.post("/accounts/theme/", {"theme": "dark", "next": back})
    assert (response.status_code, response.url) == (302, "/")
    assert client.cookies["upheld-theme"].value == "dark"


def test_an_invitation_makes_an_account_once(client, person):
    services.ensure_roles()
    from upheld.apps.work.clock import now  # noqa: PLC0415  (reads the clock, as the page does)

    secret = services.invite(email="new@example.org", invited_by=person, role="agent", now=now()).secret
    form = {"name": "New Agent", "password": "a long new password", "zone": "UTC"}
    assert client.post(f"/accounts/invitation/{secret}/", form).url == "/accounts/login/"
    assert log_in(client, "new@example.org", "a long new password").status_code == 302
    again = client.post(f"/accounts/invitation/{secret}/", form)
    unknown = client.post("/accounts/invitation/unknown/", form)
    assert again.status_code == unknown.status_code == 200
    assert Person.objects.filter(email="new@example.org").count() == 1


def test_alive_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/alive/").json() == {"status": "alive"}
