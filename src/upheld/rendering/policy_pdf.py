"""
A policy page on paper: PDF, A4, tagged for screen readers, the same bytes for the same page and day.

Invariant: what a plan says reaches the typesetter as data beside the template, so that none of it becomes markup.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Final

from upheld.core.errors import UpheldError
from upheld.wording import word
from upheld.wording.policies import PAPER, SECTIONS

NEEDS: Final = ("typst", "font_source_sans_pro")
"""Packages of the extra ``pdf``."""
_LONG: Final = 24
_NARROWEST: Final = 14
_WIDEST: Final = 50


class PdfError(UpheldError):
    """
    A PDF that cannot be made here.
    """


def is_possible() -> bool:
    """
    Return whether the extra ``pdf`` is installed.
    """
    return all(importlib.util.find_spec(name) for name in NEEDS)


def policy_pdf(page: Mapping[str, Any], *, made_by: str, on: dt.date, digest: str = "", language: str = "en") -> bytes:
    """
    Return a policy page (the shape of :func:`~upheld.rendering.policy_data.as_data`) as PDF, dated ``on``; ``digest``
    is the SHA-256 of the plan document, in hexadecimal digits. It keeps PDF/A-2a (to be kept) and PDF/UA-1 (to be read
    aloud) unless it has letters that our fonts lack.

    Raises :class:`PdfError` ``pdf.not_installed`` where the extra is missing.
    """
    if not is_possible():
        raise PdfError("pdf.not_installed")
    given = json.dumps(_breakable(_given(page, made_by, on, digest, language)), ensure_ascii=False)
    midnight = dt.datetime.combine(on, dt.time(), dt.UTC)
    return _typeset(given, midnight)


def _typeset(given: str, midnight: dt.datetime) -> bytes:
    import font_source_sans_pro  # noqa: PLC0415  (of an extra)
    import typst  # noqa: PLC0415

    template = (resources.files("upheld.rendering") / "templates" / "policy.typ").read_bytes()

    def made(*, to_standards: bool) -> bytes:
        return typst.compile(
            template,
            font_paths=[font_source_sans_pro.font_directory],
            ignore_system_fonts=to_standards,
            sys_inputs={"page": given},
            format="pdf",
            pdf_standards=["a-2a", "ua-1"] if to_standards else [],
            timestamp=midnight,
        )

    try:
        return made(to_standards=True)
    except typst.TypstError:
        # A letter that none of our fonts has: the standards forbid what cannot be read back, readers do not. The
        # machine's own fonts may have it.
        return made(to_standards=False)


def _given(page: Mapping[str, Any], made_by: str, on: dt.date, digest: str, language: str) -> dict[str, Any]:
    words = {key: word(text, language) for key, text in PAPER.items()}
    facts, name = page["facts"], page["name"]
    rows = {"version": facts["version"], "effective": facts.get("effective"), "vendor": facts.get("vendor"),
            "source": facts.get("source"), "plan": facts["plan"], "on": on.isoformat(), "digest": digest}  # fmt: skip
    return {
        **page,
        "words": words | {"rests_on": word(SECTIONS["assumptions"], language)},
        # That of the headings and phrases, which a reader aloud must know: those of the plan may be of another.
        "language": language.partition("-")[0] if word(SECTIONS["targets"], language) != SECTIONS["targets"] else "en",
        "author": facts.get("vendor", made_by),
        "description": words["description"].format(name=name, version=facts["version"]),
        "eyebrow": " · ".join(filter(None, (facts.get("vendor"), words["eyebrow"]))),
        "version": words["version_is"].format(version=facts["version"]),
        "on": [on.year, on.month, on.day],
        "made_by": made_by,
        "facts": [{"label": words[f"fact_{key}"], "value": value} for key, value in rows.items() if value],
        "sections": [{**each, "blocks": [*_blocks(each)]} for each in page["sections"]],
    }


def _blocks(section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for block in section["blocks"]:
        widths = _widths(block) if block["kind"] == "table" else []
        yield {**block, "widths": widths, "titled": block["title"] != section["name"]}


def _widths(table: Mapping[str, Any]) -> list[float]:
    """
    Return how wide the columns are beside each other: by the length of what they hold, within bounds.
    """
    columns = zip(table["headings"], zip(*table["rows"], strict=True), strict=True)
    longest = [
        max([len(heading), *(len(line["text"]) for cell in cells for line in cell)]) for heading, cells in columns
    ]
    return [min(max(each, _NARROWEST), _WIDEST) / _NARROWEST for each in longest]


def _breakable(value: Any) -> Any:
    """
    Return texts with places to break in words that are longer than a narrow column.
    """
    if isinstance(value, str):
        return re.sub(rf"\S{{{_LONG},}}", _broken, value)
    if isinstance(value, Mapping):
        return {key: _breakable(each) for key, each in value.items()}
    return [*map(_breakable, value)] if isinstance(value, Sequence) else value


def _broken(found: re.Match[str]) -> str:
    # After a sign that parts an address or a path; where there is none for long, anywhere.
    parted = re.sub(r"(?<=[/.?&=_:-])(?=\w)", "\u200b", found[0])
    return re.sub(rf"[^\u200b]{{{_LONG // 2}}}(?=[^\u200b])", lambda each: f"{each[0]}\u200b", parted)
