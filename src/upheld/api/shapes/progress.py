"""
Bodies about what becomes of a fault, and about tickets that belong together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from upheld.api.shapes.base import Body, Id, Moment, Name, Reason, Text
from upheld.apps.tickets.services.intake import MOST_SUBJECT

Why = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Reproduction(Body):
    """
    What came of trying to see the error; `text` is internal.
    """

    outcome: Literal["reproduced", "not_reproducible", "waiting_for_customer"]
    text: Text = ""


class Workaround(Body):
    """
    The way around that the customer was given; `text` is internal.
    """

    text: Text = ""


class Remediation(Body):
    """
    The plan to mend a fault; `text` is internal.
    """

    promised_for: Moment | None = Field(None, description="The date agreed with the customer, where one was.")
    text: Text = ""


class Milestone(Body):
    """
    A milestone, by the plan's name.
    """

    milestone: Name


class Correction(Body):
    """
    The `seq` of the event that was wrong, and what was wrong about it.
    """

    event: int = Field(ge=1, le=10**9)
    reason: Why


class Link(Body):
    """
    Another ticket of the same customer.
    """

    to: Id
    reason: Reason = ""


class Merge(Body):
    """
    The ticket to go on with: the one whose promise ends first.
    """

    into: Id
    reason: Why


class Split(Body):
    """
    The customer's message that becomes a ticket of its own.
    """

    message: Id
    subject: Annotated[str, StringConstraints(min_length=1, max_length=MOST_SUBJECT)]
    urgency: Name | None = Field(None, description="As on the whole ticket unless told.")
    reason: Why
