"""
Logging in: an e-mail address with a password or a passkey, a second factor, a list of sessions; nobody signs up by
themselves.
"""

from typing import Final

from upheld.config.settings.places import ADDRESS, IS_SECURE
from upheld.config.settings.security import TRUSTED_PROXIES

LOGIN_URL: Final = "account_login"
LOGIN_REDIRECT_URL: Final = "/"
LOGOUT_REDIRECT_URL: Final = "/accounts/login/"

AUTHENTICATION_BACKENDS: Final = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS: Final = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: Final = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
PASSWORD_RESET_TIMEOUT: Final = 3600

ACCOUNT_ADAPTER: Final = "upheld.web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS: Final = {"reset_password": "upheld.web.accounts.resets.ResetForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD: Final = None
ACCOUNT_USER_MODEL_EMAIL_FIELD: Final = "email"
ACCOUNT_LOGIN_METHODS: Final = {"email"}
ACCOUNT_SIGNUP_FIELDS: Final = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION: Final = "none"  # an address is proved by its invitation
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS: Final = False
ACCOUNT_PREVENT_ENUMERATION: Final = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL: Final = ADDRESS.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX: Final = ""
ACCOUNT_EMAIL_NOTIFICATIONS: Final = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE: Final = False
ACCOUNT_SESSION_REMEMBER: Final = True
ACCOUNT_REAUTHENTICATION_TIMEOUT: Final = 900
ACCOUNT_RATE_LIMITS: Final = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT: Final = TRUSTED_PROXIES

MFA_ADAPTER: Final = "upheld.web.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES: Final = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED: Final = True
MFA_PASSKEY_SIGNUP_ENABLED: Final = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN: Final = not IS_SECURE  # browsers themselves allow it on localhost only
MFA_TOTP_ISSUER: Final = "Upheld"
MFA_TOTP_TOLERANCE: Final = 1
MFA_ALLOW_UNVERIFIED_EMAIL: Final = True

USERSESSIONS_TRACK_ACTIVITY: Final = False  # it would write on every request, also on a poll
