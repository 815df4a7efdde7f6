"""
Where a clock stands: in scope or not, excluded or not, and how it came out; each with its reason.
"""

import pytest

from tests.core.made_clocks import HOUR, NOW, OPENED, clock, excluded, plan, promise, seen
from upheld.core.compliance.scopes import ComplianceError, Part, Scope, judge, scope_of_credits, scope_of_promise
from upheld.core.plan.contract import Contract
from upheld.core.plan.model.base import Condition
from upheld.core.plan.model.compliance import CompliancePromise, CreditScheme
from upheld.wording import messages, say

CHANNELS = {"gold": frozenset({"portal", "chat"})}


def condition(**keys):
    return Scope(only_if=Condition(**keys), regions={"north": ("NO", "SE")})


def hours(**keys):
    return Scope(opened="in_support_hours", channels=CHANNELS), keys


def while_open(**keys):
    return Scope(opened="while_open", channels=CHANNELS), keys


VERDICTS = {
    "met": (seen(verdict="met"), Part.MET, "standing.met"),
    "breached": (seen(verdict="breached"), Part.BREACHED, "standing.breached"),
    "running and not due": (seen(verdict="pending", allowed=NOW - OPENED + 1), Part.PENDING, "standing.pending"),
    "running, due this second": (seen(verdict="pending", allowed=NOW - OPENED), Part.PENDING, "standing.pending"),
    "running, due a second ago": (
        seen(verdict="pending", allowed=NOW - OPENED - 1),
        Part.BREACHED,
        "standing.breached",
    ),
    "running, less than, due this second": (
        seen(verdict="pending", allowed=NOW - OPENED, promise=promise(exclusive=True)),
        Part.BREACHED,
        "standing.breached",
    ),
    "paused": (seen(verdict="pending", due_at=None), Part.PENDING, "standing.pending"),
    "merged": (seen(verdict="ended"), Part.ENDED, "standing.ended"),
    "unobservable": (seen(verdict="unobservable"), Part.UNOBSERVABLE, "standing.unobservable"),
    "best effort": (
        seen(verdict="ended", promise=promise(None, kind="best_effort"), due_at=None),
        Part.NOT_COUNTED,
        "standing.no_target",
    ),
    "nothing promised": (seen(verdict="ended", promise=None, due_at=None), Part.NOT_COUNTED, "standing.no_target"),
    "a date agreed instead of a length": (
        seen(verdict="met", promise=promise(None, kind="best_effort")),
        Part.MET,
        "standing.met",
    ),
}


@pytest.mark.parametrize(("observation", "part", "code"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(observation, part, code):
    standing = judge(observation, Scope(), NOW)
    assert (standing.part, standing.code) == (part, code)


OUTSIDE = {
    "metric": (
        Scope(metrics=frozenset({"resolution"})),
        {},
        "standing.metric_not_in_scope",
        {"metric": "first_response"},
    ),
    "tier": (Scope(tiers=frozenset({"platinum"})), {}, "standing.tier_not_in_scope", {"tier": "gold"}),
    "severity": (Scope(severities=frozenset({"low"})), {}, "standing.severity_not_in_scope", {"severity": "high"}),
    "component": (
        Scope(components=frozenset({"api"})),
        {},
        "standing.component_not_in_scope",
        {"component": "none"},
    ),
    "CEL-11-a opened outside support hours": (
        *hours(in_support_hours=False),
        "standing.opened_outside_support_hours",
        {},
    ),
    "outside support hours, channel unknown": (
        *hours(in_support_hours=False, channel=None, channel_open=None),
        "standing.opened_outside_support_hours",
        {},
    ),
    "CEL-11 not a channel of the tier": (
        *hours(channel="mail", channel_open=False),
        "standing.not_a_channel_of_the_tier",
        {"channel": "mail", "tier": "gold"},
    ),
    "not a channel of the tier, while open": (
        *while_open(channel="mail", channel_open=False),
        "standing.not_a_channel_of_the_tier",
        {"channel": "mail", "tier": "gold"},
    ),
    "channel closed": (
        *while_open(channel="chat", channel_open=False),
        "standing.opened_while_channel_closed",
        {"channel": "chat"},
    ),
    "request type": (
        condition(request_type="bug"),
        {"request_type": "wish"},
        "standing.condition_unmet",
        {"key": "request_type", "value": "wish"},
    ),
    "environment": (
        condition(environment="production"),
        {},
        "standing.condition_unmet",
        {"key": "environment", "value": "none"},
    ),
    "language": (condition(language=("fr",)), {}, "standing.condition_unmet", {"key": "language", "value": "en"}),
    "region": (condition(region=("CH",)), {}, "standing.condition_unmet", {"key": "region", "value": "none"}),
    "add-on": (condition(add_on="fast"), {}, "standing.condition_unmet", {"key": "add_on", "value": "none"}),
}


@pytest.mark.parametrize(("scope", "about", "code", "params"), OUTSIDE.values(), ids=OUTSIDE)
@pytest.mark.parametrize("verdict", ["met", "breached", "pending", "ended", "unobservable"])
def test_out_of_scope_however_it_ended(verdict, scope, about, code, params):
    standing = judge(seen(verdict=verdict, exclusion=excluded(), about=about), scope, NOW)
    assert (standing.part, standing.code, standing.params) == (Part.NOT_COUNTED, code, params)


INSIDE = {
    "support hours over a channel that is closed now": hours(channel_open=False),
    "support hours": hours(),
    "open channel outside support hours": while_open(in_support_hours=False),
    "no condition": (Scope(), {"in_support_hours": False, "channel_open": False}),
    "region of the plan": (condition(region=("north",)), {}),
    "region": (condition(region=("SE",)), {}),
    "add-on": (condition(add_on=("fast", "wide")), {}),
    "without another add-on": (condition(without_add_on="slow"), {}),
    "language": (condition(language=("en", "fr")), {}),
    "severity": (condition(severity=("low", "high")), {}),
}
SWEDE = Contract(customer="acme", tier="gold", contract="A-1", regions=("SE", "SE-AB"), add_ons=frozenset({"fast"}))


@pytest.mark.parametrize(("scope", "about"), INSIDE.values(), ids=INSIDE)
def test_in_scope(scope, about):
    assert judge(seen(verdict="met", contract=SWEDE, about=about), scope, NOW).part is Part.MET


def test_an_add_on_that_must_not_be():
    scope = condition(without_add_on="fast")
    assert judge(seen(contract=SWEDE), scope, NOW).params == {"key": "without_add_on", "value": "fast"}


@pytest.mark.parametrize(
    ("opened", "about"),
    [
        ("in_support_hours", {"channel": None, "channel_open": None}),
        ("while_open", {"channel": None, "channel_open": None}),
        ("while_open", {"channel": "chat", "channel_open": None}),
    ],
)
def test_an_unknown_channel_decides_nothing_silently(opened, about):
    standing = judge(seen(about=about), Scope(opened=opened, channels=CHANNELS), NOW)
    assert (standing.part, standing.code) == (Part.UNOBSERVABLE, "standing.channel_unknown")


def test_the_severity_whose_target_ruled_decides():
    """A ticket lowered after its clock was met still counts as what it was promised as."""
    one = seen(clock(promise=promise(severity="high")), about={"severity": "low"})
    assert judge(one, Scope(severities=frozenset({"high"})), NOW).part is Part.MET
    unassigned = seen(clock(promise=promise(severity=None)), about={"severity": "low"})
    assert judge(unassigned, Scope(severities=frozenset({"low"})), NOW).part is Part.MET


LEAVES = {
    "both, breached": ("both", "breached", (), Part.EXCLUDED, "standing.excluded"),
    "both, met": ("both", "met", (), Part.EXCLUDED, "standing.excluded"),
    "both, pending": ("both", "pending", (), Part.EXCLUDED, "standing.excluded"),
    "numerator, breached": ("numerator", "breached", (), Part.FORGIVEN, "standing.forgiven"),
    "numerator, met": ("numerator", "met", (), Part.MET, "standing.met"),
    "numerator, ended": ("numerator", "ended", (), Part.EXCLUDED, "standing.excluded"),
    "a cause of the scheme": ("both", "breached", ("beyond_control",), Part.EXCLUDED, "standing.excluded"),
    "a cause that is not of the scheme": ("both", "breached", ("customer_acts",), Part.BREACHED, "standing.breached"),
}


@pytest.mark.parametrize(("leave", "verdict", "causes", "part", "code"), LEAVES.values(), ids=LEAVES)
def test_excluded(leave, verdict, causes, part, code):
    scope = Scope(excluded_leave=leave, exclusions=frozenset(causes))
    one = seen(verdict=verdict, exclusion=excluded(), due_at=NOW + HOUR)
    standing = judge(one, scope, NOW)
    assert (standing.part, standing.code) == (part, code)


UNKNOWN = {
    "phoned": {"phoned": True},
    "not phoned": {"phoned": False},
    "product": {"product": ("a",)},
    "reached": {"reached": ("b",)},
    "inside": {"inside": ("office",)},
    "outside": {"outside": ("office",)},
    "answers": {"answers": {"system": ["down"]}},
}


@pytest.mark.parametrize("keys", UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_judged_is_refused(keys):
    with pytest.raises(ComplianceError) as caught:
        Scope(only_if=Condition(**keys))
    assert (caught.value.code, caught.value.params) == ("compliance.condition_not_known", {"key": next(iter(keys))})


def test_scopes_of_a_plan():
    scheme = CreditScheme(per="quarter", of="violations", table={">= 0": "0%"}, opened="while_open", severities="high")
    small = plan(regions={"north": ["NO"]})
    scope = scope_of_credits(scheme, small)
    assert scope.channels == {"bronze": frozenset(), "gold": frozenset({"portal", "chat"})}
    assert (scope.severities, scope.regions, scope.excluded_leave) == ({"high"}, {"north": ("NO",)}, "both")
    many = CompliancePromise(metrics="first_response", per="month", stages=[{"at_least": "95%"}], severity="low")
    assert judge(seen(), scope_of_promise(many, small), NOW).params == {"key": "severity", "value": "high"}


def test_every_standing_has_its_sentence():
    codes = {code for *_, code in (*VERDICTS.values(), *LEAVES.values())} | {row[2] for row in OUTSIDE.values()}
    assert codes <= set(messages())
    for scope, about, _, _ in OUTSIDE.values():
        standing = judge(seen(about=about), scope, NOW)
        assert say(standing.code, standing.params).startswith("It does not count: ")
