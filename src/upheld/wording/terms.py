"""
Sentences about terms, notice and changes of tier.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "terms.already_cancelled": "The contract is cancelled already and ends on {ends}. Nothing more is needed.",
    "terms.day_is_past": "{given} is past; today is {today}. Choose today or a later day.",
    "terms.day_outside_period": "{given} does not lie in the period from {first} to {last}. Give a day in it.",
    "terms.length_not_days": "A term of {given} is no whole number of days. Write days, months or years.",
    "terms.never_in_time": "A notice of {notice} can end no term of {length}. Correct one of them in the plan.",
    "terms.no_end": "This term has no end that was agreed, so no last day of notice. Give the notice, and it ends when "
    "that has run.",
    "terms.not_in_writing": "The plan asks for a cancellation in writing; e-mail counts. Send it in writing; the "
    "day on "
    "which it is received decides.",
    "terms.outside_contract": "{given} is not a day of the contract, which runs from {first} to {last}. Choose a day "
    "within it.",
    "terms.over": "The contract ended on {ended}, so there is nothing to cancel.",
    "terms.same_tier": "The contract has the tier {tier} already. Choose another one.",
    "terms.tier_change_at_renewal": "The plan allows a change from {before} to {after} only with a new term. The first "
    "possible day is {first_day}.",
    "terms.tier_change_never": "The plan allows no change from {before} to {after} in a contract. Make a new contract "
    "instead.",
    "terms.tier_change_no_renewal": "The plan allows a change from {before} to {after} only with a new term, and this "
    "contract does not renew by itself. Make a new contract instead.",
    "terms.unknown_fee_period": "A fee cannot be cut by {given}. Use one of: {known}.",
    "terms.unknown_tier": "The plan has no tier {given}. It has: {known}.",
}
