"""
Tickets: what was submitted, the event chain, the conversation, and the read model that follows from the events.

Invariant: ``EventRow`` is the truth and only ever grows; ``Ticket``, ``ClockRow`` and ``Timer`` can be rebuilt from
it and are then identical. Every row of a customer carries ``customer``.

A foreign key has no index of its own (``db_index=False``) where another one begins with its column: each costs every
write.
"""

from __future__ import annotations

from typing import Final

from django.db import models

from upheld.apps.work.models import new_public_id


class Submission(models.Model):
    """
    What somebody sent, raw, kept before any rule runs; ``key`` makes a second sending of the same harmless.
    """

    class State(models.TextChoices):
        """
        What became of it.
        """

        SPOOLED = "spooled"
        TICKETED = "ticketed"
        HELD = "held"
        REFUSED = "refused"

    class Kind(models.TextChoices):
        """
        What it is to become: a ticket of its own, or a message on one.
        """

        TICKET = "ticket"
        MESSAGE = "message"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=63)
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    raw = models.BinaryField()
    digest = models.CharField(max_length=64)
    received_at = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SPOOLED)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TICKET)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, null=True, related_name="submissions")
    seq = models.PositiveIntegerField(null=True)
    """The event of the ticket that a message became."""
    problem = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.BigIntegerField(null=True)
    """When the relay tries again what it could not make a ticket or message of."""
    erased_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(state="spooled"), name="submission_spooled"),
        ]

    def __str__(self) -> str:
        return self.key


LAST_DUE: Final = 2**62
"""Sorts tickets without a due time behind all others."""


class DueLast(models.Func):
    """
    The instant by which lists sort: when the next promise is due, else after everything. The number stands in the SQL
    itself, not among the parameters, so that an index on this expression is found.
    """

    template = f"COALESCE(%(expressions)s, {LAST_DUE})"
    output_field = models.BigIntegerField()


class Ticket(models.Model):
    """
    A ticket's read model: who, what, and the next promise; everything but the subject follows from the events.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    number = models.BigIntegerField(unique=True)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="tickets", db_index=False)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, null=True, related_name="tickets")
    plan_version = models.ForeignKey("contracts.PlanVersion", on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.ForeignKey("contracts.CalendarEdition", on_delete=models.PROTECT, null=True, related_name="+")
    tier = models.CharField(max_length=63, blank=True)
    requester = models.ForeignKey(
        "parties.Person", on_delete=models.PROTECT, related_name="requested_tickets", db_index=False
    )
    assignee = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="assigned_tickets")
    team = models.ForeignKey("parties.Team", on_delete=models.PROTECT, null=True, related_name="tickets")
    subject = models.CharField(max_length=250)
    channel = models.CharField(max_length=63, blank=True)
    request_type = models.CharField(max_length=63, blank=True)
    environment = models.CharField(max_length=63, blank=True)
    instance = models.ForeignKey("contracts.Instance", on_delete=models.PROTECT, null=True, related_name="+")
    urgency = models.CharField(max_length=63, blank=True)
    severity = models.CharField(max_length=63, blank=True)
    is_severity_assigned = models.BooleanField(default=False)
    status = models.CharField(max_length=30, default="waiting_on_support")
    is_open = models.BooleanField(default=True)
    is_entitled = models.BooleanField(default=True)
    held_reason = models.CharField(max_length=63, blank=True)
    coverage = models.CharField(max_length=20, default="undecided")
    opened_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    resolved_at = models.BigIntegerField(null=True)
    closed_at = models.BigIntegerField(null=True)
    next_metric = models.CharField(max_length=63, blank=True)
    next_due_at = models.BigIntegerField(null=True)
    next_at_risk_at = models.BigIntegerField(null=True)
    next_state = models.CharField(max_length=12, blank=True)
    messages_count = models.PositiveIntegerField(default=0)
    last_message_at = models.BigIntegerField(null=True)
    last_message_by_customer = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    is_imported = models.BooleanField(default=False)
    legal_hold = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="ticket_external_once"
            )
        ]
        indexes = [
            models.Index(DueLast("next_due_at"), "id", condition=models.Q(is_open=True), name="ticket_open_by_due"),
            models.Index(DueLast("next_due_at"), "id", name="ticket_by_due"),
            models.Index(
                "status", DueLast("next_due_at"), "id", condition=models.Q(is_open=True), name="ticket_open_by_status"
            ),
            models.Index(
                fields=["next_at_risk_at"],
                condition=models.Q(is_open=True, next_state="running"),
                name="ticket_open_at_risk",
            ),
            models.Index(fields=["id"], condition=models.Q(is_open=True, is_entitled=False), name="ticket_open_held"),
            models.Index(fields=["changed_at"], name="ticket_changed"),
            models.Index(fields=["customer", "-changed_at", "-id"], name="ticket_customer_changed"),
            models.Index(
                "assignee", DueLast("next_due_at"), "id", condition=models.Q(is_open=True), name="ticket_mine_by_due"
            ),
            models.Index(fields=["requester", "-changed_at", "-id"], name="ticket_requester"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class EventRow(models.Model):
    """
    One event: its canonical bytes, chained by hash. ``hash`` is SHA-256 over the hash before it and the bytes.
    """

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    effective_at = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    record = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="event_once")]
        ordering = ["ticket_id", "seq"]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.seq} {self.kind}"


class Root(models.Model):
    """
    A seal over the heads of all chains at one instant, so that a tail that was cut off shows; ``heads`` are those that
    were new since the root before it, compressed.
    """

    sealed_at = models.BigIntegerField()
    tickets = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    heads = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return self.digest


class Payload(models.Model):
    """
    A text that belongs to an event, outside the chain, which holds its salted digest: it can be erased.
    """

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="payloads", db_index=False)
    seq = models.PositiveIntegerField()
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    erased_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "seq", "digest"], name="payload_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Message(models.Model):
    """
    One message of the conversation, as it is shown; its words are a payload.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="messages", db_index=False)
    seq = models.PositiveIntegerField()
    author = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="+")
    by_customer = models.BooleanField()
    is_public = models.BooleanField(default=True)
    is_automatic = models.BooleanField(default=False)
    channel = models.CharField(max_length=63, blank=True)
    payload = models.ForeignKey("tickets.Payload", on_delete=models.PROTECT, related_name="+")
    sent_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="message_once")]
        ordering = ["ticket_id", "sent_at", "seq"]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.seq}"


class Attachment(models.Model):
    """
    A file; stored under a name of ours, shown under its own, its type found from its content.

    ``mark`` is its salted digest, the only thing of it that stands in the chain of events; ``salt`` and ``digest``
    (SHA-256 of the content) go when it is erased, so that nobody can tell any more which file it was.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey("tickets.Message", on_delete=models.PROTECT, null=True, related_name="attachments")
    uploader = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    storage_key = models.CharField(max_length=80, unique=True)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, default="")
    mark = models.CharField(max_length=64, default="")
    content_type = models.CharField(max_length=100)
    is_public = models.BooleanField(default=True)
    uploaded_at = models.BigIntegerField()
    erased_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class ClockRow(models.Model):
    """
    A clock as the fold gave it; instants in seconds. ``revision`` is the digest of the calendar that it ran on.
    """

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="clocks", db_index=False)
    metric = models.CharField(max_length=63)
    cycle = models.PositiveIntegerField()
    severity = models.CharField(max_length=63, blank=True)
    rule = models.CharField(max_length=200, blank=True)
    calendar = models.CharField(max_length=63, blank=True)
    revision = models.CharField(max_length=64, blank=True)
    started_at = models.BigIntegerField()
    due_at = models.BigIntegerField(null=True)
    early_at = models.BigIntegerField(null=True)
    at_risk_at = models.BigIntegerField(null=True)
    stopped_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    ended_because = models.CharField(max_length=30, blank=True)
    breached_at = models.BigIntegerField(null=True)
    spent_seconds = models.BigIntegerField(default=0)
    allowed_seconds = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=12)
    paused_by = models.CharField(max_length=200, blank=True)
    exclusion = models.CharField(max_length=63, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="clock_once")]
        ordering = ["ticket_id", "id"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.metric} {self.cycle}"


class Timer(models.Model):
    """
    Something that becomes true at an instant if nothing happens before: a clock at risk, or breached.

    A ticket's timers carry its generation; those of an older one have no effect.
    """

    class Kind(models.TextChoices):
        """
        What becomes true.
        """

        AT_RISK = "at_risk"
        BREACH = "breach"

    class State(models.TextChoices):
        """
        Whether it took effect.
        """

        WAITING = "waiting"
        FIRED = "fired"
        PARKED = "parked"

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="timers", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    metric = models.CharField(max_length=63)
    cycle = models.PositiveIntegerField()
    due_at = models.BigIntegerField()
    generation = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    retry_at = models.BigIntegerField(null=True)
    fired_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind", "metric", "cycle", "due_at"], name="timer_takes_effect_once"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "ticket", "id"], condition=models.Q(state="waiting"), name="timer_waiting"),
            models.Index(fields=["retry_at"], condition=models.Q(retry_at__isnull=False), name="timer_retried"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.metric}"


class Draft(models.Model):
    """
    What somebody typed and has not sent yet, for a ticket or a new one.
    """

    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    saved_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="draft_once")]

    def __str__(self) -> str:
        return self.place


class Reply(models.Model):
    """
    The answer given to a request that carried an idempotency key; the same key gives the same answer.
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    made_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="reply_once")]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return self.key


class Audience(models.TextChoices):
    """
    Who sees and uses what an agent keeps under a name: its owner, a team, or everybody at the desk.
    """

    SELF = "self"
    TEAM = "team"
    ALL = "all"


class SavedView(models.Model):
    """
    A list with its filters under a name: of one person, and where it is shared, of a team or of everybody.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    owner = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="views")
    audience = models.CharField(max_length=4, choices=Audience.choices, default=Audience.SELF)
    team = models.ForeignKey("parties.Team", on_delete=models.CASCADE, null=True, related_name="views")
    made_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_name_once")]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SavedAnswer(models.Model):
    """
    A text for replies under a title, with places for facts (``parties.placeholders``): of one person, and where it is
    shared, of a team or of everybody.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    title = models.CharField(max_length=80)
    text = models.TextField()
    owner = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="saved_answers")
    audience = models.CharField(max_length=4, choices=Audience.choices, default=Audience.SELF)
    team = models.ForeignKey("parties.Team", on_delete=models.CASCADE, null=True, related_name="saved_answers")
    made_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="answer_title_once")]
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class Recompute(models.Model):
    """
    Running clocks on their way to other calendars or to another plan version: what was decided, by whom and why, and
    how far it is. ``edition`` and ``target`` are where the open tickets go; ``failed`` are those that could not.
    """

    class Kind(models.TextChoices):
        """
        What changes.
        """

        CALENDAR = "calendar"
        PLAN = "plan"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    plan_version = models.ForeignKey("contracts.PlanVersion", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey("contracts.PlanVersion", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("contracts.CalendarEdition", on_delete=models.PROTECT, related_name="+")
    lists = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    """The last ticket that was moved, so that those before it are not looked through for each batch."""
    failed = models.JSONField(default=list, blank=True)
    begun_at = models.BigIntegerField()
    finished_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["begun_at"], condition=models.Q(finished_at__isnull=True), name="recompute_running")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.plan_version_id}"
