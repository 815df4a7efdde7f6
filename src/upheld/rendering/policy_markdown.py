"""
A policy page in Markdown (GitHub's tables), for a wiki or a repository.

Invariant: text of the plan is escaped, so that none of it becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from upheld.wording.policies import SECTIONS

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def policy_markdown(page: Mapping[str, Any], *, made_by: str) -> str:
    """
    Return a policy page (the shape of :func:`~upheld.rendering.policy_data.as_data`) in Markdown.
    """
    return "\n".join(_lines(page, made_by)) + "\n"


def _lines(page: Mapping[str, Any], made_by: str) -> Iterator[str]:
    yield f"# {_escaped(page['name'])}\n"
    yield _escaped(", ".join(f"{key} {value}" for key, value in page["facts"].items())) + "\n"
    fees = ", ".join(f"{each['name']} {each['fee']}" for each in page["tiers"] if each["fee"])
    if fees:
        yield f"{_escaped(fees)}\n"
    for section in page["sections"]:
        yield f"## {section['name']}\n"
        for block in section["blocks"]:
            yield from _block(block)
    yield f"## {SECTIONS['assumptions']}\n"
    for each in page["assumptions"]:
        words = f"*{_escaped(each['text'])}* Read as: {_escaped(each['reading'])} {_escaped(each['chosen'])}".rstrip()
        yield f"{each['number']}. `{each['about']}`: {words}"
    yield "" if page["assumptions"] else "The plan leaves nothing open.\n"
    yield f"*{_escaped(made_by)}*"


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {_escaped(block['title'])}\n"
    if block["kind"] == "table":
        yield _row([_escaped(each) for each in block["headings"]])
        yield _row(["---"] * len(block["headings"]))
        for row in block["rows"]:
            yield _row([_cell(cell, "<br>") for cell in row])
        yield ""
        for line in block["notes"]:
            yield f"{_cell([line], ' ')}\n"
        return
    for row in block["rows"]:
        is_fact = block["kind"] == "facts"
        label = f"**{_escaped(row['label'])}**: " if is_fact else ""
        yield f"- {label}{_cell(row['cell'] if is_fact else row, ' ')}"
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Sequence[Mapping[str, Any]], between: str) -> str:
    parts = []
    for line in cell:
        marks = "".join(f" [{mark}]" for mark in line["marks"])
        words = _escaped(line["text"])
        parts.append((f"*{words}*" if line["quiet"] and words else words) + marks)
    return between.join(parts)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
