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
    "event.cannot_be_corrected": "An event of the kind {kind} cannot be taken back. Calls, decisions and what was "
    "logged "
    "by hand can.",
    "event.corrected_already": "Event {seq} was taken back already.",
    "event.unknown": "The ticket has no event {seq}. Look at it again, then choose one that stands there.",
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
    "intake.not_a_contact": "Under this contract only {people} may write to support. What you sent is kept, but nobody "
    "works on it. Ask one of them to send it, or to name you as a contact.",
    "intake.subject_too_long": "The subject has {given} characters; {most} are the most. Put the rest into the text.",
    "intake.text_too_long": "The text has {given} characters; {most} are the most. Send the rest as a file.",
    "intake.unknown_contract": "There is no such contract of this customer. Choose one of theirs, or none.",
    "intake.unknown_instance": "The contract has no such instance. Choose one of its instances, or none.",
    "intake.unknown_word": "The plan does not know {given} as {field}. It knows: {known}.",
    "intake.unreadable": "The submission cannot be read ({reason}). It is kept as it came; an operator can look at it.",
    "message.empty": "The message has no text. Write one.",
    "message.no_ticket": "The ticket that this message was for is not there. The message is kept.",
    "message.too_long": "The message has {given} characters; {most} are the most. Send the rest as a file.",
    "ticket.changed_meanwhile": "Somebody has changed the ticket meanwhile: it is at version {found}, and {expected} "
    "was "
    "expected. Look at it again, then decide.",
    "ticket.contract_not_running": "This contract does not run today. Choose one that does.",
    "ticket.foreign_contract": "The contract is another customer's. Choose one of this customer's.",
    "ticket.foreign_ticket": "Ticket #{number} is another customer's. Choose one of this customer's.",
    "ticket.linked_already": "Ticket #{number} is linked to this one already.",
    "ticket.merge_other_way": "The promise of #{number} ends before that of #{into}, and it would be lost. Merge "
    "#{into} "
    "into #{number} instead.",
    "ticket.not_a_customer_message": "Only a message that the customer wrote, and that is still there, can become a "
    "ticket of its own. Choose one.",
    "ticket.not_open": "Ticket #{number} is closed, so nothing can go on there. Reopen it first, or choose another.",
    "ticket.other_contract": "Ticket #{number} comes under another contract, which promises something else. Link "
    "the two "
    "instead.",
    "ticket.promised_in_past": "The date that was agreed lies in the past. Give one that is to come.",
    "ticket.same_team": "The ticket is with the team {given} already.",
    "ticket.same_ticket": "Ticket #{number} is this one. Choose another.",
    "ticket.split_already": "This message became a ticket of its own already.",
    "ticket.too_many_links": "A ticket can be linked to {most} others; this one is.",
    "ticket.unknown_milestone": "The plan has no milestone {given}. It has: {known}.",
    "ticket.unknown_number": "There is no ticket {given} that you may see. Look up its number.",
    "ticket.unknown_outcome": "There is no outcome {given}. There are: {known}.",
    "ticket.unknown_team": "There is no such team. Choose one from the list.",
    "answer.empty_text": "A saved answer needs a text. Write what it says.",
    "answer.empty_title": "A saved answer needs a title. Give it one by which you find it.",
    "answer.not_yours": "This answer is somebody else's. Save one of your own in its place.",
    "answer.text_too_long": "A saved answer has up to {most} characters; this one has {given}. Shorten it.",
    "answer.title_taken": "You have an answer {given} already. Choose another title.",
    "answer.too_many": "You have {most} answers, the most that anybody can have. Delete one first.",
    "view.empty_name": "A view needs a name. Give it one that says what it shows.",
    "view.name_taken": "There is a view {given} already. Choose another name.",
    "view.not_yours": "This view is somebody else's. Save one of your own in its place.",
    "view.too_many": "You have {most} views, the most that anybody can have. Delete one first.",
    "ticket.merged": "The ticket {number} went into another one. Write there.",
    "ticket.no_plan": "The ticket comes under no plan yet, so nothing can be classified. Release it under a contract "
    "first.",
    "ticket.not_held": "The ticket is not held: it comes under a contract already.",
    "ticket.not_resolved": "The ticket is neither resolved nor closed, so there is nothing to reopen.",
    "ticket.nothing_to_change": "Nothing is to be changed. Name a severity, a coverage, a team, an assignee or a "
    "status.",
    "ticket.nothing_to_confirm": "The customer stated nothing that the plan has as a severity. Assign one instead.",
    "ticket.reason_missing": "A person decides here, so a reason is needed. Write one; it is kept with the decision.",
    "ticket.same_severity": "The severity is {given} already.",
    "ticket.same_status": "The status is {given} already.",
    "ticket.severity_unreported": "The plan wants {severity} reported by {channels} too before it is confirmed. Log "
    "the "
    "call, or assign another severity with a reason.",
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
