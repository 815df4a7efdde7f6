"""
The API's rows of the attacks, by id: keys, sessions, customers apart, notes unseen, files harmless.
"""

import hashlib
import json

import pytest
from django.conf import settings as service
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from tests import factories
from tests.api.conftest import BASE, Api, key_of, problem
from tests.cases import of_row
from tests.factories import NOW
from upheld.apps.parties import selectors, services
from upheld.apps.parties.models import Key
from upheld.apps.tickets.models import EventRow, Submission, Ticket
from upheld.apps.tickets.services import conversation, handling

NEW = {"subject": "Export stopped", "urgency": "high"}


def state():
    return [list(table.objects.order_by("pk").values_list()) for table in (Ticket, EventRow, Submission)]


# Keys


@pytest.mark.parametrize(
    "given",
    [
        "", " ", "Bearer", "Bearer ", "Bearer  ", "Bearer null", "Bearer uph__", "Bearer uph_ _ ", "Bearer \x00",
        "Basic YWdlbnQ6eA==", "Token uph_0123456789_" + "x" * 40, "Bearer uph_0123456789_" + "x" * 40,
        "Bearer " + "x" * 10_000, "Bearer uph_012345678%_" + "x" * 40, "Bearer uph_' OR 1=1 --_x", "Bearer ключ",
    ],
    ids=lambda text: f"AT-AU-005 {ascii(text)[:40]}",
)  # fmt: skip
def test_keys_that_are_none(cast, given, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        response = Api(Authorization=given).get("/me")
    problem(response, 401, "auth.bad_key")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="upheld", error="invalid_token"'


@of_row("AT-AU-005")
def test_every_key_that_does_not_work_is_answered_alike(cast, clock):
    unknown = Api("uph_0123456789_" + "x" * 40).get("/me").content
    text = key_of(cast.agent)
    assert text[:-1] + ("a" if text[-1] != "a" else "b") != text
    forged = text[:-1] + ("a" if text[-1] != "a" else "b")
    expiring = services.make_key(owner=cast.agent, name="x", scopes=["tickets.read"], now=NOW, expires_at=NOW + 900)
    revoked = services.make_key(owner=cast.agent, name="x", scopes=["tickets.read"], now=NOW)
    assert Api(revoked.text).get("/me").status_code == Api(expiring.text).get("/me").status_code == 200
    services.revoke_key(key=revoked.key, now=NOW)
    clock.now = NOW + 900
    for each in (forged, expiring.text, revoked.text, f"{text} ", f" {text}", text.upper(), text[4:]):
        response = Api(each).get("/me")
        assert (response.status_code, response.content) == (401, unknown), each


def test_no_key_and_no_session(db):
    response = Api().get("/me")
    problem(response, 401, "auth.needed")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="upheld"'


@of_row("AT-AU-005")
def test_keys_are_kept_as_hashes(cast):
    """160 random bits and more, stored hashed."""
    made = services.make_key(owner=cast.agent, name="x", scopes=["tickets.read"], now=NOW)
    secret = made.text.split("_", 2)[2]
    assert len(secret) == 40
    assert made.key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in json.dumps(list(Key.objects.values("name", "prefix", "secret_hash", "scopes")))


def test_the_last_use_is_written_once_a_minute(cast, clock):
    made = services.make_key(owner=cast.agent, name="x", scopes=["tickets.read"], now=NOW)
    seen = []
    for seconds in (0, 30, 59, 60, 90):
        clock.now = NOW + seconds
        Api(made.text).get("/me")
        seen.append(Key.objects.get(pk=made.key.pk).last_used_at - NOW)
    assert seen == [0, 0, 0, 60, 60]


@of_row("AT-XC-010")
def test_a_person_who_left_has_no_key(cast):
    api = cast.api(cast.agent)
    cast.agent.is_active = False
    cast.agent.save()
    problem(api.get("/me"), 401, "auth.bad_key")


@of_row("AT-XC-010")
def test_a_right_that_ended_ends_the_key_s(cast):
    """At the next request."""
    api = cast.api(cast.agent)
    assert api.get(f"/tickets/{cast.foreign.public_id}").status_code == 200
    for grant in cast.agent.grants.all():
        services.end_grant(grant=grant, now=NOW + 300)
    problem(api.get(f"/tickets/{cast.foreign.public_id}"), 403, "auth.right_missing")


@of_row("AT-XC-010")
def test_somebody_who_moves_to_another_customer(cast):
    """Notices of the old customer's tickets go too."""
    api = cast.api(cast.contact)
    conversation.reply(ticket=cast.mine, by=cast.agent, text="Hi", now=NOW + 60)
    factories_relay()
    assert json.loads(api.get("/notices").content)["items"]
    services.end_membership(membership=cast.contact.memberships.get(), now=NOW + 300)
    services.add_member(person=cast.contact, customer=cast.other, part="manager", now=NOW + 300)
    problem(api.get(f"/tickets/{cast.mine.public_id}"), 404, "request.not_found")
    assert api.get(f"/tickets/{cast.foreign.public_id}").status_code == 200
    assert json.loads(api.get("/notices").content)["items"] == []


def factories_relay():
    from upheld.apps.work import relay  # noqa: PLC0415

    relay.run_until_idle("test", NOW + 120)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("tickets.read", {"read"}),
        ("tickets.reply", set()),
        ("tickets.classify", set()),
        ("plans.read", set()),
    ],
)
def test_a_key_does_what_its_scopes_say(cast, scope, allowed):
    api = cast.api(cast.agent, scope)
    path = f"/tickets/{cast.mine.public_id}"
    done = {
        "read": api.get(path).status_code == 200,
        "reply": api.post(f"{path}/messages", {"text": "x"}).status_code == 201,
        "note": api.post(f"{path}/messages", {"text": "x", "is_internal": True}).status_code == 201,
        "classify": api.patch(path, {"severity": "low"}).status_code == 200,
        "customers": api.get("/customers").status_code == 200,
    }
    assert {name for name, was in done.items() if was} == allowed


def test_a_customers_key_is_narrowed_too(cast):
    colleague = factories.member(cast.customer, "cleo@northwind.test", name="Cleo", part="requester")
    theirs = factories.ticket(colleague, cast.customer, subject="Theirs")
    whole, narrow = cast.api(cast.contact), cast.api(cast.contact, "own.read")
    assert whole.get(f"/tickets/{theirs.public_id}").status_code == 200
    problem(narrow.get(f"/tickets/{theirs.public_id}"), 404, "request.not_found")
    assert [each["id"] for each in json.loads(narrow.get("/tickets").content)["items"]] == [cast.mine.public_id]
    problem(narrow.post("/tickets", NEW), 403, "auth.right_missing")


# Sessions


@pytest.fixture
def browser(cast):
    """Somebody who is logged in and has just shown who they are; CSRF is checked."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.agent)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": NOW + 500}]
    session.save()
    return client


def token_of(client):
    """A CSRF token, as a page would have given it."""
    secret = _get_new_csrf_string()
    client.cookies[service.CSRF_COOKIE_NAME] = secret
    return secret


def test_a_session_reads(cast, browser):
    assert json.loads(browser.get(f"{BASE}/me").content)["key"] is None
    assert browser.get(f"{BASE}/tickets/{cast.mine.public_id}").status_code == 200


def test_a_session_writes_only_with_its_token(cast, browser):
    path, before = f"{BASE}/tickets/{cast.mine.public_id}/messages", state()
    send = {"data": json.dumps({"text": "Hi"}), "content_type": "application/json"}
    problem(browser.post(path, **send), 403, "auth.csrf")
    assert state() == before
    assert browser.post(path, **send, headers={"X-CSRFToken": token_of(browser)}).status_code == 201


def make(browser, body, **headers):
    sent = {"X-CSRFToken": token_of(browser), **headers}
    return browser.post(f"{BASE}/keys", json.dumps(body), content_type="application/json", headers=sent)


def test_keys_are_made_in_a_session(cast, browser):
    made = json.loads(make(browser, {"name": "sync", "scopes": ["tickets.read"]}).content)
    assert Api(made["text"]).get(f"/tickets/{cast.mine.public_id}").status_code == 200
    listed = json.loads(browser.get(f"{BASE}/keys").content)["items"]
    assert [(each["name"], each["scopes"]) for each in listed if each["id"] == made["id"]] == [
        ("sync", ["tickets.read"])
    ]
    assert made["text"] not in browser.get(f"{BASE}/keys").content.decode()
    gone = browser.delete(f"{BASE}/keys/{made['id']}", headers={"X-CSRFToken": token_of(browser)})
    assert json.loads(gone.content)["revoked_at"] == "2026-04-17T16:10:00Z"
    assert Api(made["text"]).get("/me").status_code == 401


def test_a_secret_is_shown_once(cast, browser):
    """Also to the same request: what is kept to be answered again does not hold it."""
    body = {"name": "sync", "scopes": ["tickets.read"]}
    first, second = (json.loads(make(browser, body, **{"Idempotency-Key": "k1"}).content) for _ in range(2))
    assert second == {**first, "text": None}
    assert Key.objects.filter(name="sync").count() == 1


@pytest.mark.parametrize("methods", [[], [{"method": "password", "at": NOW - 400}]])
@of_row("AT-AU-009")
def test_keys_need_a_person_who_has_shown_who_they_are(cast, browser, methods):
    session = browser.session
    session["account_authentication_methods"] = methods
    session.save()
    before = Key.objects.count()
    problem(make(browser, {"name": "x", "scopes": ["tickets.read"]}), 401, "auth.reauthentication_needed")
    assert Key.objects.count() == before


@of_row("AT-AU-009")
def test_a_key_makes_no_key(cast):
    api, before = cast.api(cast.admin), Key.objects.count() + 1
    assert before == Key.objects.count() + 1
    for method, path, body in (("GET", "/keys", None), ("POST", "/keys", {"name": "x", "scopes": ["tickets.read"]})):
        problem(api.call(method, path, body), 401, "auth.session_needed")
    assert Key.objects.count() == before - 1


def test_nobody_revokes_a_strangers_key(cast, browser):
    theirs = services.make_key(owner=cast.lead, name="x", scopes=["tickets.read"], now=NOW).key
    path = f"{BASE}/keys/{theirs.public_id}"
    problem(browser.delete(path, headers={"X-CSRFToken": token_of(browser)}), 404, "request.not_found")
    assert Key.objects.get(pk=theirs.pk).revoked_at is None


@pytest.mark.parametrize(
    ("scopes", "code"), [(["plans.publish"], "party.scope_too_wide"), (["root"], "party.scope_unknown")]
)
def test_a_key_is_no_wider_than_its_owner(cast, browser, scopes, code):
    before = Key.objects.count()
    problem(make(browser, {"name": "x", "scopes": scopes}), 422, code)
    assert Key.objects.count() == before


# Customers apart


READS = [
    "/tickets/{ticket}", "/tickets/{ticket}/messages", "/tickets/{ticket}/clocks", "/tickets/{ticket}/attachments",
    "/tickets/{ticket}/clocks/first_response/1", "/customers/{customer}", "/contracts/{contract}",
]  # fmt: skip


def foreign(cast, path):
    return path.format(
        ticket=cast.foreign.public_id, customer=cast.other.public_id, contract=cast.other_contract.public_id
    )


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("who", ["contact", "requester"])
@of_row("AT-XC-001", "AT-XC-002")
def test_foreign_reads_as_missing(cast, who, path):
    api = cast.api(getattr(cast, who))
    missing = api.get(path.format(ticket="z" * 16, customer="z" * 16, contract="z" * 16))
    response = api.get(foreign(cast, path))
    assert (response.status_code, response.content) == (missing.status_code, missing.content)
    assert response.status_code in (403, 404)
    assert cast.CANARY not in str(response.headers)


WRITES = [
    ("POST", "/tickets/{ticket}/messages", {"text": "x"}),
    ("POST", "/tickets/{ticket}/calls", {"is_inbound": True}),
    ("PATCH", "/tickets/{ticket}", {"status": "on_hold"}),
    ("POST", "/tickets/{ticket}/release", {"contract": "z" * 16, "reason": "x"}),
    ("POST", "/tickets/{ticket}/exclusions", {"cause": "x", "is_excluded": True, "reason": "x"}),
    ("POST", "/tickets/{ticket}/intake-completion", None),
    ("POST", "/tickets/{ticket}/severity-confirmation", None),
    ("PATCH", "/tickets", {"items": [{"id": "{ticket}", "status": "on_hold"}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[f"{method} {path}" for method, path, _ in WRITES])
@pytest.mark.parametrize("who", ["contact", "requester", "contractor", "auditor"])
@of_row("AT-XC-001", "AT-XC-002")
def test_foreign_writes_as_missing(cast, who, method, path, body):
    """Nothing is changed either."""
    api, before = cast.api(getattr(cast, who)), state()

    def call(ticket):
        sent = json.loads(json.dumps(body).replace("{ticket}", ticket)) if body else None
        return api.call(method, path.replace("{ticket}", ticket), sent)

    missing, response = call("z" * 16), call(cast.foreign.public_id)
    if who != "auditor":  # an auditor reads all tickets and changes none
        assert (response.status_code, response.content) == (missing.status_code, missing.content)
    assert response.status_code in (400, 403, 404)
    assert cast.CANARY not in response.content.decode()
    assert state() == before


@pytest.mark.parametrize("who", ["contact", "requester", "contractor"])
@of_row("AT-XC-005")
def test_lists_hold_ones_own(cast, who):
    api = cast.api(getattr(cast, who))
    for path in (
        "/tickets?queue=all",
        f"/tickets?text={cast.CANARY}",
        "/customers",
        "/contracts",
        "/plans",
        "/notices",
    ):
        response = api.get(path)
        assert response.status_code in (200, 403)
        assert cast.CANARY not in response.content.decode(), path


@of_row("AT-XC-005")
def test_a_search_counts_nothing_hidden(cast):
    found = json.loads(cast.api(cast.contact).get(f"/tickets?queue=all&text={cast.foreign.number}").content)
    assert found == {"items": [], "next_cursor": None, "page_size": 50}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"customer": "other"}, id="AT-XC-004 customer"),
        pytest.param({"requester": "other_contact"}, id="AT-XC-004 requester"),
        pytest.param({"contract": "other_contract"}, id="AT-XC-004 contract"),
    ],
)
@pytest.mark.parametrize("who", ["agent", "contact"])
@of_row("AT-XC-004")
def test_tickets_are_not_opened_with_a_strangers_things(cast, who, changed):
    """The answer is that to a missing id."""
    api = cast.api(getattr(cast, who))
    own = {**NEW, "customer": cast.customer.public_id, "requester": cast.contact.public_id}
    (name, other) = next(iter(changed.items()))
    before = Ticket.objects.count()
    response = api.post("/tickets", {**own, name: getattr(cast, other).public_id})
    missing = api.post("/tickets", {**own, name: "z" * 16})
    assert (response.status_code, response.content) == (404, missing.content)
    assert Ticket.objects.count() == before


def test_a_release_takes_no_strangers_contract(cast):
    lapsed = factories.customer("Lapsed")
    person = factories.member(lapsed, "lee@lapsed.test")
    held = factories.ticket(person, lapsed)
    api, before = cast.api(cast.agent), state()
    body = {"contract": cast.other_contract.public_id, "reason": "x"}
    problem(api.post(f"/tickets/{held.public_id}/release", body), 404, "request.not_found")
    assert state() == before


# Notes, files


@of_row("AT-XC-008")
def test_customers_see_no_notes(cast):
    cast.note()
    seen = []
    for who in (cast.contact, cast.requester):
        api = cast.api(who)
        tails = ("", "/messages", "/attachments", "/clocks", "/clocks/first_response/1", "/events")
        paths = [f"/tickets/{cast.mine.public_id}{tail}" for tail in tails]
        seen += [api.get(path).content.decode() for path in (*paths, "/notices")]
    assert "walrus" not in "".join(seen)
    assert "walrus" in cast.api(cast.agent).get(f"/tickets/{cast.mine.public_id}/messages").content.decode()


@of_row("AT-XC-008")
def test_staff_who_are_customers_too_see_no_notes_there(cast):
    """A contractor who is a member sees a ticket that is not assigned to them as its customer."""
    cast.note()
    services.add_member(person=cast.contractor, customer=cast.customer, part="manager", now=NOW)
    path = f"/tickets/{cast.mine.public_id}/messages"
    api = cast.api(cast.contractor)
    assert "walrus" not in api.get(path).content.decode()
    problem(api.post(path, {"text": "x", "is_internal": True}), 403, "auth.right_missing")
    handling.assign(ticket=cast.mine, to=cast.contractor, by=cast.agent, now=NOW + 100)
    assert "walrus" in api.get(path).content.decode()


def upload(api, ticket, name="log.txt", content=b"hello", **fields):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    return api.client.post(
        f"{BASE}/tickets/{ticket.public_id}/attachments",
        {"file": SimpleUploadedFile(name, content, "text/html"), **fields},
        headers=api.headers,
    )


def test_files_are_sent_and_downloaded(cast, agent_api, contact_api):
    content = b"<svg onload=alert(1)>" * 10
    sent = json.loads(upload(contact_api, cast.mine, "../../\u202egnp.svg", content, text="See there").content)
    (file,) = sent["attachments"]
    assert (sent["text"], file["name"], file["size"]) == ("See there", "gnp.svg", len(content))
    assert file["digest"] == hashlib.sha256(content).hexdigest()
    assert file["content_type"] == "image/svg+xml"
    assert json.loads(agent_api.get(f"/tickets/{cast.mine.public_id}/attachments").content)["items"] == [file]
    response = agent_api.get(f"/tickets/{cast.mine.public_id}/attachments/{file['id']}/content")
    assert b"".join(response.streaming_content) == content
    shown = {name: response.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")}
    assert shown == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="gnp.svg"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "sandbox" in response.headers["Content-Security-Policy"]


@of_row("AT-XC-002", "AT-XC-007", "AT-XC-008")
def test_files_of_others_are_missing(cast, agent_api, contact_api):
    theirs = json.loads(upload(agent_api, cast.foreign).content)["attachments"][0]["id"]
    internal = json.loads(upload(agent_api, cast.mine, is_internal="true").content)["attachments"][0]["id"]
    missing = contact_api.get(f"/tickets/{cast.mine.public_id}/attachments/{'z' * 16}/content").content
    for api, ticket, file in (
        (contact_api, cast.mine, theirs),
        (contact_api, cast.foreign, theirs),
        (contact_api, cast.mine, internal),
        (agent_api, cast.mine, theirs),
    ):
        response = api.get(f"/tickets/{ticket.public_id}/attachments/{file}/content")
        assert (response.status_code, response.content) == (404, missing)
    assert internal not in contact_api.get(f"/tickets/{cast.mine.public_id}/attachments").content.decode()


def test_a_refused_upload_leaves_nothing(cast, settings, contact_api, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    before = state()
    problem(upload(contact_api, cast.mine, is_internal="true"), 403, "auth.right_missing")
    problem(upload(contact_api, cast.foreign), 404, "request.not_found")
    response = contact_api.client.post(
        f"{BASE}/tickets/{cast.mine.public_id}/attachments", {"text": "no file"}, headers=contact_api.headers
    )
    problem(response, 400, "request.missing_field")
    problem(
        contact_api.call(
            "POST", f"/tickets/{cast.mine.public_id}/attachments", raw=b"--x\r\n", content_type="multipart/form-data"
        ),
        400,
        "request.unreadable",
    )
    assert state() == before
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


# Variants of a route


@pytest.mark.parametrize("form", ["{}/", "{}.json", "/{}", "{}%2e", "{}/.", "{}//"])
@of_row("AT-XC-014")
def test_variants_of_an_address_lead_nowhere(cast, contact_api, form):
    for ticket in (cast.mine, cast.foreign):
        response = contact_api.get(f"{BASE}{form.format(f'/tickets/{ticket.public_id}')}")
        problem(response, 404, "request.not_found")


@of_row("AT-XC-014")
def test_upper_case_leads_nowhere(cast, contact_api):
    if cast.mine.public_id.upper() != cast.mine.public_id:
        problem(contact_api.get(f"/tickets/{cast.mine.public_id.upper()}"), 404, "request.not_found")
    problem(contact_api.get(f"/TICKETS/{cast.mine.public_id}"), 404, "request.not_found")


@of_row("AT-AU-015")
def test_private_answers_are_not_kept(cast, agent_api):
    response = agent_api.get(f"/tickets/{cast.mine.public_id}")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_an_error_of_ours_tells_an_id_only(cast, agent_api, monkeypatch, caplog):
    def crash(*_, **__):
        raise RuntimeError("secret " + cast.CANARY)

    monkeypatch.setattr(selectors, "customers_joined", crash)
    found = problem(agent_api.get("/me"), 500, "server.error")
    assert set(found["params"]) == {"error_id"}
    assert cast.CANARY not in json.dumps(found)
    assert found["params"]["error_id"] in caplog.text
