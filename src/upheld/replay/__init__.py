"""
Replay: the history of another desk run against a plan, to verdicts, compliance and credits.

Invariant: a replay only reads; the same log, plan, customers and instant give the same result.
"""
