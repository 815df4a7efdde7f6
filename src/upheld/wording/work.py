"""
Sentences about due work.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "work.handler_named_twice": "Two handlers of due work are named {name}. Rename one of them.",
    "work.no_handler": "Nobody handles due work named {name}. Load the app that registers it. There are: {known}.",
}
