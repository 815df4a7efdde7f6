"""
Whatever a plan says, the linter answers: plans that ship and the hard ones of the tests, each damaged at random.
"""

import copy
import functools
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.source_tree import ROOT
from upheld.catalogues import names, read
from upheld.core.errors import Weight
from upheld.core.plan.lint import lint
from upheld.core.plan.model import Plan
from upheld.core.plan.places import DocumentError
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate
from upheld.wording import messages, say

HARD = sorted((ROOT / "tests/core/plan/plans").glob("*.yaml"))
SOURCES = {f"{name}.yaml": read(name) for name in names()} | {path.name: path.read_bytes() for path in HARD}


@functools.cache
def document_of(name):
    return read_document(SOURCES[name], name)


def paths(value, path=()):
    """Every path in a document, mappings and lists included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from paths(each, (*path, key))


def at(value, path):
    for step in path:
        value = value[step]
    return value


WORDS = """none,best effort,immediate,4h,3d,2d end_of_day,48h elapsed,90d,24x7,closed,10%,0%,< 4%,>= 4,gravest,urgent,
office,support_hours,after:resolution,milestone:x,customer,2026-01-01,mon-fri 09:00-17:00,08:00-09:00,1 year,USD 5,
EUR 3,US,CA-ON,AQ,true,"""
OTHERS = [0, 1, -1, 3, True, False, None, [], {}, ["urgent"], {"within": "1h", "severity": "urgent"}]
VALUES = st.sampled_from([*WORDS.replace("\n", "").split(","), *OTHERS])


@st.composite
def damaged(draw):
    """A document with one to three values removed, replaced, doubled or put where another one stood."""
    name = draw(st.sampled_from(sorted(SOURCES)))
    data = copy.deepcopy(document_of(name).data)
    for _ in range(draw(st.integers(1, 3))):
        every = list(paths(data))
        *above, last = draw(st.sampled_from(every))
        parent = at(data, above)
        act = draw(st.sampled_from(["remove", "replace", "move", "rename", "double"]))
        if act == "remove":
            del parent[last]
        elif act == "replace":
            parent[last] = draw(VALUES)
        elif act == "move":
            parent[last] = copy.deepcopy(at(data, draw(st.sampled_from(every))))
        elif act == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["other", "urgent", "support_hours", "none"]))] = parent.pop(last)
        elif act == "double" and isinstance(parent, list):
            parent.insert(0, copy.deepcopy(parent[last]))
    return name, written(data)


def written(value):
    """A document's data as YAML in flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@given(damaged())
def test_the_linter_answers_for_every_plan_that_validates(given_one):
    name, text = given_one
    try:
        document = read_document(text.encode(), name)
        plan = validate(document, Plan)
    except (DocumentError, AttributeError, TypeError):
        return
    findings = lint(plan, document)
    assert findings == lint(plan, document)
    for each in findings:
        assert each.places
        assert each.code in messages()
        assert say(each.code, each.params)[-1] in ".?!"


@pytest.mark.parametrize("name", names())
def test_a_finished_catalogue_tells_assumptions_and_nothing_else(name):
    document = document_of(f"{name}.yaml")
    findings = lint(validate(document, Plan), document)
    others = [f"{each.places[0]} {each.code}" for each in findings if each.weight is not Weight.ASSUMPTION]
    assert others == []
