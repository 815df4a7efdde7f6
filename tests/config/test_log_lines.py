"""
Log lines: one event, one line, whatever somebody sent.
"""

import io
import json
import logging

import pytest

from tests.cases import of_row
from upheld.config.log_lines import JsonLine, TextLine

TEXT = {"fmt": "{levelname} {name}: {message}", "style": "{"}
FORGED = "\n2026-01-01 ERROR upheld: forged"


def logged(formatter, message, *arguments, error=None, **extra):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    handler, log = logging.StreamHandler(stream), logging.Logger("upheld.test")  # noqa: LOG001  (known to nobody else)
    handler.setFormatter(formatter)
    log.addHandler(handler)
    log.error(message, *arguments, exc_info=error, extra=extra)
    stream.flush()
    return stream.buffer.getvalue().decode()


@of_row("AT-IN-010")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (FORGED, "\\n2026-01-01 ERROR upheld: forged"),
        ("a\r\nb", "a\\r\\nb"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u2028b\u2029c\x85d\x0b\x0ce", "a\\u2028b\\u2029c\\x85d\\x0b\\x0ce"),
        ("\u202egnp.exe\u200b", "\\u202egnp.exe\\u200b"),
        ("half \ud800", "half \\ud800"),
        ("<script>", "<script>"),
        ("Größe 💥 Ω", "Größe 💥 Ω"),
    ],
    ids=ascii,
)
def test_one_event_is_one_line(given, shown):
    assert logged(TextLine(**TEXT), "asked for %s", given) == f"ERROR upheld.test: asked for {shown}\n"
    line = logged(JsonLine(), "asked for %s", given, path=given)
    assert line.count("\n") == 1
    assert line[:-1].isprintable()
    assert json.loads(line)["message"] == f"asked for {given}"
    assert json.loads(line)["path"] == given


@of_row("AT-IN-010")
def test_a_traceback_never_looks_like_another_event():
    try:
        raise ValueError(FORGED + "\x1b[2J")
    except ValueError as caught:
        error = caught
    first, *rest = logged(TextLine(**TEXT), "it broke", error=error).splitlines()
    assert first == "ERROR upheld.test: it broke"
    assert rest[0] == "    | Traceback (most recent call last):"
    assert all(line.startswith("    | ") and line.isprintable() for line in rest)
    assert logged(JsonLine(), "it broke", error=error).count("\n") == 1
