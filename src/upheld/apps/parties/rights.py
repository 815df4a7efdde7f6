"""
Rights: what can be permitted, and which roles have which, unless an installation says otherwise.

Invariant: this list is the whole list; a right that is not in it can be neither granted nor asked for.
"""

from __future__ import annotations

from typing import Final

RIGHTS: Final[dict[str, str]] = {
    "tickets.read": "Read tickets of one's teams",
    "tickets.read_assigned": "Read tickets that one is assigned",
    "tickets.create": "Open tickets for customers",
    "tickets.reply": "Reply to customers",
    "tickets.note": "Write internal notes",
    "tickets.assign": "Assign tickets",
    "tickets.classify": "Assign severity, coverage and exclusions",
    "tickets.status": "Change the status, resolve, close and reopen",
    "tickets.log_call": "Log calls",
    "tickets.merge": "Merge, split and link tickets",
    "tickets.backdate": "Record something as having happened earlier, and take back what was recorded wrongly",
    "tickets.erase": "Erase texts and files for good",
    "views.share": "Share saved views and saved answers with a team, or with everybody",
    "reports.read": "Read how much everybody has to do, and how promises were kept",
    "customers.read": "Read customers and their contracts",
    "customers.write": "Change customers and their people",
    "contracts.write": "Make and change contracts",
    "plans.read": "Read plan versions",
    "plans.publish": "Publish plan versions",
    "books.close": "Close the books of a plan up to a day",
    "clocks.recompute": "Move running clocks to another plan version or calendar",
    "people.write": "Invite staff and grant roles",
    "work.operate": "Hold and release the outbox, look at parked work",
}
"""Every right of the vendor's people, with what it permits."""

CUSTOMER_RIGHTS: Final[dict[str, frozenset[str]]] = {
    "requester": frozenset({"own.read", "own.create", "own.reply"}),
    "viewer": frozenset({"own.read", "own.create", "own.reply", "customer.read"}),
    "manager": frozenset(
        {
            "own.read",
            "own.create",
            "own.reply",
            "customer.read",
            "customer.reply",
            "contract.read",
            "contract.change",
            "contacts.write",
        }
    ),
}
"""What a customer's people may do, by their part."""

_AGENT: Final = (
    "tickets.read", "tickets.create", "tickets.reply", "tickets.note", "tickets.assign", "tickets.classify",
    "tickets.status", "tickets.log_call", "tickets.merge", "customers.read", "plans.read",
)  # fmt: skip

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "agent": _AGENT,
    "lead": (*_AGENT, "tickets.backdate", "views.share", "reports.read", "clocks.recompute"),
    "contractor": ("tickets.read_assigned", "tickets.reply", "tickets.note", "tickets.status", "plans.read"),
    "auditor": ("tickets.read", "customers.read", "plans.read", "reports.read"),
    "success_manager": (*_AGENT, "customers.write", "contracts.write", "reports.read"),
    "finance": ("customers.read", "contracts.write", "plans.read", "tickets.read", "reports.read", "books.close"),
    "plan_author": ("plans.read", "plans.publish", "customers.read"),
    "admin": tuple(RIGHTS),
}
"""The roles that a new installation has."""
