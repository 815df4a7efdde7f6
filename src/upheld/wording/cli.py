"""
Sentences of the command line itself.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.bug": "This is a bug in Upheld ({kind}: {reason}). Run the command again with UPHELD_TRACEBACK=1 and report "
    "what it prints.",
    "cli.file_refused": "{file} cannot be used: {reason}. Check the path and who may read or write it.",
}
