"""
Every address of the service, by the package that answers there.
"""

from django.urls import include, path

from upheld.web import home

urlpatterns = [
    path("", home.front_door, name="home"),
    path("alive/", home.alive, name="alive"),
    path("accounts/", include("upheld.web.accounts.urls")),
    path("", include("upheld.api.urls")),
    path("desk/", include("upheld.web.desk.urls")),
    path("portal/", include("upheld.web.portal.urls")),
]

handler400 = "upheld.web.errors.bad_request"
handler403 = "upheld.web.errors.forbidden"
handler404 = "upheld.web.errors.not_found"
handler500 = "upheld.web.errors.server_error"
