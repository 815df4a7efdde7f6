"""
The demo world: an invented vendor with its people, customers, contracts and tickets, so that a new installation has
something to show.

Invariant: nothing in it is anybody's data, every address is of a reserved domain, and the same seed and start tell the
same stories.
"""
