"""
The project's own files, read as a lint rule reads them.
"""

import ast
import functools
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "upheld"


@functools.cache
def modules():
    """Every module that a person wrote: path from ``src`` to its syntax tree. Django writes migrations."""
    return {
        str(path.relative_to(ROOT / "src")): ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for path in sorted(SOURCE.rglob("*.py"))
        if not (path.parent.name == "migrations" and path.name[0].isdigit())
    }


@functools.cache
def project():
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@functools.cache
def tracked_files():
    """The files that git has or would add; in an unpacked archive without git, those that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        parts = ("src", "tests", "docs", "tools", "requirements", "changes", ".ci", "benchmarks")
        names = [str(path.relative_to(ROOT)) for part in parts for path in (ROOT / part).rglob("*")]
        names += [path.name for path in ROOT.iterdir()]
    return [ROOT / name for name in sorted(names) if (ROOT / name).is_file() and "__pycache__" not in name]


def table_rows(document):
    """The first cell of each row of a Markdown file's tables, without code marks."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0].strip("`*"): row[1:] for row in cells if not set(row[0]) <= set("-: ")}
