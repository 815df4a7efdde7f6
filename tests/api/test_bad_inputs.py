"""
The API's rows of the bad inputs, by id: refused with a code, quickly, and with nothing changed.
"""

import json

import pytest
from django.test import Client

from tests.api.conftest import BASE, Api, problem
from tests.cases import of_row
from tests.effort import least_seconds
from upheld.api.reading import read_json
from upheld.apps.tickets.models import EventRow, Reply, Submission, Ticket

NEW = {"subject": "Export stopped", "text": "Since 9.", "urgency": "high"}


def rows():
    return [table.objects.count() for table in (Submission, Ticket, EventRow, Reply)]


@pytest.fixture
def nothing_changes(cast):
    """Asserts at the end that nothing was written, but for what the cast wrote."""
    before, version = rows(), cast.mine.version
    yield
    assert rows() == before
    cast.mine.refresh_from_db()
    assert cast.mine.version == version


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"[" * 10_000, "json.too_deep", id="BI-AP-002 arrays"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "json.too_deep", id="BI-AP-002 objects"),
        pytest.param(b'{"subject":"open","subject":"closed"}', "json.duplicate_key", id="BI-AP-003"),
        pytest.param(b'{"fields":{"a":"1","a":"2"},"subject":"x"}', "json.duplicate_key", id="BI-AP-003 nested"),
        pytest.param(b'{"subject":"x","is_admin":true}', "request.unknown_field", id="BI-AP-005"),
        pytest.param(b'{"subject":"x","created_at":"2026-01-01T00:00:00Z"}', "request.read_only_field", id="BI-AP-006"),
        pytest.param(b'{"subject":"x\\u0000y"}', "text.unstorable", id="NUL"),
        pytest.param(b'{"subject":"x\\ud800"}', "text.unstorable", id="half a pair"),
        pytest.param(b'{"subject":"\xff"}', "json.not_utf8", id="no UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"subject":"x"}', "json.unreadable", id="byte order mark"),
        pytest.param(b'{"subject":', "json.unreadable", id="cut off"),
        pytest.param(b'{"subject": NaN}', "json.no_number", id="NaN"),
        pytest.param(b'{"subject": 1' + b"0" * 5000 + b"}", "json.number_too_long", id="long number"),
        pytest.param(b'{"subject": 1e999999999}', "json.number_too_long", id="huge exponent"),
        pytest.param(b"[]", "json.no_object", id="no object"),
        pytest.param(b'"text"', "json.no_object", id="a text"),
        pytest.param(b"{}", "request.missing_field", id="subject missing"),
        pytest.param(b" ", "json.unreadable", id="no body"),
        pytest.param(b'{"subject": 3}', "request.wrong_type", id="a number for a text"),
        pytest.param(b'{"subject": ""}', "request.too_short", id="empty subject"),
        pytest.param(b'{"subject": "' + b"x" * 251 + b'"}', "request.too_long", id="long subject"),
        pytest.param(b'{"subject": "x", "urgency": "' + b"x" * 64 + b'"}', "request.too_long", id="long name"),
        pytest.param(b'{"subject": "x", "urgency": "a b"}', "request.bad_value", id="no name"),
    ],
)
def test_bodies_that_cannot_be_meant(contact_api, raw, code):
    problem(contact_api.post("/tickets", raw=raw), 400, code)
    assert least_seconds(lambda: contact_api.post("/tickets", raw=raw)) < 0.2


@pytest.mark.parametrize(
    "raw", [b'{"a":' * 10_000, b'"' + b'\\"' * 500_000, b'{"a":"' + b"\\" * 1_000_000, b'"' * 10**6]
)
@of_row("BI-AP-002")
def test_depth_is_found_in_linear_time(raw):
    def read():
        with pytest.raises(Exception):  # noqa: B017, PT011  (which one does not matter here)
            read_json(raw)

    assert least_seconds(read) < 0.5


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("field", "code"),
    [
        pytest.param("created_at", "request.read_only_field", id="BI-AP-006 created_at"),
        pytest.param("next", "request.read_only_field", id="BI-AP-006 next"),
        pytest.param("due_at", "request.read_only_field", id="BI-AP-006 due_at"),
        pytest.param("version", "request.read_only_field", id="BI-AP-006 version"),
        pytest.param("sla_due", "request.unknown_field", id="BI-AP-006 sla_due"),
        pytest.param("balance", "request.unknown_field", id="BI-AP-006 balance"),
        pytest.param("role", "request.unknown_field", id="AT-AU-012 role"),
        pytest.param("is_staff", "request.unknown_field", id="AT-AU-012 is_staff"),
        pytest.param("customer_id", "request.unknown_field", id="AT-AU-012 customer_id"),
        pytest.param("customer", "request.read_only_field", id="AT-AU-012 customer"),
        pytest.param("email_verified", "request.unknown_field", id="AT-AU-012 email_verified"),
        pytest.param("__proto__", "request.unknown_field", id="__proto__"),
    ],
)
def test_fields_that_a_patch_cannot_set(cast, agent_api, field, code):
    response = agent_api.patch(f"/tickets/{cast.mine.public_id}", {"severity": "low", "reason": "x", field: 3})
    found = problem(response, 400, code)
    assert found["errors"][0]["at"] == f"/{field}"


ODD_METHODS = ("TRACE", "OPTIONS", "PUT", "DELETE", "CONNECT", "PROPFIND", "FOO")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("method", ODD_METHODS)
@of_row("BI-AP-008")
def test_methods_that_are_not_known(cast, agent_api, method):
    response = agent_api.call(method, f"/tickets/{cast.mine.public_id}")
    problem(response, 405, "request.method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, PATCH"


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
@of_row("BI-AP-008")
def test_the_method_cannot_be_overridden(cast, agent_api, header):
    path = f"/tickets/{cast.mine.public_id}"
    assert agent_api.call("GET", path, **{header: "DELETE"}).status_code == 200
    problem(agent_api.call("POST", path, {}, **{header: "PATCH"}), 405, "request.method_not_allowed")


@pytest.mark.parametrize("path", ["/tickets", "/me", "/nothing", "/openapi.json"])
@of_row("BI-AP-008", "AT-XC-014")
def test_head_is_get_without_the_body(agent_api, path):
    shown, bare = agent_api.get(path), agent_api.head(path)
    assert (bare.status_code, bare.content) == (shown.status_code, b"")
    assert bare.headers["Content-Type"] == shown.headers["Content-Type"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("page_size=0", "request.out_of_range", id="BI-AP-009 0"),
        pytest.param("page_size=-1", "request.out_of_range", id="BI-AP-009 -1"),
        pytest.param("page_size=ten", "request.wrong_type", id="BI-AP-009 ten"),
        pytest.param("page_size=1" + "0" * 5000, "request.wrong_type", id="BI-AP-009 5000 digits"),
        pytest.param("cursor=garbage", "cursor.unreadable", id="BI-AP-009 garbage"),
        pytest.param("cursor=", "cursor.unreadable", id="BI-AP-009 empty"),
        pytest.param("cursor=" + "x" * 5000, "request.too_long", id="BI-AP-009 long"),
        pytest.param("cursor=%00", "text.unstorable", id="BI-AP-009 NUL"),
        pytest.param("limit=3", "request.unknown_parameter", id="unknown parameter"),
        pytest.param("queue=nothing", "request.not_one_of", id="unknown queue"),
        pytest.param("text=a%00", "text.unstorable", id="NUL in a search"),
        pytest.param("customer=1 or 1=1", "request.bad_value", id="AT-IN-001 customer"),
        pytest.param("severity=a'--", "request.bad_value", id="AT-IN-001 severity"),
    ],
)
def test_queries_that_are_refused(agent_api, query, code):
    problem(agent_api.get(f"/tickets?{query}"), 400, code)


@of_row("BI-AP-009")
def test_pages_are_capped_and_say_so(agent_api):
    assert json.loads(agent_api.get("/tickets?page_size=1000000").content)["page_size"] == 200


@of_row("BI-AP-009")
def test_a_cursor_is_bound_to_its_query_and_its_caller(cast, agent_api):
    cursor = json.loads(agent_api.get("/tickets?page_size=1").content)["next_cursor"]
    assert agent_api.get(f"/tickets?page_size=1&cursor={cursor}").status_code == 200
    problem(agent_api.get(f"/tickets?queue=mine&cursor={cursor}"), 400, "cursor.other_query")
    problem(agent_api.get(f"/customers?cursor={cursor}"), 400, "cursor.other_query")
    problem(cast.api(cast.lead).get(f"/tickets?page_size=1&cursor={cursor}"), 400, "cursor.other_query")
    problem(agent_api.get(f"/tickets?cursor={cursor[:-2]}xx"), 400, "cursor.unreadable")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("key", ["x" * 10_240, "a\tb", "a\x00b", "a\nb", "", "ключ"], ids=ascii)
@of_row("BI-AP-014")
def test_idempotency_keys_that_are_none(contact_api, key):
    problem(contact_api.post("/tickets", NEW, Idempotency_Key=key), 400, "idempotency.bad_key")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("given", ['W/"1"', "1", '"x"', '"1", "2"', '"99999999999999999999"'])
def test_if_match_that_is_no_version(cast, agent_api, given):
    response = agent_api.patch(f"/tickets/{cast.mine.public_id}", {"status": "on_hold"}, If_Match=given)
    problem(response, 400, "request.bad_if_match")


@of_row("BI-AP-015")
def test_an_old_version_is_refused(cast, agent_api):
    path = f"/tickets/{cast.mine.public_id}"
    etag = agent_api.get(path).headers["ETag"]
    assert agent_api.patch(path, {"status": "on_hold"}, If_Match=etag).status_code == 200
    before = rows()
    response = agent_api.patch(path, {"status": "waiting_on_customer", "assignee": None}, If_Match=etag)
    assert problem(response, 412, "ticket.changed_meanwhile")["params"] == {"expected": 1, "found": 2}
    assert response.headers["ETag"] == '"2"'
    assert rows() == before
    cast.mine.refresh_from_db()
    assert cast.mine.status == "on_hold"


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "../../etc/passwd"},
        {"Accept-Language": "x" * 100_000},
        {"Accept-Language": "en;q=nan, \x00"},
        {"X-Anything": "x" * 100_000},
        {"Cookie": "upheld=../../x; upheld-csrf=\x00"},
    ],
    ids=["path", "100 kB", "not a number", "another", "cookies"],
)
@of_row("BI-AP-017")
def test_odd_headers_change_nothing(cast, agent_api, headers):
    assert agent_api.call("GET", f"/tickets/{cast.mine.public_id}", **headers).status_code == 200


@of_row("BI-AP-017")
def test_no_host(cast, agent_api):
    response = Client(raise_request_exception=False).get(f"{BASE}/me", headers={"Host": "evil.test"})
    assert response.status_code == 400


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param("2026-03-29T02:30:00", "instant.naive", id="BI-AP-018"),
        pytest.param("2026-03-29", "instant.naive", id="BI-AP-018 a day"),
        pytest.param("yesterday", "instant.unreadable", id="BI-AP-018 words"),
        pytest.param("1969-12-31T23:59:59Z", "instant.out_of_range", id="BI-AP-018 before 1970"),
        pytest.param("9999-12-31T23:59:59+00:00", "instant.out_of_range", id="BI-AP-018 year 9999"),
        pytest.param("0001-01-01T00:00:00+14:00", "instant.out_of_range", id="BI-AP-018 year 1"),
        pytest.param(1776441600, "request.wrong_type", id="BI-AP-018 a number"),
    ],
)
def test_instants_need_a_zone(cast, agent_api, given, code):
    body = {"is_inbound": True, "called_at": given}
    problem(agent_api.post(f"/tickets/{cast.mine.public_id}/calls", body), 400, code)


@pytest.mark.parametrize(
    ("bad", "at"),
    [
        pytest.param({"status": "nonsense"}, "/items/3/status", id="BI-AP-020 shape"),
        pytest.param({"severity": "nonsense", "reason": "x"}, "/items/3", id="BI-AP-020 plan's word"),
        pytest.param({"status": "on_hold", "version": 7}, "/items/3", id="BI-AP-020 version"),
        pytest.param({"status": "on_hold", "id": "0" * 16}, "/items/3", id="BI-AP-020 missing"),
    ],
)
def test_bulk_is_all_or_nothing(cast, agent_api, bad, at):
    others = [cast.ticket(subject=f"Number {index}") for index in range(3)]
    before = rows()
    good = [{"id": each.public_id, "status": "on_hold"} for each in others]
    response = agent_api.patch("/tickets", {"items": [*good, {"id": cast.mine.public_id, **bad}]})
    assert response.status_code == 400
    assert any(each["at"].startswith(at) for each in json.loads(response.content)["errors"])
    assert rows() == before
    assert set(Ticket.objects.values_list("status", "version")) == {("waiting_on_support", 1)}


@of_row("BI-AP-020")
def test_bulk_changes_all(cast, agent_api):
    tickets = [cast.mine, cast.ticket(), cast.ticket()]
    body = {"items": [{"id": each.public_id, "status": "on_hold", "version": 1} for each in tickets]}
    found = json.loads(agent_api.patch("/tickets", body).content)["items"]
    assert [(each["id"], each["status"], each["version"]) for each in found] == [
        (each.public_id, "on_hold", 2) for each in tickets
    ]


MISSING = (
    "9999999999999",
    "abc",
    "%00",
    "0" * 16,
    "..%2f..%2fetc%2fpasswd",
    "%ff%fe",
    "a" * 5000,
    "%F0%9F%92%A9",
    "'--",
)


@pytest.mark.parametrize("given", MISSING, ids=lambda text: text[:20])
@pytest.mark.parametrize("tail", ["", "/messages", "/clocks", "/events", "/attachments", "/clocks/first_response/1"])
@of_row("BI-AP-021")
def test_what_is_missing_is_missing(cast, agent_api, given, tail):
    wanted = agent_api.get(f"/tickets/{'z' * 16}{tail}")
    problem(wanted, 404, "request.not_found")
    response = agent_api.get(f"/tickets/{given}{tail}")
    assert (response.status_code, response.content) == (404, wanted.content)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Accept": "text/html"}, 406, "request.not_acceptable"),
        ({"Accept": "image/png, text/*;q=0.5"}, 406, "request.not_acceptable"),
        ({"Content-Encoding": "gzip"}, 415, "request.encoded"),
        ({"Content-Encoding": "br"}, 415, "request.encoded"),
        ({"Content-Length": str(2**31)}, 413, "request.too_large"),
    ],
)
@pytest.mark.usefixtures("nothing_changes")
def test_requests_that_are_not_taken(contact_api, headers, status, code):
    problem(contact_api.call("POST", "/tickets", NEW, **headers), status, code)


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    "given", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml", "nonsense"]
)
def test_content_types_that_are_not_taken(contact_api, given):
    response = contact_api.call("POST", "/tickets", NEW, content_type=given)
    assert problem(response, 415, "request.unsupported_type")["params"] == {"takes": ["application/json"]}
    assert response.headers["Accept"] == "application/json"


@pytest.mark.usefixtures("nothing_changes")
def test_a_body_that_is_too_large(contact_api):
    problem(contact_api.post("/tickets", {**NEW, "text": "x" * 2**20}), 413, "request.too_large")


@of_row("AT-RS-001")
def test_calls_are_limited(cast, agent_api, monkeypatch):
    monkeypatch.setattr("upheld.api.gate.limits.CALLS.burst", 3)
    monkeypatch.setattr("upheld.api.gate.limits.CALLS.per_second", 0.01)
    assert [agent_api.get("/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    response = agent_api.get("/me")
    assert problem(response, 429, "request.too_often")["params"]["seconds"] == int(response.headers["Retry-After"])
    assert cast.api(cast.lead).get("/me").status_code == 200


@of_row("AT-RS-001")
def test_strangers_are_limited(db):
    stranger = Api("uph_" + "0" * 10 + "_" + "x" * 40)
    found = [stranger.get("/me").status_code for _ in range(70)]
    assert (found[:60], found[60:]) == ([401] * 60, [429] * 10)
    assert "Retry-After" in stranger.get("/me", X_Forwarded_For="1.2.3.4").headers
