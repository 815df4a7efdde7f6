"""
Importing another desk's tickets: once, in batches, without a timer, a notice, a right or a secret.
"""

import csv
import io
import json
from collections import Counter

import pytest
from django.apps import apps

from tests import factories
from tests.cases import of_row
from tests.shared_files import shared
from upheld import catalogues
from upheld.apps.channels.models import Mail, Notice
from upheld.apps.contracts.models import Contract
from upheld.apps.parties.models import Customer, Grant, Membership, Person
from upheld.apps.tickets.models import ClockRow, EventRow, Submission, Ticket, Timer
from upheld.apps.tickets.services import importing, timers
from upheld.apps.work.models import OutboxRow
from upheld.core.events import EventError, from_record
from upheld.core.plan.loading import load_usable
from upheld.core.plan.places import DocumentError
from upheld.importers import mappings, plain_csv, servicenow
from upheld.importers.histories import ImportRefusedError
from upheld.importers.raw_rows import header_of, raw_rows
from upheld.replay import assignments
from upheld.trust.verification import verify

NOW = factories.NOW
HEADER = (
    "ticket",
    "customer",
    "opened",
    "first_response",
    "resolved",
    "closed",
    "severity",
    "status",
    "channel",
    "subject",
)
ROWS = (
    ("A-1", "North", "2016-03-01T09:00Z", "2016-03-01T09:30Z", "2016-03-01T15:00Z", "2016-03-06T15:00Z", "high", "",
     "email", "No light"),
    ("A-2", "North", "2016-03-02T09:00Z", "", "", "", "critical", "", "phone", "No heat"),
    ("A-3", "South", "2016-03-03T09:00Z", "2016-03-09T09:00Z", "2016-03-20T09:00Z", "", "moderate", "", "portal",
     "=HYPERLINK(1)"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_compiled(db):
    from tests.demo.conftest import forget_compiled  # noqa: PLC0415

    forget_compiled()
    yield
    forget_compiled()


@pytest.fixture
def version(db):
    factories.party_services.add_brand(name="Imported")
    return factories.plan_version("itsm")


def written(tmp_path, rows=ROWS, header=HEADER, name="export.csv", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def many(count):
    return tuple(
        (f"B-{number}", f"C{number % 7}", "2016-03-01T09:00Z", "", "2016-03-01T15:00Z", "", "high", "", "email", "x")
        for number in range(count)
    )


def run(path, version, *, source="old desk", on_progress=None, rows=None):
    mapping = mappings.shipped("csv")
    log = plain_csv.read_csv(path, mapping, zone="UTC")
    plan = load_usable(catalogues.read("itsm"), "itsm").plan
    terms = importing.Terms(
        source=source,
        version=version,
        brand=factories.party_services.add_brand(name="Imported"),
        contract_of=assignments.for_all(plan, "plus", "Europe/Lisbon").contract_of,
    )
    return importing.import_log(
        log=log, rows=rows or raw_rows(path, mapping), terms=terms, now=NOW, on_progress=on_progress
    )


def everything():
    """Every row of every table."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__module__.startswith("upheld.")
    }


def test_tickets_customers_and_contracts_are_made(tmp_path, version):
    result = run(written(tmp_path), version)
    assert (result.tickets, result.customers, result.contracts, result.known, result.refused) == (3, 2, 2, 0, [])
    first = Ticket.objects.get(external_id="A-1")
    assert (first.subject, first.channel, first.severity, first.status) == ("A-1: No light", "email", "high", "closed")
    assert (first.source, first.is_imported, first.is_open, first.requester.is_active) == (
        "old desk",
        True,
        False,
        False,
    )
    assert str(Contract.objects.get(customer__name="South").starts_on) == "2016-03-03"
    assert {each.tier for each in Contract.objects.all()} == {"plus"}
    assert Counter(EventRow.objects.values_list("kind", flat=True)) == {
        "opened": 3, "contract_bound": 3, "severity_assigned": 3, "message_sent": 2, "resolved": 2, "closed": 1,
    }  # fmt: skip


def test_clocks_are_those_of_the_fold_and_verify_agrees(tmp_path, version):
    run(written(tmp_path), version)
    verdicts = {(row.ticket.external_id, row.metric): row.verdict for row in ClockRow.objects.select_related("ticket")}
    assert verdicts == {
        ("A-1", "first_response"): "met",
        ("A-1", "resolution"): "met",
        ("A-2", "first_response"): "breached",
        ("A-2", "resolution"): "breached",
        ("A-3", "first_response"): "breached",
        ("A-3", "resolution"): "breached",
    }
    assert verify(now=NOW).violations == ()


def test_what_the_export_cannot_show_is_unobservable_for_ever(tmp_path, version):
    header = [name for name in HEADER if name != "first_response"]
    rows = [tuple(cell for name, cell in zip(HEADER, row, strict=True) if name != "first_response") for row in ROWS]
    run(written(tmp_path, rows, header), version)
    assert set(ClockRow.objects.filter(metric="first_response").values_list("verdict", flat=True)) == {"unobservable"}
    assert verify(now=NOW).violations == ()


def test_raw_rows_are_kept_as_they_stood(tmp_path, version):
    run(written(tmp_path), version)
    kept = json.loads(bytes(Submission.objects.get(ticket__external_id="A-1").raw))
    assert kept == {"header": list(HEADER), "rows": [[2, *ROWS[0]]]}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"ticket;customer;opened\nA;B;2016-03-01T09:00Z\n", None, id="semicolons"),
        pytest.param("\ufeffticket,customer,opened\nA,B,2016-03-01T09:00Z\n".encode(), None, id="mark"),
        pytest.param("ticket,customer,opened\nA,Böb,2016-03-01T09:00Z\n".encode("cp1252"), None, id="cp1252"),
        pytest.param("ticket,customer,opened\nA,B,2016-03-01T09:00Z\n".encode("utf-16"), None, id="utf-16"),
        pytest.param(b'ticket,customer,opened\nA,"B,2016-03-01T09:00Z\n', "import.open_quote", id="open quote"),
        pytest.param(b"ticket,customer,opened\nA," + b"x" * 50_000_000, "import.line_too_long", id="50 MB line"),
    ],
)
@of_row("BI-IM-001")
def test_bi_im_001(tmp_path, version, raw, code):
    """Detected, or refused with the line; nothing half imported."""
    path = tmp_path / "export.csv"
    path.write_bytes(raw)
    before = everything()
    if code is None:
        assert run(path, version).tickets == 1
        return
    with pytest.raises(ImportRefusedError) as refused:
        run(path, version)
    assert (refused.value.code, refused.value.params["line"]) == (code, 2)
    assert everything() == before


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
@of_row("BI-IM-003")
def test_bi_im_003(tmp_path, version, mark):
    """A cell that looks like a formula is kept literally."""
    cell = f"{mark}cmd|'/C calc'!A0"
    run(written(tmp_path, [(*ROWS[0][:1], cell, *ROWS[0][2:9], cell)]), version)
    kept = json.loads(bytes(Submission.objects.get().raw))
    assert kept["rows"][0][-1] == cell
    assert Customer.objects.get().name.strip() == cell.strip()
    assert Ticket.objects.get().subject == f"A-1: {cell.strip()}"


@of_row("BI-IM-004")
def test_bi_im_004(tmp_path, version):
    """The same file twice: the second run changes no row, and says so."""
    path = written(tmp_path)
    run(path, version)
    before = everything()
    again = run(path, version)
    assert (again.rows, again.known, again.changed_since) == (0, 3, 0)
    assert everything() == before


def test_a_ticket_that_stands_otherwise_is_told_and_left_as_it_is(tmp_path, version):
    run(written(tmp_path), version)
    before = everything()
    again = run(written(tmp_path, [(*ROWS[0][:9], "Light again"), *ROWS[1:]]), version)
    assert (again.rows, again.known, again.changed_since) == (0, 3, 1)
    assert everything() == before


def test_the_same_ids_of_another_desk_are_other_tickets(tmp_path, version):
    run(written(tmp_path), version)
    assert run(written(tmp_path), version, source="third desk").tickets == 3
    assert Customer.objects.filter(name="North").count() == 2


@of_row("BI-IM-006")
def test_bi_im_006(tmp_path, version):
    """Broken off in the middle, the next run goes on behind what is there; no duplicates."""
    path = written(tmp_path, many(250))
    mapping = mappings.shipped("csv")

    def broken():
        for number, each in enumerate(raw_rows(path, mapping)):
            if number == 150:
                raise KeyboardInterrupt
            yield each

    with pytest.raises(KeyboardInterrupt):
        run(path, version, rows=broken())
    assert Ticket.objects.count() == importing.BATCH
    rest = run(path, version)
    assert (rest.tickets, rest.known, Ticket.objects.count()) == (150, 100, 250)
    assert Ticket.objects.values("external_id").distinct().count() == 250
    assert Submission.objects.count() == 250
    assert run(path, version).rows == 0


@of_row("BI-IM-007")
def test_bi_im_007(tmp_path, version, mailoutbox):
    """Old tickets fire no timer and tell nobody, also the one that is still open; they are flagged."""
    run(written(tmp_path), version)
    while timers.fire_due(now=NOW + 10**8):
        pass
    assert [model.objects.count() for model in (Timer, Notice, Mail, OutboxRow)] == [0, 0, 0, 0]
    assert mailoutbox == []
    assert set(Ticket.objects.values_list("is_imported", flat=True)) == {True}


@pytest.mark.parametrize(
    "column", ["role", "Roles", "password", "password_hash", "API token", "api-key", "is_admin", "secret"]
)
@of_row("BI-IM-009")
def test_bi_im_009(tmp_path, version, column):
    """Rights and secrets are refused by their column, before anything is read or kept."""
    path = written(tmp_path, [(*row, "admin") for row in ROWS], (*HEADER, column))
    before = everything()
    with pytest.raises(ImportRefusedError) as refused:
        header_of(path, mappings.shipped("csv"))
    assert (refused.value.code, refused.value.params["column"]) == ("import.forbidden_column", column)
    with pytest.raises(ImportRefusedError):
        run(path, version)
    assert everything() == before


@of_row("BI-IM-009")
def test_another_customers_id_names_no_customer_of_ours(tmp_path, version):
    other = factories.customer("Other")
    run(written(tmp_path, [(ROWS[0][0], other.public_id, *ROWS[0][2:])]), version)
    assert other.tickets.count() == 0
    assert Ticket.objects.get().customer.external_id == other.public_id


@of_row("BI-IM-009")
def test_a_mapping_can_name_no_other_columns(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text("upheld-mapping: 1\nshape: csv\ncolumns: {ticket: a, opened: b, role: c}\n")
    with pytest.raises(DocumentError) as refused:
        mappings.load(path)
    assert refused.value.findings[0].code == "mapping.unknown_column"


def test_nobody_who_can_log_in_and_no_right_comes_of_an_import(tmp_path, version):
    able = set(Person.objects.values_list("email", flat=True))
    grants = Grant.objects.count()
    run(written(tmp_path), version)
    made = Person.objects.exclude(email__in=able)
    assert {(each.is_active, each.has_usable_password()) for each in made} == {(False, False)}
    assert Grant.objects.count() == grants
    assert set(Membership.objects.values_list("part", flat=True)) == {"requester"}


@of_row("BI-IM-012")
def test_bi_im_012():
    """A record of a newer version is refused with both versions."""
    with pytest.raises(EventError) as refused:
        from_record({"schema": 2, "kind": "opened", "seq": 1, "effective_at": 0})
    assert (refused.value.code, refused.value.params) == ("event.newer_schema", {"given": 2, "known": 1})


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path, version):
    path = written(tmp_path)
    mapping = mappings.shipped("csv")
    log = plain_csv.read_csv(path, mapping, zone="UTC")
    plan = load_usable(catalogues.read("itsm"), "itsm").plan
    made = assignments.for_all(plan, "plus", "Europe/Lisbon").contract_of
    before = everything()
    tried = importing.try_import(log=log, source="old desk", plan=plan, contract_of=made)
    assert everything() == before
    assert tried == run(path, version)


def test_a_ticket_that_the_plan_cannot_judge_is_left_out_alone(tmp_path, version):
    rows = [ROWS[0], (*ROWS[1][:6], "purple", *ROWS[1][7:]), ROWS[2]]
    result = run(written(tmp_path, rows), version)
    assert result.tickets == 2
    assert [(each.ticket, each.line, each.code) for each in result.refused] == [("A-2", 3, "story.unknown_severity")]
    assert set(Ticket.objects.values_list("external_id", flat=True)) == {"A-1", "A-3"}


def test_under_one_contract_all_are_its_customers(tmp_path, version):
    owner = factories.customer("Owner")
    contract = factories.contract_services.make_contract(
        customer=owner, brand=factories.party_services.add_brand(name="B"), plan_version=version, tier="plus",
        starts_on=factories.dt.date(2016, 1, 1), ends_on=None, now=NOW,
    )  # fmt: skip
    path = written(tmp_path)
    mapping = mappings.shipped("csv")
    log = plain_csv.read_csv(path, mapping, zone="UTC")
    terms = importing.Terms(source="old", version=version, contract=contract)
    importing.import_log(log=log, rows=raw_rows(path, mapping), terms=terms, now=NOW)
    assert set(Ticket.objects.values_list("customer", "contract")) == {(owner.pk, contract.pk)}
    assert verify(now=NOW).violations == ()


@pytest.mark.heavy
def test_the_real_log_is_imported_whole(version):
    path = shared("data/tickets/servicenow_incident_event_log.csv.gz")
    mapping = mappings.shipped("servicenow")
    log = servicenow.read_log(path, mapping, zone="America/Sao_Paulo")
    plan = load_usable(catalogues.read("itsm"), "itsm").plan
    made = assignments.for_all(plan, None, "America/Sao_Paulo").contract_of
    brand = factories.party_services.add_brand(name="Imported")
    terms = importing.Terms(source="servicenow", version=version, brand=brand, contract_of=made)
    result = importing.import_log(log=log, rows=raw_rows(path, mapping), terms=terms, now=NOW)
    assert (result.tickets, result.events, result.clocks) == (20_769, 148_099, 41_538)
    assert (result.customers, result.contracts, result.refused) == (198, 198, [])
    assert Timer.objects.count() == Notice.objects.count() == 0
    again = importing.import_log(log=log, rows=raw_rows(path, mapping), terms=terms, now=NOW)
    assert (again.rows, again.known, again.changed_since) == (0, 20_769, 0)
