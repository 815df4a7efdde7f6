"""
Sentences about plans that can be read and yet contradict themselves, leave something out or ask for a decision.

The first sentence says what is wrong, the rest what to do instead (a page may show them apart).
"""

from typing import Final

_NAMES: Final[dict[str, str]] = {
    "lint.unknown_name": "There is no '{given}' under `{section}` in this plan. Declare it there, or use one of: "
    "{known}.",
    "lint.unknown_name.did_you_mean": "There is no '{given}' under `{section}` in this plan: did you mean "
    "'{suggestion}'? Otherwise declare it there; known are: {known}.",
    "lint.unknown_answer": "'{given}' is not an answer to the question '{question}'. Add it to the question's "
    "`answers`, or use one of: {known}.",
    "lint.unknown_answer.did_you_mean": "'{given}' is not an answer to the question '{question}': did you mean "
    "'{suggestion}'? Its answers are: {known}.",
    "lint.unknown_region": "'{given}' is neither a country or subdivision code (US, CA-ON) nor a name under "
    "`regions`. Declare it there, or write the code; declared are: {known}.",
    "lint.unknown_region.did_you_mean": "'{given}' is neither a country or subdivision code (US, CA-ON) nor a name "
    "under `regions`: did you mean '{suggestion}'? Declared are: {known}.",
    "lint.unknown_country": "No holidays are known for a country '{given}'. Write its two letters of ISO 3166 (US, "
    "CA, CH), or give the dates under `holiday_lists`.",
    "lint.unknown_subdivision": "{country} has no subdivision '{given}' with holidays of its own. Use one of: {known}.",
    "lint.unknown_subdivision.did_you_mean": "{country} has no subdivision '{given}' with holidays of its own: did "
    "you mean '{suggestion}'? Known are: {known}.",
    "lint.unknown_category": "{country} has no holidays of the kind '{given}'. Use one of: {known}.",
    "lint.unknown_category.did_you_mean": "{country} has no holidays of the kind '{given}': did you mean "
    "'{suggestion}'? Known are: {known}.",
    "lint.reserved_name": "'{given}' cannot be declared under `{section}`, for the format gives that word a meaning "
    "of its own where such names are used. Choose another name; what people read goes into `name`.",
}

_CALENDARS: Final[dict[str, str]] = {
    "lint.calendar_unused": "Nothing uses the calendar '{calendar}'. Name it under `hours`, `use` or `open`, or "
    "remove it.",
    "lint.holiday_list_unused": "No calendar uses the holiday list '{list}'. Name it under a calendar's `holidays`, "
    "or remove it.",
    "lint.limited_without_effect": "On the days of '{list}' the calendar '{calendar}' is limited, but nothing says "
    "what is served then: all days count as open. Name `severities` or `channels` beside `effect: limited`, or write "
    "closed or open.",
    "lint.country_without_subdivision": "The list of {country} holds only what is a holiday in all of it; "
    "{subdivision}, for one, also has {example}. Add a subdivision ({subdivision}), or an assumption that the "
    "country's list is meant.",
    "lint.holidays_silent": "The calendar '{calendar}' says nothing about holidays, so every day of its week counts. "
    "Name a list under `holidays`, write `holidays: {{}}`, or an assumption that none is taken out.",
    "lint.printed_hours_differ": "In {zone} the source prints other hours than the calendar '{calendar}' has there in "
    "{month}: {given} instead of {found}. Correct the one that is wrong, or write an assumption about the calendar's "
    "`printed` hours that says which rules.",
    "lint.day_mode_missing": "{given} does not say how days count: as so many hours, to the same time, or to the end "
    "of the day. Write `days: hours`, `same_time` or `end_of_day` at the metric or at the top of the plan, or "
    "{given} followed by one of them.",
    "lint.day_length_missing": "{count} targets count days in hours on the calendar '{calendar}', which does not say "
    "how many hours a day has. Add `day: 8h` (or what holds) to the calendar, or choose another day mode.",
}

_RULES: Final[dict[str, str]] = {
    "lint.hours_missing": "The tier '{tier}' has no support hours. Name a calendar: hours: office.",
    "lint.hours_last_rule_conditional": "The last rule for the hours of '{tier}' has conditions, so a ticket that "
    "meets none of the rules has no hours. End with a rule without conditions: {{use: office}}.",
    "lint.rule_unreachable": "Rule {rule} never decides: every ticket that it fits is taken by a rule before it. "
    "Move it up, narrow the earlier rule, or remove it.",
    "lint.metric_cycle": "These metrics wait for each other, so none of them ever starts: {metrics}. Let one of them "
    "start on an event.",
    "lint.starts_before_gate": "The metric '{metric}' starts when the ticket is opened, but only after '{after}' has "
    "ended, so it never starts. Let it start on after:{after}, or on something that happens later.",
    "lint.metric_without_target": "No tier promises anything for the metric '{metric}'. Add targets for it, or "
    "remove it.",
    "lint.severity_change_silent": "The plan does not say from when a target counts after the severity was {change}; "
    "{default} is taken for: {metrics}. Write `{change}: {default}` (or the other) under `severity_process`.",
    "lint.moved_clocks_silent": "The plan may be changed in a running term, and does not say from when its targets "
    "count for a clock that runs when its ticket is moved to this version; a shorter target counts from the move, a "
    "longer one from the start. Write "
    "`moved_clocks: from_move` or `from_start` under `terms`.",
    "lint.intake_missing_silent": "Tickets must say {count} things, but nothing says what clocks do while one is "
    "missing; they run. Write `missing: clock_runs`, `clock_pauses` or `clock_not_started` under `intake`.",
}

_TARGETS: Final[dict[str, str]] = {
    "lint.target_missing": "The tier '{tier}' has targets for '{metric}', but none for the severity '{severity}'. "
    "Add one; where nothing is promised, write `{severity}: none`.",
    "lint.target_gap": "The tier '{tier}' has targets for '{metric}' that leave out {count} kinds of tickets, such "
    "as {samples}. Add a row for them, if only `none`.",
    "lint.target_from_contract": "The source promises '{metric}' in '{tier}' but its figure is missing, so it must "
    "come from the contract. Until it stands here, no clock has a due time.",
    "lint.immediate_without_figure": "'Immediate' promises '{metric}' in '{tier}' without a figure, so no due time "
    "can be computed. Give a target and a calendar: {{within: 15min, use: always}}.",
    "lint.range_backward": "The range begins with {early} and ends with {late}, which is not later. Put the shorter "
    "time first.",
    "lint.range_due_at_end": "'{metric}' in '{tier}' is promised as a range, {early} to {late}: it is late after its "
    "end, and early before its start. Write an assumption if the source says neither, or a single time.",
    "lint.targets_out_of_order": "'{early}' ({early_target}) is always due after '{late}' ({late_target}), though it "
    "comes first. Shorten the one or lengthen the other; both lines are named.",
    "lint.targets_sometimes_out_of_order": "'{early}' ({early_target}) is due after '{late}' ({late_target}) for "
    "{percent}% of the starts tried, though it comes first: from {start} they are due {early_due} and {late_due}. "
    "Give both the same hours, or change a target.",
}

_TIERS: Final[dict[str, str]] = {
    "lint.higher_tier_slower": "The tier '{high}' stands above '{low}', but its '{metric}' ({high_target}) is due "
    "later than there ({low_target}) for {percent}% of the starts tried, severity {severity}: from {start} it is due "
    "{high_due} instead of {low_due}. Change a target or its hours, or put the tiers in order, the lowest first.",
    "lint.higher_tier_without_target": "The tier '{high}' stands above '{low}', but promises less for '{metric}', "
    "severity {severity}, than it. Add a target, or put the tiers in order, the lowest first.",
    "lint.higher_tier_shorter_hours": "The tier '{high}' stands above '{low}', but its calendar '{high_calendar}' is "
    "closed for {time} of the hours in four weeks in which '{low_calendar}' is open. Widen it, or put the tiers in "
    "order, the lowest first.",
    "lint.higher_tier_without_channel": "The tier '{high}' stands above '{low}', but lacks its channel '{channel}' "
    "for: {severities}. Add the channel, or put the tiers in order, the lowest first.",
    "lint.higher_tier_shorter_channel": "The tier '{high}' stands above '{low}', but its channel '{channel}' is "
    "closed at times at which it is open there, for: {severities}. Widen its hours, or put the tiers in order, the "
    "lowest first.",
}

_SEVERITIES: Final[dict[str, str]] = {
    "lint.severity_gap": "{count} of {of} combinations of answers lead to no severity, such as {samples}. Add rules "
    "for them, or an assumption about `severities` that a person decides.",
    "lint.severity_conflict": "{count} combinations of answers fit several severities ({severities}), and `conflict: "
    "{conflict}` does not say which: {samples}. Narrow the rules, name a `precedence`, or write `conflict: gravest` "
    "or `lightest` under `severity_process`.",
    "lint.rules_not_tried": "These {count} rules tell so many kinds of tickets apart that they were not tried for "
    "rules that never decide. Use fewer conditions at once, or check them by hand.",
    "lint.severities_not_tried": "The questions have {count} combinations of answers, more than are tried for gaps "
    "and conflicts. Ask less at once, or check the rules by hand.",
    "lint.matrix_cell_missing": "The matrix has no severity for the row '{row}' and the column '{column}'. Add the "
    "cell.",
    "lint.score_limit_unreadable": "'{given}' is not a number at which a scale can end. Write digits: \"10\".",
}

_TABLES: Final[dict[str, str]] = {
    "lint.table_gap": "The table '{table}' has no row for the numbers {numbers}. Widen a row beside the gap, or add "
    "one; where nothing is paid, write `none`.",
    "lint.table_overlap": "The table '{table}' has several rows ({rows}) for the numbers {numbers}. Change an edge "
    "so that each number has one row.",
    "lint.table_row_outside": "The row '{given}' of the table '{table}' holds only numbers that cannot occur. "
    "Correct its edges, or remove it.",
    "lint.credit_mixed_kinds": "The rows of '{table}' pay in different things ({kinds}), so they cannot be compared "
    "or capped. Write all of them as shares, days, amounts in one currency or multiples.",
    "lint.credit_backward": "In '{table}' the row '{worse}' pays less than the row '{better}', though it is worse "
    "for the customer. The worse the result, the higher the credit: correct one of the two.",
    "lint.credit_above_fee": "A row of '{table}' pays {given} of the fee, more than all of it. Write at most 100%; "
    "multiples of the fee for lost time are written 10x, with `share_of: downtime_fee`.",
    "lint.cap_above_fee": "The cap of '{table}' is {given} of the fee, which limits nothing. Write at most 100%, or "
    "remove it.",
    "lint.credit_without_fee": "'{table}' pays a share of the fee, and these tiers have no list price although "
    "others have: {tiers}. Add `fee` to them, or limit the credit to `tiers` that have one.",
}

_COMMITMENTS: Final[dict[str, str]] = {
    "lint.coverage_gap": "{count} kinds of requests are decided by no rule about coverage, such as {samples}. Add a "
    "rule for them, or end with {{coverage: undecided}} so that a person decides.",
    "lint.act_of_nobody": "Requests of the type '{request_type}' need somebody who may '{given}', and no list under "
    "`contacts` may. Add it to the `may` of a list, or remove `act`.",
    "lint.formula_silent": "The plan has maintenance, and '{target}' does not say by which formula its minutes count; "
    "`{default}` is taken. Write `formula: {default}`, or the one that holds.",
    "lint.paying_heals_silent": "'{credit}' is for customers that are current on payments, and nothing says whether an "
    "invoice that is paid before the claim's last day does harm. Write `paying_heals: true` or `false`.",
    "lint.tier_change_fee_silent": "The tier can be changed ({when}), and nothing says what is paid for the rest of "
    "the period. Write `tier_change_fee: prorated`, `full` or `next_term`, or an assumption about it.",
    "lint.contacts_reversed": "The list '{list}' needs at least {least} people and may have at most {most}. Correct "
    "one of the two numbers.",
    "lint.allowance_not_positive": "`{part}` of the allowance '{allowance}' must be more than nothing. Write a "
    "positive amount, or remove it.",
    "lint.allowance_mixed_units": "`{part}` of the allowance '{allowance}' is counted in another unit than what it "
    "gives. Write both in hours, both as numbers, or both in one currency.",
    "lint.allowance_exceeds_grant": "`{part}` of the allowance '{allowance}' is larger than what it ever gives. "
    "Lower it, or give more.",
    "lint.carry_over_of_single_grant": "The allowance '{allowance}' is granted once, so nothing is carried over. Say "
    "how often it is granted (`every: month`), or remove `carry_over`.",
    "lint.partial_outage_undefined": "'{target}' does not say whether an outage of a part counts as downtime. Write "
    "`partial: counts`, `by_share` or `ignored` under its `downtime`.",
    "lint.maintenance_undefined": "The maintenance '{kind}' is neither downtime nor taken out of it, so its minutes "
    "change availability by accident. Write `counts_as: maintenance`, `downtime` or `neither`.",
    "lint.maintenance_without_period": "The maintenance '{kind}' is limited in number, but not over which period. "
    "Add `per: week` (or what holds).",
    "lint.maintenance_period_zone": "The maintenance '{kind}' is counted per period, but the plan names no zone in "
    "which periods are cut. Add `zone` at the top of the plan.",
    "lint.notice_longer_than_term": "The notice of {notice} is longer than the term of {length}, so nobody can ever "
    "give it. Shorten the notice or lengthen the term.",
    "lint.renewal_without_length": "The contract renews by itself, but nothing says for how long, so it ends with its "
    "first term. Add `length: 1 year` or `renews_for`, or write `renews: by_agreement`.",
    "lint.renewal_length_unused": "The contract does not renew, so `renews_for` does nothing. Remove it, or write "
    "`renews: automatically`.",
    "lint.change_notice_missing": "The vendor may change the plan with notice, but nothing says how long before. Add "
    "`change_notice: 30d` (or what holds).",
    "lint.change_notice_unused": "`change_notice` does nothing with `vendor_changes: {rule}`. Write `vendor_changes: "
    "with_notice`, or remove it.",
    "lint.effective_absent": "The plan '{plan}' does not say from when it rules. Add `effective: 2026-01-01` (or "
    "what holds) before it is published.",
    "lint.year_silent": "'{name}' is due per {each}, but nothing says whose: the calendar's is taken. Write `{{each: "
    "{each}, starts: contract}}`, or the first day of the vendor's year.",
}

_TEXTS: Final[dict[str, str]] = {
    "lint.recurrence_unreadable": "'{given}' is not a recurrence of iCalendar. Write it as FREQ=MONTHLY;BYDAY=2SU "
    "(each second Sunday).",
    "lint.period_start_unreadable": "'{given}' is not a day on which a period can start. Write month and day "
    "(02-01), or contract.",
    "lint.amount_unreadable": "'{given}' is not an amount with its unit. Write it as 4h, 99.9% or 3ms.",
}

_ASSUMPTIONS: Final[dict[str, str]] = {
    "lint.assumption": "About {about} the source says: {text}. It was read as: {reading}.",
    "lint.assumption_about_nothing": "This assumption is about '{given}', which is no key path of this plan. Write "
    "the path of what rests on it, such as calendars.office.zone; known here: {known}.",
    "lint.assumption_about_nothing.did_you_mean": "This assumption is about '{given}', which is no key path of this "
    "plan: did you mean '{suggestion}'? Known here: {known}.",
}

MESSAGES: Final[dict[str, str]] = (
    _NAMES | _CALENDARS | _RULES | _TARGETS | _TIERS | _SEVERITIES | _TABLES | _COMMITMENTS | _TEXTS | _ASSUMPTIONS
)
