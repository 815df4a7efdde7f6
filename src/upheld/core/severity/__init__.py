"""
How grave a ticket is: from the answers to the plan's questions, by the plan's rules.

:func:`~upheld.core.severity.suggestion.suggest` is the way in. Invariant: pure, and nothing is guessed.
"""
