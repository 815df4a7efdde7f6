"""
Sentences about events.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "event.bad_field": "The field {field} of the event {kind} cannot be {given}. Correct the record it comes from.",
    "event.missing_field": "The event {kind} lacks its field {missing}. Add it to the record it comes from.",
    "event.newer_schema": "The event has schema {given}, this Upheld knows schemas up to {known}. Upgrade Upheld.",
    "event.unknown_field": "The event {kind} has no field {given}. Its fields are: {known}.",
    "event.unknown_kind": "There is no event named {given}. The events are: {known}.",
}
