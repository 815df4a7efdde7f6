"""
A policy page for the web: one file, no script, no request; light and dark, phone and print.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upheld.rendering.pages import environment, style
from upheld.wording.policies import SECTIONS


def policy_page(page: Mapping[str, Any], *, made_by: str, language: str = "en") -> str:
    """
    Return a policy page (the shape of :func:`~upheld.rendering.policy_data.as_data`) as HTML.
    """
    template = environment().get_template("policy.html.j2")
    return template.render(
        page=page, made_by=made_by, language=language, rests_on=SECTIONS["assumptions"], style=style("plan.css")
    )
