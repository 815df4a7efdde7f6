"""
Sentences about closed books.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "books.by_whom": "Who decides is missing. Name the person by the address: --by finance@example.com.",
    "books.closed_already": "The books of {plan} are closed through {through} already. Close them up to {next_open} or "
    "later.",
    "books.no_date": "{given} is no date. Write it as 2026-09-30.",
    "books.no_plan": "No plan {given} is published. Published are: {known}.",
    "books.not_over": "{given} is not over in {zone}, so the books cannot be closed up to it. Close them up to {last} "
    "or an earlier day.",
    "books.not_permitted": "{given} may not close books. Name somebody from finance, or give the person a role with "
    "that right.",
    "books.period_closed": "Version {version} of {plan} begins on {begins}, and the books are closed through "
    "{through}: what was reckoned by then stands. Let it begin on {next_open} or later (effective: {next_open}).",
    "books.reason_missing": "A reason is missing. Say why, for everybody who reads it later.",
    "books.reason_too_long": "The reason is longer than {most} letters. Shorten it.",
}
