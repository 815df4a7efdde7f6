"""
Progress bars on the error stream; without a terminal, or when told to be quiet, none is drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rich.progress import TaskID

Ear: TypeAlias = Callable[[int, int | None], None]
"""What is told how much is done, of how much."""
PartEar: TypeAlias = Callable[[str, int, int | None], None]
"""The same for several stretches of work, each by its name."""


@contextlib.contextmanager
def bars_by_part(*, is_quiet: bool) -> Iterator[PartEar]:
    """
    Yield what draws a bar for each part of the work.
    """
    from rich.console import Console  # noqa: PLC0415  (needed only where something takes long)
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=is_quiet or not console.is_terminal) as drawn:

        def ear(part: str, done: int, total: int | None) -> None:
            if part not in tasks:
                tasks[part] = drawn.add_task(part, total=total)
            drawn.update(tasks[part], completed=done, total=total)

        yield ear


@contextlib.contextmanager
def bars(*, is_quiet: bool) -> Iterator[Callable[[str], Ear]]:
    """
    Yield what makes a bar for a named stretch of work.
    """
    with bars_by_part(is_quiet=is_quiet) as part_ear:

        def ear(words: str) -> Ear:
            return lambda done, total: part_ear(words, done, total)

        yield ear
