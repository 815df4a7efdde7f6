"""
The agents' desk: the list of promises, the ticket page, customers, contracts, plans.

Invariant: nothing is decided here. A view declares the right that it needs, asks selectors, calls one service, and
shows.
"""
