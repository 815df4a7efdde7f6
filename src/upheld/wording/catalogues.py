"""
Sentences of the plan documents that ship.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "catalogue.unknown": "No plan called {given} ships with Upheld. There are: {known}; or give the path of a file.",
}
