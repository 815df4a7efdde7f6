"""
The examples of docs/api.md, run in their order: what they print is a part of what the service answers.
"""

import json
import re
import shlex

import pytest

from tests.api.conftest import BASE, Api, key_of
from tests.source_tree import ROOT
from upheld.api.limits import CALLS
from upheld.api.problems import STATUSES

TEXT = (ROOT / "docs/api.md").read_text(encoding="utf-8")


def examples():
    for block in re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        for command, printed in re.findall(r"^\$ (.*)\n((?:[^$].*\n)+)", block, re.MULTILINE):
            yield command, printed.strip()


def call(command, known):
    """What a line of curl would get: method, address, headers and body are read off it."""
    for name, value in known.items():
        command = command.replace(f"${name}", value)
    words, _, pipe = command.partition(" | ")
    given = shlex.split(words)[1:]
    method, url, headers, data = None, "", {}, None
    while given:
        word = given.pop(0)
        if word == "-H":
            name, _, value = given.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = given.pop(0)
        elif word == "-X":
            method = given.pop(0)
        elif not word.startswith("-"):
            url = word
    response = Api().call(method or ("POST" if data else "GET"), url, raw=(data or "").encode(), **headers)
    return response, pipe


def matches(shown, found):
    """Whether what is shown is a part of what was found; '...' stands for anything more."""
    if isinstance(shown, dict):
        return all(name in found and matches(value, found[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return all(matches(one, other) for one, other in zip(shown, found, strict=False))
    return shown == found


def shown(printed):
    """The JSON of an example, without its '...'."""
    text = re.sub(r",? \.\.\.", "", printed)
    return json.loads(re.sub(r"\{\.\.\.\}", "{}", text))


def test_every_example_says_the_truth(cast):
    known = {"UPHELD": "", "KEY": key_of(cast.contact), "AGENT": key_of(cast.agent), "TICKET": ""}
    found = list(examples())
    assert len(found) == 10
    for command, printed in found:
        response, pipe = call(command, known)
        if pipe:
            assert printed in [f"{name}: {value}" for name, value in response.headers.items()]
            continue
        answer = json.loads(response.content)
        assert matches(shown(printed), answer), (command, answer)
        if command.endswith("'urgent'}'") or '"urgency"' in command:
            known["TICKET"] = answer["id"]


def test_every_status_is_explained():
    explained = {int(each) for row in re.findall(r"^\| ([\d, ]+) \|", TEXT, re.MULTILINE) for each in row.split(", ")}
    answered = {each.value for each in STATUSES.values()} | {
        400,
        401,
        403,
        404,
        405,
        406,
        412,
        413,
        415,
        422,
        429,
        500,
        503,
    }
    assert answered == explained


def test_the_figures_are_right():
    assert f"{round(CALLS.per_second * 60):,} times a minute, {CALLS.burst:,} of them at once" in TEXT


@pytest.mark.parametrize("path", re.findall(r"`(?:GET |POST |PATCH |DELETE )?(/[a-z/{}_-]+)`", TEXT))
def test_every_address_exists(cast, path):
    if path.startswith(("/healthz", "/readyz", BASE)):
        return
    response = Api(key_of(cast.agent)).get(path.format(id=cast.mine.public_id))
    assert response.status_code != 404, path
