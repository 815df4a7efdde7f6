"""
What is said about tickets, messages and files when something is refused.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "file.too_large": "The file “{name}” has {given_mb} MB; a file may have up to {most_mb} MB. "
    "Send a part of it, or a link to where it lies.",
    "file.too_many": "The file “{name}” was left out: a message may carry up to {most} files, and {kept} are kept. "
    "Send it with a further message, or put several into one archive.",
    "file.quota_reached": "The file “{name}” was left out: the files of this customer take up all of their {most_gb} "
    "GB. "
    "Erase old ones, or send a link.",
    "file.no_space": "The file “{name}” could not be kept: our disk is full. Your text is kept; try again without the "
    "file, and tell an operator.",
    "file.missing": "The file “{name}” is no longer where it was kept. Tell an operator; `upheld verify` names it.",
    "file.bad_key": "This is no key of a file that we keep.",
    "event.backdated_without_reason": "Something that is recorded as having happened earlier needs a reason. Say why "
    "it "
    "was not recorded then.",
    "event.before_opening": "This would have happened before the ticket was opened. Give a later time.",
    "event.in_future": "What has not happened yet cannot be recorded. Give a time that has passed.",
    "idempotency.other_request": "This Idempotency-Key was used with a different request. Nothing was done; use a new "
    "key for a new request.",
    "intake.choose_contract": "Several contracts fit this request: {choices}. Say under which one it comes.",
    "intake.no_customer": "The request says neither who sends it nor for which customer. Nothing can be promised to "
    "nobody; say for whom it is.",
    "intake.no_subject": "A request needs a subject. Say in a few words what it is about.",
    "intake.subject_too_long": "The subject has {given} characters; {most} are the most. Put the rest into the text.",
    "intake.text_too_long": "The text has {given} characters; {most} are the most. Send the rest as a file.",
    "intake.unknown_contract": "There is no such contract of this customer. Choose one of theirs, or none.",
    "intake.unknown_instance": "The contract has no such instance. Choose one of its instances, or none.",
    "intake.unknown_word": "The plan does not know {given} as {field}. It knows: {known}.",
    "intake.unreadable": "The submission cannot be read ({reason}). It is kept as it came; an operator can look at it.",
    "message.empty": "The message has no text. Write one.",
    "message.too_long": "The message has {given} characters; {most} are the most. Send the rest as a file.",
    "ticket.changed_meanwhile": "Somebody has changed the ticket meanwhile: it is at version {found}, and {expected} "
    "was "
    "expected. Look at it again, then decide.",
    "ticket.contract_not_running": "This contract does not run today. Choose one that does.",
    "ticket.foreign_contract": "The contract is another customer's. Choose one of this customer's.",
    "ticket.merged": "The ticket {number} went into another one. Write there.",
    "ticket.no_plan": "The ticket comes under no plan yet, so nothing can be classified. Release it under a contract "
    "first.",
    "ticket.not_held": "The ticket is not held: it comes under a contract already.",
    "ticket.not_resolved": "The ticket is neither resolved nor closed, so there is nothing to reopen.",
    "ticket.nothing_to_change": "Nothing is to be changed. Name a severity, a coverage, an assignee or a status.",
    "ticket.nothing_to_confirm": "The customer stated nothing that the plan has as a severity. Assign one instead.",
    "ticket.reason_missing": "A person decides here, so a reason is needed. Write one; it is kept with the decision.",
    "ticket.same_severity": "The severity is {given} already.",
    "ticket.same_status": "The status is {given} already.",
    "ticket.unknown_cause": "The plan has no exclusion {given}. It has: {known}.",
    "ticket.unknown_coverage": "There is no coverage {given}. There are: {known}.",
    "ticket.unknown_severity": "The plan has no severity {given}. It has: {known}.",
    "ticket.unknown_status": "There is no status {given}. There are: {known}.",
    "ticket.legal_hold": "Ticket #{number} is under legal hold ({reason}); nothing of it may be erased. "
    "Lift the hold first.",
    "ticket.nothing_to_erase": "Ticket #{number} has no text or file at event {seq} that could be erased; "
    "it may be gone already.",
    "ticket.unknown_assignee": "Nobody who answers tickets of this team has that name. Choose somebody from the list.",
    "event.bad_moment": "“{given}” is no moment. Write date and time as 2026-04-17 16:30, or leave it empty for now.",
}
