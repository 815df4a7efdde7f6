"""
What the access matrix sends to each route that writes: fields that it takes, so that the answer is about who asks.

A word in angle brackets stands for somebody's object of that kind.
"""

import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from upheld import catalogues

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
    "/desk/answers/save/": {"title": "Greeting", "text": "Hello {requester.name}", "for": "self"},
    "/desk/answers/signature/": {"signature": "{agent.name}"},
    "/desk/answers/<public_id>/change/": {"title": "Changed", "text": "Hi", "for": "self"},
    "/desk/plans/<public_id>/holidays/preview/": {"what": "add", "list": "us", "day": "2031-05-05", "name": "Fair"},
    "/desk/plans/<public_id>/holidays/apply/": {"what": "add", "list": "us", "day": "2031-05-05", "name": "Fair",
                                                "digest": "<holidays_digest>", "reason": "Declared"},
    "/desk/exports/ask/": {"query": "queue=open"},
    "/desk/views/save/": {"name": "Mine", "query": "queue=mine", "for": "self"},
    "/desk/views/<public_id>/change/": {"name": "Changed", "for": "self"},
    f"{TICKET}/answers/": {"answer": "<answer>", "text": "Half a"},
    f"{TICKET}/correct/": {"seq": "<call>", "reason": "Not they"},
    f"{TICKET}/erase/": {"message": "<message>", "reason": "A password"},
    f"{TICKET}/exclusion/": {"cause": "beyond_control", "excluded": "yes", "metric": "", "reason": "A cable was cut"},
    f"{TICKET}/link/": {"other": "<other>", "reason": "One cause"},
    f"{TICKET}/merge/": {"other": "<other>", "reason": "One cause"},
    f"{TICKET}/reproduction/": {"outcome": "reproduced", "text": "Here too"},
    f"{TICKET}/split/": {"message": "<message>", "subject": "Another", "urgency": "", "reason": "A second matter"},
    f"{TICKET}/team/": {"team": "<team>", "reason": "Theirs"},
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
    "/api/v1/contracts/<contract>/cancellation": {"received_at": "<noticed_at>", "digest": "<cancel_digest>",
                                                  "reason": "They said so"},
    "/api/v1/contracts/<contract>/move": {"plan": "<next_plan>", "digest": "<move_digest>", "reason": "Agreed"},
    "/api/v1/contracts/<contract>/move/preview": {"plan": "<next_plan>"},
    "/api/v1/contracts/<contract>/tier": {"tier": "premier", "on": "<tier_day>", "digest": "<tier_digest>",
                                          "reason": "Bought"},
    "/api/v1/plans/<plan>/holidays": {"name": "us", "add": [{"date": "2031-05-05", "name": "Fair"}],
                                      "digest": "<holidays_digest>", "reason": "Declared"},
    "/api/v1/plans/<plan>/holidays/preview": {"name": "us", "add": [{"date": "2031-05-05", "name": "Fair"}]},
    "/api/v1/saved-answers": {"title": "Greeting", "text": "Hello {requester.name}"},
    "PUT /api/v1/saved-answers/<answer>": {"title": "Changed", "text": "Hi"},
    "/api/v1/views": {"name": "Mine", "query": "queue=mine"},
    "PUT /api/v1/views/<view>": {"name": "Changed", "query": "queue=mine"},
    "/api/v1/keys": {"name": "k", "scopes": ["own.read"]},
    "/api/v1/tickets": {"subject": "Down", "customer": "<customer>", "requester": "<member>", "urgency": "low",
                        "contract": "<contract>"},
    f"{API}/calls": {"is_inbound": True},
    f"{API}/attachments/<attachment>/erasure": {"reason": "A password"},
    f"{API}/corrections": {"event": "<call>", "reason": "Not they"},
    f"{API}/exclusions": {"cause": "beyond_control", "is_excluded": True, "reason": "A cable was cut"},
    f"{API}/links": {"to": "<other>", "reason": "One cause"},
    f"{API}/merge": {"into": "<other>", "reason": "One cause"},
    f"{API}/messages/<message>/erasure": {"reason": "A password"},
    f"{API}/milestones": {"milestone": "found"},
    f"{API}/reproductions": {"outcome": "reproduced"},
    f"{API}/split": {"message": "<message>", "subject": "Another", "reason": "A second matter"},
    f"{API}/messages": {"text": "Hello"},
    f"{API}/release": {"contract": "<contract>", "reason": "Renewed"},
    "PATCH /api/v1/tickets": {"items": [{"id": "<ticket>", "status": "on_hold"}]},
    f"PATCH {API}": {"status": "on_hold"},
}  # fmt: skip
QUERIES = {
    "/api/v1/contracts/<contract>/tier": "?tier=premier",
    "/api/v1/search": "?text=CANARY",
    "/desk/tickets/<public_id>/correct/": "?seq=<call>",
    "/desk/tickets/<public_id>/erase/": "?file=<attachment>",
}
NUMBERS = {"call"}
"""Kinds that are sent as numbers."""
PLAN = catalogues.read("celigo").replace(b"version: 2022-05", b"version: 2023-01", 1)
DIGEST = "0" * 64


def queried(path, belongings, missing=()):
    """What is asked of a route that reads, behind its address."""
    found = QUERIES.get(path, "")
    for kind in re.findall(r"<(\w+)>", found):
        found = found.replace(f"<{kind}>", "0" * 16 if kind in missing else str(belongings.get(kind, "0" * 16)))
    return found


def sent(method, path, belongings, missing=()):
    """What a route is sent, as arguments of Django's test client."""

    def put_in(value):
        text = json.dumps(value)
        for kind in set(re.findall(r"<(\w+)>", text)):
            nobody = DIGEST if kind.endswith("_digest") else 1 if kind in NUMBERS else "0" * 16
            given = nobody if kind in missing else belongings.get(kind, nobody)
            text = text.replace(f'"<{kind}>"', json.dumps(given)) if kind in NUMBERS else text
            text = text.replace(f"<{kind}>", str(given))
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
