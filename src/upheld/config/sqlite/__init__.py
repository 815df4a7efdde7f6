"""
The database SQLite, as our threads write to it.
"""
