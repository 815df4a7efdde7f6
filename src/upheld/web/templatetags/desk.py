"""
Filters of the desk's templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from upheld.rendering.explanations import plain

register = template.Library()
register.filter("plain", plain)


@register.filter
def at(values: Mapping[str, Any], name: str) -> Any:
    """
    Return what a mapping holds under a name; nothing where it holds nothing.
    """
    return values.get(name, "") if values else ""
