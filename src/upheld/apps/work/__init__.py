"""
Due work: outbox rows, leases, timers' clock, and the relay that runs them.
"""
