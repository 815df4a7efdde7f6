"""
What people see in a browser: the shell of every page, the accounts, and (one package each) desk and portal.

Invariant: no rule lives here; a view asks a selector or calls a service, and templates show what they are given.
"""
