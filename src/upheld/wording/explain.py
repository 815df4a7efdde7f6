"""
Sentences about what is to be explained: files of events, tickets of exports, options.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "explain.not_utf8": "{file}, line {line}: this is not UTF-8. Save the file as UTF-8 and try again.",
    "explain.too_large": "{file} has more than {most} bytes, too many for one ticket. Give the events of one ticket.",
    "explain.bad_json": "{file}, line {line}: this is no JSON object ({reason}). Write one event a line, such as "
    '{{"kind": "opened", "effective_at": "2026-04-17T16:30:00-07:00"}}.',
    "explain.bad_event": "{file}, line {line}: {reason} Then try again.",
    "explain.before_opening": "At {now} the ticket was not open yet; it was opened at {opened}. Choose a later moment.",
    "explain.misspelt_ticket": "The ticket {ticket} is not in {file}. Did you mean {near}?",
    "explain.no_contract": "The customer {customer} has no contract in {file}. Add a row for it, or one for everybody.",
    "explain.unknown_metric": "The metric {given} is not in the plan. It has: {known}.",
    "explain.unknown_ticket": "The ticket {ticket} is not among the {tickets} tickets of {file}. Check its number.",
    "cli.explain_both": "There are two tickets: one in {events} and one in the export {export}. Give one of them.",
    "cli.explain_needs": "There is nothing to explain without {lacks}. Name it.",
}
