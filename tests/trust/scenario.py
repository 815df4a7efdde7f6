"""
One life of a ticket, told so that a process can be killed anywhere in it and another one goes on.

``prepare`` makes the cast once; ``live`` does what people did, in order, each act once however often it is run, with a
relay that comes soon after; ``work`` is the relay until idle, long after everything is due; ``outcome`` is all there is
in the end. A submission is spooled under a key, as a browser that tries again sends it.
"""

import os
from pathlib import Path

DAY = 86_400
KEY = "the-form"


def prepare():
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from tests import factories  # noqa: PLC0415

    factories.World()


def serving_cast():
    """
    The cast as of today, for a service with the clock on the wall; returns an API key of the contact.
    """
    import datetime as dt  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from django.conf import settings  # noqa: PLC0415

    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)
    from tests import factories  # noqa: PLC0415
    from upheld.apps.parties import services as parties  # noqa: PLC0415
    from upheld.apps.work import clock  # noqa: PLC0415

    now = clock.now()
    today = dt.datetime.fromtimestamp(now, tz=dt.UTC).date()
    factories.agent(now=now)
    version = factories.plan_version(now=now)
    customer = factories.customer()
    contact = factories.member(customer, now=now)
    year = dt.timedelta(days=300)
    factories.contract(customer, version, starts_on=today - year, ends_on=today + year, now=now)
    return parties.make_key(owner=contact, name="load", scopes=parties.rights_of(contact, now), now=now).text


def idle():
    """
    The relay until idle, now and until every lease has ended.
    """
    from upheld.apps.work import clock, relay  # noqa: PLC0415

    for step in range(4):
        relay.run_until_idle(f"worker-{os.getpid()}", clock.now() + step * 130)


def counts():
    """
    What there is of tickets: by key of their submissions, and how many events and messages.
    """
    from upheld.apps.tickets.models import EventRow, Message, Submission, Ticket, Timer  # noqa: PLC0415
    from upheld.apps.work.models import OutboxRow  # noqa: PLC0415

    return {
        "tickets": sorted(Ticket.objects.values_list("public_id", flat=True)),
        "submissions": sorted(set(Submission.objects.values_list("state", flat=True))),
        "opened": EventRow.objects.filter(kind="opened").count(),
        "messages": Message.objects.count(),
        "timers": Timer.objects.count(),
        "work": sorted(set(OutboxRow.objects.values_list("state", flat=True))),
    }


def live():
    from tests.factories import NOW  # noqa: PLC0415
    from upheld.apps.parties.models import Customer, Person  # noqa: PLC0415
    from upheld.apps.tickets.models import Message, Submission  # noqa: PLC0415
    from upheld.apps.tickets.services import conversation, files, intake, posting, spool  # noqa: PLC0415

    people = {person.email.split("@")[0]: person for person in Person.objects.all()}
    kept = Submission.objects.filter(key=KEY).first()
    content = {"subject": "Export down", "text": "No order leaves", "urgency": "urgent", "files": []}
    if kept is None:
        content["files"] = [files.store(sent=Upload(b"log" * 1000), customer_id=Customer.objects.get().pk)]
    submission = spool.spool(
        key=KEY, channel="portal", person=people["dana"], customer=Customer.objects.get(), content=content, now=NOW
    )
    ticket = intake.submit(submission=submission, now=NOW)
    if not Message.objects.filter(ticket=ticket, payload__text="On it").exists():
        soon(NOW + 60)  # who goes on after a kill does not go back in time behind what was done later
        conversation.reply(ticket=ticket, by=people["agent"], text="On it", now=NOW + 600)
    words = {"text": "Still down", "seen": 2, "now": NOW + 1200}
    posting.post(submission=posting.keep(ticket=ticket, by=people["dana"], **words), now=NOW + 1200)
    move(people["lead"], NOW + 1500)
    export(people["agent"], NOW + 1400)  # long enough before it is made to be told by mail
    soon(NOW + 1600)


def export(by, now):
    """
    All tickets as a file, asked for once.
    """
    from upheld.apps.exports import services  # noqa: PLC0415
    from upheld.apps.exports.models import Export  # noqa: PLC0415
    from upheld.apps.tickets.selectors import Filters  # noqa: PLC0415

    if not Export.objects.exists():
        services.ask(by=by, filters=Filters(queue="all"), title="All", end_of_day=now, now=now)


def move(by, now):
    """
    A day on which the office is closed, declared once: clocks that run move to it as due work.
    """
    import datetime as dt  # noqa: PLC0415

    from upheld.apps.contracts import editions  # noqa: PLC0415
    from upheld.apps.contracts.models import PlanVersion  # noqa: PLC0415
    from upheld.apps.tickets.models import Recompute  # noqa: PLC0415
    from upheld.apps.tickets.previews import Wanted, preview  # noqa: PLC0415
    from upheld.apps.tickets.services import recomputing  # noqa: PLC0415

    if Recompute.objects.exists():
        return
    version = PlanVersion.objects.get()
    name = next(each.name for each in editions.lists_of(editions.current(version)))
    wanted = Wanted(version, (editions.ListChange(name, add={dt.date(2026, 4, 20): "Company day"}),))
    digest = preview(wanted, now).digest
    recomputing.apply(wanted=wanted, digest=digest, reason="The office is closed", by=by, now=now)


def soon(now):
    """
    The relay until idle while all is fresh: again and again, so that leases end and what failed is tried again.
    """
    from upheld.apps.work import relay  # noqa: PLC0415

    for step in range(7):
        relay.run_until_idle(f"worker-{os.getpid()}", now + step * 75)


class Upload:
    """A file as a form brings it."""

    name = "export.log"

    def __init__(self, content):
        self.content, self.size = content, len(content)

    def chunks(self, _size=None):
        yield self.content


def work():
    """
    The relay until idle long after everything was due, at later and later instants, so that leases end, what failed is
    tried again, and what came late is told.
    """
    from tests.factories import NOW  # noqa: PLC0415
    from upheld.apps.work import relay  # noqa: PLC0415

    for step in range(7):
        relay.run_until_idle(f"worker-{os.getpid()}", NOW + 20 * DAY + step * 3700)


def passed():
    """
    How often the failpoint that was named was passed.
    """
    from upheld.apps.work import faults  # noqa: PLC0415

    return sum(faults._passed.values())


def outcome():
    from django.conf import settings  # noqa: PLC0415

    from tests.factories import NOW  # noqa: PLC0415
    from upheld.apps.channels.models import Mail, Notice  # noqa: PLC0415
    from upheld.apps.exports.models import Export  # noqa: PLC0415
    from upheld.apps.tickets.models import Attachment, ClockRow, EventRow, Message, Recompute, Submission, Ticket, Timer  # noqa: PLC0415
    from upheld.apps.work.models import OutboxRow  # noqa: PLC0415
    from upheld.trust.verification import verify as run  # noqa: PLC0415

    report = run(now=NOW + 30 * DAY)
    lying = len(list(Path(settings.EXPORT_ROOT).glob("*")))
    sent = [path.read_text() for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*"))]
    ids = [line.split()[1] for text in sent for line in text.splitlines() if line.lower().startswith("message-id:")]
    return {
        "violations": [f"{each.code} {each.row} {each.params}" for each in report.violations],
        "submissions": sorted(Submission.objects.values_list("state", flat=True)),
        "tickets": Ticket.objects.count(),
        "events": list(EventRow.objects.order_by("seq").values_list("kind", flat=True)),
        "messages": list(Message.objects.order_by("seq").values_list("payload__text", flat=True)),
        "attachments": Attachment.objects.count(),
        "clocks": [list(row) for row in ClockRow.objects.order_by("pk").values_list("metric", "cycle", "verdict")],
        "timers": sorted(map(list, Timer.objects.values_list("kind", "metric", "state"))),
        "notices": sorted(map(list, Notice.objects.values_list("person__email", "code", "fold__code", "is_mailed"))),
        "moves": list(Recompute.objects.values_list("done", "total")),
        "exports": [[*row, lying] for row in Export.objects.values_list("state", "problem", "done", "attempts")],
        "mails": sorted(map(list, Mail.objects.values_list("person__email", "code", "state"))),
        "work": sorted(set(OutboxRow.objects.values_list("state", flat=True))),
        "mail_ids": len(set(ids)),
        "mails_sent": len(ids),
    }
