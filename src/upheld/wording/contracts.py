"""
Sentences about contracts, published plans and contact lists.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "contract.basis_changed": "What this decision rests on has changed since it was shown. Look at it again, and "
    "decide "
    "then.",
    "contract.change_waits": "A change to the tier {tier} on {on} is decided already and waits for its day. Wait for "
    "it.",
    "contract.no_date": "{given} is no date. Choose one.",
    "contract.not_for_sale": "The tier {tier} cannot be bought here: it is no higher one, or its price is not known. "
    "Ask us for it.",
    "contract.move_refused": "Contracts of this plan cannot be moved to version {version} during a term: {count} "
    "promises get worse ({first}). The next term can begin with it.",
    "contract.reason_missing": "A reason is missing. Say why; it stays on record.",
    "contract.reason_too_long": "The reason is longer than {most} characters. Shorten it.",
    "contract.received_later": "The notice cannot have been received later than now. Give the day on which it came.",
    "contract.already_listed": "{person} is on this contact list already. Name somebody else.",
    "contract.list_full": "The contact list {given} holds {most} people at most in this tier. Take somebody off it "
    "first.",
    "contract.list_not_in_tier": "The tier {tier} has no contact list {given}. Name the person on a list of this tier.",
    "contract.list_too_short": "The contact list {given} must keep at least {least} people. Name a successor in the "
    "same "
    "step.",
    "contract.successor_missing": "Whoever leaves the contact list {given} names who follows. Choose somebody.",
    "contract.term_backwards": "The contract would end on {ends}, before it starts on {starts}. Correct one of the "
    "days.",
    "contract.unknown_add_on": "The plan has no add-on {given}. It has: {known}.",
    "contract.unknown_environment": "The plan has no environment {given}. It has: {known}.",
    "contract.unknown_list": "The plan has no contact list {given}. Look under contacts in the plan for its lists.",
    "contract.unknown_product": "The plan has no product {given}. It has: {known}.",
    "contract.unknown_tier": "The plan has no tier {given}. It has: {known}.",
    "contract.version_taken": "Version {version} of the plan {plan} is published with other contents, and a published "
    "version never changes. Give the document a new version.",
}
