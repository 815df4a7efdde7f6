"""
What was agreed: published plan versions, contracts, instances, designated contacts.
"""
