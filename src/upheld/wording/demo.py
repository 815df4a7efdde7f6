"""
Sentences about the demo world and about importing tickets.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "demo.not_empty": "The demo world needs an empty database, and this one holds people or tickets. Set UPHELD_HOME "
    "(or DATABASE_URL) to another place, and run upheld migrate there first.",
    "demo.not_a_demo": "--fresh empties the database, and this one is not a demo, so nothing was changed. Only a "
    "database that upheld demo filled can be made afresh.",
    "demo.nobody_closed": "No customer of the demo is outside its support hours now, so that state cannot be shown.",
    "import.plan_or_contract": "Say under what the tickets come: either --plan (with --customers or --tier), or "
    "--contract with the id of a contract that is there.",
    "import.unknown_contract": "There is no contract {given}. Its page in the desk shows its id.",
    "import.nobody_publishes": "The plan must be published first, and there is nobody who may (asked for: {given}). "
    "Add somebody: upheld user add EMAIL --role plan_author; then name them with --by.",
    "import.forbidden_column": "{file}:{line}: the column {column} holds rights or secrets, which are never imported, "
    "and what is imported is kept. Take the column out of the export; nothing was imported.",
}
