"""
What the access matrix sends to each route that writes: fields that it takes, so that the answer is about who asks.

A word in angle brackets stands for somebody's object of that kind.
"""

import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile

TICKET = "/desk/tickets/<public_id>"
FORMS = {
    "/accounts/login/": {"login": "nobody@example.test", "password": "no such password"},
    "/accounts/password/reset/": {"email": "nobody@example.test"},
    "/accounts/preferences/": {"zone": "UTC", "language": "en", "theme": "dark"},
    "/accounts/theme/": {"theme": "dark"},
    "/desk/several/": {"ticket": "<ticket>", "do": "take"},
    f"{TICKET}/assign/": {"to": "me"},
    f"{TICKET}/call/": {"direction": "in", "text": "Called"},
    f"{TICKET}/coverage/": {"coverage": "not_covered", "reason": "Not ours"},
    f"{TICKET}/draft/": {"text": "Half a"},
    f"{TICKET}/release/": {"contract": "<contract>", "reason": "Renewed"},
    f"{TICKET}/say/": {"as": "reply", "text": "On it"},
    f"{TICKET}/severity/": {"severity": "low", "reason": "It works again"},
    f"{TICKET}/status/": {"status": "on_hold"},
    "/portal/new/": {"contract": "<contract>", "key": "k", "subject": "Down", "urgency": "low", "later": "1",
                     "place": "production"},
    "/portal/new/draft/": {"contract": "<contract>", "subject": "Half a"},
    "/portal/new/draft/drop/": {"contract": "<contract>"},
    "/portal/plan/<contract>/contacts/": {"person": "<member>", "list": "any"},
    "/portal/plan/<contract>/contacts/transfer/": {"leaving": "<member>", "list": "any"},
    "/portal/tickets/<public_id>/draft/": {"text": "Half a"},
    "/portal/tickets/<public_id>/message/": {"text": "Still down"},
}  # fmt: skip

API = "/api/v1/tickets/<ticket>"
BODIES = {
    "/api/v1/contracts": {"customer": "<customer>", "plan": "<plan>", "tier": "preferred", "starts_on": "2031-01-01",
                          "brand": "<brand>"},
    "/api/v1/keys": {"name": "k", "scopes": ["own.read"]},
    "/api/v1/tickets": {"subject": "Down", "customer": "<customer>", "requester": "<member>", "urgency": "low",
                        "contract": "<contract>"},
    f"{API}/calls": {"is_inbound": True},
    f"{API}/exclusions": {"cause": "maintenance", "is_excluded": True, "reason": "Announced"},
    f"{API}/messages": {"text": "Hello"},
    f"{API}/release": {"contract": "<contract>", "reason": "Renewed"},
    "PATCH /api/v1/tickets": {"items": [{"id": "<ticket>", "status": "on_hold"}]},
    f"PATCH {API}": {"status": "on_hold"},
}  # fmt: skip
PLAN = b"upheld: 1\nplan: half\n"


def sent(method, path, belongings, missing=()):
    """What a route is sent, as arguments of Django's test client."""

    def put_in(value):
        text = json.dumps(value)
        for kind in set(re.findall(r"<(\w+)>", text)):
            text = text.replace(f"<{kind}>", "0" * 16 if kind in missing else str(belongings.get(kind, "0" * 16)))
        return json.loads(text)

    if method in ("GET", "HEAD"):
        return {}
    if path.endswith("/attachments"):
        return {"data": {"file": SimpleUploadedFile("x.txt", b"x")}}
    if path == "/api/v1/plans":
        return {"data": PLAN, "content_type": "application/yaml"}
    if path.startswith("/api/"):
        body = BODIES.get(f"{method} {path}") or BODIES.get(path) or {}
        return {"data": json.dumps(put_in(body)), "content_type": "application/json"}
    return {"data": put_in(FORMS.get(path, {}))}
