"""
Icons of Lucide as HTML, drawn once.
"""

from __future__ import annotations

import functools

import lucide
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """
    Return an icon: decoration unless it has a label, which screen readers then say.
    """
    drawing = _drawing(str(name), int(size))
    if not label:
        return drawing
    return format_html('<span role="img" aria-label="{}">{}</span>', label, drawing)


@functools.lru_cache(maxsize=512)
def _drawing(name: str, size: int) -> SafeString:
    kept = {"class": "icon", "aria_hidden": "true", "focusable": "false"}
    return mark_safe(lucide._render_icon(name, size, **kept))  # noqa: S308, SLF001  (drawings of the package, nothing given)
