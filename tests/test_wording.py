"""
Every code that the house raises or reports has its sentence, and every sentence its code.
"""

import ast
import importlib
import string

import pytest

from tests import source_tree
from upheld import wording

RAISED_BY_OTHERS = {"PydanticCustomError"}
"""Classes of libraries that take one of our codes as their first argument."""


def name_of(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def error_classes():
    """Names of UpheldError and everything under it, and of Finding: what takes a code as its first argument."""
    bases = {
        node.name: {name_of(base) for base in node.bases}
        for tree in source_tree.modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"UpheldError"}
    while grown := {name for name, over in bases.items() if over & known} - known:
        known |= grown
    return known | {"Finding"} | RAISED_BY_OTHERS


def calls():
    """Each call that makes an error or a finding with a literal code: module:line, code, names of its facts or None."""
    classes = error_classes()
    for module, tree in source_tree.modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in classes:
                named = {keyword.arg: keyword.value for keyword in node.keywords}
                code = node.args[0] if node.args else named.pop("code", None)
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield f"{module}:{node.lineno}", code.value, facts_of(node, named)


def facts_of(call, named):
    """Names of the facts where they can be read off the call: keywords of an error, a literal dict of a finding."""
    kind = name_of(call.func)
    if kind in RAISED_BY_OTHERS:
        table = call.args[2] if len(call.args) > 2 else ast.Dict(keys=[], values=[])
    elif kind == "Finding":
        table = named.get("params", ast.Dict(keys=[], values=[]))
    else:
        return None if None in named else set(named)
    readable = isinstance(table, ast.Dict) and all(isinstance(key, ast.Constant) for key in table.keys)
    return {key.value for key in table.keys} if readable else None


def literals():
    """Every string of the sources, words aside."""
    return {
        node.value
        for module, tree in source_tree.modules().items()
        if not module.startswith("upheld/wording/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def placeholders(template):
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in string.Formatter().parse(template) if field}


def test_the_scan_sees_codes():
    codes = {code for _, code, _ in calls()}
    assert {"instant.naive", "money.mixed_currencies"} <= codes


@pytest.mark.parametrize(
    ("where", "code", "facts"), list(calls()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_code_has_its_sentence(where, code, facts):
    template = wording.messages().get(code)
    assert template is not None, f"{where} uses {code}, which has no sentence in upheld/wording"
    if facts is not None:
        assert placeholders(template) <= facts, f"{where} does not give what the sentence of {code} tells"


def test_every_sentence_has_its_code():
    """A code that got a suggestion (``x.did_you_mean``) is made of the code without one."""
    made = {f"{code}.did_you_mean" for code in literals()}
    assert sorted(set(wording.messages()) - literals() - made) == []


def test_a_code_stands_in_one_module_only():
    seen = [code for area in wording.areas() for code in importlib.import_module(f"upheld.wording.{area}").MESSAGES]
    assert sorted({code for code in seen if seen.count(code) > 1}) == []


@pytest.mark.parametrize("code", sorted(wording.messages()))
def test_sentences_are_sentences(code):
    template = wording.messages()[code]
    assert template == template.strip()
    assert template[-1] in ".?!"
    assert "  " not in template
