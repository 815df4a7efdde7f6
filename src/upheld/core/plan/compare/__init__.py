"""
Comparing what plans promise: two versions of a plan, or two tiers, promise by promise.

A promise is better, the same, worse, or not comparable, for the customer; by its meaning, not by its text: open time
over a whole year, due times at every start at which they can differ, credit tables at every number. Invariant: nothing
is called the same that can differ, and what cannot be ranked is never passed over in silence.
"""

from upheld.core.plan.compare.changes import Change, Comparison, Said, Verdict
from upheld.core.plan.compare.comparing import Subject, compare
from upheld.core.plan.compare.ruling import Ruling, ruling

__all__ = ["Change", "Comparison", "Ruling", "Said", "Subject", "Verdict", "compare", "ruling"]
