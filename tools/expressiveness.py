# ruff: noqa: INP001  (scripts beside the project, not a package of it)
"""
docs/expressiveness.md: what the plan format says of the clauses of published policies, and what is computed of it.

A clause is *computed* where taking one of its keys out of its document, or writing something else there, changes
what :mod:`tools.probes` finds. It is *expressed* where that changes the plan or is refused, by typed values: prose does
not count. What is not computed yet waits for availability, for allowances, or for something else. ``python -m
tools.expressiveness --write`` writes the page; without it, the page is compared. Needs the shared cases.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tools.probes import found as probed
from upheld.core.credits.credit import MEASURES
from upheld.core.errors import UpheldError
from upheld.core.plan.editing import Edit, EditError, edited, parse_path
from upheld.core.plan.loading import load
from upheld.core.plan.model import Plan
from upheld.core.plan.places import Path as Place
from upheld.core.plan.places import dotted

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "expressiveness.md"
PLANS: Final = ROOT / "tests" / "core" / "plan" / "plans"
CLAUSES: Final = ROOT / "tests" / "core" / "plan" / "clauses.yaml"
CASES: Final = ROOT.parent / "shared" / "cases" / "policies.jsonl"
PROSE: Final = frozenset({"text", "name", "rule", "ask", "lines", "effort", "features"})
"""Keys that hold words for people: they express nothing."""
RECURRENCE: Final = ("windows", "rule")
"""A rule of a window is none for people: it says when the window comes again."""
OTHERWISE: Final = (
    "none", "7h", "3d", "42d", "7%", "55%", "always", "true", "false", "3", "USD 7", "month", "year", "2", "unlimited",
    "contract", "from_start", "from_change", "stands", "reconsidered", "gravest", "lightest", "first", "customer",
    "support", "reply", "resolved", "opened", "any_time", "fee", "service_fee", "approval", "refused", "plan",
    "by_agreement", "not", "held", "open", "at_once", "renewal", "total", "paid", "calendar", "[]", "{}",
    "money", "reported", "FREQ=DAILY",
)  # fmt: skip
"""What is written in a key's place where it cannot be taken out; the first that makes another plan is used."""
INTRODUCTION: Final = """\
{of} clauses of {policies} published support policies, each tried on a plan document. A clause is *computed* where
writing one of its keys otherwise changes a result: a due time, a verdict, a suggestion, what is covered, a sum, a
date. It is *expressed* where its keys are typed values that make another plan, or whose absence is refused; words for
people do not count. The test of a clause writes its keys otherwise and looks (`tests/docs/test_expressiveness.py`, by
the clause's name); this page is made from it. What no key says of a clause stands in the last column."""
_WAITS: Final = {
    "availability": "availability", "measured": "availability", "maintenance": "availability",
    "notices": "availability",
    "recovery": "availability", "provisioning": "availability", "security_fixes": "availability",
    "credits": "availability", "allowances": "allowances", "reviews": "allowances", "roles": "allowances",
    "fair_use": "allowances", "rights": "allowances",
}  # fmt: skip


class Status(enum.StrEnum):
    """
    What becomes of a clause.
    """

    COMPUTED = "computed"
    EXPRESSED = "expressed"
    NOT = "not expressible"


@dataclasses.dataclass(frozen=True, slots=True)
class Clause:
    """
    One clause: where it stands among the cases, the document and keys that say it, and what no key says.
    """

    vendor: str
    number: int
    kind: str
    document: str
    keys: tuple[str, ...]
    lacks: str

    @property
    def name(self) -> str:
        """
        Its name in tests.
        """
        return f"{self.vendor}-{self.number}-{self.kind}"


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """
    A clause with what became of each of its keys.
    """

    clause: Clause
    status: Status
    waits_for: str
    computed: tuple[str, ...]
    expressed: tuple[str, ...]
    dead: tuple[str, ...]


def clauses() -> list[Clause]:
    """
    Return all clauses of the cases, with what our documents say of them. Raises ``KeyError`` for one that is missing.
    """
    ours = YAML(typ="safe").load(CLAUSES)
    found = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        policy = json.loads(line)
        own = ours[policy["vendor"]]
        for number, (clause, said) in enumerate(zip(policy["clauses"], own["clauses"], strict=True)):
            keys = tuple(said.get("keys", ()))
            found.append(Clause(policy["vendor"], number, clause["type"], own["document"], keys, said.get("lacks", "")))
    return found


@functools.cache
def _document(name: str) -> bytes:
    return (PLANS / f"{name}.yaml").read_bytes()


@functools.cache
def _probed(name: str) -> tuple[Any, ...]:
    return tuple(probed(load(_document(name), f"{name}.yaml").plan))


def _differs(plan: Plan, name: str) -> bool:
    """
    Return whether the probes find something else than in a document; they stop where they do.
    """
    pairs = itertools.zip_longest(probed(plan), _probed(name))
    return any(one != other for one, other in pairs)


def place_of(key: str) -> Place:
    """
    Return the place of a key; ``%2E`` stands for a point within a name.
    """
    return tuple(step.replace("%2E", ".") if isinstance(step, str) else step for step in parse_path(key))


def others(name: str, key: str) -> Iterator[Plan]:
    """
    Yield the plans of a document without a key, or with something else in its place.

    Raises :class:`EditError` where the document does not have it.
    """
    raw, place = _document(name), place_of(key)
    before = load(raw, f"{name}.yaml").plan
    for text in ("", *OTHERWISE):
        try:
            plan = load(edited(raw, f"{name}.yaml", [Edit(place, text)]), f"{name}.yaml").plan
        except EditError:
            raise
        except UpheldError:
            continue
        if plan != before:
            yield plan


def judge(clause: Clause) -> Judged:
    """
    Return what becomes of a clause.
    """
    computed, expressed, dead = [], [], []
    for key in clause.keys:
        if _is_prose(place_of(key)):
            dead.append(key)
            continue
        made = list(itertools.islice(others(clause.document, key), 2))
        if _is_probed(clause.document, key) and any(_differs(each, clause.document) for each in made):
            computed.append(key)
        elif made or _is_refused(clause.document, key):
            expressed.append(key)
        else:
            dead.append(key)
    status = Status.COMPUTED if computed else Status.EXPRESSED if expressed else Status.NOT
    root = clause.keys[0].split(".")[0].split("[")[0] if clause.keys else ""
    waits = "" if status is not Status.EXPRESSED else _WAITS.get(root, "")
    return Judged(clause, status, waits, tuple(computed), tuple(expressed), tuple(dead))


def _is_prose(place: Place) -> bool:
    names = [step for step in place if isinstance(step, str)]
    return bool(names) and names[-1] in PROSE and tuple(names[-2:]) != RECURRENCE


def _is_probed(name: str, key: str) -> bool:
    """
    Return whether anything is computed from what stands there at all.
    """
    root, *rest = map(str, place_of(key))
    if root != "credits":
        return root not in _WAITS
    scheme = load(_document(name), f"{name}.yaml").plan.credits[rest[0]]
    return scheme.of in MEASURES or "claim" in rest


def _is_refused(name: str, key: str) -> bool:
    """
    Return whether a document without the key is refused.
    """
    try:
        load(edited(_document(name), name, [Edit(place_of(key), "")]), name)
    except EditError:
        raise
    except UpheldError:
        return True
    return False


def page(found: list[Judged]) -> str:
    """
    Return the page.
    """
    count = Counter(each.status for each in found)
    waits = Counter(each.waits_for for each in found if each.status is Status.EXPRESSED)
    of = len(found)
    said = count[Status.COMPUTED] + count[Status.EXPRESSED]
    lines = [
        "# What the plan format can say",
        "",
        INTRODUCTION.format(of=of, policies=len({each.clause.vendor for each in found})),
        "",
        "| | clauses | share |",
        "| --- | --- | --- |",
        f"| computed | {count[Status.COMPUTED]} | {_share(count[Status.COMPUTED], of)} |",
        f"| expressed, computed once availability is | {waits['availability']} | {_share(waits['availability'], of)} |",
        f"| expressed, computed once allowances are | {waits['allowances']} | {_share(waits['allowances'], of)} |",
        f"| expressed otherwise | {waits['']} | {_share(waits[''], of)} |",
        f"| **computed or expressed** | **{said}** | **{_share(said, of)}** |",
        f"| not expressible | {count[Status.NOT]} | {_share(count[Status.NOT], of)} |",
        "",
        "| policy | clause | status | document | keys | what it lacks |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in found:
        clause = each.clause
        status = f"{each.status}, waits for {each.waits_for}" if each.waits_for else str(each.status)
        keys = ", ".join(f"`{_shown(key)}`" for key in (*each.computed, *each.expressed))
        document = f"[{clause.document}](../tests/core/plan/plans/{clause.document}.yaml)" if keys else ""
        number = f"{clause.number + 1}, {clause.kind.replace('_', ' ')}"
        lines.append(f"| {clause.vendor} | {number} | {status} | {document} | {keys} | {clause.lacks} |")
    return "\n".join(lines) + "\n"


def _share(part: int, of: int) -> str:
    return f"{Decimal(100 * part) / of:.1f} %"


def _shown(key: str) -> str:
    return dotted(place_of(key))


def main() -> int:
    """
    Write the page, or compare it.
    """
    made = page([judge(each) for each in clauses()])
    if "--write" in sys.argv[1:]:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") != made:
        sys.stderr.write("docs/expressiveness.md is not what the plans say: python -m tools.expressiveness --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
