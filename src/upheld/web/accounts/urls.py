"""
Addresses under ``/accounts/``: the flows of django-allauth that we offer, named as it names them, and our own pages.

Invariant: no sign-up, no third parties; what is not here cannot be reached.
"""

from allauth.account import views as account
from django.urls import include, path, re_path

from upheld.web.accounts import addresses, sessions, views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", sessions.sessions, name="usersessions_list"),
    path("sessions/end/", sessions.end_others, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/<int:pk>/send/", addresses.send_again, name="send_address_link"),
    path("addresses/<int:pk>/main/", addresses.make_main, name="make_main_address"),
    path("addresses/<int:pk>/remove/", addresses.remove, name="remove_address"),
    path("addresses/verify/<str:token>/", addresses.verify, name="verify_address"),
    path("preferences/", views.preferences, name="preferences"),
    path("theme/", views.theme, name="theme"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
