"""
How people are told: notices in the app, and mail with one id for ever.

Invariant: one cause makes one notice for a person; a mail that is sent twice carries the same Message-ID. Notices that
were told late stand under a *fold*, the one that the person sees.
"""

from __future__ import annotations

from typing import Final

from django.db import models

from upheld.apps.work.models import new_public_id

PLACES: Final = {"export.ready": "/desk/exports/", "export.failed": "/desk/exports/"}
"""Where one goes on after a notice that is about no ticket, by its code."""


class Notice(models.Model):
    """
    Something a person is told in the app: a code with parameters, made words in the reader's language.

    ``fold`` is the notice under which one that came late stands, ``happened_at`` when its cause was, ``is_mailed``
    whether it asks for a mail.
    """

    GATHERING = "late.gathering"
    """The code of a fold to which more may come; nobody sees it yet."""
    FOLDED = "late.folded"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="notices")
    customer = models.ForeignKey("parties.Customer", on_delete=models.CASCADE, null=True, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, null=True, related_name="notices")
    key = models.CharField(max_length=200)
    code = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    made_at = models.BigIntegerField()
    read_at = models.BigIntegerField(null=True)
    fold = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="parts")
    happened_at = models.BigIntegerField(null=True)
    is_mailed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_once"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(code="late.gathering"), name="notice_gathered_once"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-made_at"], name="notice_person"),
            models.Index(
                fields=["person"],
                condition=models.Q(read_at__isnull=True, fold__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """
        The path at which one goes on, where no ticket is meant; empty where there is none.
        """
        return PLACES.get(self.code, "")


class Mail(models.Model):
    """
    A mail that goes out: to whom, which words, and what became of it.
    """

    class State(models.TextChoices):
        """
        Where it stands.
        """

        QUEUED = "queued"
        SENT = "sent"
        REFUSED = "refused"
        REPLACED = "replaced"

    key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("parties.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, null=True, related_name="mails")
    code = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.BigIntegerField()
    sent_at = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="mail_sent")]

    def __str__(self) -> str:
        return self.message_id
