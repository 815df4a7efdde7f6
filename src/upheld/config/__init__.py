"""
How the service is put together: settings from the environment, addresses, the WSGI application.

Invariant: whatever an operator can set is declared through :mod:`upheld.config.environment` and documented in
``docs/running.md`` (a test compares them).
"""
