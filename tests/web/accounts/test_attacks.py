"""
Attacks on accounts, by their rows: whose address it is, sessions that live on, guesses, redirects.
"""

import re
import statistics
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.cases import of_row
from upheld.apps.parties import services
from upheld.apps.parties.models import Customer, Grant, Membership, Person
from upheld.apps.work import relay
from upheld.apps.work.clock import now as read_clock
from upheld.apps.work.models import OutboxRow
from upheld.web.redirects import is_own

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
LOGIN, RESET, PASSWORD = "/accounts/login/", "/accounts/password/reset/", factories.PASSWORD
CHANGE, TOTP_PAGE = "/accounts/password/change/", "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mara(db):
    return factories.person("mara@upheld.test", name="Mara", role="agent", now=0)


def log_in(email="mara@upheld.test", password=PASSWORD, client=None, **headers):
    client = client or Client()
    client.answer = client.post(LOGIN, {"login": email, "password": password}, headers=headers)
    return client


def is_in(client):
    return client.get("/desk/").status_code == 200


def work():
    relay.run_until_idle("test", read_clock() + 1)


# Whose address it is


LOOK_ALIKES = {
    "capitals": "MARA@Upheld.Test",
    "spaces": "  mara@upheld.test ",
}
NOT_HERS = {
    "dotless i": "m\u0131ra@upheld.test",
    "wide letters": "\uff4dara@upheld.test",
    "cyrillic a": "m\u0430ra@upheld.test",
    "kelvin sign": "mara@up\u212aeld.test",
    "long s": "mara@upheld.te\u017ft",
    "two, comma": "mara@upheld.test,eve@evil.test",
    "two, semicolon": "mara@upheld.test;eve@evil.test",
    "two, line": "mara@upheld.test\r\neve@evil.test",
    "copy": "mara@upheld.test\nCc: eve@evil.test",
    "angle": "mara@upheld.test<eve@evil.test>",
    "U+0000": "mara@upheld.test\0@evil.test",
}


@of_row("AT-AU-002")
@pytest.mark.parametrize("typed", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_a_reset_goes_to_the_stored_address(mara, mailoutbox, typed):
    assert Client().post(RESET, {"email": typed}).status_code == 302
    work()
    assert [(each.to, each.cc, each.bcc) for each in mailoutbox] == [(["mara@upheld.test"], [], [])]


@of_row("AT-AU-002")
@pytest.mark.parametrize("typed", NOT_HERS.values(), ids=NOT_HERS)
def test_a_reset_for_what_only_looks_like_it_goes_to_nobody(mara, mailoutbox, typed):
    Client().post(RESET, {"email": typed})
    work()
    assert mailoutbox == []


@of_row("AT-AU-002")
@pytest.mark.parametrize("fields", [{"email": ["mara@upheld.test", "eve@evil.test"]},
                                    {"email": ["eve@evil.test", "mara@upheld.test"]},
                                    {"email[]": ["mara@upheld.test", "eve@evil.test"]}])  # fmt: skip
def test_a_reset_with_two_addresses_is_for_one_at_most(mara, mailoutbox, fields):
    Client().post(RESET, fields)
    work()
    assert [each.to for each in mailoutbox] in ([], [["mara@upheld.test"]])


@of_row("AT-AU-002")
def test_an_address_has_one_form_and_one_person(mara):
    with pytest.raises(services.PartyError, match="email_taken"):
        factories.person("MARA@upheld.TEST ", name="Eve")
    assert Person.objects.filter(email__iexact="mara@upheld.test").count() == 1


# Enumeration


@pytest.fixture
def kinds(mara):
    """An address of each kind: somebody's, nobody's, of somebody who left, of somebody who has no password."""
    gone = factories.person("gone@upheld.test", name="Gone", role="agent", now=0)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    services.add_person(email="none@upheld.test", name="None", zone="UTC", language="en", password=None, now=0)
    return {"known": "mara@upheld.test", "unknown": "nobody@upheld.test", "left": "gone@upheld.test",
            "no password": "none@upheld.test"}  # fmt: skip


def asked(captured):
    """The queries but for those of the cache, which counts the tries and is a table on PostgreSQL."""
    texts = [each["sql"] for each in captured.captured_queries]
    return [text for text in texts if '"upheld_cache"' not in text and "SAVEPOINT" not in text]


def shown(answer, email):
    text = answer.content.decode().replace(email, "ADDRESS")
    return answer.status_code, answer.get("Location"), re.sub(r"[A-Za-z0-9]{64}", "", text)


@pytest.fixture
def hashed(monkeypatch):
    """Counts how often a password is hashed; that is what takes time."""
    hasher = type(hashers.get_hasher())
    counted, real = [], hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *given, **more: counted.append(1) or real(*given, **more))
    return counted


@of_row("AT-AU-003")
def test_a_failed_log_in_tells_nothing_of_who_there_is(kinds, hashed):
    found = {}
    for kind, email in kinds.items():
        client = Client()
        client.get(LOGIN)
        del hashed[:]
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(LOGIN, {"login": email, "password": "wrong password"})
        assert len(asked(captured)) <= 10
        found[kind] = (*shown(answer, email), len(hashed), len(captured))
    assert len(set(found.values())) == 1, {kind: (each[0], each[3:]) for kind, each in found.items()}
    assert found["known"][3] == 1


@of_row("AT-AU-003")
def test_a_reset_tells_nothing_of_who_there_is(kinds):
    """The request does the same for everybody: one row for the worker, who alone looks whose address it is."""
    found = {}
    for kind, email in kinds.items():
        client = Client()
        client.get(RESET)
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(RESET, {"email": email})
        assert len(asked(captured)) <= 10
        queries = len(captured)
        found[kind] = (*shown(answer, email), *shown(client.get(answer.url), email), queries)
    assert len(set(found.values())) == 1
    assert queries > 0
    assert OutboxRow.objects.filter(handler="accounts.send_reset").count() == len(kinds)


@of_row("AT-AU-003")
def test_only_somebody_active_gets_the_mail_and_nobody_else_anything(kinds, mailoutbox):
    for email in kinds.values():
        Client().post(RESET, {"email": email})
    work()
    assert sorted(each.to[0] for each in mailoutbox) == ["mara@upheld.test", "none@upheld.test"]
    (mail, *_rest) = (each for each in mailoutbox if each.to == ["mara@upheld.test"])
    address = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", mail.body)[1]
    client = Client()
    page = client.get(address, follow=True)
    assert page.status_code == 200
    path = page.redirect_chain[-1][0]
    client.post(path, {"password1": "a quite new sentence", "password2": "a quite new sentence"})
    assert not is_in(log_in())
    assert is_in(log_in(password="a quite new sentence"))  # noqa: S106
    assert b"a quite new sentence" not in Client().get(address, follow=True).content
    assert Client().get(address, follow=True).context.get("token_fail")


@of_row("AT-AU-003")
@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/", "/accounts/confirm-email/x/"])
def test_there_is_no_page_that_would_tell_it_otherwise(db, path):
    assert Client().get(path).status_code == Client().post(path).status_code == 404


@of_row("AT-AU-003")
@pytest.mark.heavy
def test_two_hundred_log_ins_each_take_the_same_time(kinds, settings, monkeypatch):
    """The median of known, unknown and disabled differ by less than 5 %, with the real hash of passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    for email in ("mara@upheld.test", "gone@upheld.test"):
        person = Person.objects.get(email=email)
        person.set_password(PASSWORD)
        person.save()
    taken, client = {kind: [] for kind in kinds}, Client()
    for _ in range(200):
        for kind, email in kinds.items():
            cache.clear()
            began = time.process_time()
            client.post(LOGIN, {"login": email, "password": "wrong password"})
            taken[kind].append(time.process_time() - began)
    medians = {kind: statistics.median(each) for kind, each in taken.items()}
    assert max(medians.values()) < 1.05 * min(medians.values()), medians


# Sessions


@of_row("AT-AU-006")
def test_logging_in_gives_a_new_session(mara):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["upheld"] = session.session_key
    log_in(client=client)
    assert is_in(client)
    assert client.cookies["upheld"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


@of_row("AT-AU-006")
@pytest.mark.parametrize("planted", ["x" * 32, "../../etc/passwd", "", "\x00"])
def test_a_session_id_that_we_did_not_give_is_never_taken(mara, planted):
    client = Client()
    client.cookies["upheld"] = planted
    log_in(client=client)
    assert client.cookies["upheld"].value != planted


@of_row("AT-AU-006")
def test_a_new_password_ends_all_other_sessions(mara):
    here, there = log_in(), log_in()
    new = "a quite new sentence"
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(here), is_in(there)) == (True, False)


@of_row("AT-AU-006")
def test_logging_out_ends_the_session_on_our_side(mara):
    client = log_in()
    kept = client.cookies["upheld"].value
    client.post("/accounts/logout/")
    client.cookies["upheld"] = kept
    assert not is_in(client)
    assert not Session.objects.filter(session_key=kept).exists()


@of_row("AT-AU-006", "AT-XC-010")
def test_who_is_disabled_is_out_at_the_next_request(mara):
    client = log_in()
    assert is_in(client)
    Person.objects.filter(pk=mara.pk).update(is_active=False)
    assert not is_in(client)
    assert client.get("/api/v1/me").status_code == 401
    assert not is_in(log_in())


def activate(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(TOTP_PAGE).status_code == 200
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return client.post(TOTP_PAGE, {"code": code})


@of_row("AT-AU-006")
@pytest.mark.django_db(transaction=True)  # the library tells of it on commit
def test_a_changed_second_factor_ends_all_other_sessions(mara):
    here, there = log_in(), log_in()
    activate(here)
    assert Authenticator.objects.filter(user=mara, type=Authenticator.Type.TOTP).exists()
    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.filter(user=mara).count() == 1


@of_row("AT-AU-006")
def test_a_removed_second_factor_ends_all_other_sessions(mara):
    here = log_in()
    activate(here)
    there = Client()
    there.force_login(mara, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = there.session
    UserSession.objects.get_or_create(
        session_key=session.session_key, defaults={"user": mara, "ip": "127.0.0.1", "user_agent": "x"}
    )
    assert is_in(there)
    here.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=mara, type=Authenticator.Type.TOTP).exists()
    assert (is_in(here), is_in(there)) == (True, False)


# Guesses


@of_row("AT-AU-008")
def test_one_account_is_not_guessed_from_a_hundred_addresses(mara):
    """Without a proxy of ours the address is the connection's, whatever the header says; the account has a limit."""
    for index in range(5):
        log_in(password="wrong", X_Forwarded_For=f"10.0.0.{index}")  # noqa: S106
    tried = Client(REMOTE_ADDR="10.9.9.9")
    assert not is_in(log_in(client=tried))
    assert "Too many" in tried.answer.content.decode()


@of_row("AT-AU-008", "AT-AU-003")
def test_the_limit_tells_nothing_of_who_there_is(kinds):
    found = set()
    for email in kinds.values():
        cache.clear()
        for _ in range(6):
            client = log_in(email, "wrong")
        found.add(shown(client.answer, email))
    assert len(found) == 1


@of_row("AT-AU-008")
@pytest.mark.parametrize("header", [None, "X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_a_hundred_accounts_are_not_guessed_from_one_address(mara, header):
    answers = []
    for index in range(12):
        more = {header: f"for=10.1.1.{index}" if header == "Forwarded" else f"10.1.1.{index}"} if header else {}
        client = Client()
        answers.append(client.post(LOGIN, {"login": f"p{index}@upheld.test", "password": "x"}, headers=more))
    assert "Too many" not in answers[9].content.decode()
    assert "Too many" in answers[11].content.decode() or answers[11].status_code == 429


@of_row("AT-AU-008")
def test_behind_our_own_proxy_the_last_address_that_it_saw_counts(mara, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for index in range(12):
        seen = f"10.2.2.{index}, 192.0.2.1"
        answer = Client().post(LOGIN, {"login": f"p{index}@upheld.test", "password": "x"}, headers={
            "X-Forwarded-For": seen})  # fmt: skip
    assert "Too many" in answer.content.decode() or answer.status_code == 429
    fresh = Client().post(LOGIN, {"login": "q@upheld.test", "password": "x"}, headers={
        "X-Forwarded-For": "192.0.2.1, 192.0.2.2"})  # fmt: skip
    assert "Too many" not in fresh.content.decode()


# Changes that need a fresh proof


@of_row("AT-AU-009")
@pytest.mark.parametrize(
    "path",
    [TOTP_PAGE, "/accounts/2fa/webauthn/add/", "/accounts/2fa/recovery-codes/generate/"],
)
def test_a_second_factor_is_changed_only_by_somebody_who_has_just_shown_who_they_are(mara, path):
    client = log_in()
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": read_clock() - 3600}]
    session.save()
    for method in ("get", "post"):
        answer = getattr(client, method)(path, {"code": "123456"})
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/reauthenticate/"), method
    assert not Authenticator.objects.exists()


@of_row("AT-AU-009")
def test_a_password_is_changed_only_with_the_old_one(mara):
    client, new = log_in(), "a quite new sentence"
    assert client.post(CHANGE, {"oldpassword": "wrong", "password1": new, "password2": new}).status_code == 200
    assert client.post("/accounts/password/set/", {"password1": new, "password2": new}).status_code == 302
    assert not is_in(log_in(password=new))


# Joining a customer


@of_row("AT-AU-011")
def test_a_domain_gives_nothing(mara):
    """Nobody signs up by themselves; an invitation is for one address and gives what it says, to whoever has it."""
    world = factories.World()
    before = (Person.objects.count(), Membership.objects.count(), Grant.objects.count())
    for path in ("/accounts/signup/", "/accounts/login/", "/accounts/invitation/northwind.test/"):
        Client().post(path, {"email": "eve@northwind.test", "login": "eve@northwind.test", "password": "x" * 12,
                             "password1": "x" * 12, "name": "Eve", "zone": "UTC"})  # fmt: skip
    eve = services.add_person(
        email="eve@northwind.test", name="Eve", zone="UTC", language="en", password=PASSWORD, now=0
    )
    client = log_in("eve@northwind.test")
    assert client.get("/portal/").status_code == 403
    assert not Membership.objects.filter(person=eve).exists()
    assert Customer.objects.filter(pk=world.customer.pk).exists()
    eve.delete()
    assert (Person.objects.count(), Membership.objects.count(), Grant.objects.count()) == before


@of_row("AT-AU-012", "AT-AU-011")
def test_an_invitation_gives_what_it_says_whatever_is_sent_along(mara):
    world = factories.World()
    other = factories.customer("Other")
    invited = services.invite(email="new@northwind.test", invited_by=world.lead, now=read_clock(),
                              customer=world.customer, part="requester")  # fmt: skip
    sent = {"name": "New", "password": PASSWORD, "zone": "UTC", "email": "eve@evil.test", "part": "manager",
            "role": "admin", "is_active": "1", "is_staff": "1", "customer": other.public_id,
            "customer_id": other.pk, "language": "en"}  # fmt: skip
    assert Client().post(f"/accounts/invitation/{invited.secret}/", sent).status_code == 302
    person = Person.objects.get(email="new@northwind.test")
    assert [(each.customer, each.part) for each in person.memberships.all()] == [(world.customer, "requester")]
    assert not person.grants.exists()
    assert not Person.objects.filter(email="eve@evil.test").exists()


@of_row("AT-AU-012")
def test_preferences_are_preferences(mara):
    client = log_in()
    client.post("/accounts/preferences/", {"zone": "Europe/Berlin", "language": "en", "theme": "dark", "name": "X",
                                           "email": "x@evil.test", "is_active": "", "role": "admin"})  # fmt: skip
    mara.refresh_from_db()
    assert (mara.zone, mara.name, mara.email, mara.is_active) == ("Europe/Berlin", "Mara", "mara@upheld.test", True)
    assert [each.role.name for each in mara.grants.all()] == ["agent"]


# Redirects, frames, caches


ELSEWHERE = (
    "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/\\\\evil", "https:evil.test",
    "https://evil.test/",
    "http://testserver@evil.test/", "http://testserver/desk/", "javascript:alert(1)", "data:text/html,x",
    " //evil.test",
    "/desk/\r\nSet-Cookie: a=b", "/desk/\r\n\r\n<script>", "%0d%0aLocation: //evil.test", "\t//evil.test",
    "/\t/evil.test",
    "/%09/evil.test", "/%2f%2fevil.test", "/evil", "/api/v1/me", "desk/", "?next=//evil.test", "\u2028//evil.test", "",
)  # fmt: skip


@of_row("AT-AU-014")
@pytest.mark.parametrize("given", ELSEWHERE, ids=ascii)
def test_nobody_is_sent_elsewhere(mara, given):
    assert not is_own(given)
    client = Client()
    landed = client.post(LOGIN, {"login": mara.email, "password": PASSWORD, "next": given})
    assert (landed.status_code, landed.url) == (302, "/")
    for path, fields in (
        ("/accounts/theme/", {"theme": "dark", "next": given}),
        ("/desk/several/", {"back": given}),
        ("/accounts/logout/", {"next": given}),
    ):
        answer = client.post(path, fields)
        assert (answer.status_code, answer.url in ("/", "/desk/", LOGIN)) == (302, True), (path, answer.url)
        assert "Set-Cookie" not in str(answer.headers.get("Location"))


@of_row("AT-AU-014")
@pytest.mark.parametrize("path", ["/desk/?queue=mine&severity=high", "/portal/", "/accounts/preferences/"])
def test_a_page_of_ours_is_come_back_to(mara, path):
    answer = Client().post(LOGIN, {"login": mara.email, "password": PASSWORD, "next": path})
    assert answer.url == path


@of_row("AT-AU-015")
@pytest.mark.parametrize("path", ["/desk/", "/accounts/preferences/", "/accounts/sessions/", LOGIN])
def test_private_pages_are_neither_framed_nor_kept(mara, path):
    client = log_in() if path != LOGIN else Client()
    answer = client.get(path)
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]
