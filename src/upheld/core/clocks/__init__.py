"""
Clocks: what was promised on a ticket, until when, whether it was kept, and why.

:func:`~upheld.core.clocks.fold.fold` turns a ticket's events and a plan into clocks; nothing is ever accumulated, so
the same events always give the same clocks.
"""
