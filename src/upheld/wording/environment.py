"""
Sentences about settings that cannot be read.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "environment.not_a_flag": "{name} is {given}. Set it to yes or no.",
    "environment.not_a_number": "{name} is {given}. Set it to a whole number from {least} to {most}.",
    "environment.not_an_option": "{name} is {given}. Set it to one of: {options}.",
    "environment.not_an_address": "{name} is no address that can be used. It starts with one of these, and a colon: "
    "{schemes}. docs/running.md shows examples.",
}
