"""
Sentences of what ``upheld verify`` finds: what, where, and what to do.
"""

from __future__ import annotations

from typing import Final

_STOP: Final = "Stop the service, keep a copy of the database, and restore the row from a backup."
_REBUILD: Final = "The events rule: keep a copy, and report it as a bug of Upheld with this line."

MESSAGES: Final[dict[str, str]] = {
    "verify.no_events": "{row}: ticket #{ticket} has no events at all. " + _STOP,
    "verify.event_gap": (
        "{row}: ticket #{ticket} has event {seq} where event {expected} should stand; an event is missing or doubled. "
        + _STOP
    ),
    "verify.event_hash": (
        "{row}: event {seq} of ticket #{ticket} does not have the hash of its bytes and of the event before it; "
        "somebody changed it, or the disk did. " + _STOP
    ),
    "verify.event_columns": (
        "{row}: the column {column} of event {seq} of ticket #{ticket} does not say what the event's bytes say. The "
        "bytes rule; correct the column after you know who changed it."
    ),
    "verify.event_head": (
        "{row}: the chain of ticket #{ticket} does not end where the ticket says; after its {events} events some were "
        "cut off, or the ticket's row was changed. " + _STOP
    ),
    "verify.root_changed": "{row}: the root {digest} does not hold over its heads or the root before it. " + _STOP,
    "verify.sealed_event_gone": (
        "{row}: event {seq} was sealed and is not there any more as it was; a tail was cut off or rewritten. " + _STOP
    ),
    "verify.root_gone": (
        "The root {digest} is not there any more: what was sealed up to it may have been cut off. Restore a "
        "backup that "
        "has it, or check that you gave the root of this installation."
    ),
    "verify.replay_refused": "{row}: the events of ticket #{ticket} cannot be replayed: {reason}. " + _REBUILD,
    "verify.ticket_differs": (
        "{row}: ticket #{ticket} has {stored} as {column}, its events give {replayed}. " + _REBUILD
    ),
    "verify.clock_differs": (
        "{row}: the clock {metric} {cycle} of ticket #{ticket} has {stored} as {column}, the events give {replayed}. "
        + _REBUILD
    ),
    "verify.clock_missing": "{row}: the clock {metric} {cycle} of ticket #{ticket} is not stored. " + _REBUILD,
    "verify.clock_unexpected": (
        "{row}: ticket #{ticket} has a clock {metric} {cycle} that its events do not give. " + _REBUILD
    ),
    "verify.clock_against_oracle": (
        "{row}: the clock {metric} {cycle} of ticket #{ticket} has {stored} as {column}, the slow oracle "
        "says {oracle}. "
        "One of the two is wrong; report it with the ticket's events."
    ),
    "verify.timer_missing": (
        "{row}: ticket #{ticket} has no timer for {kind} of {metric} {cycle}, due at {due_at}: nobody will be told. "
        + _REBUILD
    ),
    "verify.timer_unexpected": (
        "{row}: a timer of ticket #{ticket} waits for {kind} of {metric} at {due_at}, which its events do not give. "
        + _REBUILD
    ),
    "verify.timer_early": (
        "{row}: the timer {kind} of {metric} of ticket #{ticket} took effect before it was due at {due_at}. "
        "Look at the "
        "machine's clock."
    ),
    "verify.timer_without_effect": (
        "{row}: the timer {kind} of {metric} of ticket #{ticket}, due at {due_at}, is done, but its outbox row is not "
        "there. Tell those concerned by hand."
    ),
    "verify.timer_effect_unfinished": (
        "{row}: the timer {kind} of {metric} of ticket #{ticket}, due at {due_at}, has taken effect but is "
        "not done; it "
        "would take effect again. Stop the workers and report it."
    ),
    "verify.timer_generation": (
        "{row}: the timer {kind} of {metric} of ticket #{ticket}, due at {due_at}, belongs to another "
        "generation of the "
        "ticket. " + _REBUILD
    ),
    "verify.timer_order": (
        "{row}: the timer {kind} of {metric} of ticket #{ticket}, due at {due_at}, took effect before one that was due "
        "earlier. " + _REBUILD
    ),
    "verify.payload_unknown": "{row}: no event of ticket #{ticket} names this text of event {seq}. " + _STOP,
    "verify.payload_digest": (
        "{row}: the text of event {seq} of ticket #{ticket} is not the one that was written; it was changed. " + _STOP
    ),
    "verify.payload_missing": (
        "{row}: event {seq} of ticket #{ticket} names a text or file that is not there and was not erased. " + _STOP
    ),
    "verify.payload_erased_without_event": (
        "{row}: the text of event {seq} of ticket #{ticket} was erased, but no event says by whom and why. " + _STOP
    ),
    "verify.payload_text_left": (
        "{row}: the text of event {seq} of ticket #{ticket} was erased, but is still there. Erase it again."
    ),
    "verify.message_without_event": "{row}: ticket #{ticket} shows a message {seq} that is no event. " + _STOP,
    "verify.message_missing": "{row}: the message of event {seq} of ticket #{ticket} is not shown. " + _REBUILD,
    "verify.message_differs": (
        "{row}: the message {seq} of ticket #{ticket} is not shown as its event says (public, side, time, channel). "
        + _REBUILD
    ),
    "verify.file_unknown": "{row}: no event of ticket #{ticket} names the file {name}. " + _STOP,
    "verify.file_missing": "{row}: the file {file} ({name}) is not there. Restore it from a backup of the files.",
    "verify.file_mark": "{row}: the file {file} ({name}) is not the one that the ticket's events name. Restore it "
    "from a "
    "backup.",
    "verify.file_traces": "{row}: the file {file} was erased, and its digest or salt is still there. Erase it again.",
    "verify.file_digest": "{row}: the file {file} ({name}) is not the one that was sent. Restore it from a backup.",
    "verify.file_left": "{row}: the file {file} ({name}) was erased, but is still there. Delete it.",
    "verify.file_without_row": (
        "{row}: no row names this file, and it is older than two days. Let the relay run, which sweeps such files, or "
        "delete it."
    ),
    "verify.export_missing": (
        "{row}: the file {file} of an export is not there. Delete the export on the page Exports and make it again."
    ),
    "verify.export_digest": (
        "{row}: the file {file} of an export is not what was written. Delete the export on the page Exports and make "
        "it again."
    ),
    "verify.export_left": (
        "{row}: the file {file} of an export has outlived its time. Let the relay run, which deletes it, or delete it."
    ),
    "verify.export_untold": "{row}: nobody was told of this export, for the outbox row of it is missing. " + _STOP,
    "verify.export_without_row": "{row}: no export has this file. Let the relay run, which deletes it, or delete it.",
    "verify.submission_digest": "{row}: the submission {key} does not hold the bytes that were sent. " + _STOP,
    "verify.submission_state": (
        "{row}: the submission {key} says {state}, but its ticket says otherwise. Keep a copy and report it."
    ),
    "verify.submission_of_another_customer": (
        "{row}: the submission {key} became a ticket of another customer. Close access to that ticket at once."
    ),
    "verify.submission_without_problem": (
        "{row}: the submission {key} is {state}, but nothing says why. Look at it and submit it again."
    ),
    "verify.submission_stuck": (
        "{row}: the submission {key} could not be made a ticket in several tries. Look into the log for its key; "
        "nothing of it is lost. When the cause is mended: upheld outbox retry."
    ),
    "verify.submission_erased_without_event": (
        "{row}: the submission {key} was erased, but no event of its ticket says by whom and why. " + _STOP
    ),
    "verify.ticket_without_submission": (
        "{row}: ticket #{ticket} was made of {submissions} submissions; it must be exactly one. " + _STOP
    ),
    "verify.notice_without_cause": "{row}: nothing caused the notice {code} ({key}). Keep a copy and report it.",
    "verify.mail_without_cause": "{row}: nothing caused the mail {message_id} ({key}). Keep a copy and report it.",
    "verify.mail_without_work": (
        "{row}: the mail {message_id} ({key}) has no outbox row and will never be sent. Keep a copy and report it."
    ),
    "verify.mail_id": "{row}: the mail {key} has the id {message_id}, which is not its own. Keep a copy and report it.",
    "verify.mail_state": "{row}: the mail {message_id} ({key}) is marked as sent without an instant, or the reverse.",
    "verify.actor_missing": "{row}: event {seq} ({kind}) of ticket #{ticket} names nobody who did it. " + _STOP,
    "verify.reason_missing": (
        "{row}: event {seq} ({kind}) of ticket #{ticket} was decided by a person who gave no reason. Ask, "
        "and record it "
        "by a correction."
    ),
    "verify.reference_leads_nowhere": "{row}: {column} leads to row {leads_to}, which is not there. " + _STOP,
    "verify.reference_crosses_customers": (
        "{row}: {column} leads to row {leads_to} of another customer. Close access to it at once, then restore the row."
    ),
    "verify.person_of_another_customer": (
        "{row}: {column} is person {leads_to}, who never belonged to this customer nor to the vendor. Close access at "
        "once, then find out who wrote it."
    ),
    "verify.event_crosses_customers": (
        "{row}: event {seq} of ticket #{ticket} names {leads_to}, which is another customer's or not there. " + _STOP
    ),
}
