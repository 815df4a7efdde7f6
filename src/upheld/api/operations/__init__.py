"""
The operations, one module a noun. Each is a few lines: find by a selector, change by a service, show.
"""
