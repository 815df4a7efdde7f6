"""
Showing: terminal pages, web pages and drawings of what the core computed; no rules in here.
"""
