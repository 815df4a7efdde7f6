"""
What was agreed: published plan versions, contracts with their instances and contacts.

Invariant: a published plan version never changes; whatever ruled a ticket can be read years later.
"""

from __future__ import annotations

from django.db import models

from upheld.apps.work.models import new_public_id


class PlanVersion(models.Model):
    """
    One published state of a plan: the document's bytes, exactly as they were, with their SHA-256.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    plan = models.CharField(max_length=63)
    version = models.CharField(max_length=63)
    name = models.CharField(max_length=300)
    document = models.BinaryField()
    digest = models.CharField(max_length=64)
    published_at = models.BigIntegerField()
    published_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "version"], name="plan_version_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.version}"


class BooksClosing(models.Model):
    """
    The books of a plan, closed up to a day (in ``zone``): what was reckoned up to it stands, and no version of the plan
    may begin in it. Rows are only ever added, each with a later day.
    """

    plan = models.CharField(max_length=63)
    through = models.DateField()
    zone = models.CharField(max_length=64)
    closed_at = models.BigIntegerField()
    closed_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "through"], name="books_closing_once")]

    def __str__(self) -> str:
        return f"{self.plan} through {self.through}"


class HolidayRevision(models.Model):
    """
    One revision of a holiday list of a plan: its dates, and where they came from. ``by_hand`` are those of its dates
    that a person changed: the name of a holiday that was added, nothing for one that was taken out.
    """

    plan_version = models.ForeignKey(
        "contracts.PlanVersion", on_delete=models.PROTECT, related_name="holiday_revisions"
    )
    name = models.CharField(max_length=63)
    revision = models.CharField(max_length=64)
    source = models.CharField(max_length=300)
    days = models.JSONField()
    by_hand = models.JSONField(default=dict, blank=True)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    recorded_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "name", "revision"], name="holiday_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.revision[:8]}"


class KeptZone(models.Model):
    """
    The rules of a time zone as a release of the IANA zone data had them (``rules`` is its file, RFC 9636). There is one
    from when a zone came into use, and one for each release that changed it.
    """

    zone = models.CharField(max_length=64)
    release = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    rules = models.BinaryField()
    recorded_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "release"], name="kept_zone_once")]

    def __str__(self) -> str:
        return f"{self.zone} {self.release}"


class CalendarEdition(models.Model):
    """
    The calendars of a plan version as one numbered set: the primary keys of the revisions that its holiday lists have
    in it, and the release of the zone data that it goes by. It never changes; a ticket runs on one until it is moved to
    another.
    """

    plan_version = models.ForeignKey("contracts.PlanVersion", on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=30)
    revisions = models.JSONField(default=list, blank=True)
    zone_release = models.CharField(max_length=20)
    recorded_at = models.BigIntegerField()
    recorded_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan_version", "number"], name="calendar_edition_once")]

    def __str__(self) -> str:
        return f"{self.plan_version_id} {self.name}"


class Contract(models.Model):
    """
    A customer's contract: tier of a plan version for a term, with its fee.

    ``first_ends_on`` is the last day of its first term, as agreed; ``ends_on`` its last day as things stand, nothing
    where it renews by itself or has no end.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="contracts")
    brand = models.ForeignKey("parties.Brand", on_delete=models.PROTECT, related_name="contracts")
    plan_version = models.ForeignKey("contracts.PlanVersion", on_delete=models.PROTECT, related_name="contracts")
    tier = models.CharField(max_length=63)
    products = models.JSONField(default=list, blank=True)
    add_ons = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    starts_on = models.DateField()
    first_ends_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    fee_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    fee_currency = models.CharField(max_length=3, blank=True)
    fee_per = models.CharField(max_length=10, default="quarter")
    team = models.ForeignKey("parties.Team", on_delete=models.PROTECT, null=True, related_name="contracts")
    success_manager = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.BigIntegerField()
    cancelled_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "ends_on"], name="contract_customer")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.tier}"


class ContractChange(models.Model):
    """
    A change of a contract that was decided: what was shown before it (``facts``, by ``digest``), by whom and why.

    It takes effect on ``effective_on`` (a day of the contract's zone); ``applied_at`` says when it did. Rows are never
    changed but for that.
    """

    class Kind(models.TextChoices):
        CANCELLED = "cancelled", "Cancelled"
        TIER_CHANGED = "tier_changed", "Tier changed"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    effective_on = models.DateField()
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.BigIntegerField()
    applied_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contract", "recorded_at"], name="contract_change")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.effective_on}"


class Instance(models.Model):
    """
    An instance that a contract is for: a URL with its linked environments.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="instances")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="instances")
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class InstanceEnvironment(models.Model):
    """
    An environment of an instance, with its own URL; its kind is one of the plan's environments.
    """

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey("contracts.Instance", on_delete=models.CASCADE, related_name="environments")
    environment = models.CharField(max_length=63)
    url = models.URLField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "environment", "url"], name="environment_once")]

    def __str__(self) -> str:
        return self.url


class DesignatedContact(models.Model):
    """
    A person on one of the plan's contact lists, from one instant to another.
    """

    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="designated_contacts")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="designated_contacts")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="designations")
    contact_list = models.CharField(max_length=63)
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)
    named_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    successor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="predecessors")

    def __str__(self) -> str:
        return f"{self.person} ({self.contact_list})"
