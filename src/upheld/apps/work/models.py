"""
Work that is due: rows committed together with their cause, leased and run by the relay.

Invariant: an outbox row exists if and only if its cause was committed; its key is unique, so that a cause makes one
row.
"""

from __future__ import annotations

import secrets

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in small letters: no i, l, o, u to be misread."""
PUBLIC_ID_LENGTH = 16


def new_public_id() -> str:
    """
    Return an id that tells nothing and cannot be guessed (80 bits).
    """
    return "".join([ALPHABET[byte & 31] for byte in secrets.token_bytes(PUBLIC_ID_LENGTH)])


class OutboxRow(models.Model):
    """
    Something to be done after a commit: the handler's name and its arguments. ``away_since`` is since when the other
    side does not answer, for which it waits (``work.away``).
    """

    class State(models.TextChoices):
        """
        Where the row stands.
        """

        WAITING = "waiting"
        DONE = "done"
        PARKED = "parked"

    key = models.CharField(max_length=200, unique=True)
    handler = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.BigIntegerField()
    leased_until = models.BigIntegerField(null=True)
    leased_by = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True)
    away_since = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="outbox_waiting"),
            models.Index(
                fields=["handler", "due_at"],
                condition=models.Q(state="waiting", away_since__isnull=False),
                name="outbox_away",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.key}"


HOLD_OUTBOX = "hold_outbox"
"""The switch that holds everything that would go out."""


class Switch(models.Model):
    """
    A thing that is switched on for the whole installation, by whom, when and why; such as holding the outbox.
    """

    name = models.CharField(max_length=50, unique=True)
    is_on = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {'on' if self.is_on else 'off'}"


class Heartbeat(models.Model):
    """
    When a worker last said that it is there, and how late the oldest work is.
    """

    worker = models.CharField(max_length=64, unique=True)
    at = models.BigIntegerField()
    lateness_seconds = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.worker
