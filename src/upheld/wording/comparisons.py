"""
Sentences about comparing plans: values, reasons, and what a comparison as a whole says.
"""

from typing import Final

VALUES: Final[dict[str, str]] = {
    "compare.absent": "none",
    "compare.there": "there",
    "compare.value": "{value}",
    "compare.entries": "{count} entries",
    "compare.target": "{length} ({hours})",
    "compare.target_below": "less than {length} ({hours})",
    "compare.target_kind": "{kind}",
    "compare.granted": "{much} ({every})",
}
"""Values of promises by code, with ``{facts}``; they are parts of a page, not sentences."""

_REASONS: Final[dict[str, str]] = {
    "compare.better": "Better for the customer.",
    "compare.worse": "Worse for the customer.",
    "compare.same": "The same.",
    "compare.not_comparable": "The two values cannot be ranked.",
    "compare.not_ranked": "`{key}` differs, and which value is better for the customer cannot be told.",
    "compare.words_changed": "The words differ; a person must read both.",
    "compare.new": "It is new.",
    "compare.gone": "It is gone.",
    "compare.tier_gone": "The tier is gone; its contracts would have nothing to go on.",
    "compare.asked": "A ticket must or may say it now.",
    "compare.not_asked": "A ticket need not say it any more.",
    "compare.open_same": "Open at the same times, all year.",
    "compare.open_gained": "{gained} of a year are open that were closed, such as {example}.",
    "compare.open_lost": "{lost} of a year are closed that were open, such as {example}.",
    "compare.open_lost_and_gained": "{lost} of a year are closed that were open, such as {example}, although {gained} "
    "are open that were closed.",
    "compare.calendar_unknown": "The calendar {calendar} cannot be worked out here, so its hours cannot be compared.",
    "compare.customers_hours": "{calendar} depends on where the customer is. Compare for a contract, and it is known.",
    "compare.due_same": "Due at the same time, whenever it starts.",
    "compare.due_earlier": "Never due later and sometimes earlier: what starts {start} is due {after} instead of "
    "{before} ({zone}).",
    "compare.due_later": "What starts {start} is due {after} instead of {before} ({zone}); up to {most} later, at "
    "{percent} % of starts.",
    "compare.due_later_sometimes": "What starts {start} is due {after} instead of {before}, although what starts "
    "{equal_start} is due {equal} in both ({zone}); up to {most} later, at {percent} % of starts.",
    "compare.due_unknown": "The due times cannot be worked out, so they cannot be compared.",
    "compare.bound_better": "The last instant is late now, and was in time.",
    "compare.bound_worse": "The last instant is in time now, and was late.",
    "compare.kinds": "{before} and {after} cannot be ranked.",
    "compare.kind_better": "{before} became {after}.",
    "compare.kind_worse": "{before} became {after}.",
    "compare.or_agreed": "On one side a date agreed with the customer takes the place of the due time.",
    "compare.kept_by_more": "More keeps the promise: {events}.",
    "compare.kept_by_less": "Less keeps the promise: {events} does not any more.",
    "compare.grant": "Granted {every}.",
    "compare.grant_rhythm": "Granted {before} before, {after} after.",
    "compare.table_better": "At {number}, {after} is paid instead of {before}, and nowhere less.",
    "compare.table_worse": "At {number}, only {after} is paid instead of {before}.",
    "compare.table_gap": "A table has no row for {number}.",
    "compare.table_kinds": "At {number} the tables pay in different kinds, which cannot be ranked.",
    "compare.too_many_situations": "The rules tell more kinds of tickets apart than can be tried.",
}

_RULINGS: Final[dict[str, str]] = {
    "compare.apply_any": "The plan lets the vendor change it at any time, so running contracts can be moved to it, "
    "although {count} promises get worse.",
    "compare.apply_free": "Running contracts can be moved to it: nothing gets worse.",
    "compare.apply_judged": "Nothing that can be ranked gets worse; {count} changes must be judged by a person before "
    "running contracts are moved to it.",
    "compare.apply_never": "Running contracts cannot be moved to it: the plan does not let the vendor change anything "
    "during a term. A next term can begin with it.",
    "compare.apply_with_notice": "Running contracts can be moved to it with notice ({notice}).",
    "compare.apply_worse": "Running contracts cannot be moved to it: {count} promises get worse, and the plan allows "
    "only changes that are not worse during a term. A next term can begin with it.",
}

_ERRORS: Final[dict[str, str]] = {
    "compare.unknown_tier": "There is no tier {given}. There are: {known}.",
    "compare.no_common_tier": "The plans have no tier in common: {before} on one side, {after} on the other. Name one "
    "of each.",
    "compare.two_tiers_needed": "One plan is compared with itself by two tiers. Add --tier twice, or name a second "
    "document.",
    "compare.too_many_tiers": "--tier can be given once (the same tier on both sides) or twice (before, after). Leave "
    "the others out.",
}

SECTIONS: Final[dict[str, str]] = {
    "tiers": "Tiers",
    "hours": "Support hours",
    "channels": "Channels",
    "targets": "Targets",
    "metrics": "What is measured",
    "severities": "Severities",
    "coverage": "What is covered",
    "allowances": "Allowances",
    "reviews": "Reviews and reports",
    "roles": "People named for the customer",
    "rights": "Further rights",
    "credits": "Credits",
    "exclusions": "Exclusions",
    "compliance": "Promises about all tickets",
    "availability": "Availability",
    "measured": "Measured values",
    "maintenance": "Maintenance",
    "notices": "Notices of incidents",
    "recovery": "Recovery",
    "security_fixes": "Security fixes",
    "provisioning": "Deliveries",
    "contacts": "Contact lists",
    "intake": "What a ticket must say",
    "duties": "Duties of the customer",
    "reproduction": "Errors that cannot be reproduced",
    "escalations": "Escalation",
    "fair_use": "Fair use",
    "add_ons": "Add-ons",
    "products": "Products",
    "environments": "Environments",
    "request_types": "Kinds of requests",
    "calendars": "Calendars",
    "terms": "Term and changes",
}
"""What the sections of a comparison are called."""

VERDICTS: Final[dict[str, str]] = {
    "better": "better",
    "same": "the same",
    "worse": "worse",
    "not_comparable": "to be judged",
}

MESSAGES: Final[dict[str, str]] = _REASONS | _RULINGS | _ERRORS
