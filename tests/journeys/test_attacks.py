"""
Attacks that run in a browser, or do not: whatever somebody wrote, nothing of it is executed, on any page, for anybody.

Each field that people or the plan fill holds a payload that would call ``ran``, open a dialog or fetch from elsewhere.
"""

import io
import re
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.cases import of_row
from upheld import catalogues
from upheld.apps.channels.models import Mail
from upheld.apps.channels.words import mail_words
from upheld.apps.contracts import services as contract_services
from upheld.apps.parties import services as parties
from upheld.apps.tickets.models import Attachment
from upheld.apps.tickets.services import conversation, files, handling
from upheld.apps.work import relay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYLOADS = (
    "<script>ran('script')</script>",
    "<img src=x onerror=ran('img')>",
    "\"'><svg/onload=ran('svg')>",
    "</textarea></title></style><iframe srcdoc=\"<script>parent.ran('frame')</script>\">",
    "{{constructor.constructor('ran(1)')()}}${ran(1)}",
    "<a href=\"javascript:ran('link')\" x-init=ran(2) hx-on:load=ran(3)>x</a>",
    "<style>@import '//evil.test/x.css';body{background:url(//evil.test/y.png);position:fixed}</style>",
)
NAME = PAYLOADS[0] + PAYLOADS[1] + PAYLOADS[2]
TEXT = "\n\n".join([*PAYLOADS, "javascript:ran('bare') data:text/html,<script>ran(4)</script> vbscript:ran(5)",
                    "https://good.test/?x=\"onmouseover=ran(6)//"])  # fmt: skip
FILES = {
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.ran&&ran(7);alert(7)'/>",
    "a.html": b"<script>alert(8)</script>",
    "a.xml": b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(9)</x:script>",
    "a.pdf": b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(10))>>>>endobj",
    "a.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(11)</script></html>",
    "<img src=x onerror=ran('name')>.png": b"\x89PNG\r\n\x1a\n",
}


def hostile_plan():
    """The plan that ships under another name, with a payload behind each of its names and clauses."""
    text = catalogues.read("celigo").decode().replace("plan: celigo-integrator-io", "plan: hostile", 1)
    payload = NAME.replace('"', '\\"')
    text = re.sub(r"^(\s*(?:name|vendor): )([^\"'>|\n][^\n]*)$", rf'\1"\2 {payload}"', text, flags=re.MULTILINE)
    return re.sub(r'^(\s*(?:text|ask): ".*[^\\])"$', rf'\1 {payload}"', text, flags=re.MULTILINE).encode()


@pytest.fixture
def hostile(world, settings, tmp_path):
    """A world in which every word that somebody could choose is a payload."""
    settings.MEDIA_ROOT = tmp_path
    now = factories.NOW
    team = parties.add_team(name=NAME[:90])
    customer = factories.customer(NAME[:200])
    writer = factories.member(customer, "w@evil.test", name=NAME[:200])
    version = contract_services.publish_plan(raw=hostile_plan(), file="hostile", by=world.lead, now=now)
    contract = factories.contract(customer, version, brand=parties.add_brand(name=NAME[:90]), team=team)
    contract_services.add_instance(contract=contract, name=NAME[:90], environments={"production": "https://p.test/"})
    stored = [files.store(sent=SimpleUploadedFile(name, content, "text/html")) for name, content in FILES.items()]
    ticket = factories.ticket(
        writer, customer, subject=NAME[:250], text=TEXT, files=stored, contract=contract.public_id,
        fields={"steps": TEXT[:500], "expected": NAME, "actual": NAME},
    )  # fmt: skip
    handling.assign_severity(ticket=ticket, severity="high", by=world.agent, reason=NAME[:200], now=now + 60)
    conversation.reply(ticket=ticket, by=world.agent, text=TEXT, now=now + 120)
    conversation.note(ticket=ticket, by=world.agent, text=TEXT, now=now + 180)
    conversation.log_call(ticket=ticket, by=world.agent, inbound=True, now=now + 240, text=TEXT)
    for person, place in ((world.agent, f"ticket:{ticket.public_id}"), (writer, f"ticket:{ticket.public_id}")):
        conversation.save_draft(person=person, place=place, fields={"text": TEXT}, now=now)
    relay.run_until_idle("test", now + 300)
    world.hostile, world.writer, world.hostile_contract, world.hostile_customer = ticket, writer, contract, customer
    return world


def is_afar(address):
    return address.startswith("http") and urlsplit(address).hostname != "localhost"


@pytest.fixture
def watched(walk):
    """Somebody's page that notes whatever runs, opens or is fetched from elsewhere."""
    happened = []

    def log_in(person, **how):
        page = walk(person, **how)
        page.context.expose_function("ran", lambda *given: happened.append(("ran", *given)))
        page.on("dialog", lambda dialog: (happened.append(("dialog", dialog.message)), dialog.dismiss()))
        page.context.on(
            "request", lambda request: happened.append(("fetched", request.url)) if is_afar(request.url) else None
        )
        page.context.on("page", lambda opened: happened.append(("opened", opened.url)))
        return page, happened

    walk.expected.append("Content Security Policy")  # what is tried here is blocked, and said to be
    return log_in


def roam(page, base, paths):
    """Open each page, and every page of ours that it links to, once."""
    seen, ahead = set(), [f"{base}{path}" for path in paths]
    while ahead:
        address = ahead.pop(0).partition("#")[0]
        if address in seen or len(seen) > 60:
            continue
        seen.add(address)
        page.goto(address, wait_until="load")
        page.wait_for_timeout(50)
        assert not page.evaluate("[...document.links].some(a => !/^(https?|mailto|tel):/.test(a.href))"), address
        found = page.evaluate("[...document.links].map(a => a.href)")
        ahead += [
            each for each in found
            if each.startswith((f"{base}/desk/", f"{base}/portal/")) and not re.search(r"/files/|\.csv|\.pdf", each)
        ]  # fmt: skip
    return seen


@of_row("AT-XS-002", "AT-XS-006")
@pytest.mark.parametrize("who", ["agent", "writer"])
def test_nothing_that_somebody_wrote_runs(hostile, watched, live_server, who):
    page, happened = watched(getattr(hostile, who))
    ticket = hostile.hostile.public_id
    if who == "agent":
        start = [f"/desk/tickets/{ticket}/", "/desk/?queue=all", f"/desk/?q={NAME[:100]}", "/desk/customers/",
                 f"/desk/customers/{hostile.hostile_customer.public_id}/", "/desk/notices/", "/desk/plans/",
                 f"/desk/plans/{hostile.hostile_contract.plan_version.public_id}/",
                 f"/desk/contracts/{hostile.hostile_contract.public_id}/"]  # fmt: skip
    else:
        start = [f"/portal/tickets/{ticket}/", "/portal/?state=all", f"/portal/?q={NAME[:100]}", "/portal/new/",
                 "/portal/plan/", "/portal/notices/"]  # fmt: skip
    seen = roam(page, live_server.url, start)
    assert len(seen) >= len(start)
    assert happened == []
    page.goto(f"{live_server.url}{start[0]}")
    assert "<script>ran('script')</script>" in page.content().replace("&lt;", "<").replace("&gt;", ">")


@of_row("AT-XS-003")
@pytest.mark.parametrize("side", ["desk", "portal"])
def test_a_file_is_downloaded_and_never_opened(hostile, watched, live_server, side):
    page, happened = watched(hostile.agent if side == "desk" else hostile.writer)
    for each in Attachment.objects.filter(ticket=hostile.hostile):
        address = f"{live_server.url}/{side}/files/{each.public_id}/"
        with page.expect_download() as loaded:
            page.evaluate("address => { location.href = address }", address)
        assert loaded.value.failure() is None
        answer = page.request.get(address)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        frames = "address => { for (const tag of ['img', 'iframe', 'object', 'embed']) { const it = "
        frames += "document.createElement(tag); it.src = it.data = address; document.body.append(it) } }"
        page.goto(f"{live_server.url}/{side}/notices/")
        page.evaluate(frames, address)
        page.wait_for_timeout(100)
    assert happened == []


@of_row("AT-XS-008")
def test_no_style_of_theirs_applies(hostile, watched, live_server):
    page, happened = watched(hostile.agent)
    page.goto(f"{live_server.url}/desk/tickets/{hostile.hostile.public_id}/")
    assert page.evaluate("getComputedStyle(document.body).position") != "fixed"
    assert page.evaluate("document.querySelectorAll('style, [style*=url], iframe, object, embed').length") == 0
    blocked = """() => { const it = document.createElement('div'); it.setAttribute('style', 'position:fixed');
                 document.body.append(it); return getComputedStyle(it).position }"""
    assert page.evaluate(blocked) == "static"
    assert happened == []


@of_row("AT-XS-009")
@pytest.mark.parametrize("who", ["agent", "writer"])
def test_no_address_changes_what_objects_are(hostile, watched, live_server, who):
    page, happened = watched(getattr(hostile, who))
    side, ticket = ("desk", "tickets") if who == "agent" else ("portal", "tickets")
    polluting = "__proto__[x]=ran(1)&__proto__.y=1&constructor[prototype][x]=1&constructor.prototype.y=1"
    polluting += "&__proto__[src]=data:,ran(2)"
    for path in (f"/{side}/", f"/{side}/{ticket}/{hostile.hostile.public_id}/", "/accounts/preferences/"):
        for address in (f"{path}?{polluting}", f"{path}?{polluting}#{polluting}", f"{path}#__proto__[x]=1"):
            page.goto(f"{live_server.url}{address}")
            page.wait_for_timeout(50)
            assert page.evaluate("[({}).x, ({}).y, ({}).src, [].x, Object.keys(Object.prototype).length]") == [
                None, None, None, None, 0,
            ]  # fmt: skip
    assert happened == []


@of_row("AT-XS-005")
def test_a_mail_holds_what_was_written_as_plain_text(hostile, mailoutbox):
    """Mails are plain text alone: no part of them is markup to anybody."""
    relay.run_until_idle("test", factories.NOW + 600)
    assert Mail.objects.exists()
    for each in Mail.objects.select_related("person", "ticket__customer", "ticket__contract"):
        subject, _text = mail_words(each, factories.NOW + 600)
        assert subject.isprintable()
    assert mailoutbox
    for message in mailoutbox:
        made = message.message()
        assert made.get_content_type() == "text/plain"
        assert message.alternatives == [] if hasattr(message, "alternatives") else True
        assert {name.lower() for name in made} <= {
            "content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id",
            "auto-submitted", "precedence", "in-reply-to", "references", "reply-to", "list-id",
        }  # fmt: skip
        assert len(made.get_all("To")) == 1
        assert io.BytesIO(made.as_bytes()).readlines()
