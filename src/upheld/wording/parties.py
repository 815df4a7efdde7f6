"""
Sentences about people, roles, invitations and keys.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "party.address_link_invalid": "This link does not work: it is too old, or the address was taken away. Ask for a "
    "new "
    "one.",
    "party.address_not_verified": "This address is not confirmed yet. Open the link that we sent to it first.",
    "party.not_an_address": "{given} is no e-mail address. Give one such as ada@example.org.",
    "party.own_address": "{given} is your address already.",
    "party.too_many_addresses": "You have {most} further addresses already. Remove one first.",
    "party.email_taken": "There is a person with the address {given} already. Use that person, or another address.",
    "party.invitation_invalid": "This invitation does not work: it is unknown, was used, or has expired. Ask for a new "
    "one.",
    "party.invitation_to_nothing": "An invitation is either to a customer or to a role of the staff. Choose one of "
    "them.",
    "party.scope_too_wide": "The scope {given} is none of your own rights, so no key of yours can have it. Leave it "
    "out.",
    "party.scope_unknown": "There is no scope {given}. There are: {known}.",
    "secret.unreadable": "A secret of a second factor in the database was sealed with a key that is not here. Put that "
    "key back as UPHELD_SEALING_KEY, or beside a new one as UPHELD_OLD_SEALING_KEYS, and try again.",
    "party.signature_too_long": "A signature has up to {most} characters; this one has {given}. Shorten it.",
    "placeholder.unknown": "There is no placeholder {given}. There are: {known}. Write one of them, exactly so, or "
    "plain words.",
    "party.unknown_role": "There is no role {given}. There are: {known}.",
}
