"""
Mail has exactly the headers that we mean, whatever people, plans and files are called (AT-ML-011).
"""

import email
import email.policy
import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from tests.cases import of_row
from upheld.apps.channels import services
from upheld.apps.channels.models import Mail
from upheld.apps.channels.words import WORDS
from upheld.apps.contracts.models import PlanVersion
from upheld.apps.exports import services as exports
from upheld.apps.parties import services as parties
from upheld.apps.parties.models import Customer, Person
from upheld.apps.tickets.models import Attachment, Ticket
from upheld.apps.tickets.selectors import Filters
from upheld.apps.tickets.services import files

pytestmark = [pytest.mark.django_db, of_row("AT-ML-011")]
NOW = factories.NOW
OURS = {"content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id",
        "auto-submitted"}  # fmt: skip
EVIL = {
    "CR LF": "Down\r\nBcc: victim@example.org\r\nX-Evil: 1",
    "LF": "Down\nBcc: victim@example.org",
    "CR": "Down\rBcc: victim@example.org",
    "folded": "Down\r\n Bcc: victim@example.org",
    "a blank line": "Down\r\n\r\n<script>alert(1)</script>",
    "unicode lines": "Down\u2028Bcc: victim@example.org\u2029X-Evil: 1\u0085X-Evil: 2\x0bX-Evil: 3\x0cX-Evil: 4",
    "an encoded word": "=?utf-8?q?Down=0D=0ABcc:_victim@example.org?=",
    "an encoded word in base 64": "=?UTF-8?B?RG93bg0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmc=?=",
    "beyond ASCII": "Größe\r\nBcc: victim@example.org",
    "NUL": "Down\x00Bcc: victim@example.org",
    "long": "x" * 5000 + "\r\nBcc: victim@example.org",
    "an address": '"<victim@example.org>, Bcc: other@example.org',
}


@pytest.fixture
def world():
    return factories.World()


def is_as_meant(sent, to, made):
    """One mail: our headers, each once, one recipient, no line of anybody else."""
    raw = sent.message().as_bytes()
    head, _, _body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    names = [line.split(b":")[0].decode().lower() for line in head.split(b"\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(OURS)
    assert sent.recipients() == [to]
    for policy in (email.policy.default, email.policy.compat32):
        parsed = email.message_from_bytes(raw, policy=policy)
        assert sorted(name.lower() for name in parsed.keys()) == sorted(OURS)  # noqa: SIM118  (a header may come twice)
        assert (parsed["Message-ID"], parsed["Bcc"], parsed["Cc"]) == (made.message_id, None, None)
        assert to in str(parsed["To"])
    subject = str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])
    assert not re.search(r"[\r\n\x00\x0b\x0c\u0085\u2028\u2029]", subject)
    assert max(len(line) for line in head.split(b"\n")) <= 998
    assert "=?" not in subject
    return subject.strip()


def sent_of(code="ticket.replied", *, ticket, world, params=None, audience="requester"):
    services.tell(key=f"k{code}", ticket=ticket, code=code, audience=audience, params=params or {"by": "Jo"}, now=NOW)
    made = Mail.objects.get(key__startswith=f"k{code}:")
    services.send_mail(mail_id=made.pk, now=NOW)
    return is_as_meant(mail.outbox[-1], world.contact.email, made)


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_a_subject(world, evil):
    ticket = world.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(subject=evil.replace("\x00", "")[:250])
    ticket.refresh_from_db()
    subject = sent_of(ticket=ticket, world=world)
    assert subject.startswith(f"[#{ticket.number}] ")


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_a_subject_that_is_sent_through_the_intake(world, evil):
    ticket = world.ticket(subject=evil.replace("\x00", "")[:200])  # forms and API refuse NUL
    sent_of(ticket=ticket, world=world)


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_names_of_people_and_customers(world, evil):
    named = evil.replace("\x00", "")[:150]
    Person.objects.filter(pk=world.contact.pk).update(name=named)
    Customer.objects.filter(pk=world.customer.pk).update(name=named)
    ticket = Ticket.objects.get(pk=world.ticket().pk)
    sent_of(ticket=ticket, world=world, params={"by": named})
    sent_of("clock.breach", ticket=ticket, world=world, params={"metric": named, "due_at": NOW})


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_whatever_a_cause_tells(world, evil):
    ticket = world.ticket()
    for code in sorted(set(WORDS) - {"late.folded"}):  # which counts others
        facts = re.findall(r"{(\w+)}", WORDS[code])
        sent_of(code, ticket=ticket, world=world, params=dict.fromkeys(facts, evil.replace("\x00", "")))


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_names_of_a_plan(world, evil, monkeypatch):
    ticket = world.ticket(urgency="normal")
    from upheld.apps.contracts.selectors import plan_of  # noqa: PLC0415

    plan = plan_of(PlanVersion.objects.get().pk)
    called = {
        kind: {name: rule.model_copy(update={"name": {"": evil}}) for name, rule in getattr(plan, kind).items()}
        for kind in ("metrics", "severities")
    }
    monkeypatch.setattr("upheld.apps.channels.words.plan_of", lambda _key: plan.model_copy(update=called))
    sent_of("ticket.severity", ticket=ticket, world=world, params={"severity": ticket.severity or "normal"})
    sent_of("clock.breach", ticket=ticket, world=world, params={"metric": "first_response", "due_at": NOW})


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_the_title_of_an_export(world, evil):
    title = evil.replace("\x00", "")
    made = exports.ask(by=world.agent, filters=Filters(), title=title, end_of_day=NOW, now=NOW)
    params = {"title": made.title, "count": 1, "until": NOW}
    services.tell_person(key="k", person=world.agent, code="export.ready", params=params, is_mailed=True, now=NOW)
    row = Mail.objects.get()
    services.send_mail(mail_id=row.pk, now=NOW)
    is_as_meant(mail.outbox[-1], world.agent.email, row)


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: v@example.org", "a@b.example,v@example.org", "a b@c.example", "a@b.example\n", "<a@b.c>"],
)
def test_an_address_is_one_or_refused(world, address):
    given = {"name": "x", "zone": "UTC", "language": "en", "password": factories.PASSWORD, "now": NOW}
    if address.strip() == "a@b.example":
        assert parties.add_person(email=address, **given).email == "a@b.example"
        return
    with pytest.raises(parties.PartyError) as refused:
        parties.add_person(email=address, **given)
    assert refused.value.code == "party.not_an_address"


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_the_name_of_a_file(world, evil, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ticket = world.ticket(files=[files.store(sent=SimpleUploadedFile("x.txt", b"log"))])
    Attachment.objects.filter(ticket=ticket).update(name=files.shown_name(evil))
    client = Client()
    client.force_login(world.agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/desk/files/{Attachment.objects.get().public_id}/")
    assert answer.status_code == 200
    for name, value in answer.headers.items():
        assert not re.search(r"[\r\n]", name + value)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "Bcc" not in answer.headers
    answer.close()
