"""
What a column's values become on their way into the database.

Invariant: a value is passed by Django's own preparation only where that would give the same value back.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Field

_TEXT: Final[frozenset[type]] = frozenset({str, type(None)})
WHOLE: Final[frozenset[type]] = frozenset({int, type(None)})
_TAKEN_AS_GIVEN: Final[Mapping[str, frozenset[type]]] = {
    **dict.fromkeys(("CharField", "TextField"), _TEXT),
    **dict.fromkeys(
        ("AutoField", "BigAutoField", "BigIntegerField", "IntegerField", "PositiveBigIntegerField",
         "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField"),
        WHOLE,
    ),
    "BooleanField": frozenset({bool, type(None)}),
    "BinaryField": frozenset({bytes, type(None)}),
}  # fmt: skip
"""By the kind of field, the types whose values Django hands to either database unchanged."""


@functools.lru_cache(maxsize=1024)
def taken_as_given(field: Field[Any, Any]) -> frozenset[type]:
    """
    Return the types whose values a field hands to the database unchanged; a reference does what its target does.
    """
    target = getattr(field, "target_field", field)
    return _TAKEN_AS_GIVEN.get(target.get_internal_type(), frozenset())
