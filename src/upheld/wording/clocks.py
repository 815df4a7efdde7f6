"""
Sentences about clocks: why a ticket's story or a plan's rules cannot be used, and each step of an explanation.
"""

from typing import Final

_REFUSALS: Final[dict[str, str]] = {
    "story.empty": "There are no events, so there is no ticket. Give at least the event opened.",
    "story.not_opened": "The first event is {first}, but the ticket was never opened. Add the event opened.",
    "story.unknown_severity": "The severity {given} is not in the plan. It has: {known}.",
    "story.unknown_tier": "The tier {given} is not in the plan. It has: {known}.",
    "rule.no_hours": "No hours rule of the tier {tier} fits this ticket. Let its last rule have no condition.",
    "rule.no_day_length": "A target counts days in hours on the calendar {calendar}, which does not say how long a "
    "day is. Give it a day, such as 8h, or say same_time or end_of_day.",
}

_PROMISES: Final[dict[str, str]] = {
    "clock.promised": "Promised{for_severity}: within {length}{hours}{or_agreed}.",
    "clock.promised_less_than": "Promised{for_severity}: in less than {length}{hours}{or_agreed}.",
    "clock.promised_range": "Promised{for_severity}: in {early} to {length}{hours}{or_agreed}.",
    "clock.promised_best_effort": "Promised{for_severity}: best effort, without a due time.",
    "clock.promised_none": "Nothing is promised{for_severity}.",
    "clock.promised_immediate": "Promised{for_severity}: at once. The plan gives no figure, so there is no due time.",
    "clock.promised_missing": "The plan gives no figure{for_severity}; the contract has to give one.",
    "clock.promised_agreed": "Promised{for_severity}: by a date agreed with the customer.",
}

_ON_THE_WAY: Final[dict[str, str]] = {
    "clock.started": "{metric} started {at}, when {by}.",
    "clock.unobservable": "What was recorded cannot show this promise being kept or broken, so there is no verdict.",
    "clock.rolled": "Support was closed then, so it counts from {opens_at}.",
    "clock.would_roll": "Support was closed then; without what came next it would count from {opens_at}.",
    "clock.severity_changed": "{at}: the severity changed from {old_severity} to {severity}; the promise is the same.",
    "clock.severity_changed_from_change": "{at}: the severity changed {from_to}. Now promised: {promise}{new_hours}, "
    "counted from that moment.",
    "clock.severity_changed_from_start": "{at}: the severity changed {from_to}. Now promised: {promise}{new_hours}, "
    "counted from the start.",
    "clock.severity_changed_reconsider": "{at}: the severity changed {from_to}. Now promised: {promise}{new_hours}, "
    "counted from the start, so what was late before is judged again.",
    "clock.severity_changed_untimed": "{at}: the severity changed {from_to}. Now {promise}.",
    "clock.target_changed_from_start": "{at}: another target applies. Now promised: {promise}{new_hours}, counted "
    "from the start.",
    "clock.target_changed_untimed": "{at}: another target applies. Now {promise}.",
    "clock.calendar_changed": "{at}: from here it counts in {calendar} instead of {old_calendar}.",
    "clock.phoned": "{at}: the customer telephoned, so from here it counts in {calendar} instead of {old_calendar}.",
    "clock.promise_began_from_change": "{at}: now promised{for_severity}: {promise}{new_hours}, counted from that "
    "moment.",
    "clock.promise_began_from_start": "{at}: now promised{for_severity}: {promise}{new_hours}, counted from the start.",
    "clock.promise_began_untimed": "{at}: now {promise}.",
    "clock.promise_ended": "{at}: from here nothing is promised.",
    "clock.calendar_moved": "{at}: the support hours were revised (holidays or time zone), and it was counted again "
    "from the start: {due_change}.",
    "clock.plan_moved": "{at}: another version of the plan rules. What was counted stays: {due_change}.",
    "clock.plan_moved_from_change": "{at}: another version of the plan rules. Now promised: {promise}{new_hours}, "
    "counted from that moment: {due_change}.",
    "clock.plan_moved_from_start": "{at}: another version of the plan rules. Now promised: {promise}{new_hours}, "
    "counted from the start: {due_change}.",
    "clock.plan_moved_untimed": "{at}: another version of the plan rules. Now {promise}.",
    "clock.paused": "Paused from {at} to {until_at}: {conditions}.",
    "clock.paused_since": "Paused since {at}: {conditions}.",
}

_OUTCOMES: Final[dict[str, str]] = {
    "clock.due": "Due {due_at}.",
    "clock.due_before": "Due before {due_at}.",
    "clock.due_range": "Due from {early_at} to {due_at}; only the later time is judged.",
    "clock.agreed": "Due {due_at}, the date agreed with the customer.",
    "clock.not_agreed": "No date has been agreed yet.",
    "clock.excluded": "This does not count towards the promise: {cause}.",
    "clock.running": "{spent} used, {left} left.",
    "clock.at_risk": "At risk: {spent} used, {left} left.",
    "clock.open": "{to_go} to go.",
    "clock.outside_hours": "Support is closed now; it goes on {resumes_at}{with_left}.",
    "clock.waits": "The due time is known again when that is over{with_left}.",
    "clock.met": "Kept: {by} {stopped_at}{used}.",
    "clock.breached": "Broken: {by} {stopped_at}, {late}{overrun}.",
    "clock.done": "Finished {stopped_at}, when {by}; without a due time there is nothing to judge.",
    "clock.overdue": "Broken: it is still open, {late}.",
    "clock.ended": "Ended {ended_at}, neither kept nor broken: {because}.",
    "clock.ended_breached": "Broken: it ended {ended_at}, {late}, and nothing had kept it ({because}).",
}

MESSAGES: Final[dict[str, str]] = _REFUSALS | _PROMISES | _ON_THE_WAY | _OUTCOMES

PROMISES: Final[dict[str, str]] = {
    "duration": "within {length}",
    "less_than": "in less than {length}",
    "range": "in {early} to {length}",
    "best_effort": "it is best effort, without a due time",
    "none": "nothing is promised",
    "immediate": "at once is promised, without a figure and so without a due time",
    "missing": "the contract has to give the figure, for the plan gives none",
    "agreed": "a date agreed with the customer is promised",
}
"""What is promised after a change, as a part of a sentence."""

TRIGGERS: Final[dict[str, str]] = {
    "opened": "the ticket was opened",
    "customer_message": "the customer wrote",
    "reply": "support replied",
    "phoned": "the customer telephoned",
    "acknowledgement": "support acknowledged the ticket",
    "call_back": "support called back",
    "severity_assigned": "support assigned the severity",
    "severity_confirmed": "support confirmed the severity",
    "assigned": "the ticket was assigned",
    "workaround": "a workaround was given",
    "remediation_plan": "a remediation plan was given",
    "reproduced": "the error was reproduced",
    "resolved": "the ticket was resolved",
    "closed": "the ticket was closed",
    "reopened": "the ticket was reopened",
    "intake_completed": "the missing information arrived",
}
"""What each start and stop says of itself."""

MILESTONE: Final = "“{name}” was reached"
AFTER: Final = "“{name}” was done"
"""What a start or stop says that is a milestone of the plan, or the end of another metric's clock."""

CONDITIONS: Final[dict[str, str]] = {
    "waiting_on_customer": "waiting on the customer",
    "waiting_on_support": "waiting on support",
    "waiting_on_third_party": "waiting on a third party",
    "on_hold": "on hold",
    "intake_missing": "information is missing",
    "held": "held until it is clear which contract covers it",
    "resolved": "resolved",
}
"""Conditions under which clocks pause, as people say them."""

ENDS: Final[dict[str, str]] = {
    "merged": "the ticket was merged into another",
    "closed": "the ticket was closed",
    "resolved": "the ticket was resolved",
    "nothing_owed": "nothing is owed while the ticket waits",
    "plan_moved": "the plan version to which the ticket moved does not promise it",
    "unobservable": "the records cannot show it",
}
"""Why a clock ends without being stopped."""

EXCLUSIONS: Final[dict[str, str]] = {
    "best_effort": "the request is worked on as best effort",
    "not_covered": "the plan does not cover the request",
}
"""Causes that take a clock out of a promise, where they are not the plan's own."""

STATES: Final[dict[str, str]] = {
    "running": "running",
    "paused": "paused",
    "outside_hours": "outside hours",
    "not_due": "no due time",
    "met": "kept",
    "breached": "broken",
    "ended": "ended",
    "unobservable": "cannot be seen",
}
"""How a clock stands, in a word or two."""

STRETCHES: Final[dict[str, str]] = {
    "counted": "counted",
    "closed": "outside hours",
    "paused": "paused",
    "set_aside": "counted for an earlier promise",
    "to_come": "to come",
}
"""What a stretch of time was for a clock."""

STARTS: Final[dict[str, str]] = {
    "opened": "opened",
    "customer_message": "customer wrote",
    "reply": "support replied",
    "phoned": "customer called",
    "reopened": "reopened",
}
"""What a start is called beside a picture; others are just "start"."""

MARKS: Final[dict[str, str]] = {
    "clock.phoned": "customer called",
    "clock.calendar_changed": "other hours",
    "clock.calendar_moved": "revised hours",
    "clock.plan_moved": "other plan version",
    "clock.plan_moved_from_change": "other plan version",
    "clock.plan_moved_from_start": "other plan version",
    "clock.plan_moved_untimed": "other plan version",
    "clock.target_changed_from_start": "other target",
    "clock.target_changed_untimed": "other target",
    "clock.promise_began_from_change": "promised",
    "clock.promise_began_from_start": "promised",
    "clock.promise_began_untimed": "promised",
    "clock.promise_ended": "no promise",
    "clock.due": "due",
    "clock.due_before": "due before",
    "clock.due_range": "due",
    "clock.agreed": "due as agreed",
    "clock.met": "kept",
    "clock.breached": "late",
    "clock.done": "finished",
    "clock.ended": "ended",
    "clock.ended_breached": "ended",
}
"""What a step is called beside a picture."""
