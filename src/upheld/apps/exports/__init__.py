"""
Exports: tables of tickets that are too long to be downloaded at once, made in the background and kept for a while.
"""
