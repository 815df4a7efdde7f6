"""
The API: REST over JSON, for programs. It decides nothing; services write, selectors read.

Invariant: every operation declares who may call it and passes the gate (:mod:`upheld.api.gate`).
"""
