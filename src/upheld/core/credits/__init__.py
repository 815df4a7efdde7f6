"""
Credits: what is owed when promises were broken, in exact money, with each step of the reckoning and the evidence.

Invariant: ratios are compared with a table exactly, before anything is rounded; money is rounded once, at the end;
every credit and every refusal of one says why, as codes and facts.
"""
