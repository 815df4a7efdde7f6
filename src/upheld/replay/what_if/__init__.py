"""
What if: the same history under other tiers, fees, targets and hours, side by side with what was promised.

Invariant: a world is a plan document and contracts, nothing else; the history, the zone and the instant of judgement
are the same in all of them.
"""
