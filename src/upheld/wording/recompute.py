"""
Sentences about other holidays, other plan versions, and moving the clocks that run.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "edition.unknown": "There is no edition {given} of the plan's calendars. Run `upheld verify`, and restore what is "
    "missing from a backup.",
    "edition.unknown_version": "There is no version {given} of the plan. Run `upheld verify`, and restore what is "
    "missing "
    "from a backup.",
    "holidays.day_missing": "A day is missing, or is no date. Choose one.",
    "holidays.form_unreadable": "The form could not be read. Look at the day and the name, and send it again.",
    "holidays.unknown_list": "There is no holiday list {given}. The plan's lists are: {known}.",
    "holidays.nothing_changes": "The holidays are like that already, so nothing would change. Add or take out "
    "another day.",
    "holidays.listed_already": "{day} is in the list {given} already, as {title}. Choose another day.",
    "holidays.not_listed": "{day} is not in the list {given}, so it cannot be taken out. Choose a day of the list.",
    "holidays.outside_years": "{day} lies outside the years {first} to {last} for which the list was written down. "
    "Choose "
    "a day in them, or renew the list first.",
    "holidays.title_missing": "The holiday on {day} has no name. Say what it is called.",
    "holidays.title_too_long": "The name of the holiday on {day} is longer than {most} letters. Shorten it.",
    "recompute.basis_changed": "Something changed since the preview, so nothing was done. Now {tickets} tickets "
    "would move "
    "and {clocks} due times change. Look at the new preview and decide again.",
    "recompute.by_whom": "Who decides is missing. Name the person by the address: --by lead@example.com.",
    "recompute.no_contract": "There is no contract {given}. Look it up on its page on the desk.",
    "recompute.no_date": "{given} is no date. Write it as 2026-12-24.",
    "recompute.no_plan": "No plan {given} is published. Published are: {known}.",
    "recompute.no_version": "The plan has no version {given}. Published are: {known}.",
    "recompute.not_permitted": "{given} may not move clocks. Name a lead, or give the person a role with that right.",
    "recompute.which_list": "The plan has several holiday lists, or none, so it must be said which: {known}. Name "
    "one with "
    "--list.",
    "recompute.cannot_move": "{count} tickets cannot be moved, ticket {number} first ({cause}). Give them a "
    "severity that "
    "the new version knows, or close them, and look again.",
    "recompute.nobody_behind": "All open tickets of {plan} run on its newest holidays already. There is nothing to do.",
    "recompute.zones_as_installed": "The clocks of {plan} go by the time zones of release {release} already, or by "
    "zones that it does not change. There is nothing to do.",
    "recompute.other_plan": "The contract is for the plan {plan}, and {given} is another one. Choose a version of "
    "{plan}.",
    "recompute.reason_missing": "A reason is missing. Say why, for everybody who reads it later.",
    "recompute.reason_too_long": "The reason is longer than {most} letters. Shorten it.",
    "recompute.running": "A change of this plan's clocks is on its way: {done} of {total} tickets are done. Wait "
    "until it "
    "has finished, then look again.",
    "recompute.same_version": "The contract is on version {version} already. Choose another version.",
    "recompute.tier_missing": "Version {version} of the plan has no tier {given}, which the contract is for. Its tiers "
    "are: {known}.",
}

EFFECTS: Final[dict[str, str]] = {
    "due": "due at once",
    "started": "gets a due time",
    "earlier": "earlier",
    "later": "later",
    "ended": "ends without a verdict",
    "untimed": "loses its due time",
}
"""What a move does to a clock, in a few words."""
