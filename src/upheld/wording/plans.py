"""
Sentences about plan documents: what YAML they may use, and what their keys demand.

The first sentence says what is wrong, the rest what to do instead (a page may show them apart).
"""

from typing import Final

_READING: Final[dict[str, str]] = {
    "plan.refused": "The plan document {file} cannot be used: {count} found, the first at {first}. Run `upheld plan "
    "lint` on it to see all of them.",
    "plan.too_large": "The file has {size} bytes and a plan document may have {most}. Check that it is the right file.",
    "plan.too_many_nodes": "The document has more than {most} values. A plan says each thing once; look for something "
    "that was repeated.",
    "plan.too_many_entries": "One list or mapping has more than {most} entries. Split it, or look for something that "
    "was repeated.",
    "plan.too_deep": "The document is nested deeper than {most} levels here. A plan needs fewer than ten; close the "
    "brackets or move the lines to the left.",
    "plan.too_many_findings": "Reading stopped here after {most} findings. Mend those first, and check that this is "
    "the right file.",
    "plan.empty": "No plan was found: the file holds nothing but comments or blank lines. A plan begins with "
    "`upheld: 1` and `plan: its-name`.",
    "plan.not_a_mapping": "A plan is a mapping, lines of `key: value`, and this document begins with something else. "
    "Begin it with `upheld: 1` and `plan: its-name`.",
    "plan.second_document": "A second document begins here, after `---` or `...`. Keep one plan a file and remove the "
    "separator.",
    "plan.directive": "Lines that begin with % change how YAML is read and are not allowed. Remove the line, and the "
    "--- that follows it.",
    "plan.anchor": "The anchor {given} is not allowed, so that a plan reads the same from every line. Remove it and "
    "write the value out where it is needed; a text that begins with & goes in quotes.",
    "plan.alias": "The alias {given} is not allowed, so that a plan reads the same from every line. Write the value "
    "out; a text that begins with * goes in quotes.",
    "plan.recursive_alias": "The recursive alias {given} contains itself and is not allowed. Write the value out.",
    "plan.tag": "The tag {given} is not allowed: a plan holds texts, numbers, lists and mappings only. Remove it; a "
    "text that begins with ! goes in quotes.",
    "plan.merge_key": "The merge key << is not allowed, so that a plan reads the same from every line. Write the keys "
    "out.",
    "plan.complex_key": "A key must be one short text, and this one is a list, a mapping or several lines. Use a plain "
    "key and write the rest under it; a text that begins with `? ` goes in quotes.",
    "plan.empty_key": "There is a colon without a key before it. Write the key, or remove the line.",
    "plan.duplicate_key": "The key '{key}' stands twice in the same mapping, on line {first_line} and on line {line}. "
    "Keep one of them; nothing is overwritten silently.",
    "plan.tab": "The text is indented or separated by tabs (line {lines}). Use spaces: YAML does not say how wide a "
    "tab is.",
    "plan.control_character": "The invisible character {character} is not allowed: it hides or reorders what a person "
    "reads. Delete it; an accented letter needs no escape.",
    "plan.wrong_encoding": "The file is written in {encoding}. Save it as UTF-8.",
    "plan.not_utf8": "The byte {byte} is not UTF-8; the file was probably saved in a Windows or Latin encoding. Save "
    "it as UTF-8.",
}

_SYNTAX: Final[dict[str, str]] = {
    "plan.syntax.reserved_character": "A text without quotes cannot begin with {given}. Put the text in quotes.",
    "plan.syntax.missing_colon": "This line is neither `key: value` nor an entry of a list. Add the colon and a space "
    "after the key, or indent the line if it continues the text above.",
    "plan.syntax.unexpected_colon": "A second colon stands where one `key: value` is expected. Put a text that "
    "contains a colon in quotes, or begin a new line.",
    "plan.syntax.unexpected_dash": "An entry of a list cannot begin here. Begin a new line under the key, and indent.",
    "plan.syntax.unclosed_list": "The list that begins here with [ is not closed, or lacks a comma (lines {lines}). "
    "Add ] or the comma.",
    "plan.syntax.unclosed_mapping": "The mapping that begins here with {{ is not closed, or lacks a comma (lines "
    "{lines}). Add }} or the comma.",
    "plan.syntax.unclosed_quote": "The quotes that open here are not closed. Close them; inside '...' a quote is "
    'written twice, inside "..." it is written \\".',
    "plan.syntax.escape": "The backslash with '{given}' names no character. Write the character itself, \\\\ for a "
    "backslash, or use '...' where a backslash means nothing.",
    "plan.syntax.block_text": "After | or > a new line must follow, and the text must be indented evenly. Begin the "
    "text on the next line.",
    "plan.syntax.indentation": "This line does not fit the indentation of the lines above (lines {lines}). Align it "
    "with its neighbours, in spaces.",
    "plan.syntax.unexpected": "A value is expected here, and {given} stands in its place. Write the value, or put it "
    "in quotes.",
    "plan.syntax.unreadable": "YAML cannot be read from here on. Look at the line and the one above: a quote, a "
    "bracket, a colon or the indentation.",
}

_NUMBERS: Final[dict[str, str]] = {
    "plan.number.not_finite": "{given} is not a number that a promise can hold. Write a finite one, or leave the key "
    "out where there is no limit.",
    "plan.number.minus_zero": "{given} means nothing: zero has no sign. Write {instead}.",
    "plan.number.other_base": "{given} is ambiguous: readers of YAML take it for different numbers. Write {instead}.",
    "plan.number.underscore": "{given} is ambiguous: some readers take it for a number, some for a text. Write "
    "{instead}.",
    "plan.number.exponent": "{given} is ambiguous: exponents are not used in plans. Write the number out, or put the "
    "text in quotes: {instead}.",
    "plan.number.leading_zero": "{given} is ambiguous: with a leading zero some readers count in eights. Write "
    '{instead}, or "{given}" in quotes if it is a text.',
    "plan.number.plus_sign": '{given} is ambiguous: a number loses its plus sign. Write {instead}, or "{given}" in '
    "quotes if it is a text, such as a telephone number.",
    "plan.number.bare_point": "{given} is ambiguous: a number needs digits on both sides of its point. Write "
    '{instead}, or "{given}" in quotes if it is a text.',
    "plan.number.too_long": "{given} has more digits than any amount needs. Check it, or put it in quotes if it is a "
    "text.",
}

_KEYS: Final[dict[str, str]] = {
    "plan.unknown_key": "'{key}' is not a key that can stand here. Known here: {known}.",
    "plan.unknown_key.did_you_mean": "'{key}' is not a key that can stand here: did you mean '{suggestion}'? Known "
    "here: {known}.",
    "plan.unknown_key.none_known": "'{key}' is not a key that can stand here. Remove it.",
    "plan.missing_key": "The key '{key}' is missing here. Add it.",
    "plan.no_value": "'{key}' has no value. Write one after the colon, or remove the key.",
    "plan.wrong_type": "'{key}' cannot be '{given}'; it must be one of: {expected}. Write one of these kinds.",
    "plan.wrong_type.text": "'{key}' must be a text, and it is '{given}'. Write one text.",
    "plan.wrong_type.text_unquoted": "'{key}' must be a text, and '{given}' without quotes is not a text. "
    'Put it in quotes: "{given}".',
    "plan.wrong_type.whole_number": "'{key}' must be a whole number, and it is '{given}'. Write digits only, without "
    "quotes.",
    "plan.wrong_type.number": "'{key}' must be a number, and it is '{given}'. Write digits, with a point for decimals "
    "and without quotes.",
    "plan.wrong_type.yes_or_no": "'{key}' must be true or false, and it is '{given}'. Write true or false, without "
    "quotes.",
    "plan.wrong_type.list": "'{key}' must be a list, and it is '{given}'. Write it as [one, two], or one entry a line "
    "after a dash.",
    "plan.wrong_type.mapping": "'{key}' must be a mapping of keys and values, and it is '{given}'. Write lines of "
    "`key: value` under it.",
    "plan.wrong_type.date": "'{key}' must be a date that exists, and it is '{given}'. Write it as 2026-04-01.",
    "plan.wrong_type.time": "'{key}' must be a time of day, and it is '{given}'. Write it as \"08:30\".",
    "plan.wrong_type.instant": "'{key}' must be a date and time with its offset, and it is '{given}'. Write it as "
    "2026-07-01T09:00:00+02:00.",
    "plan.wrong_type.duration": "'{key}' must be a duration, and it is '{given}'. Write it as 4h, 30min or 2d.",
    "plan.wrong_type.address": "'{key}' must be the address of a page, and it is '{given}'. Write it with https:// at "
    "its beginning.",
    "plan.wrong_type.nothing": "'{key}' must have no value, and it is '{given}'. Remove the value.",
    "plan.bad_value": "'{key}' cannot be '{given}'. See the plan format for what it may be.",
    "plan.not_one_of": "'{key}' cannot be '{given}'. Choose one of: {choices}.",
    "plan.not_one_of.did_you_mean": "'{key}' cannot be '{given}': did you mean '{suggestion}'? "
    "Choose one of: {choices}.",
    "plan.no_variant": "'{key}' does not say which of its forms it has. Add the key that tells them apart.",
    "plan.not_above": "'{key}' is '{given}' and must be more than {limit}. Write a larger number.",
    "plan.below_least": "'{key}' is '{given}' and must be at least {limit}. Write {limit} or more.",
    "plan.not_below": "'{key}' is '{given}' and must be less than {limit}. Write a smaller number.",
    "plan.above_most": "'{key}' is '{given}' and must be at most {limit}. Write {limit} or less.",
    "plan.not_multiple": "'{key}' is '{given}' and must be a multiple of {limit}. Write the nearest multiple.",
    "plan.too_few": "'{key}' has {actual} entries and needs at least {least}. Add what is missing.",
    "plan.too_many": "'{key}' has {actual} entries and may have at most {most}. Remove what is too many.",
    "plan.text_too_short": "'{key}' has fewer than {least} characters. Write it out.",
    "plan.text_too_long": "'{key}' has more than {most} characters. Shorten it.",
    "plan.text_malformed": "'{key}' is '{given}', which does not have the form that it needs ({pattern}). Write it in "
    "that form.",
    "plan.too_many_places": "'{key}' is '{given}' and may have at most {most} digits after its point. Round it.",
}

_MODEL: Final[dict[str, str]] = {
    "plan.bad_name": "'{given}' cannot be a name that other keys refer to. Use small letters, digits, _ and -, and "
    "begin with a letter; what people read goes into `name`.",
    "plan.bad_text": "'{given}' is not a text for people. Write one text, or one for each language: {{en: ..., fr: "
    "...}}.",
    "plan.hours_only": "'{given}' is no length in hours. Write it as 8h or 7.5h.",
    "plan.not_a_text": "'{given}' is not written as a text here. Put it in quotes, or write it as the other "
    "entries are.",
    "plan.bad_percent": "'{given}' is not a share in percent. Write it with its sign: 99.9%.",
    "plan.bad_money": "'{given}' is not an amount of money. Write the currency's three letters, a space and the "
    "amount: USD 1,250.00.",
    "plan.bad_date": "'{given}' is not a date that exists. Write it as 2026-04-01; a month, 2026-04, means its first "
    "day.",
    "plan.bad_pay": "'{given}' is not something that can be paid. Write a share (10%), days (3 days), an amount (USD "
    "100), a multiple (2x) or none.",
    "plan.bad_quantity": "'{given}' is not a quantity. Write a number with its unit: 10 hours, 4 reviews, USD 500.",
    "plan.unknown_zone": "'{given}' is not a time zone of the IANA list; abbreviations such as EST are not zones. "
    "Write a place: America/New_York. Nearest: {suggestion}.",
    "plan.unknown_weekday": "'{given}' is not a day of the week. Use one of: {known}.",
    "plan.unknown_start": "'{given}' is not an event that starts a clock. Use one of: {known}; or "
    "milestone:its_name, or after:a_metric.",
    "plan.unknown_stop": "'{given}' is not an event that stops a clock. Use one of: {known}; or milestone:its_name.",
    "plan.months_not_here": "'{given}' counts in months or years, which have no fixed length. Write days, hours or "
    "minutes here.",
    "plan.bands_not_answers": "The bands ({bands}) are not the answers ({answers}). Give each answer one band, or "
    "leave out `answers`.",
    "plan.lines_not_sets": "There are {lines} lines for {sets} sets of answers. Write one line for each set of "
    "`when`, in the same order.",
    "plan.section_empty": "The section '{section}' is empty, and a plan cannot work without it. Give it at least one "
    "entry.",
    "plan.target_without_length": "This target says neither how long it may take nor that there is no limit. Add "
    "`within: 4h`, or write best effort, none or missing (not a length together with these).",
    "plan.holiday_list_empty": "This holiday list has no source. Give it a `country`, `dates`, a `feed`, or `customer: "
    "true`.",
    "plan.rolling_without_length": "A rolling period needs a `length`, and only a rolling one may have it. Add "
    "`length: 30d`, or remove it.",
    "plan.stage_needs_one_demand": "A stage demands exactly one thing. Keep one of its demands and write the others "
    "as stages of their own.",
    "plan.stage_has_two_times": "This stage says in two ways how long a clock may take. Keep one of them.",
    "plan.table_or_each": "A credit scheme pays either by a `table` or for `each` unit. Write exactly one of the two.",
    "plan.availability_without_target": "This availability promise names no target. Add one, such as 99.9%.",
    "plan.unknown_tier": "The plan {file} has no tier '{given}'. It has {known}; try --tier {suggestion}.",
    "calendar.unknown": "The plan has no calendar '{given}'. It has: {known}.",
    "holiday_list.unknown": "The plan has no holiday list '{given}'. It has: {known}; a country is written as US or "
    "CA-ON.",
    "holiday_list.feed_missing": "The holiday list '{given}' comes from the feed '{feed}', which has not been read. "
    "Import the feed first.",
    "band.unreadable": '\'{given}\' is not a range of numbers. Write "< 4%", "4% - 6%" (without 6%), or ">= 4% and < '
    '6%".',
    "band.empty": "The range '{given}' holds no number. Put the smaller edge first.",
}

MESSAGES: Final[dict[str, str]] = _READING | _SYNTAX | _NUMBERS | _KEYS | _MODEL
