"""
Who: customers, people, roles, teams, brands, keys.
"""
