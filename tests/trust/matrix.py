"""
The access matrix: every route and operation, every role, objects of one's own, of others, and missing ones.

Two customers have a canary in every text: what belongs to Globex must never show to Northwind, notes to no customer,
and team two's tickets not to team one. Calls are made one by one, each undone.
"""

import datetime as dt
import re
from http.cookies import SimpleCookie
from typing import NamedTuple

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from tests import factories
from upheld import catalogues
from upheld.api import limits
from upheld.apps.channels.models import Notice
from upheld.apps.contracts import services as contracts
from upheld.apps.exports import services as exports
from upheld.apps.parties import services as parties
from upheld.apps.parties.selectors import rights_of
from upheld.apps.tickets.models import Attachment, EventRow, Message, Submission, Ticket
from upheld.apps.tickets.selectors import Filters
from upheld.apps.tickets.services import conversation, files, handling, saved_answers, views
from upheld.apps.work import clock, relay

NOTE, OURS, THEIRS, TEAM_TWO = "CANARYNOTE", "CANARYOURS", "CANARYTHEIRS", "CANARYTEAMTWO"
MISSING = "0000000000000000"
ROLES = (
    "anonymous",
    "requester",
    "manager",
    "their_manager",
    "their_requester",
    "agent_one",
    "agent_two",
    "contractor",
    "auditor",
    "admin",
    "disabled",
)
CUSTOMERS = ("requester", "manager", "their_manager", "their_requester", "disabled", "anonymous")


def routes():
    """Every route: (method, template); what answers the API's other addresses, which are nothing, is none."""

    def walk(patterns, prefix=""):
        for each in patterns:
            if isinstance(each, URLPattern):
                yield "/" + template(prefix + str(each.pattern)), each
            else:
                yield from walk(each.url_patterns, prefix + str(each.pattern))

    known = operations()
    for path, _pattern in walk(get_resolver().url_patterns):
        if not path.startswith("/api/"):
            yield from (("GET", path), ("POST", path))
        elif path != "/api/v1/":
            yield from [each for each in known if each[1] == path] or [("GET", path)]


def operations():
    """Every operation of the API: (method, template), with its id."""
    from upheld.api.routes import api  # noqa: PLC0415

    return {
        (method.upper(), re.sub(r"{(\w+)}", r"<\1>", path)): made["operationId"]
        for path, item in api.get_openapi_schema()["paths"].items()
        for method, made in item.items()
    }


def template(path):
    path = path.replace("^", "").replace("$", "")
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", path)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", path)


class Cast:
    """Both customers with all that they have, and everybody who may or may not see it."""

    def __init__(self):
        self.now = clock.now() - 3600
        world = factories.World(now=self.now - 30 * 86_400)
        self.world = world
        one, two = parties.add_team(name="Team one"), parties.add_team(name="Team two")
        self.people = {"anonymous": None, "manager": world.contact, "admin": self.by_mail("admin@upheld.test")}
        term = {"starts_on": dt.date(2020, 1, 1), "ends_on": None}
        self.ours = self.belongings(world.customer, world.contact, OURS, one, term)
        theirs = parties.add_customer(name=f"Globex {THEIRS}", zone="UTC", regions=["US"])
        self.their_version = contracts.publish_plan(
            raw=catalogues.read("celigo").replace(b"plan: celigo", f"plan: {THEIRS.lower()}".encode(), 1),
            file="theirs", by=self.people["admin"], now=self.now,
        )  # fmt: skip
        their_manager = factories.member(theirs, "mona@globex.test", name=f"Mona {THEIRS}", now=self.now - 86_400)
        self.people["their_manager"] = self.their_manager = their_manager
        self.theirs = self.belongings(theirs, their_manager, THEIRS, one, term)
        self.two = self.belongings(world.customer, world.contact, TEAM_TWO, two, term)
        self.others(world, one, two)
        self.what_is_named(one)
        relay.run_until_idle("worker", self.now + 60)
        for each in (self.ours, self.theirs):
            each["notice"] = self.notice_of(each)

    def by_mail(self, email):
        from upheld.apps.parties.models import Person  # noqa: PLC0415

        return Person.objects.get(email=email)

    def others(self, world, one, two):
        made = {}
        for name, role, team in (
            ("agent_one", "agent", one),
            ("agent_two", "agent", two),
            ("contractor", "contractor", None),
            ("auditor", "auditor", None),
        ):
            made[name] = factories.person(f"{name}@upheld.test", name=name, role=role, team=team, now=self.now - 86_400)
        made["requester"] = factories.member(
            world.customer, "rita@northwind.test", name="Rita", part="requester", now=self.now - 86_400
        )
        made["their_requester"] = factories.member(
            self.their_manager.memberships.get().customer, "ray@globex.test", name="Ray", part="requester",
            now=self.now - 86_400,
        )  # fmt: skip
        made["disabled"] = factories.member(world.customer, "dora@northwind.test", name="Dora", now=self.now - 86_400)
        made["disabled"].is_active = False
        made["disabled"].save()
        self.people |= made
        self.requested = factories.ticket(made["requester"], world.customer, subject="Rita's own", now=self.now)

    def what_is_named(self, team):
        """What bodies name beside the object of the address; what is the vendor's own is shared with all of it."""
        admin = self.people["admin"]
        raw = catalogues.read("celigo").replace(b"version: 2022-05", b"version: 2022-09", 1)
        later = contracts.publish_plan(raw=raw, file="later", by=admin, now=self.now)
        shared = {"owner": admin, "now": self.now, "is_shared": True}
        self.ours |= {
            "other": self.requested.public_id,
            "next_plan": later.public_id,
            "team": team.public_id,
            "view": views.save_view(name="All of it", query="queue=all", **shared).public_id,
            "answer": saved_answers.save_answer(title="Hello", text="Hello {requester.name}", **shared).public_id,
        }
        asked = {"title": "All tickets", "end_of_day": self.now, "now": self.now}
        self.ours["export"] = exports.ask(by=admin, filters=Filters(queue="all"), **asked).public_id
        self.theirs |= {name: self.ours[name] for name in ("team", "view", "answer", "export")}

    def belongings(self, customer, person, canary, team, term):
        is_ours = customer == self.world.customer
        version = self.world.version if is_ours else self.their_version
        chosen = self.world.contract if is_ours else factories.contract(customer, version, team=team, **term)
        file = files.store(sent=SimpleUploadedFile(f"{canary}.txt", canary.encode()))
        ticket = factories.ticket(
            person, customer, subject=f"Subject {canary}", text=f"Text {canary}", now=self.now, files=[file],
            contract=chosen.public_id,
        )  # fmt: skip
        Ticket.objects.filter(pk=ticket.pk).update(team=team)
        ticket.refresh_from_db()
        handling.assign(ticket=ticket, to=self.world.agent, by=self.world.lead, now=self.now + 1)
        conversation.reply(ticket=ticket, by=self.world.agent, text=f"Reply {canary}", now=self.now + 2)
        conversation.note(ticket=ticket, by=self.world.agent, text=f"{NOTE} {canary}", now=self.now + 3)
        conversation.log_call(
            ticket=ticket, by=self.world.agent, inbound=True, text=f"{NOTE} {canary}", now=self.now + 4
        )
        call = EventRow.objects.get(ticket=ticket, kind="call_logged").seq
        conversation.customer_message(ticket=ticket, by=person, text=f"And {canary}", now=self.now + 5)
        message = Message.objects.get(ticket=ticket, payload__text=f"And {canary}")
        key = parties.make_key(owner=person, name=canary, scopes=["own.read"], now=self.now)
        return {
            "customer": customer.public_id,
            "contract": chosen.public_id,
            "ticket": ticket.public_id,
            "attachment": Attachment.objects.get(ticket=ticket).public_id,
            "call": call,
            "message": message.public_id,
            "submission": Submission.objects.get(ticket=ticket).public_id,
            "plan": version.public_id,
            "key": key.key.public_id,
            "member": person.public_id,
            "brand": chosen.brand.public_id,
            "person": person,
        }

    def notice_of(self, belongings):
        return Notice.objects.filter(person=belongings["person"]).first().public_id

    def client(self, role):
        """Somebody's browser."""
        made = Client(raise_request_exception=False)
        person = self.people[role]
        if person is not None:
            made.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return made

    def key(self, role, scopes=None):
        """Somebody's key, as a header; nobody has none, and who was disabled has an old one."""
        person = self.people[role]
        if person is None:
            return {}
        was_active, person.is_active = person.is_active, True
        person.save()
        wanted = sorted(rights_of(person, self.now)) if scopes is None else scopes
        made = parties.make_key(owner=person, name="k", scopes=wanted, now=self.now)
        person.is_active = was_active
        person.save()
        return {"Authorization": f"Bearer {made.text}"}


WEB_OBJECTS = {
    "tickets": "ticket", "customers": "customer", "contracts": "contract", "plans": "plan", "files": "attachment",
    "sent": "submission", "plan": "contract", "views": "view", "answers": "answer", "exports": "export",
}  # fmt: skip


def filled(path, belongings, *, missing=()):
    """A template with somebody's objects in it; those named in ``missing`` are nobody's."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        found = re.fullmatch(r"<(\w+)>", part)
        if not found:
            continue
        word = found[1]
        kind = WEB_OBJECTS.get(parts[index - 1], word) if word in ("public_id", "contract") else word
        others = {"metric": "first_response", "cycle": "1", "uidb36": "1", "token": MISSING, "pk": "999999"}
        value = MISSING if kind in missing else (belongings.get(kind) or others.get(kind) or MISSING)
        parts[index] = value
    return "/".join(parts)


def objects_in(path):
    """The kinds of objects that a template names."""
    parts = path.split("/")
    kinds = []
    for index, part in enumerate(parts):
        if found := re.fullmatch(r"<(\w+)>", part):
            word = found[1]
            is_row = word == "key" and parts[index - 1] != "keys"  # somebody's address or session: a number of a row
            kind = "row" if is_row else word
            kinds.append(WEB_OBJECTS.get(parts[index - 1], word) if word in ("public_id", "contract") else kind)
    return kinds


class Answer(NamedTuple):
    """What came back, and how many queries it took."""

    status: int
    content: bytes
    headers: dict[str, str]
    queries: int

    @property
    def everything(self):
        return self.content + str(self.headers).encode()


def call(client, method, path, headers=None, **more):
    """The answer to a call, after which everything is as it was."""
    kept = client.cookies.output(header="", sep=";")
    cache.clear()  # limits by time count over all calls of this test
    limits.CALLS.forget()
    limits.STRANGERS.forget()
    connection.queries_log.clear()  # it holds 9000
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = getattr(client, method.lower())(path, headers=headers or {}, **more)
        content = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(kept)  # logging out is undone too
    return Answer(answer.status_code, content, dict(answer.headers), len(captured))


def told(answer, *ids, in_time=True):
    """An answer without what differs by chance: tokens against forgery, tags of addresses, and the ids asked for."""
    headers, content = sorted(answer.headers.items()), answer.content.decode(errors="replace")
    text = f"{answer.status} {answer.queries if in_time else ''} {headers} {content}"
    for each in ids:
        text = text.replace(each, "ID")
    text = re.sub(
        r'(csrf\w*"? (?:value|content)?=?"?|X-CSRFToken&quot;: &quot;|"X-CSRFToken": ")[\w-]{20,}', r"\1TOKEN", text
    )
    return re.sub(r"[A-Za-z0-9]{64}|\b[0-9a-f]{24}\b", "TOKEN", text)
