"""
Sentences of codes in the language of the page.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from upheld import wording


def say(code: str, params: Mapping[str, object]) -> str:
    """
    Return the sentence of a code in the language of this request.
    """
    return wording.say(code, params, get_language() or "en")
