"""
Nobody sees or moves what is not theirs, whatever the route; what is foreign answers byte for byte as what is missing.

``access_matrix.tsv`` has a row for every method of every route and every operation, with each role's answer to an
object of Northwind (``ours``), sent with what the route takes. A route without a row fails:
``UPHELD_TEST_WRITE_MATRIX=1`` writes the table anew; then read every line that is new, as carefully as the view.
"""

import json
import os
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from tests.cases import of_row
from tests.trust.matrix import (
    CUSTOMERS,
    MISSING,
    NOTE,
    OURS,
    ROLES,
    TEAM_TWO,
    THEIRS,
    Cast,
    call,
    filled,
    objects_in,
    operations,
    routes,
    told,
)
from tests.trust.sent import queried, sent
from upheld.api.gate import RULES
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Customer, Key, Membership
from upheld.apps.parties.rights import CUSTOMER_RIGHTS, RIGHTS
from upheld.apps.tickets.services import files

TABLE = Path(__file__).with_name("access_matrix.tsv")
EVERYWHERE = sorted({*routes()})
OPERATIONS = operations()
OWNED = {"ticket", "attachment", "customer", "contract", "key", "notice", "submission", "plan"}
QUICK = ("manager", "agent_two")
LOCKED_OUT = {301, 302, 400, 401, 403, 404, 405, 415}
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
PUBLIC = ("/api/v1/openapi.json",)


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.test import override_settings  # noqa: PLC0415

    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("f"), EXPORT_ROOT=tmp_path_factory.mktemp("e")),
        pytest.MonkeyPatch.context() as patch,
    ):
        made = Cast()
        for clock in ("upheld.web.reader.read_clock", "upheld.api.gate.read_clock"):
            patch.setattr(clock, lambda: made.now + 600)  # it stands, so that no answer differs by its second
        made.clients = {role: made.client(role) for role in ROLES}
        made.keys = {role: made.key(role) for role in ROLES}
        look_ahead(made)
        yield made
        transaction.set_rollback(True)


PREVIEWS = {
    "cancel_digest": ("GET", "/api/v1/contracts/<contract>/cancellation"),
    "tier_digest": ("GET", "/api/v1/contracts/<contract>/tier"),
    "move_digest": ("POST", "/api/v1/contracts/<contract>/move/preview"),
    "holidays_digest": ("POST", "/api/v1/plans/<plan>/holidays/preview"),
}


def look_ahead(cast):
    """Preview what is decided by the digest of its preview, so that the decision is one that can be made."""
    seen = {}
    for name, (method, path) in PREVIEWS.items():
        found = ask(cast, "admin", method, path, cast.ours)
        assert found.status == 200, (path, found.content)
        seen[name] = json.loads(found.content)
        cast.ours[name] = cast.theirs[name] = seen[name]["digest"]
    noticed, day = seen["cancel_digest"]["received_at"], seen["tier_digest"]["on"]
    for each in (cast.ours, cast.theirs):
        each |= {"noticed_at": noticed, "tier_day": day}


def ask(cast, role, method, path, belongings, *, missing=(), key=None):
    """The answer of a route, asked with somebody's objects; those named in ``missing`` are nobody's."""
    address, fields = filled(path, belongings, missing=missing), sent(method, path, belongings, missing)
    address += queried(path, belongings, missing) if method in ("GET", "HEAD") else ""
    return answer(cast, role, method, address, key=key, **fields)


def answer(cast, role, method, address, *, key=None, **fields):
    is_api = address.startswith("/api/") and "/keys" not in address  # no key makes, shows or revokes keys
    if is_api or key is not None:
        return call(cast.client("anonymous"), method, address, key or cast.keys[role], **fields)
    if address.startswith("/api/") and method != "GET":
        fields.setdefault("content_type", "application/json")
    return call(cast.clients[role], method, address, **fields)


def rows():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")[2:]
    return {
        tuple(line.split("\t")[:2]): dict(zip(names, map(int, line.split("\t")[2:]), strict=True)) for line in lines[1:]
    }


@pytest.mark.skipif(not os.environ.get("UPHELD_TEST_WRITE_MATRIX"), reason="writes the table when asked to")
def test_write_the_table(cast, db):
    lines = ["\t".join(("method", "route", *ROLES))]
    for method, path in EVERYWHERE:
        found = [ask(cast, role, method, path, cast.ours).status for role in ROLES]
        lines.append("\t".join((method, path, *map(str, found))))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


@of_row("AT-XC-001")
def test_every_route_has_a_row_and_every_row_a_route():
    assert set(rows()) == set(EVERYWHERE)


@of_row("AT-XC-001")
def test_the_table_itself_lets_nobody_in_who_must_stay_out():
    for (method, path), expected in rows().items():
        if path.startswith("/desk/"):
            assert all(expected[role] in LOCKED_OUT for role in CUSTOMERS), path
        if path.startswith(("/portal/", "/desk/", "/api/v1/")) and path not in PUBLIC:
            assert expected["anonymous"] in LOCKED_OUT, path
            assert expected["disabled"] in LOCKED_OUT, path
        if set(objects_in(path)) & OWNED:
            for role in ("their_manager", "their_requester"):
                assert expected[role] in LOCKED_OUT, (path, role)
        if method != "GET" and path.startswith(("/desk/tickets", "/api/v1/tickets")):
            assert expected["auditor"] in LOCKED_OUT, path
        assert max(expected.values()) < 500, (method, path)


@of_row("AT-XC-001", "AT-OP-004")
@pytest.mark.parametrize(
    "role", [role if role in QUICK else pytest.param(role, marks=pytest.mark.heavy) for role in ROLES]
)
def test_every_answer_is_the_tables_and_holds_no_canary_of_others(cast, db, role):
    table, wrong = rows(), []
    for method, path in EVERYWHERE:
        found = ask(cast, role, method, path, cast.ours)
        if found.status != table[method, path][role]:
            wrong.append((method, path, found.status, table[method, path][role]))
        wrong += [(method, path, found.status, canary) for canary in forbidden(role, path) if holds(found, canary)]
        wrong += [(method, path, found.status, name) for name in HEADERS if name not in found.headers]
    assert wrong == []


def holds(found, canary):
    return canary.encode().lower() in found.everything.lower()


def forbidden(role, path):
    """The canaries that a role must never see when it asks for Northwind's."""
    if role in ("requester", "manager"):
        return [THEIRS, NOTE]
    if role in ("their_manager", "their_requester"):
        return [NOTE, OURS, TEAM_TWO]
    if role == "contractor" and "plans" in path:
        return [NOTE, OURS, TEAM_TWO]  # contractors read all plans
    if role in ("contractor", "anonymous", "disabled"):
        return [THEIRS, NOTE, OURS, TEAM_TWO]
    return {"agent_one": [TEAM_TWO], "agent_two": [OURS]}.get(role, [])


FOREIGN = [("manager", "theirs"), ("requester", "theirs"), ("their_manager", "ours"), ("their_requester", "ours"),
           ("contractor", "theirs"), ("agent_two", "theirs"), ("agent_one", "two")]  # fmt: skip
STAFF = ("contractor", "agent_one", "agent_two")


@of_row("AT-XC-002")
@pytest.mark.parametrize(
    ("role", "whose"), [each if each[0] in QUICK else pytest.param(*each, marks=pytest.mark.heavy) for each in FOREIGN]
)
def test_foreign_answers_byte_for_byte_as_missing(cast, db, role, whose):
    """The same status, headers and body, with as many queries, so that it takes as long."""
    wrong, belongings = [], getattr(cast, whose)
    for method, path in EVERYWHERE:
        kinds = set(objects_in(path)) & OWNED
        if not kinds or (role in STAFF and not kinds & {"ticket", "attachment", "submission"}):
            continue
        everything = {*kinds, "ticket", "contract", "customer", "member", "plan"}
        foreign = ask(cast, role, method, path, belongings)
        missing = ask(cast, role, method, path, belongings, missing=everything)
        ids = [*(str(belongings[kind]) for kind in everything if kind in belongings), MISSING]
        if foreign.status not in LOCKED_OUT or told(foreign, *ids) != told(missing, *ids):
            wrong.append((method, path, foreign.status, missing.status, foreign.queries, missing.queries))
        wrong += [(method, path, canary) for canary in forbidden(role, path) if holds(foreign, canary)]
    assert wrong == []


EXPORT = re.compile(
    r"csv|ics\b|rss|atom|feed|export|statement|report|compliance|overview|document|content|files|quarter|holidays|pdf"
)
EXPORTS = [each for each in EVERYWHERE if each[0] == "GET" and EXPORT.search(each[1])]
"""What carries figures or files out: by its name, so that a new one is among them."""


@of_row("AT-XC-011")
@pytest.mark.parametrize("role", ["requester", "manager", "their_manager", "their_requester"])
def test_no_report_or_export_opens_with_an_id_of_others(cast, db, role, caplog):
    """Also asked by a key, which is how a feed would be read: the answer is that to a missing id, and it is logged."""
    caplog.set_level("INFO", logger="upheld.access")
    whose, wrong = cast.ours if role.startswith("their") else cast.theirs, []
    assert {"/api/v1/contracts/<contract>/compliance", "/desk/tickets.csv", "/portal/files/<public_id>/"} <= {
        path for _method, path in EXPORTS
    }
    for method, path in EXPORTS:
        caplog.clear()
        foreign = ask(cast, role, method, path, whose)
        logged = [each.getMessage() for each in caplog.records if each.name == "upheld.access"]
        canaries = [each for each in (*forbidden(role, path), NOTE) if holds(foreign, each)]
        if canaries:
            wrong.append((path, foreign.status, canaries))
        if not objects_in(path) or foreign.status == 405:  # nothing to read there
            continue
        kinds = {*objects_in(path), "ticket", "contract", "customer", "plan"}
        missing = ask(cast, role, method, path, whose, missing=kinds)
        ids = [str(whose[kind]) for kind in kinds if kind in whose]
        if foreign.status not in (403, 404) or told(foreign, *ids, MISSING) != told(missing, *ids, MISSING):
            wrong.append((path, foreign.status, missing.status))
        if [filled(path, whose) in line and f"refused {foreign.status}" in line for line in logged] != [True]:
            wrong.append((path, "not logged", logged))
    assert wrong == []


MIXED = [
    ("admin", "GET", "/api/v1/tickets/<ticket>/attachments/<attachment>/content", "attachment", {}),
    ("manager", "GET", "/api/v1/tickets/<ticket>/attachments/<attachment>/content", "attachment", {}),
    ("admin", "POST", "/api/v1/tickets/<ticket>/release", "contract", {}),
    ("admin", "POST", "/desk/tickets/<public_id>/release/", "contract", {}),
    ("admin", "PATCH", "/api/v1/tickets/<ticket>", "member", {"data": '{"assignee": "%s"}'}),
    ("admin", "POST", "/desk/tickets/<public_id>/assign/", "member", {"data": {"to": "%s"}}),
    ("manager", "POST", "/portal/plan/<contract>/contacts/", "member", {}),
    ("manager", "POST", "/portal/plan/<contract>/contacts/transfer/", "member", {}),
    ("manager", "POST", "/portal/new/", "contract", {}),
    ("manager", "POST", "/portal/new/draft/", "contract", {}),
    ("manager", "POST", "/portal/new/draft/drop/", "contract", {}),
    ("manager", "GET", "/portal/new/?contract=%s", "contract", {}),
    ("manager", "GET", "/portal/new/promise/?contract=%s", "contract", {}),
    ("manager", "GET", "/portal/plan/?contract=%s", "contract", {}),
    ("manager", "GET", "/api/v1/tickets?customer=%s", "customer", {}),
    ("manager", "GET", "/api/v1/contracts?customer=%s", "customer", {}),
    ("contractor", "GET", "/desk/?queue=all&customer=%s", "customer", {}),
    ("manager", "POST", "/api/v1/tickets", "customer", {}),
    ("manager", "POST", "/api/v1/tickets", "contract", {}),
    ("admin", "POST", "/api/v1/tickets", "contract", {}),
    ("admin", "POST", "/api/v1/tickets", "member", {}),
]


@of_row("AT-XC-002", "AT-XC-004")
@pytest.mark.parametrize(
    ("role", "method", "path", "kind", "more"), MIXED, ids=[" ".join(each[:4]).replace("%s", "") for each in MIXED]
)
def test_ours_with_a_part_of_theirs_answers_as_with_a_missing_one(  # noqa: PLR0917  (a row of the table)
    cast, db, role, method, path, kind, more
):
    def asked(given):
        belongings = {**cast.ours, kind: given}
        fields = sent(method, path.partition("?")[0], belongings)
        if more:
            body = more["data"]
            filled_in = body % given if isinstance(body, str) else {name: value % given for name, value in body.items()}
            fields = {**fields, "data": filled_in}
        return answer(cast, role, method, filled(path, belongings).replace("%s", given), **fields)

    asked(MISSING)  # whatever is loaded once is loaded now
    foreign, missing = asked(cast.theirs[kind]), asked(MISSING)
    ids, in_time = (cast.theirs[kind], MISSING), role != "admin"  # admins may know that there is such a thing
    assert told(foreign, *ids, in_time=in_time) == told(missing, *ids, in_time=in_time)
    assert foreign.status < 500
    if role != "admin":
        assert not holds(foreign, THEIRS)


@of_row("AT-XC-002")
@pytest.mark.parametrize(("role", "theirs"), [("contractor", "theirs"), ("agent_two", "theirs"), ("agent_one", "two")])
def test_of_several_one_that_is_foreign_is_as_one_that_is_missing(cast, db, role, theirs):
    def asked(given):
        body = f'{{"items": [{{"id": "{given}", "status": "on_hold"}}]}}'
        return answer(cast, role, "PATCH", "/api/v1/tickets", data=body, content_type="application/json")

    foreign = getattr(cast, theirs)["ticket"]
    assert told(asked(foreign), foreign, MISSING) == told(asked(MISSING), foreign, MISSING)


@of_row("AT-XC-001")
@pytest.mark.parametrize("scope", sorted({*RIGHTS, *CUSTOMER_RIGHTS["manager"]}))
def test_a_key_opens_what_its_scope_says_and_nothing_else(cast, db, scope):
    with transaction.atomic():
        key, wrong = cast.key("admin" if scope in RIGHTS else "manager", scopes=[scope]), []
        for (method, path), name in OPERATIONS.items():
            rule = RULES[name]
            found = ask(cast, "anonymous", method, path, cast.ours, key=key)
            shut = 401 if rule.by_session_only else 403
            is_open = not rule.by_session_only and (not rule.rights or scope in rule.rights)
            if found.status != shut and not is_open:
                wrong.append((method, path, found.status))
        transaction.set_rollback(True)
    assert wrong == []


@of_row("AT-XC-001", "AT-XC-010")
def test_a_key_that_was_revoked_opens_nothing(cast, db):
    with transaction.atomic():
        key = cast.key("admin")
        for each in Key.objects.filter(owner=cast.people["admin"]):
            parties.revoke_key(key=each, now=cast.now)
        for method, path in OPERATIONS:
            assert ask(cast, "anonymous", method, path, cast.ours, key=key).status == 401, (method, path)
        transaction.set_rollback(True)


@of_row("AT-XC-001")
def test_who_belongs_to_an_archived_customer_finds_nothing_of_it(cast, db):
    with transaction.atomic():
        Customer.objects.filter(public_id=cast.ours["customer"]).update(archived_at=cast.now)
        for method, path in EVERYWHERE:
            if set(objects_in(path)) & (OWNED - {"key"}):
                found = ask(cast, "manager", method, path, cast.ours)
                assert found.status in LOCKED_OUT, (method, path)
                assert not holds(found, OURS), (method, path)
        transaction.set_rollback(True)


@of_row("AT-XC-005")
@pytest.mark.parametrize("path", ["/portal/?state=all", "/api/v1/tickets?queue=all", "/desk/?queue=all"])
@pytest.mark.parametrize("role", ["requester", "manager", "contractor"])
@pytest.mark.parametrize("name", ["q", "text", "search"])
def test_a_search_finds_only_ones_own(cast, db, path, role, name):
    found = answer(cast, role, "GET", f"{path}&{name}=CANARY")
    assert cast.theirs["ticket"].encode() not in found.content
    assert not holds(found, THEIRS)


@of_row("AT-XC-005")
@pytest.mark.parametrize("role", ["contractor", "agent_two", "agent_one"])
def test_counts_leave_out_what_is_hidden(cast, db, role):
    from upheld.apps.channels.selectors import notices_page, unread_count  # noqa: PLC0415
    from upheld.apps.parties.selectors import access_of  # noqa: PLC0415
    from upheld.apps.tickets.selectors import queue_counts, visible  # noqa: PLC0415

    now = cast.now + 60
    access = access_of(cast.people[role], now)
    hidden = {"contractor": 4, "agent_two": 2, "agent_one": 1}[role]
    there = visible(access).count()
    assert there == 4 - hidden
    assert queue_counts(access, now, end_of_day=now + 86_400)["open"] == there
    assert unread_count(access) == len(notices_page(access, unread_only=True).notices)


@of_row("AT-XC-007")
def test_a_kept_upload_works_for_nobody_else(cast, db):
    mona, dana = cast.people["their_manager"], cast.people["manager"]
    stored = files.store(sent=SimpleUploadedFile("x.txt", b"x"))
    sealed = files.seal(stored=stored, person=mona, place="new")
    assert len(stored["storage_key"].partition("/")[2]) * 4 >= 128
    assert files.unseal(sealed=[sealed], person=dana, place="new") == []
    assert files.unseal(sealed=[sealed], person=mona, place="ticket:x") == []
    assert len(files.unseal(sealed=[sealed], person=mona, place="new")) == 1


@of_row("AT-XC-007")
def test_a_draft_is_ones_own(cast, db):
    """Two people of one customer write in the same place: each finds their own words, and nobody else's."""
    with transaction.atomic():
        place = f"/portal/tickets/{cast.ours['ticket']}/"
        cast.clients["manager"].post(f"{place}draft/", {"text": "Dana's half"})
        assert b"Dana&#x27;s half" in cast.clients["manager"].get(place).content
        parties.add_member(
            person=cast.people["their_manager"],
            customer=Customer.objects.get(public_id=cast.ours["customer"]),
            part="viewer",
            now=cast.now,
        )
        seen = cast.clients["their_manager"].get(place)
        assert seen.status_code == 200
        assert b"s half" not in seen.content
        transaction.set_rollback(True)


@of_row("AT-XC-008")
@pytest.mark.parametrize("role", ["requester", "manager"])
def test_no_note_reaches_a_customer(cast, db, role):
    for method, path in EVERYWHERE:
        if method == "GET" and {"ticket", "attachment"} & set(objects_in(path)):
            assert not holds(ask(cast, role, method, path, cast.ours), NOTE), path


@of_row("AT-XC-010")
def test_a_lost_membership_or_key_is_lost_at_once(cast, db):
    page, operation = f"/portal/tickets/{cast.ours['ticket']}/", f"/api/v1/tickets/{cast.ours['ticket']}"
    with transaction.atomic():
        assert answer(cast, "manager", "GET", page).status == 200
        assert answer(cast, "manager", "GET", operation).status == 200
        Membership.objects.filter(person=cast.people["manager"]).update(until=cast.now)
        assert answer(cast, "manager", "GET", page).status in LOCKED_OUT
        assert answer(cast, "manager", "GET", operation).status in LOCKED_OUT
        transaction.set_rollback(True)
    with transaction.atomic():
        for key in Key.objects.filter(owner=cast.people["manager"]):
            parties.revoke_key(key=key, now=cast.now)
        assert answer(cast, "manager", "GET", operation).status == 401
        transaction.set_rollback(True)


@of_row("AT-XC-010")
def test_an_agent_who_loses_a_team_loses_its_tickets_at_once(cast, db):
    page, ticket = "/desk/tickets/{}/", cast.two["ticket"]
    with transaction.atomic():
        assert answer(cast, "agent_two", "GET", page.format(ticket)).status == 200
        for grant in cast.people["agent_two"].grants.all():
            parties.end_grant(grant=grant, now=cast.now)
        assert answer(cast, "agent_two", "GET", page.format(ticket)).status == 404
        assert answer(cast, "agent_two", "GET", f"/api/v1/tickets/{ticket}").status == 403
        transaction.set_rollback(True)


@of_row("AT-XC-013")
def test_reading_changes_nothing(cast, db, monkeypatch):
    """No address changes anything when it is only opened: no pixel, no link that marks as read or logs out."""
    from django.apps import apps  # noqa: PLC0415

    # Closing an answer closes a connection that is within a transaction, and with it the transaction of this test.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    own = [each for each in apps.get_models() if each.__module__.startswith("upheld.") and each.__name__ != "Key"]

    def state():
        return {each.__name__: list(each._base_manager.order_by("pk").values_list()) for each in own}

    before = state()
    for role in ("anonymous", "manager", "agent_one", "admin"):
        for method, path in EVERYWHERE:
            if method == "GET":
                with transaction.atomic():
                    is_api = path.startswith("/api/")
                    client = cast.client("anonymous") if is_api else cast.clients[role]
                    client.get(filled(path, cast.ours), headers=cast.keys[role] if is_api else {}).close()
    after = state()
    assert {name: set(after[name]) ^ set(before[name]) for name in before if before[name] != after[name]} == {}


VARIANTS = ["{}.json", "/{}", "{}/", "{}%2e", "{}/..%2f", "//{}", "{}?format=json", "{}%00", "{}%20", "{};x", "./{}"]


@of_row("AT-XC-014")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("path", ["/portal/tickets/{}/", "/desk/tickets/{}/", "/api/v1/tickets/{}"])
def test_no_spelling_of_a_route_opens_it(cast, db, path, variant):
    address = variant.format(path.format(cast.theirs["ticket"]).strip("/"))
    for method in ("GET", "HEAD", "POST"):
        with transaction.atomic():
            for role, headers in (("manager", None), ("anonymous", cast.keys["manager"])):
                found = cast.clients[role].generic(method, "/" + address.lstrip("/"), headers=headers or {})
                assert found.status_code in LOCKED_OUT, (method, address)
                assert THEIRS.encode() not in found.content
            transaction.set_rollback(True)


@of_row("AT-XC-014")
@pytest.mark.parametrize("role", ["manager", "agent_two"])
def test_head_decides_as_get_does(cast, db, role):
    wrong = []
    for method, path in EVERYWHERE:
        if method == "GET":
            plain, bare = ask(cast, role, "GET", path, cast.theirs), ask(cast, role, "HEAD", path, cast.theirs)
            if plain.status != bare.status or bare.content:
                wrong.append((path, plain.status, bare.status))
    assert wrong == []
