"""
What a plan says, arranged for people who read it: the policy page as data.

Invariant: nothing is decided here; every value is one of the plan's, or follows from it by the rules that clocks and
credits use themselves.
"""
