"""
What the documents say is there: links, commands, make targets.
"""

import importlib
import re

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from tests.source_tree import ROOT
from upheld.cli import main

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("README.md")],
    key=str,
)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def anchors(text):
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_links_lead_somewhere(document):
    dead = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_make_targets_that_are_named_exist(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^    |^)make ([a-z]+)\b", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


def commands(name):
    """The group's commands as typed: ``upheld plan lint``."""
    command = get_command(importlib.import_module(main.COMMANDS[name].module).app)
    if isinstance(command, TyperGroup):
        return [f"upheld {name} {sub}" for sub in command.commands]
    return [f"upheld {name}"]


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_is_documented(name):
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert [command for command in commands(name) if command not in text] == []


def test_the_first_screen_of_the_readme_gives_the_two_commands():
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30])
    assert re.findall(r"^ {4}(.*)$", first_screen, re.MULTILINE) == ["make run", "make test"]
