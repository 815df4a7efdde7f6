# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
The examples in the documents: files, commands and stories in code blocks, run to see whether they still say the truth.

Five kinds of code blocks of a Markdown document are examples:

- ``yaml file=NAME`` (any language): the file NAME, whole, for the commands that follow. A plan must have no errors,
  unless it is ``broken`` on purpose.
- ``yaml merge``: keys that are laid over the document's latest ``yaml file=...`` plan for what follows, up to the next
  ``merge``; ``yaml merge=NAME`` lays them over the file NAME. The result must load without errors.
- ``console``: commands after ``$`` and what they print. A line ``...`` stands for any lines. ``exit=1`` names the code.
- ``pycon``: Python at its prompt.
- ``text story``: what happened on a ticket, and after ``=>`` what its clocks say (``tier=NAME`` picks the tier).
  ``picture=FILE metric=NAME`` draws the metric's clock into ``docs/pictures``.

Invariant: the examples of a document depend on that document alone, in its order. ``python -m tools.examples --write``
puts what is printed now in place of what stands there; without ``--write`` nothing is changed.
"""

from __future__ import annotations

import doctest
import io
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

from tools.stories import ExampleError, tell
from upheld.cli import main as main_command
from upheld.core.plan.loading import LoadedPlan, load
from upheld.core.plan.reading import read_document

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURES: Final = ROOT / "docs" / "pictures"
DOCUMENTS: Final = (
    "docs/first-plan.md",
    "docs/plan-format.md",
    "docs/clocks.md",
    "docs/calendars.md",
    "docs/explain.md",
    "docs/severity-and-coverage.md",
    "docs/plan-commands.md",
)
ANY_LINES: Final = "..."
TERMINAL: Final = {"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb", "FORCE_COLOR": ""}
_FENCE: Final = re.compile(r"^```(\S+)((?: \S+)*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """
    A code block: its language, the words after it (``file=a.yaml`` or ``merge``), its text, its first line's number.
    """

    language: str
    options: Mapping[str, str]
    text: str
    line: int

    @property
    def kind(self) -> str:
        """
        What the block is for: ``file``, ``merge``, ``console``, ``pycon``, ``story``, or nothing that is run.
        """
        for kind in ("file", "merge", "story"):
            if kind in self.options:
                return kind
        return self.language if self.language in ("console", "pycon") else ""


def blocks(text: str) -> list[Block]:
    """
    Return the code blocks of a Markdown document.
    """
    found: list[Block] = []
    opened: tuple[str, dict[str, str], int] | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if opened is None and (fence := _FENCE.match(line)):
            options = dict(word.partition("=")[::2] for word in fence[2].split())
            opened, inside = (fence[1], options, number + 1), []
        elif opened is not None and line == "```":
            found.append(Block(opened[0], opened[1], "\n".join(inside) + "\n", opened[2]))
            opened = None
        else:
            inside.append(line)
    return found


@dataclass(slots=True)
class Page:
    """
    A document while its examples are run: ``folder`` holds its files, ``plan`` is the latest plan, by name and text.
    """

    document: Path
    folder: Path
    is_writing: bool = False
    base: str = ""
    plan: str = ""
    loaded: dict[str, LoadedPlan] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    def run(self, block: Block) -> str:
        """
        Return the text that the block should have.

        Raises :class:`ExampleError` where it cannot be run.
        """
        kinds = {
            "file": self._file,
            "merge": self._merge,
            "console": self._console,
            "pycon": self._session,
            "story": self._story,
        }
        return kinds[block.kind](block)

    def _file(self, block: Block) -> str:
        name = block.options["file"]
        (self.folder / name).write_text(block.text, encoding="utf-8")
        if (
            block.language == "yaml"
            and "broken" not in block.options
            and re.search(r"^upheld: 1$", block.text, re.MULTILINE)
        ):
            self.base = name
            self.plan = block.text
            self._usable(block)
        return block.text

    def _merge(self, block: Block) -> str:
        name = block.options["merge"] or self.base
        if not name:
            raise ExampleError("there is no plan over which the keys could be laid")
        base = (self.folder / name).read_bytes()
        merged = over(read_document(base, name).data, read_document(block.text.encode(), "merge").data)
        self.plan = json.dumps(merged, default=str)
        self._usable(block)
        return block.text

    def _usable(self, block: Block) -> None:
        loaded = load(self.plan.encode(), f"{self.document.name} line {block.line}")
        if loaded.errors:
            raise ExampleError("\n".join(f"{each.code} {dict(each.params)}" for each in loaded.errors))
        self.loaded[self.plan] = loaded

    def _console(self, block: Block) -> str:
        printed: list[str] = []
        expected = int(block.options.get("exit", "0"))
        for command in commands(block.text):
            done = run_command(command, self.folder)
            if done.exit_code != expected:
                raise ExampleError(f"{command}: exit code {done.exit_code}\n{done.text}")
            output = "\n".join(line.rstrip() for line in done.text.splitlines()).strip("\n")
            printed += [f"$ {command}", *([output] if output else [])]
        return "\n".join(printed) + "\n"

    def _session(self, block: Block) -> str:
        said: list[str] = []
        session = doctest.DocTestParser().get_doctest(block.text, self.names, self.document.name, None, block.line)
        if doctest.DocTestRunner(verbose=False).run(session, out=said.append, clear_globs=False).failed:
            raise ExampleError("".join(said))
        self.names = session.globs
        return block.text

    def _story(self, block: Block) -> str:
        told, _, _ = block.text.partition("=>\n")
        found = tell(told, self.loaded[self.plan], block.options.get("tier", ""))
        if "picture" in block.options:
            self._picture(PICTURES / block.options["picture"], found.picture(block.options["metric"]))
        return f"{told}=>\n{found.lines()}"

    def _picture(self, path: Path, drawn: str) -> None:
        if self.is_writing:
            path.write_text(drawn, encoding="utf-8")
        if not path.exists() or path.read_text(encoding="utf-8") != drawn:
            raise ExampleError(f"{path.name} is not what is drawn now; run: make docs")


def over(base: Any, keys: Any) -> Any:
    """
    Return ``base`` with ``keys`` laid over it, mapping by mapping; a key without a value is taken away.
    """
    if not isinstance(base, dict) or not isinstance(keys, dict):
        return keys
    merged = {**base, **{key: over(base.get(key), value) for key, value in keys.items()}}
    return {key: value for key, value in merged.items() if value is not None or key not in keys}


def commands(text: str) -> Iterator[str]:
    """
    Yield the commands of a console block; one that ends in a backslash goes on in the next line.
    """
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            yield command


class Printed(NamedTuple):
    """
    What a command printed, the error stream last, and its exit code.
    """

    text: str
    exit_code: int


def run_command(command: str, folder: Path) -> Printed:
    """
    Run an ``upheld`` command in a folder, as at a terminal of fixed width without colours.

    It runs in this process: starting one for each of some forty commands would take most of a minute.
    Raises :class:`ExampleError` for any other command.
    """
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] != "upheld":
        raise ExampleError(f"only upheld is run: {command}")
    _forget()
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with ExitStack() as at_a_terminal:
        at_a_terminal.enter_context(mock.patch.dict(os.environ, TERMINAL))
        at_a_terminal.enter_context(mock.patch.object(sys, "argv", words))
        at_a_terminal.enter_context(chdir(folder))
        at_a_terminal.enter_context(redirect_stdout(out))
        at_a_terminal.enter_context(redirect_stderr(errors))
        try:
            main_command.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    return Printed(out.getvalue() + errors.getvalue(), code)


def _forget() -> None:
    """
    Empty what the command line keeps for the length of one command, such as a plan by the name of its file.
    """
    for name, module in list(sys.modules.items()):
        for each in list(vars(module).values()) if name.startswith("upheld.cli") else ():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def says(printed: str, written: str) -> bool:
    """
    Return whether a written block says what is printed, line by line; ``...`` stands for any lines, or none.
    """
    lines = (r"(?:.*\n)*?" if line.strip() == ANY_LINES else re.escape(line) + "\n" for line in written.splitlines())
    return re.fullmatch("".join(lines), "".join(f"{line}\n" for line in printed.splitlines())) is not None


@dataclass(frozen=True, slots=True)
class Result:
    """
    What an example says now, beside the block; ``problem`` where it cannot be run.
    """

    block: Block
    text: str
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """
        Whether the document says what is true.
        """
        return not self.problem and says(self.text, self.block.text)


def run_document(document: Path, *, is_writing: bool = False) -> list[Result]:
    """
    Return the results of all examples of a document, in its order; ``is_writing`` renews its pictures.
    """
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        page = Page(document, Path(folder), is_writing)
        for block in blocks(document.read_text(encoding="utf-8")):
            if not block.kind:
                continue
            try:
                results.append(Result(block, page.run(block)))
            except Exception as error:  # noqa: BLE001  one example that fails must not hide the others
                findings = getattr(error, "findings", ())
                told = "\n".join(f"{each.code} {dict(each.params)} {each.places[0]}" for each in findings)
                results.append(Result(block, block.text, f"{type(error).__name__}: {error}\n{told}"))
    return results


def rewrite(document: Path) -> list[Result]:
    """
    Put what is printed now in place of what the document says, where that can be done, and return what cannot.
    """
    lines = document.read_text(encoding="utf-8").splitlines()
    left: list[Result] = []
    for result in reversed(run_document(document, is_writing=True)):
        if result.is_right:
            continue
        written = result.block.text.splitlines()
        if result.problem or ANY_LINES in (line.strip() for line in written):
            left.append(result)
            continue
        start = result.block.line - 1
        lines[start : start + len(written)] = result.text.splitlines()
    document.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return left


def main(arguments: list[str]) -> int:
    """
    Check the documents (``--write``: mend them first), say what is wrong, and return the exit code.
    """
    is_writing = "--write" in arguments
    named = [each for each in arguments if each != "--write"]
    failed = 0
    for name in named or DOCUMENTS:
        document = ROOT / name
        wrong = rewrite(document) if is_writing else [each for each in run_document(document) if not each.is_right]
        for each in wrong:
            failed += 1
            sys.stdout.write(f"{name}:{each.block.line}: {each.problem or 'says now:'}\n{each.text}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
