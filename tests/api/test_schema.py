"""
The OpenAPI document: its snapshot, what it must say, and calls made up from it.
"""

import json
import os

import hypothesis
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from tests.api.conftest import BASE, Api, key_of
from tests.source_tree import ROOT
from upheld.api.problems import STATUSES
from upheld.api.routes import api as the_api

SNAPSHOT = ROOT / "docs/openapi.json"
RENEW = "python -m tools.openapi --write"


def document():
    return json.loads(json.dumps(the_api.get_openapi_schema()))


def test_the_snapshot_is_up_to_date():
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == document(), f"run: {RENEW}"


def test_it_is_served(db):
    response = Api().get("/openapi.json")
    assert (response.status_code, json.loads(response.content)) == (200, document())


def test_it_is_openapi_3_1_and_says_everything_that_can_be_answered():
    found = document()
    assert found["openapi"] == "3.1.0"
    for path, operations in found["paths"].items():
        for method, each in operations.items():
            said = set(each["responses"])
            assert {"400", "401", "403", "404", "406", "429", "500", "503"} <= said, path
            if method != "get":
                assert {"409", "413", "415", "422"} <= said, path
                assert "Idempotency-Key" in {one["name"] for one in each["parameters"]}
            assert each["security"], path
    assert {str(each.value) for each in STATUSES.values()} <= {
        each.removeprefix("Problem") for each in found["components"]["responses"]
    }


def test_every_reference_leads_somewhere():
    found = document()

    def references(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for each in set(references(found)):
        target = found
        for step in each.removeprefix("#/").split("/"):
            target = target[step]


CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.fixture
def one_connection():
    """Requests leave the test's connection open, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("who", ["lead", "contact"])
def test_calls_made_up_from_the_document_are_answered_as_it_says(cast, who, settings):
    """No 500, no status and no shape that the document does not name."""
    import schemathesis  # noqa: PLC0415  half a second that only this test needs
    from schemathesis import checks  # noqa: PLC0415  as above

    settings.ALLOWED_HOSTS = ["*"]
    schema = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", get_wsgi_application())
    sent = {"Authorization": f"Bearer {key_of(getattr(cast, who))}"}
    ids = {
        "ticket": cast.mine.public_id, "customer": cast.customer.public_id, "contract": cast.contract.public_id,
        "plan": cast.version.public_id, "metric": "first_response", "cycle": "1",
    }  # fmt: skip
    chosen = checks.CHECKS.get_by_names(list(CHECKS))
    for found in schema.get_all_operations():
        _call(found.ok(), sent, ids, chosen)


def _call(operation, sent, ids, chosen):
    most = 25 if os.environ.get("CI") == "true" else 3

    @hypothesis.settings(
        max_examples=most, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=operation.as_strategy(), is_real=hypothesis.strategies.booleans())
    def run(case, is_real):
        if is_real:
            case.path_parameters = {name: ids.get(name, "z" * 16) for name in case.path_parameters or {}}
        case.headers = {**(case.headers or {}), **sent}
        case.validate_response(case.call(), checks=chosen)

    run()
