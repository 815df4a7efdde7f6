"""
Nobody sees or moves what is not theirs, whatever the route; what is foreign answers byte for byte as what is missing.

``access_matrix.tsv`` has a row for every method of every route and every operation, with each role's answer to an
object of Northwind (``ours``). A route without a row fails: ``UPHELD_TEST_WRITE_MATRIX=1`` writes the table anew;
then read every line that is new, as carefully as the view.
"""

import os
from pathlib import Path

import pytest
from django.db import transaction

from tests.trust.matrix import (
    CUSTOMERS,
    MISSING,
    NOTE,
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
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Key, Membership
from upheld.apps.tickets.services import files

TABLE = Path(__file__).with_name("access_matrix.tsv")
EVERYWHERE = sorted({*routes(), *operations()})
OWNED = {"ticket", "attachment", "customer", "contract", "key", "notice", "submission"}
QUICK = ("manager", "agent_two")
LOCKED_OUT = {301, 302, 400, 401, 403, 404, 405, 415}
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.test import override_settings  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("f")):
        made = Cast()
        made.clients = {role: made.client(role) for role in ROLES}
        made.keys = {role: made.key(role) for role in ROLES}
        yield made
        transaction.set_rollback(True)


def answer(cast, role, method, path):
    is_api = path.startswith("/api/") and "/keys" not in path  # no key makes, shows or revokes keys
    client = cast.client("anonymous") if is_api else cast.clients[role]
    return call(client, method, path, cast.keys[role] if is_api else None)


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
        found = [answer(cast, role, method, filled(path, cast.ours))[0] for role in ROLES]
        lines.append("\t".join((method, path, *map(str, found))))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_at_xc_001_every_route_has_a_row_and_every_row_a_route():
    assert set(rows()) == set(EVERYWHERE)


def test_the_table_itself_lets_nobody_in_who_must_stay_out():
    for (method, path), expected in rows().items():
        if path.startswith("/desk/"):
            assert all(expected[role] in LOCKED_OUT for role in CUSTOMERS), path
        if path.startswith(("/portal/", "/desk/", "/api/v1/")) and path != "/api/v1/openapi.json":
            assert expected["anonymous"] in LOCKED_OUT, path
            assert expected["disabled"] in LOCKED_OUT, path
        if set(objects_in(path)) & (OWNED - {"customer", "contract", "notice"}):
            assert expected["their_manager"] in LOCKED_OUT, path
        assert max(expected.values()) < 500, (method, path)


@pytest.mark.parametrize(
    "role", [role if role in QUICK else pytest.param(role, marks=pytest.mark.heavy) for role in ROLES]
)
def test_at_xc_001_every_answer_is_the_tables_and_holds_no_canary_of_others(cast, db, role):
    table, wrong = rows(), []
    for method, path in EVERYWHERE:
        status, content, headers = answer(cast, role, method, filled(path, cast.ours))
        body = content + str(headers).encode()
        if status != table[method, path][role]:
            wrong.append((method, path, status, table[method, path][role]))
        wrong += [(method, path, status, canary) for canary in forbidden(role) if canary.encode() in body]
        wrong += [(method, path, status, name) for name in HEADERS if name not in headers]
    assert wrong == []


def forbidden(role):
    """The canaries that a role must never see when it asks for Northwind's."""
    told = {"agent_one": [TEAM_TWO], "admin": [], "auditor": [], "agent_two": []}
    if role in ("requester", "manager"):
        return [THEIRS, NOTE]
    if role == "their_manager":
        return [NOTE, "CANARYOURS", TEAM_TWO]
    if role in ("contractor", "anonymous", "disabled"):
        return [THEIRS, NOTE, "CANARYOURS", TEAM_TWO]
    return told[role]


@pytest.mark.parametrize(
    "role",
    ["manager", *(pytest.param(role, marks=pytest.mark.heavy) for role in ("requester", "contractor", "agent_two"))],
)
def test_at_xc_002_foreign_answers_byte_for_byte_as_missing(cast, db, role):
    wrong = []
    for method, path in EVERYWHERE:
        kinds = set(objects_in(path)) & OWNED
        if not kinds or (role in ("contractor", "agent_two") and not kinds & {"ticket", "attachment", "submission"}):
            continue
        foreign = answer(cast, role, method, filled(path, cast.theirs))
        missing = answer(cast, role, method, filled(path, cast.theirs, missing=kinds))
        ids = [*(str(cast.theirs[kind]) for kind in kinds), MISSING]
        if (foreign[0], told(foreign[1], *ids)) != (missing[0], told(missing[1], *ids)):
            wrong.append((method, path, foreign[0], missing[0]))
        if THEIRS.encode() in foreign[1] + str(foreign[2]).encode():
            wrong.append((method, path, foreign[0], THEIRS))
    assert wrong == []


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_at_xc_002_mixed_ids_answer_as_missing(cast, db, role):
    path = "/api/v1/tickets/<ticket>/attachments/<attachment>/content"
    mixed = {**cast.ours, "attachment": cast.theirs["attachment"]}
    found = answer(cast, role, "GET", filled(path, mixed))
    missing = answer(cast, role, "GET", filled(path, cast.ours, missing=("attachment",)))
    ids = (cast.theirs["attachment"], MISSING)
    assert found[0] == missing[0] == 404
    assert told(found[1], *ids) == told(missing[1], *ids)


def test_at_xc_004_nobody_opens_a_ticket_for_another_customer(cast, db):
    def opened(customer):
        with transaction.atomic():
            found = cast.client("anonymous").post(
                "/api/v1/tickets",
                {"subject": "x", "text": "y", "customer": customer},
                content_type="application/json",
                headers={**cast.keys["manager"], "Idempotency-Key": "one"},
            )
            transaction.set_rollback(True)
        return found.status_code, told(found.content, customer)

    assert opened(cast.theirs["customer"]) == opened(MISSING)
    assert opened(MISSING)[0] in (403, 404, 422)


@pytest.mark.parametrize("path", ["/portal/", "/api/v1/tickets", "/desk/"])
@pytest.mark.parametrize("role", ["requester", "manager", "contractor"])
@pytest.mark.parametrize("name", ["q", "text", "search"])
def test_at_xc_005_a_search_finds_only_ones_own(cast, db, path, role, name):
    _, content, _ = answer(cast, role, "GET", f"{path}?{name}=CANARY&queue=all")
    assert cast.theirs["ticket"].encode() not in content
    assert THEIRS.encode() not in content


def test_at_xc_007_a_kept_upload_works_for_nobody_else(cast, db):
    mona, dana = cast.people["their_manager"], cast.people["manager"]
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    stored = files.store(sent=SimpleUploadedFile("x.txt", b"x"))
    sealed = files.seal(stored=stored, person=mona, place="new")
    assert files.unseal(sealed=[sealed], person=dana, place="new") == []
    assert files.unseal(sealed=[sealed], person=mona, place="ticket:x") == []
    assert len(files.unseal(sealed=[sealed], person=mona, place="new")) == 1


@pytest.mark.parametrize("role", ["requester", "manager"])
def test_at_xc_008_no_note_reaches_a_customer(cast, db, role):
    for method, path in EVERYWHERE:
        if method == "GET" and {"ticket", "attachment"} & set(objects_in(path)):
            assert NOTE.encode() not in answer(cast, role, method, filled(path, cast.ours))[1], path


def test_at_xc_010_a_lost_membership_or_key_is_lost_at_once(cast, db):
    with transaction.atomic():
        page, operation = f"/portal/tickets/{cast.ours['ticket']}/", f"/api/v1/tickets/{cast.ours['ticket']}"
        assert answer(cast, "manager", "GET", page)[0] == 200
        assert answer(cast, "manager", "GET", operation)[0] == 200
        Membership.objects.filter(person=cast.people["manager"]).update(until=cast.now)
        assert answer(cast, "manager", "GET", page)[0] in LOCKED_OUT
        assert answer(cast, "manager", "GET", operation)[0] in LOCKED_OUT
        transaction.set_rollback(True)
    with transaction.atomic():
        for key in Key.objects.filter(owner=cast.people["manager"]):
            parties.revoke_key(key=key, now=cast.now)
        assert answer(cast, "manager", "GET", operation)[0] == 401
        transaction.set_rollback(True)


def test_a_narrower_key_may_do_less_than_its_owner(cast, db):
    with transaction.atomic():
        narrow = cast.key("agent_one", scopes=["tickets.read"])
        path = f"/api/v1/tickets/{cast.ours['ticket']}/messages"
        assert call(cast.client("anonymous"), "GET", path, narrow)[0] == 200
        assert call(cast.client("anonymous"), "POST", path, narrow)[0] == 403
        transaction.set_rollback(True)


@pytest.mark.parametrize("variant", ["{}.json", "/{}", "{}/", "{}%2e", "{}/..%2f", "//{}", "{}?format=json"])
@pytest.mark.parametrize("path", ["/portal/tickets/{}/", "/desk/tickets/{}/", "/api/v1/tickets/{}"])
def test_at_xc_014_no_spelling_of_a_route_opens_it(cast, db, path, variant):
    address = variant.format(path.format(cast.theirs["ticket"]).strip("/"))
    for method in ("GET", "HEAD", "POST"):
        with transaction.atomic():
            for role, headers in (("manager", None), ("anonymous", cast.keys["manager"])):
                found = cast.clients[role].generic(method, "/" + address.lstrip("/"), headers=headers or {})
                assert found.status_code in LOCKED_OUT, (method, address)
                assert THEIRS.encode() not in found.content
            transaction.set_rollback(True)
