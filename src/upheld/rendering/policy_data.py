"""
A policy page as plain data: every word said, every assumption that a line rests on by its number.

Invariant: the terminal, Markdown and the web page arrange this, and say nothing of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from upheld.core.plan.describe.blocks import Block, Cell, Facts, Policy, Said, Section, Table
from upheld.wording import shown, word
from upheld.wording.policies import LISTS, PHRASES, SECTIONS


def as_data(policy: Policy, language: str = "en") -> dict[str, Any]:
    """
    Return a policy page as data for JSON: sections of blocks, ``kind`` is ``table``, ``facts`` or ``items``; a cell is
    lines of ``text``, ``marks`` (numbers of assumptions) and whether they are ``quiet``.
    """
    told = _Told(policy, language)
    return {
        "name": policy.name,
        "facts": dict(policy.facts),
        "tiers": [{"name": name, "fee": fee or None} for name, fee in policy.tiers],
        "sections": [told.section(each) for each in policy.sections],
        "assumptions": [
            {
                "number": each.number,
                "about": each.about,
                "text": each.text,
                "reading": each.reading,
                "chosen": told.said(each.chosen) if each.chosen else "",
            }
            for each in policy.assumptions
        ],
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """
    Says the parts of one page in a language.
    """

    policy: Policy
    language: str

    def section(self, section: Section) -> dict[str, Any]:
        name = word(SECTIONS[section.key], self.language)
        return {"key": section.key, "name": name, "blocks": [self.block(each) for each in section.blocks]}

    def block(self, block: Block) -> dict[str, Any]:
        title = self.said(block.title)
        if isinstance(block, Table):
            return {
                "kind": "table",
                "title": title,
                "headings": [self.said(each) for each in block.headings],
                "rows": [[self.cell(cell) for cell in row] for row in block.rows],
                "notes": self.cell(block.notes),
            }
        if isinstance(block, Facts):
            rows = [{"label": self.said(label), "cell": self.cell(cell)} for label, cell in block.rows]
            return {"kind": "facts", "title": title, "rows": rows}
        return {"kind": "items", "title": title, "rows": [self.cell(cell) for cell in block.items]}

    def cell(self, cell: Cell) -> list[dict[str, Any]]:
        return [
            {"text": self.said(each.said), "marks": list(self.policy.marks(each.paths)), "quiet": each.is_quiet}
            for each in cell
        ]

    def said(self, given: Said) -> str:
        """
        Return the words of a code, those of its parts first; a code without words stands as it is.
        """
        params = {name: self._fact(given.code, value) for name, value in given.params.items()}
        return word(PHRASES.get(given.code, given.code), self.language).format_map(params)

    def _fact(self, code: str, value: Any) -> Any:
        if isinstance(value, Said):
            return self.said(value)
        if isinstance(value, list) and all(isinstance(each, Said) for each in value):
            return word(LISTS.get(code, ", "), self.language).join(self.said(each) for each in value)
        return shown(value)
