"""
Writing tickets. Every change is one call here: it appends events, and everything else follows in the same transaction.
"""
