"""
Sentences about instants.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "instant.naive": "The date and time {given} has no zone. Add an offset such as +02:00, or Z for UTC.",
    "instant.out_of_range": "The instant {given} lies outside the years that Upheld handles, 1970 to 2199. "
    "Check the year.",
    "instant.unreadable": "'{given}' is not a date and time. Write it as 2026-07-01T09:00:00+02:00 (ISO 8601).",
}
