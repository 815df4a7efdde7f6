"""
Command groups that are imported when they are called, not when they are listed.

Invariant: ``upheld --help`` imports no command group, so its start stays short however much the groups need.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A command group before it is loaded: the module whose ``app`` it is, and its line in the help.
    """

    module: str
    help: str


class LazyCommand(TyperCommand):
    """
    Stand in for a command group in the list, and give way to it when it is called.
    """

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name=name, help=entry.help)
        self.module = entry.module

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """
        Import the module and make the context of its command, which then runs in this one's place.
        """
        app: typer.Typer = importlib.import_module(self.module).app
        return get_command(app).make_context(info_name, args, parent=parent, **extra)


def lazy_group(entries: dict[str, Entry]) -> type[TyperGroup]:
    """
    Return the class of a group that offers ``entries`` (name to entry) in their order.
    """

    class LazyGroup(TyperGroup):
        """
        Offer the entries beside the commands that the app registered itself.
        """

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for name, entry in entries.items():
                self.add_command(LazyCommand(name, entry))

    return LazyGroup
