"""
Sentences of importers, mapping files and the replay.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # What if
    "edit.unreadable": '"{given}" says no place and value. Write place=value, as in '
    "tiers.plus.targets.resolution.high=4h.",
    "edit.no_such_place": '{place}: there is no "{missing}" in {parent}; did you mean "{nearest}"? There: {known}.',
    "what_if.nothing_set": '"{given}" changes nothing. Write what is otherwise: tier=plus, fee=USD 900, '
    "plan=other.yaml, or a place of the plan document such as tiers.plus.targets.resolution.high=4h.",
    "what_if.no_such_place": '{world}: the plan has no {place}: there is no "{missing}" in {parent}; did you mean '
    '"{nearest}"? There: {known}.',
    "what_if.unknown_tier": '{world}: the plan has no tier "{given}". It has {known}.',
    "cli.what_if_needs": "To compare, name {lacks}. For example: upheld what-if tickets.csv --plan itsm "
    "--if tier=plus.",
    # Files that are not read at all
    "import.cannot_open": "{file} cannot be opened: {reason}. Check the path.",
    "import.empty": "{file} is empty. Export the tickets again.",
    "import.no_rows": "{file} has a header but no rows. Export the tickets again.",
    "import.not_text": "{file} is a {format} file, not text. Save or export the table as CSV; gzip is fine.",
    "import.broken_archive": "{file} is cut off or damaged inside its gzip archive. Nothing was used. Copy it again.",
    "import.binary": "{file} holds a zero byte on line {line}: it is binary, or UTF-16 without its mark. Save"
    " it as UTF-8.",
    "import.unknown_encoding": "{file} is neither UTF-8 nor Windows-1252: line {line} has a byte that is in "
    "neither. Save it as UTF-8.",
    "import.line_too_long": "Line {line} of {file} is longer than {most} characters: a quote may have been "
    "left open, or line ends were lost. Nothing was used.",
    "import.too_large": "{file} unpacks to more than {most} characters. Split the export by date.",
    "import.missing_column": '{file} has no column "{column}" in its header on line {line} (needed as '
    '{use}; nearest: "{nearest}"). Name the right column in the mapping (--mapping).',
    "import.open_quote": "{file}: the row that begins on line {line} has a quote that is never closed. "
    "Nothing was used. Close it, or double the quotes inside the cell.",
    "import.stray_quote": "{file}: the row that begins on line {line} goes on after a closing quote. Nothing "
    "was used. Double the quotes inside the cell.",
    "import.hardly_usable": "{unused} of {rows} rows of {file} could not be used, first on line {line} "
    "({commonest}): the mapping does not fit this export. Check its columns and its date format.",
    "import.bad_json": "{file} is no JSON on line {line}, column {column}: {reason}. Nothing was used. Export it "
    "again.",
    "import.json_not_utf8": "{file} is not UTF-8 on line {line}, as JSON has to be. Nothing was used.",
    "import.no_list": '{file} has no list "{name}", and is not an object a line. Export the {name} as JSON.',
    "dates.bad_pattern": "The date format {given} names no whole date once. Write it like d/m/yyyy HH:MM, "
    "yyyy-mm-dd HH:MM:SS, mm/dd/yyyy hh:MM AM, or iso.",
    # Mapping files
    "mapping.unknown_column": '"{given}" is no column that this shape knows; did you mean "{nearest}"? '
    "Known are: {known}.",
    "mapping.needs_column": 'The mapping must say which column is "{column}".',
    # Rows that make no sense
    "import.cell_count": "The row has {given} cells where the header has {expected}. It was not used.",
    "import.no_ticket": "The row names no ticket. It was not used.",
    "import.ticket_twice": "Ticket {ticket} was already told on line {first}. This row was not used.",
    "import.no_opening": 'Ticket {ticket} does not say when it was opened ("{given}"). It was not used.',
    "import.openings_differ": "Ticket {ticket} gives several openings ({given}). The first was used.",
    "import.unreadable_date": 'Ticket {ticket}: "{given}" in {column} is no date of the format. It was not used.',
    "import.before_opening": "Ticket {ticket} was updated at {given}, before it was opened at {opened}. The "
    "update counts from the opening.",
    "import.ends_before_opening": "Ticket {ticket}: {column} ({given}) lies before the opening ({opened}). It"
    " was not used.",
    "import.out_of_order": "Ticket {ticket}: update number {given} is dated after number {after}. The later "
    "number is believed; this update changed nothing.",
    "import.only_a_column": "Ticket {ticket} ends in the columns only: no row shows it resolved or closed "
    "(the last state is {state}). The columns were used.",
    "import.closed_unresolved": "Ticket {ticket} was closed without having been resolved. The closing counts "
    "as the resolution.",
    "import.unknown_state": 'Ticket {ticket}: the state "{given}" is not in the mapping. The ticket stays '
    "in the state that it had.",
    "import.unknown_severity": 'The severity "{given}" is not in the mapping. The ticket keeps the one that it had.',
    "import.unknown_channel": 'The channel "{given}" is not in the mapping. The ticket has no channel.',
    "import.unknown_status": 'The status "{given}" is not in the mapping. It changed nothing.',
    "import.unknown_event": 'Ticket {ticket}: the event "{given}" is not in the mapping. It was not used.',
    "import.event_without_word": 'Ticket {ticket}: the event "{given}" needs a word that its {column} cell '
    "does not give. It was not used.",
    # Readings
    "assume.zone": "Times carry no zone; they were read as {zone}.",
    "assume.zone_changes": "In {zone} the clocks change: {skipped} times fall into an hour that was skipped, "
    "{doubled} into one that came twice (the first was taken).",
    "assume.customer_column": 'The column "{column}" names the customer.',
    "assume.no_customers": "No column names the customer: all tickets are one customer's.",
    "assume.customers_unclear": 'In "{column}" {several} tickets name several customers (the first counts),'
    " {none} name none.",
    "assume.resolved_by_state": "A ticket is resolved when its state first says so, until it is reopened; the"
    " resolved column, which later updates overwrite, does not count.",
    "assume.resolved_by_column": "The last resolution of a ticket is dated by the resolved column; where that"
    " is empty, by the state.",
    "assume.resolved_column_differs": "The resolved column says something else than the state on {differs} of"
    " {of} tickets, and is empty on {without} that were resolved.",
    "import.encoding_assumed": "The file is not UTF-8; it was read as {encoding}.",
    "assume.severity_from_opening": 'The first severity seen in "{column}" counts from the opening. '
    "{changed} tickets changed it later: from that update on the new one counts.",
    "assume.states": "States in which the ticket waits: {states}. Whether a clock pauses then is the plan's word.",
    "assume.first_rows_missing": "{tickets} of {of} tickets enter the log in the middle: what they waited for"
    " before their first row is unknown, and counts as waiting on support.",
    "assume.updates_missing": "{tickets} of {of} tickets have updates that are not in the log ({updates} in "
    "all, by their numbers): a wait that began and ended in between is not seen.",
    "assume.one_row_a_ticket": "One row tells a ticket by the columns {columns}: waits, changes of severity "
    "and reopenings are not seen.",
    "assume.without_audits": "{tickets} of {of} tickets come without their audits: only their opening, their end and, "
    "where the metrics say it, their first reply are known; waits and changes of severity are not seen.",
    "assume.ends_by_update": "{tickets} solved tickets do not say when: their last update was taken.",
    "assume.by_plan": "The plan reads {about} as {reading}. Its source says: {words}.",
    "assume.one_tier_and_fee": "No file of customers was given (--customers): everybody has the tier {tier} "
    "({chosen}), in the zone {zone}, for a fee of {fee} for each credit period.",
    "assume.one_tier": "No file of customers was given (--customers): everybody has the tier {tier} "
    "({chosen}), in the zone {zone}, without a fee.",
    "assume.lowest_tier": "Customers without a tier in the file have the plan's lowest, {tier}.",
    # Customers
    "customers.unknown_tier": 'The plan {plan} has no tier "{given}"; did you mean "{nearest}"? It has: {known}.',
    "customers.bad_fee": '"{given}" is no amount of money. Write a number without sign or separators, such '
    "as 12000.00.",
    "customers.fee_without_currency": "The fee {fee} has no currency. Add one in three capital letters, such as USD.",
    "customers.not_utf8": "The file of customers is not UTF-8 on this line. Save it as UTF-8.",
    "customers.bad_header": "The header of the file of customers is {given}. It may have {known}, and must "
    "have customer.",
    "customers.bad_row": "This row does not fit the header ({reason}). Mend it.",
    "customers.bad_cell": '"{given}" cannot stand in the column {column}.',
    "customers.twice": "The customer {customer} stands twice, first on line {first}. Keep one row.",
    "customers.not_in_log": "The customer {customer} is not in the log.",
    # The replay
    "replay.nothing": "Nothing in {source} could be judged: no ticket has a contract and an answer in the plan.",
    "replay.now_too_early": "The replay cannot end at {now}: the log goes on until {last}. Choose a later "
    "instant, or leave --until out.",
    "replay.ticket_not_judged": "Ticket {ticket} was not judged ({why}).",
    "headline.share": "{metric}: {percent} of {events} promises were kept; {late} were broken. {tickets} "
    "tickets were judged.",
    "headline.not_seen": "{metric} cannot be seen in this log: {unobservable} promises stand outside every percentage.",
    "headline.nothing": "{metric}: no promise has come due yet.",
    "blind.metric": "{metric} cannot be judged: the log does not show when it was done ({needs}). {clocks} "
    "promises stand outside every percentage.",
    "blind.waits": "The log does not show when a ticket waited ({waits}): clocks that the plan would pause "
    "ran on, against the vendor.",
    "blind.severity": "The log shows no severity: targets that depend on it promise nothing here.",
    "blind.credits": "Credits of {schemes} rest on facts that no ticket log has (availability, downtime, "
    "measured values).",
    "cli.replay_needs": "The replay lacks {lacks}. Write `upheld replay EXPORT --plan PLAN`, or `upheld "
    "replay --demo`.",
    # Derived facts against columns
    "check.reopenings": "Reopenings read from the states agree with the log's own count on {agree} tickets "
    "and differ on {differ}.",
    "check.active": "Whether a ticket is closed agrees with the log's own flag on {agree} tickets and differs"
    " on {differ}.",
}
