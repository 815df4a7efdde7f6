"""
Who there is: the vendor's brands and teams, customers, people and what they may do.

Invariant: a person's rights follow from dated grants and memberships alone; nothing is a right because of an e-mail
address.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from upheld.apps.work.models import new_public_id


class People(BaseUserManager["Person"]):
    """
    Makes people; the address is kept in small letters, as one canonical form.
    """

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """
        Return a new person with an address, who can log in once there is a password.
        """
        person = self.model(email=canonical_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """
        Return the person of an address, however it is written.
        """
        return self.get(email=canonical_email(username or ""))


def canonical_email(email: str) -> str:
    """
    Return the one form of an address that is stored and compared.
    """
    return email.strip().lower()


class Person(AbstractBaseUser):
    """
    Somebody who can log in or write: an agent of the vendor, a user of a customer, or both at different times.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=5, default="auto")
    signature = models.CharField(max_length=1000, blank=True, default="")
    """What stands below the person's replies; may hold ``{agent.name}`` (``parties.placeholders``)."""
    is_active = models.BooleanField(default=True)
    is_automatic = models.BooleanField(default=False)
    created_at = models.BigIntegerField(default=0)
    mail_refused_at = models.BigIntegerField(null=True)
    """When a mail server last refused the address ``mail_refused_for`` for good, and what it said."""
    mail_refused_for = models.CharField(max_length=254, blank=True, default="")
    mail_refused_because = models.CharField(max_length=200, blank=True, default="")

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_mail_refused(self) -> bool:
        """
        Whether mail to the person's address comes back.
        """
        return self.mail_refused_at is not None and self.mail_refused_for == self.email

    @property
    def initials(self) -> str:
        """
        The first letters of the first and last name.
        """
        words = (self.name or self.email).replace(".", " ").split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class Address(models.Model):
    """
    A further e-mail address of a person; it identifies nobody until it is verified.
    """

    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="addresses")
    email = models.EmailField(max_length=254, unique=True)
    verified_at = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.email


class Brand(models.Model):
    """
    A name under which the vendor gives support.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    mail_from = models.EmailField(blank=True)
    host = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """
    A group of agents who see the same tickets.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """
    An organisation that has contracts.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="UTC")
    regions = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=8, default="en")
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    archived_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="customer_external_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """
    A bundle of rights that staff are granted; the rights are data (``parties.rights`` names them all).
    """

    name = models.SlugField(max_length=50, unique=True)
    rights = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """
    A role given to one of the vendor's people, for all teams or one, from one instant to another.
    """

    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey("parties.Role", on_delete=models.PROTECT, related_name="grants")
    team = models.ForeignKey("parties.Team", on_delete=models.PROTECT, null=True, related_name="grants")
    brand = models.ForeignKey("parties.Brand", on_delete=models.PROTECT, null=True, related_name="grants")
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)
    granted_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class Membership(models.Model):
    """
    A person's part in a customer, from one instant to another.
    """

    class Part(models.TextChoices):
        """
        What a member may see and do there.
        """

        REQUESTER = "requester"
        VIEWER = "viewer"
        MANAGER = "manager"

    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, related_name="memberships")
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.REQUESTER)
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "until"], name="membership_person")]

    def __str__(self) -> str:
        return f"{self.person} in {self.customer}"


class Invitation(models.Model):
    """
    An invitation to log in; only the hash of its secret is kept, it expires, and it works once.
    """

    email = models.EmailField(max_length=254)
    secret_hash = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey("parties.Customer", on_delete=models.CASCADE, null=True, related_name="invitations")
    part = models.CharField(max_length=10, choices=Membership.Part.choices, blank=True)
    role = models.ForeignKey("parties.Role", on_delete=models.CASCADE, null=True)
    invited_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.email


class Key(models.Model):
    """
    A key for the API: a prefix to find it, the hash of its secret, scopes that are a part of its owner's rights.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    revoked_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"
