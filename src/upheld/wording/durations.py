"""
Sentences about durations.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "duration.ambiguous_m": "In '{given}', m may be minutes or months. Write min or months.",
    "duration.ambiguous_week": "In '{given}', a week may be seven days or five support days. Write '7 elapsed days' or "
    "'5d'.",
    "duration.backward_range": "The range '{given}' does not go from less to more of one unit. Write it as 24-48h or "
    "1d to 3d.",
    "duration.bad_mode": "In '{given}', the words after the unit are not understood. After days there may be one of "
    "{modes}; elapsed or support say what is counted.",
    "duration.mode_without_days": "'{given}' names a way to count days, but does not count support days. Leave it out, "
    "or write support days.",
    "duration.not_whole": "'{given}' is not a whole number of seconds, days, months or years. Write it in a "
    "smaller unit.",
    "duration.unreadable": "'{given}' is not a duration. Write a number and a unit: 30min, 4h, 2d, 24 elapsed hours.",
    "duration.zero": "'{given}' is no time at all, so it could not be kept. Write more than zero, or leave the target "
    "out.",
}
