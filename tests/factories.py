"""
One file of factories for the tests of the service: a small named cast, made through the services.

Dana Whitfield writes for Northwind (Celigo, Preferred); Jo Osei is an agent, Priya Nair a lead. The instants are fixed;
:data:`NOW` is a Friday at 9 in California, within support hours.
"""

import datetime as dt
import itertools

from upheld import catalogues
from upheld.apps.contracts import services as contract_services
from upheld.apps.parties import services as party_services
from upheld.apps.parties.models import Person
from upheld.apps.tickets.services import intake, spool
from upheld.core.instants import parse_instant

NOW = parse_instant("2026-04-17T16:00:00Z")
MINUTE, HOUR, DAY = 60, 3600, 86_400
PASSWORD = "correct horse battery"  # noqa: S105  (known to everybody)

_keys = itertools.count()


def person(email="agent@upheld.test", *, name="Jo Osei", zone="America/Los_Angeles", role=None, now=NOW, team=None):
    """A person; with a role, one of the vendor's."""
    party_services.ensure_roles()
    made = party_services.add_person(email=email, name=name, zone=zone, language="en", password=PASSWORD, now=now)
    if role is not None:
        party_services.grant_role(person=made, role=role, now=now, team=team)
    return made


def agent(email="agent@upheld.test", **changes):
    """An agent, who sees all teams' tickets unless told otherwise."""
    return person(email, **{"role": "agent", **changes})


def plan_version(name="celigo", *, by=None, now=NOW):
    """A plan that ships, published."""
    by = (
        by
        or Person.objects.filter(email="admin@upheld.test").first()
        or person("admin@upheld.test", name="Ada Admin", role="admin", now=now)
    )
    return contract_services.publish_plan(raw=catalogues.read(name), file=name, by=by, now=now)


def customer(name="Northwind Traders", *, zone="America/Los_Angeles", regions=("US",)):
    """A customer."""
    return party_services.add_customer(name=name, zone=zone, regions=list(regions))


def member(of, email="dana@northwind.test", *, name="Dana Whitfield", zone="Australia/Sydney", part="manager", now=NOW):
    """A person of a customer."""
    made = person(email, name=name, zone=zone, now=now)
    party_services.add_member(person=made, customer=of, part=part, now=now)
    return made


def contract(
    of,
    version,
    *,
    tier="preferred",
    starts_on=dt.date(2026, 1, 1),
    ends_on=dt.date(2026, 12, 31),
    now=NOW,
    brand=None,
    **more,
):
    """A contract of a customer."""
    brand = brand or party_services.add_brand(name=f"Celigo {next(_keys)}")
    return contract_services.make_contract(
        customer=of, brand=brand, plan_version=version, tier=tier, starts_on=starts_on, ends_on=ends_on, now=now, **more
    )


def ticket(
    by,
    of,
    *,
    subject="Orders stopped exporting",
    text="Since 8:50 no order leaves.",
    urgency="urgent",
    now=NOW,
    channel="portal",
    **more,
):
    """A ticket, through the spool and the intake."""
    content = {"subject": subject, "text": text, "urgency": urgency, **more}
    key = f"factory:{next(_keys)}"
    kept = spool.spool(key=key, channel=channel, person=by, customer=of, content=content, now=now)
    return intake.submit(submission=kept, now=now)


class World:
    """The cast together: plan, customer, contract, contact, agent, lead."""

    def __init__(self, now=NOW, *, plan="celigo", tier="preferred"):
        self.now = now
        self.agent = agent(now=now)
        self.lead = agent("lead@upheld.test", name="Priya Nair", role="lead", now=now)
        self.version = plan_version(plan, now=now)
        self.customer = customer()
        self.contact = member(self.customer, now=now)
        self.contract = contract(self.customer, self.version, tier=tier, now=now)

    def ticket(self, **changes):
        """A ticket by the contact."""
        return ticket(self.contact, self.customer, **{"now": self.now, **changes})
