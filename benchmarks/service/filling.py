"""
A database with many tickets: a few are made through the services, with messages, events, clocks and timers; all others
are copies of them, made by the database itself. A tenth of all tickets is open.

The copies have keys, numbers and due times of their own; their events are those of the ticket that they are copies of.
"""

import datetime as dt
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from upheld import catalogues
from upheld.apps.contracts import services as contracts
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import ClockRow, EventRow, Message, Payload, Ticket, Timer
from upheld.apps.tickets.services import conversation, handling, intake, spool

TEMPLATES, OPEN_SHARE = 40, 10
KEYS = 4
CHUNK = 400
"""Copies in a statement, of each template."""
FIRST_COPY = 10_000_000
"""Numbers of copies begin here: far from those of the tickets that are taken in."""
SPREAD_SECONDS = 5 * 86_400
COPIED = (Ticket, Payload, Message, EventRow, ClockRow, Timer)
TEXT = "Since 8:50 no order leaves the store; the last one that was exported is 48213. " * 2


@dataclass
class Cast:
    """Who works with the service: keys of customers' people, an agent's session and key, a contract."""

    keys: list
    agent_key: str
    session: str
    agent: object
    version: object
    now: int


def fill(tickets):
    call_command("migrate", verbosity=0)
    now = int(time.time())
    parties.ensure_roles()
    agent, admin = person("agent@bench.test", now, "agent"), person("admin@bench.test", now, "admin")
    version = contracts.publish_plan(raw=catalogues.read("celigo"), file="celigo", by=admin, now=now - 90 * 86_400)
    contacts = [contact(index, version, now) for index in range(KEYS)]
    make_templates(contacts, agent, now)
    copies = tickets // TEMPLATES - 1
    if copies > 0:
        multiply(copies)
    browser = Client()
    browser.force_login(agent)
    scopes = sorted(parties_rights(agent, now))
    return Cast(
        keys=[
            parties.make_key(owner=each, name="bench", scopes=["own.create", "own.read"], now=now).text
            for each, _customer in contacts
        ],
        agent_key=parties.make_key(owner=agent, name="bench", scopes=scopes, now=now).text,
        session="; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items()),
        agent=agent, version=version, now=now,
    )  # fmt: skip


def parties_rights(someone, now):
    from upheld.apps.parties.selectors import rights_of  # noqa: PLC0415

    return rights_of(someone, now)


def person(email, now, role=None):
    made = parties.add_person(email=email, name=email.split("@")[0], zone="UTC", language="en", password=None, now=now)
    if role is not None:
        parties.grant_role(person=made, role=role, now=now)
    return made


def contact(index, version, now):
    """A customer with a contract of its own, and a person who writes for it."""
    customer = parties.add_customer(name=f"Northwind {index}", zone="America/Los_Angeles", regions=["US"])
    today = dt.datetime.fromtimestamp(now, dt.UTC).date()
    contracts.make_contract(
        customer=customer, brand=parties.add_brand(name=f"Bench {index}"), plan_version=version, tier="preferred",
        starts_on=today - dt.timedelta(80), ends_on=today + dt.timedelta(280), now=now,
    )  # fmt: skip
    made = person(f"contact{index}@bench.test", now)
    parties.add_member(person=made, customer=customer, part="manager", now=now)
    return made, customer


def make_templates(contacts, agent, now):
    for index in range(TEMPLATES):
        writer, customer = contacts[index % KEYS]
        is_open = index % OPEN_SHARE == 0
        at = now - (2 * 3600 if is_open else 20 * 86_400) - index * 60
        content = {"subject": f"Orders stopped exporting ({index})", "text": TEXT, "urgency": "high"}
        kept = spool.spool(
            key=f"bench:{index}", channel="portal", person=writer, customer=customer, content=content, now=at
        )
        ticket = intake.submit(submission=kept, now=at)
        if index % 20 == 0:
            continue  # nobody has answered yet: first response and all the others still run
        for step in range(1, 5):
            at += 600
            if step % 2:
                ticket = conversation.reply(ticket=ticket, by=agent, text=TEXT, now=at)
            else:
                ticket = conversation.customer_message(ticket=ticket, by=writer, text=TEXT, now=at)
        if not is_open:
            for status in ("resolved", "closed"):
                at += 600
                ticket = handling.change_status(ticket=ticket, status=status, by=agent, now=at, reason="done")


def multiply(copies):
    """Copy every template ``copies`` times."""
    steps = {model: model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in COPIED}
    with connection.cursor() as cursor:
        with unchecked():
            for first in range(1, copies + 1, CHUNK):
                with transaction.atomic():
                    for model in COPIED:
                        cursor.execute(copying(model, steps), [first, min(first + CHUNK - 1, copies)])
        if connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(no_style(), COPIED):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")


@contextmanager
def unchecked():
    """
    Foreign keys are right by construction, and indexes are made at the end: keeping both for each of millions of rows
    is what would take the time.
    """
    tables = [model._meta.db_table for model in COPIED]
    with connection.cursor() as cursor:
        for statement in OFF[connection.vendor]:
            cursor.execute(statement)
        cursor.execute(INDEXES[connection.vendor], [json.dumps(tables)])
        indexes = cursor.fetchall()
        for name, _made in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, made in indexes:
            cursor.execute(made)
        for statement in ON[connection.vendor]:
            cursor.execute(statement)


OFF = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF"),
    "postgresql": ("SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'"),
}
ON = {
    "sqlite": ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL"),
    "postgresql": ("SET session_replication_role = DEFAULT", "RESET maintenance_work_mem"),
}
INDEXES = {
    "sqlite": """
        SELECT name, sql FROM sqlite_master
        WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE %%'
        AND tbl_name IN (SELECT value FROM json_each(%s))
    """,
    "postgresql": """
        SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE NOT indisunique AND indrelid::regclass::text IN (SELECT json_array_elements_text(%s::json))
    """,
}
"""The indexes of tables that forbid nothing: name, and the statement that makes it."""


def copying(model, steps):
    """The statement that makes the copies of one table's rows, from one number to another."""
    ticket = "t.id" if model is Ticket else "t.ticket_id"
    shift = f"((c.n * 7919 + {ticket} * 613) %% {SPREAD_SECONDS} - {SPREAD_SECONDS} / 5)"
    is_postgresql = connection.vendor == "postgresql"
    own_id = f"t.id + c.n * {steps[model]}"
    new = {
        "public_id": f"'b' || lpad(({own_id})::text, 15, '0')" if is_postgresql else f"printf('b%%015d', {own_id})",
        "number": f"{FIRST_COPY} + {own_id}",
        **{name: f"t.{name} + {shift}" for name in ("next_due_at", "next_at_risk_at", "due_at", "at_risk_at")},
    }
    columns = {}
    for field in model._meta.concrete_fields:
        column = field.column
        if field.primary_key:
            columns[column] = own_id
        elif field.is_relation and field.related_model in steps:
            columns[column] = f"t.{column} + c.n * {steps[field.related_model]}"
        else:
            columns[column] = new.get(column, f"t.{column}")
    names = ", ".join(f'"{name}"' for name in columns)
    counting = "WITH RECURSIVE c(n) AS (SELECT CAST(%s AS bigint) UNION ALL SELECT n + 1 FROM c WHERE n < %s)"
    table, values = model._meta.db_table, ", ".join(columns.values())
    copied = f"SELECT {values} FROM {table} t CROSS JOIN c WHERE t.id <= {steps[model]}"  # noqa: S608  (our own tables)
    return f"INSERT INTO {table} ({names}) {counting} {copied}"
