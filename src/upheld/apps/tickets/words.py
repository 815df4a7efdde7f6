"""
Words for what a ticket's columns hold, as the desk and its exports show them.

Invariant: a name without words is shown as plain words, and never fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

STATUSES: Final[Mapping[str, Lazy]] = {
    "waiting_on_support": _("Waiting on us"),
    "waiting_on_customer": _("Waiting on customer"),
    "waiting_on_third_party": _("Waiting on a third party"),
    "on_hold": _("On hold"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
    "merged": _("Merged"),
}
COVERAGES: Final[Mapping[str, Lazy]] = {
    "covered": _("Covered"),
    "best_effort": _("Best effort"),
    "chargeable": _("Chargeable"),
    "not_covered": _("Not covered"),
    "undecided": _("Undecided"),
}
CHANNELS: Final[Mapping[str, Lazy]] = {
    "portal": _("portal"),
    "mail": _("e-mail"),
    "email": _("e-mail"),
    "chat": _("chat"),
    "phone": _("telephone"),
    "api": _("API"),
    "slack": _("Slack"),
}
