"""
The plan document: what a vendor promises, written once.
"""
