"""
The pure core: frozen values in, new values out.

Nothing here reads a clock, a file, a database or the network; "now" is always an argument. Time is an
:data:`~upheld.core.instants.Instant`, money and shares are exact.
"""
