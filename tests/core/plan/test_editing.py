"""
Edits of a plan document by places: what changes, and what is refused.
"""

import pytest

from upheld import catalogues
from upheld.core.plan.editing import EditError, edited, parse_edit
from upheld.core.plan.loading import load, load_usable
from upheld.core.plan.places import DocumentError
from upheld.core.plan.reading import read_document

RAW = b"""\
# a comment
first: {a: 1h, b: "08:00-17:00"}
list: [{use: always}, {use: office}]
text: |
  two
  lines
"""


def after(*edits):
    return read_document(edited(RAW, "x.yaml", [parse_edit(each) for each in edits]), "x.yaml").data


def test_only_the_place_changes():
    before = read_document(RAW, "x.yaml").data
    assert after("first.a=2h") == {**before, "first": {"a": "2h", "b": "08:00-17:00"}}
    assert after("list[1].use = always")["list"] == [{"use": "always"}, {"use": "always"}]
    assert after("first.c={mon-fri: '09:00-10:00'}")["first"]["c"] == {"mon-fri": "09:00-10:00"}
    assert after("first.b=")["first"] == {"a": "1h"}
    assert after("first.a=2h", "first.a=3h")["first"]["a"] == "3h"
    assert after("new=4") == {**before, "new": 4}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ("frist.a=1h", "edit.no_such_place"),
        ("first.a.b=1h", "edit.no_such_place"),
        ("first.z=", "edit.no_such_place"),
        ("list[2].use=1", "edit.no_such_place"),
        ("list[2]=1", "edit.no_such_place"),
        ("first.a", "edit.unreadable"),
        ("=1h", "edit.unreadable"),
        ("first..a=1h", "edit.unreadable"),
    ],
)
def test_refused(edit, code):
    with pytest.raises(EditError) as caught:
        after(edit)
    assert caught.value.code == code


def test_the_nearest_name_is_told():
    with pytest.raises(EditError) as caught:
        after("frist.a=1h")
    assert caught.value.params["nearest"] == "first"


@pytest.mark.parametrize("value", ["&x 1", "!!int 1", "{a: 1, a: 2}", "0x10"])
def test_a_value_is_read_as_strictly_as_a_document(value):
    with pytest.raises(DocumentError):
        after(f"first.a={value}")


@pytest.mark.parametrize("name", catalogues.names())
def test_an_edit_that_changes_nothing_leaves_the_plan(name):
    raw = catalogues.read(name)
    plan = load(raw, name).plan
    assert load(edited(raw, name, [parse_edit(f"version={plan.version}")]), name).plan == plan


def test_an_edit_that_makes_no_plan_is_refused_with_its_line():
    raw = edited(catalogues.read("itsm"), "itsm.yaml", [parse_edit("tiers.plus.targets.resolution.high=soon")])
    with pytest.raises(DocumentError) as caught:
        load_usable(raw, "itsm.yaml")
    assert caught.value.findings[0].places[0].path.startswith("tiers.plus.targets.resolution")
