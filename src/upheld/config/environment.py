"""
Reading the environment: the one way by which an operator changes anything.

Invariant: every variable that is read is declared here by name, so that the list of them is complete; a value that
cannot be read stops the start with the variable's name, what was given and what is expected, never with a traceback.
Secrets are not repeated in errors.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from upheld.core.errors import UpheldError

DECLARED: Final[dict[str, str]] = {}
"""Name of each variable that was read, with its default in words."""

TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})


class EnvironmentVariableError(UpheldError):
    """
    A variable of the environment that cannot be read.
    """


def text(name: str, default: str, *, shown: str | None = None) -> str:
    """
    Return the variable's text, or the default when it is unset or empty; ``shown`` is the default in words.
    """
    DECLARED[name] = default if shown is None else shown
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """
    Return whether the variable says yes.

    Raises :class:`EnvironmentVariableError` ``environment.not_a_flag``.
    """
    given = text(name, "yes" if default else "no").lower()
    if given not in TRUE | FALSE:
        raise EnvironmentVariableError("environment.not_a_flag", name=name, given=given)
    return given in TRUE


def number(name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    """
    Return the variable's whole number.

    Raises :class:`EnvironmentVariableError` ``environment.not_a_number``.
    """
    given = text(name, str(default))
    if not (given.isascii() and given.isdigit() and least <= int(given) <= most):
        raise EnvironmentVariableError("environment.not_a_number", name=name, given=given, least=least, most=most)
    return int(given)


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """
    Return the variable's word, one of the options.

    Raises :class:`EnvironmentVariableError` ``environment.not_an_option``.
    """
    given = text(name, default).lower()
    if given not in options:
        raise EnvironmentVariableError("environment.not_an_option", name=name, given=given, options=list(options))
    return given


def several(name: str) -> list[str]:
    """
    Return the variable's values, separated by commas; none when it is unset.
    """
    return [part.strip() for part in text(name, "", shown="none").split(",") if part.strip()]


def address(name: str, default: str, schemes: tuple[str, ...], *, shown: str | None = None) -> SplitResult:
    """
    Return the variable's address, taken apart.

    Raises :class:`EnvironmentVariableError` ``environment.not_an_address``; the address itself is not repeated, it
    may hold a password.
    """
    try:
        parts = urlsplit(text(name, default, shown=shown))
        _ = parts.port
    except ValueError:
        raise EnvironmentVariableError("environment.not_an_address", name=name, schemes=list(schemes)) from None
    if parts.scheme not in schemes:
        raise EnvironmentVariableError("environment.not_an_address", name=name, schemes=list(schemes))
    return parts


def home() -> Path:
    """
    Return the directory that holds everything an installation must not lose, as an absolute path.
    """
    return Path(text("UPHELD_HOME", "var", shown="`var` in the current directory")).expanduser().resolve()


def kept_secret(directory: Path, name: str, variable: str) -> str:
    """
    Return a secret: the variable's, else the one in the file ``name`` of ``directory``, made at the first start and
    readable by its owner only.
    """
    if given := text(variable, "", shown="kept in `UPHELD_HOME/keys`"):
        return given
    path = directory / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = directory / f".{name}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)  # the first of several processes wins, the others read what it wrote
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
