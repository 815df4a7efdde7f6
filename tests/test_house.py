"""
The rules of the house that no linter knows.
"""

import ast
import re

import pytest

from tests import source_tree
from tests.source_tree import ROOT
from upheld.core import events

JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
# Written in pieces, so that this file does not hold what it forbids.
REGISTRY_HOSTS = re.compile(
    "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", r"registry\.npm" + "js", "jsr" + r"\.io"))
)
MACHINE_PATHS = re.compile(
    "|".join(rf"(?<![\w.])/{name}/" for name in ("wo" + "rk", "ro" + "ot", "ho" + "me", "t" + "mp", "Us" + "ers"))
)
FRAGMENT = re.compile(r"(\d+|\+[\w-]+)\.(added|changed|fixed|removed|security)(\.\d+)?\.md")


@pytest.mark.parametrize("module", source_tree.modules())
def test_every_module_says_what_it_is(module):
    docstring = ast.get_docstring(source_tree.modules()[module], clean=False)
    assert docstring, f"{module} opens without a docstring"
    assert docstring.startswith("\n"), f"{module}: the docstring's quotes stand on their own lines"


def documented(tree):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for node in ast.walk(tree):
        if isinstance(node, kinds) and (docstring := ast.get_docstring(node, clean=False)) is not None:
            yield node, docstring


@pytest.mark.parametrize("module", source_tree.modules())
def test_quotes_of_docstrings_stand_on_their_own_lines(module):
    tree = source_tree.modules()[module]
    crooked = [
        f"{module}:{node.lineno}" for node, text in documented(tree) if not re.fullmatch(r"\n.*\n\s*", text, re.DOTALL)
    ]
    assert crooked == []


def test_no_junk_drawers():
    names = {part.removesuffix(".py") for module in source_tree.modules() for part in module.split("/")}
    assert names & JUNK_DRAWERS == set()


def test_every_dependency_has_a_reason():
    project = source_tree.project()
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    asked += [entry for extra in project["project"]["optional-dependencies"].values() for entry in extra]
    asked += [entry for group in project["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    names = {re.match(r"[\w.-]+", requirement)[0] for requirement in asked}
    rows = source_tree.table_rows("docs/dependencies.md")
    assert names == set(rows) - {"package"}
    assert [name for name in names if len(rows[name]) < 2 or not all(rows[name][:2])] == []


def test_locks_hold_every_package_to_a_hash():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        packages = [line for line in text.splitlines() if re.match(r"\w", line)]
        assert packages, lock.name
        assert [line.split()[0] for line in packages if "--hash=sha256:" not in line or "==" not in line] == []


def test_the_locks_agree_with_each_other():
    pins = {
        name: dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE))
        for name in ("run", "dev", "bench")
    }
    assert pins["run"].items() <= pins["dev"].items() <= pins["bench"].items()


def test_glossary_has_the_words_of_the_design():
    rows = {word.lower() for word in source_tree.table_rows("docs/glossary.md")}
    assert {word for word in DESIGN_WORDS if word.lower() not in rows} == set()


def test_glossary_has_exactly_the_events():
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    section = re.search(r"^## Events$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    assert set(re.findall(r"^\| (\w+) \|", section, re.MULTILINE)) - {"word"} == set(events.KINDS)


DESIGN_WORDS = (
    """
plan, tier, plan version, catalogue, contract, metric, first_response, next_response, update, workaround, resolution,
target, clock, cycle, running, paused, outside hours, met, breached, ended, at risk, unobservable, support hours,
calendar, holiday list, urgency, severity, entitlement, grant, drawdown, outage, maintenance window,
availability target, SLA credit, credit table, credit claim, credit note, designated contact, success manager,
instance, environment, coverage, covered, best effort, chargeable, not covered, undecided
""".strip()
    .replace("\n", " ")
    .split(", ")
)


def test_no_place_of_one_machine_and_no_registry_in_the_tree():
    found = []
    for path in source_tree.tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRY_HOSTS.search(line) or MACHINE_PATHS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_news_fragments_have_their_form():
    fragments = [path for path in (ROOT / "changes").iterdir() if path.name not in {"README.md", ".gitignore"}]
    assert [path.name for path in fragments if not FRAGMENT.fullmatch(path.name)] == []
    assert [path.name for path in fragments if not path.read_text(encoding="utf-8").strip().endswith(".")] == []


def test_every_target_of_the_makefile_is_explained():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    explained = set(re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE))
    assert named == explained
    assert {"setup", "run", "test", "lint", "fix", "bench", "check", "docs"} <= named
