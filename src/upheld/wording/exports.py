"""
Sentences about exports.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "export.too_many": "You have {most} exports on their way, the most that anybody can have. Wait for one, or cancel "
    "one.",
    "export.not_ready": "This file is not there any more. Make the export again.",
    "export.not_allowed": "You may not read tickets any more.",
    "export.no_space": "Our disk has no room for it. Tell an operator, or narrow the list.",
    "export.too_slow": "Finding its tickets took too long. Narrow the list, or search for fewer words.",
    "export.broke": "Something went wrong on our side, again and again. Tell an operator.",
    "export.expired": "The file was deleted when its time was over. Make the export again.",
    "export.deleted": "You deleted the file.",
    "export.erased": "The file was deleted, for something in it was erased meanwhile. Make the export again.",
    "export.restored": "The file was not brought back from the backup. Make the export again.",
}
