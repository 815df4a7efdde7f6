"""
How people are told: notices in the app and by mail.
"""
