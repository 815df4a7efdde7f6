"""
A table of tickets on its way into a file: who asked for what, how far it is, and how long the file stays.

Invariant: a file of exports is there only while its row is waiting, running or ready; its first ``size`` bytes are the
lines of the tickets up to ``reached``.
"""

from __future__ import annotations

import secrets

from django.db import models

from upheld.apps.work.models import new_public_id


def new_storage_key() -> str:
    """
    Return a file's name that nobody can guess.
    """
    return secrets.token_hex(20)


class Export(models.Model):
    """
    A list of tickets that somebody wants as a file.

    ``filters`` narrow it as the list does, ``end_of_day`` is the end of the day on which it was asked for, in the zone
    of who asked; ``title`` says the same in words. ``reached`` is the last ticket that is written, ``done`` how many
    are, of ``total`` where that was found out in time.
    """

    class State(models.TextChoices):
        """
        Where it stands.
        """

        WAITING = "waiting"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        CANCELLED = "cancelled"
        GONE = "gone"

    UNFINISHED = (State.WAITING, State.RUNNING)
    KEPT = (State.WAITING, State.RUNNING, State.READY)
    """Those that have a file."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="exports")
    filters = models.JSONField(default=dict)
    title = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=100, blank=True)
    asked_at = models.BigIntegerField()
    end_of_day = models.BigIntegerField()
    begun_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    expires_at = models.BigIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    storage_key = models.CharField(max_length=40, unique=True, default=new_storage_key, editable=False)
    size = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.BigIntegerField(null=True)
    leased_until = models.BigIntegerField(null=True)
    leased_by = models.CharField(max_length=64, blank=True)
    worked_at = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["by", "-asked_at"], name="export_person"),
            models.Index(
                fields=["worked_at", "id"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="export_unfinished",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(state="ready"), name="export_ready"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    @property
    def is_unfinished(self) -> bool:
        """
        Whether it is still being made, or waits for it.
        """
        return self.state in self.UNFINISHED

    @property
    def is_ready(self) -> bool:
        """
        Whether there is a file to download.
        """
        return self.state == self.State.READY
