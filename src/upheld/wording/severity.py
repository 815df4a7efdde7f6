"""
Sentences about answers to a plan's severity questions.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "severity.unknown_question": "The plan has no question {given}. Its questions are: {known}.",
    "severity.unknown_answer": "{given} is no answer to the question {question}. Its answers are: {known}.",
    "severity.no_number": "{given} is no number, and {question} is answered with one. Write digits, such as 25.",
    "severity.number_in_no_band": "{given} is outside of what {question} can be. Its answers stand for: {bands}.",
}
"""Code to sentence."""
