"""
Sentences about reckoning periods, where clocks stand, promises about many clocks, credits and claims.
"""

from typing import Final

_PERIODS: Final[dict[str, str]] = {
    "reckoning.bad_start": "'{given}' cannot be the start of each {each}. Write a month and day such as 02-01, a "
    "weekday for weeks, or contract.",
    "reckoning.no_contract_start": "Each {each} starts with the contract, and its first day is not known. Give the "
    "contract's start, or start each {each} on a date.",
    "reckoning.no_term": "Periods of a term need the term's length in whole days, months or years, and it is not "
    "known. Give the plan a term.",
    "reckoning.not_a_stretch": "Time cannot be cut into one {each} after the other. Count by month, quarter, "
    "half_year, year, term or week.",
}

_STANDINGS: Final[dict[str, str]] = {
    "compliance.condition_not_known": "A condition on {key} cannot be judged for clocks that are counted together. "
    "Leave it out of the promise, or make it a condition of the target.",
    "standing.met": "It counts: in time.",
    "standing.breached": "It counts: late.",
    "standing.pending": "It still runs and is not late.",
    "standing.unobservable": "What is known cannot tell whether it was in time, so it does not count.",
    "standing.channel_unknown": "It is not known through which channel the ticket came, so it cannot be told whether "
    "it counts.",
    "standing.no_target": "It does not count: nothing was promised that has a due time.",
    "standing.opened_outside_support_hours": "It does not count: the ticket was opened outside the support hours that "
    "apply to it.",
    "standing.opened_while_channel_closed": "It does not count: the ticket came over {channel} while that was closed.",
    "standing.not_a_channel_of_the_tier": "It does not count: {channel} is no channel of the tier {tier}.",
    "standing.outside_contract": "It does not count: the ticket was opened on a day that the contract does not cover.",
    "standing.metric_not_in_scope": "It does not count: the metric {metric} is not among those that do.",
    "standing.tier_not_in_scope": "It does not count: the tier {tier} is not among those that do.",
    "standing.severity_not_in_scope": "It does not count: the severity {severity} is not among those that do.",
    "standing.component_not_in_scope": "It does not count: the component {component} is not among those that do.",
    "standing.condition_unmet": "It does not count: its {key} is {value}, and the plan asks for another.",
    "standing.ended": "It ended without a verdict ({because}), so it does not count.",
    "standing.excluded": "It was excluded by a decision (cause: {cause}) and does not count.",
    "standing.forgiven": "It was late, but excluded by a decision (cause: {cause}): an event, and no violation.",
}

_PROMISES: Final[dict[str, str]] = {
    "promise.average": "On average, {events} clocks took {share} % of the time that they had.",
    "promise.late": "{late} of {events} were late; at most {at_most} may be.",
    "promise.no_events": "No clock came to a verdict, so there is nothing to judge.",
    "promise.share": "{in_time} of {events} in time = {share} %; at least {at_least} % is promised.",
    "promise.stage_not_applying": "It holds for {band} events, and there were {events}.",
}

_RECKONING: Final[dict[str, str]] = {
    "credit.ratio": "{count} violations of {events} events = {number} %.",
    "credit.ratio_in_time": "{count} of {events} events in time = {number} %.",
    "credit.count": "{violations} violations among {events} events.",
    "credit.row": "{number} % falls under {band} (row {row}).",
    "credit.row_of_count": "{number} falls under {band} (row {row}).",
    "credit.units": "Counted for each {unit}: {units}.",
    "credit.share": "{share} % of {base} = {amount}.",
    "credit.money": "{units} x {money}.",
    "credit.days": "{days} days of service.",
    "credit.days_of_fee": "{days} of {of} days of {base} = {amount}.",
    "credit.capped": "Limit {number} is {limit}: {before} becomes {after}.",
    "credit.capped_days": "Limit {number} is {after} days: {before} days become {after}.",
}

_REASONS: Final[dict[str, str]] = {
    "credit.below_minimum": "{amount} is less than {minimum}; smaller credits are not given.",
    "credit.need_unmet": "No credit: {name} is {given}, and the plan asks for {wanted}.",
    "credit.no_events": "No events: no credit.",
    "credit.no_fee": "No credit: it would be a part of the {of}, and the contract has none.",
    "credit.no_unit_reached": "No credit: not one {unit} was reached.",
    "credit.nothing_left": "No credit: the limit is used up.",
    "credit.partial_period": "No credit: the contract covers only a part of the period.",
    "credit.promise_kept": "No credit: the promise {name} was kept.",
    "credit.promise_not_judged": "No credit: the promise {name} had no events to be judged by.",
    "credit.row_pays_nothing": "The row that applies gives no credit.",
    "credit.tier_not_in_scheme": "No credit: the tier {tier} is not among those that have it.",
}

_ERRORS: Final[dict[str, str]] = {
    "credit.beyond_unreadable": "'{given}' is no number from which units can be counted. Write 2 or 99.9%.",
    "credit.cap_not_computed": "Limit {number} of the credit cannot be worked out from the fee of the period. Write it "
    "as a sum, or over a month, quarter, half year or year.",
    "credit.causes_missing": "The plan gives one credit for each cause, and the number of causes is not known. Count "
    "them, and give the number.",
    "credit.claim_calendar_missing": "The claim counts days of the calendar {calendar}, which is not at hand. Give it "
    "compiled.",
    "credit.foreign_clock": "The ticket {ticket} is not one of {contract}. Give each contract its own statement.",
    "credit.measure_not_computed": "Credits by {measure} are not worked out yet. Use violation_share, violations or "
    "compliance.",
    "credit.no_row": "No row of the credit table holds {number}. Mend the table; linting the plan shows the gap.",
    "credit.pays_nothing_named": "A row of the credit table names nothing that it pays. Write a share, days, a sum or "
    "a multiple, or 0%.",
    "credit.promise_missing": "The credit rests on the promise {name}, and what came of that is not known. Name a "
    "promise of the plan's compliance section.",
    "credit.unit_not_computed": "Credits for each {unit} by {measure} are not worked out yet. Use violation, or "
    "percent_point with a share in beyond.",
}

_CLAIMS: Final[dict[str, str]] = {
    "claim.admitted": "The claim came in time and says what it must; it can be inspected.",
    "claim.agreed_twice": "Line {line} claims a violation of {ticket} that another line claims too. Dispute one of "
    "them.",
    "claim.agreed_unknown": "Line {line} ({ticket}) is no event of the period, so it cannot be a violation. Dispute "
    "it, "
    "or correct the ticket first.",
    "claim.dispute_without_reason": "Line {line} ({ticket}) is disputed without a reason. Say why; the customer is "
    "told.",
    "claim.forfeited": "The claim came after {last_day} ({zone}), the last day for this period. It is kept, and the "
    "credit is forfeited.",
    "claim.healing_silent": "Invoices were overdue when the claim came ({invoices}) and were paid in time since. The "
    "plan does not say whether that is enough: decide.",
    "claim.incomplete": "{lines} lines do not state: {lacking}. Complete them before the last day for claims.",
    "claim.late": "The claim came after {last_day} ({zone}). The plan leaves it to a person whether it still counts.",
    "claim.line_twice": "This violation is claimed on an earlier line already.",
    "claim.line_undecided": "Line {line} ({ticket}) is not decided. Agree or dispute every line.",
    "claim.line_unknown": "The evidence of this period has no clock {metric} of the ticket {ticket}.",
    "claim.names_no_violation": "The claim names no violation. Name each with what the plan asks for; the draft does.",
    "claim.no_fee": "The tier {tier} has no fee here, so there is nothing of which a credit could be a part.",
    "claim.not_in_writing": "The plan asks for a claim in writing. File it in the portal or by e-mail.",
    "claim.not_needed": "This credit is given without a claim.",
    "claim.one_too_many": "Only {most} claim is possible for a period, and one was filed. It can be completed until "
    "the "
    "last day.",
    "claim.overdue": "The contract was not current on its payments when the claim came: {invoices}.",
    "claim.overdue_can_heal": "Not eligible now: overdue invoices ({invoices}). Pay them before the last day for "
    "claims, and the claim counts.",
    "claim.tier_excluded": "The tier {tier} is excluded; this credit is for: {tiers}.",
    "claim.too_early": "The period is not over yet. File the claim once it is.",
}

MESSAGES: Final[dict[str, str]] = _CLAIMS | _PERIODS | _STANDINGS | _PROMISES | _RECKONING | _REASONS | _ERRORS
