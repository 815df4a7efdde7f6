"""
Accounts: logging in and out, second factors, sessions, invitations, preferences.

The flows are django-allauth's, in our look; what is ours is who may have an account, and preferences.
"""
