"""
Sentences about what a plan covers, and about work that must wait.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "coverage.unknown_rule": "The plan has no rule {given} about coverage. It has: {known}.",
    "coverage.other_verdict": "The rule {rule} says {verdict}, not {given}. Choose a rule that says so, or name none "
    "and give your own reason.",
    "coverage.unknown_ground": "The rule {rule} holds on named grounds only, and {given} is none of them. They are: "
    "{known}.",
    "coverage.review_missing": "The plan wants this request reviewed first. Decide its coverage, with a reason; the "
    "customer is told.",
    "coverage.charge_missing": "The plan charges for this, and the customer must approve first. Propose the charge.",
    "coverage.charge_waits": "The customer has not answered the proposed charge of {amount} {currency}. No work starts "
    "before that.",
    "coverage.charge_declined": "The customer declined the charge of {amount} {currency}, so nothing is done and "
    "nothing charged. Close the ticket; if the customer approves later, it opens again.",
    "coverage.nothing_proposed": "No charge was proposed on this ticket, so there is none to decide.",
    "coverage.decided_already": "This charge was decided already: {state}.",
    "coverage.bad_amount": "{given} is no amount that can be charged. Write a number above nothing, such as 450.00, "
    "with no more decimals than the currency has.",
    "judge.unknown_name": "The plan has no {given} under `{section}`. Write one that it has: {known}.",
    "judge.no_pair": "{given} says nothing. Write a name, an equals sign and the answer: system=down.",
    "coverage.bad_currency": "{given} is no currency. Write its three letters, such as EUR.",
}
"""Code to sentence."""
