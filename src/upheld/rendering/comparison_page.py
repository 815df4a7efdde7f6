"""
A comparison as one self-contained web page: no script, no request, light and dark, phone and print.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from upheld.core.plan.compare import Verdict
from upheld.rendering.comparison_data import MARKS
from upheld.rendering.pages import environment, style
from upheld.wording.comparisons import VERDICTS


def comparison_page(data: Mapping[str, Any], *, made_by: str) -> str:
    """
    Return the page of a comparison (the shape of :func:`~upheld.rendering.comparison_data.as_data`).
    """
    differing = [each for each in data["changes"] if each["verdict"] != Verdict.SAME]
    same = [each for each in data["changes"] if each["verdict"] == Verdict.SAME]
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            data=data,
            sides=data["sides"],
            made_by=made_by,
            sections=_sections(differing),
            same=_sections(same),
            marks={str(key): value for key, value in MARKS.items()},
            verdicts=VERDICTS,
            style=style("plan.css"),
        )
    )


def _sections(changes: list[Mapping[str, Any]]) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    groups = itertools.groupby(changes, lambda each: (each["section"], each["section_name"]))
    return [(key, name, list(rows)) for (key, name), rows in groups]
