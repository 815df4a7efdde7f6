"""
Compliance: which clocks count under a promise about many, how they came out, and whether that promise was kept.

Invariant: every clock that is looked at ends in exactly one part of a tally, with the reason; shares are exact
fractions, and without events there is no share.
"""
