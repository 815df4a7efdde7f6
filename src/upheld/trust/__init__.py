"""
Trust: whether what is stored is what happened. ``upheld verify`` asks it, every fault test ends with it.

Invariant: nothing here changes anything, but for :mod:`upheld.trust.seals` when it is told to seal; each invariant of
the house has one module, and each of its violations has a code with what to do.
"""
