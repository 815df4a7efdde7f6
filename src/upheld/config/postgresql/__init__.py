"""
PostgreSQL as the service talks to it: Django's own engine, with connections that lose patience.
"""
