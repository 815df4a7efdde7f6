"""
The plan documents that ship with Upheld: data, one file a policy, read by name.

Invariant: a name is that of a file beside this module; nothing outside this package can be read through it.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

from upheld.core.errors import UpheldError

_ENDING: Final = ".yaml"


class UnknownCatalogueError(UpheldError):
    """
    A name that is none of the plan documents that ship.
    """


def names() -> tuple[str, ...]:
    """
    Return the names of all plan documents that ship, in alphabetical order.
    """
    files = (each.name for each in resources.files(__package__).iterdir())
    return tuple(sorted(file.removesuffix(_ENDING) for file in files if file.endswith(_ENDING)))


def read(name: str) -> bytes:
    """
    Return the text of the plan document ``name`` as it lies on the disk.

    Raises :class:`UnknownCatalogueError` ``catalogue.unknown``.
    """
    known = names()
    if name not in known:
        raise UnknownCatalogueError("catalogue.unknown", given=name, known=known)
    return (resources.files(__package__) / f"{name}{_ENDING}").read_bytes()
