"""
Preferences, and accepting an invitation.
"""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from upheld.apps.parties import selectors, services
from upheld.apps.parties.models import Person
from upheld.core.errors import UpheldError
from upheld.web.reader import THEME_COOKIE, THEMES, Reader
from upheld.web.redirects import is_own
from upheld.web.words import say

YEAR_SECONDS = 365 * 86_400


def reader_of(request: HttpRequest) -> Reader:
    """
    Return who reads.
    """
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader


def zones() -> list[tuple[str, str]]:
    """
    Return the zones that one can choose, by name.
    """
    named = (
        zone
        for zone in zoneinfo.available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(named))]


class PreferencesForm(forms.Form):
    """
    Zone, language and theme.
    """

    zone = forms.ChoiceField(label=_("Times are shown in"), choices=zones)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Appearance"), choices=[("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
    )


class InvitationForm(forms.Form):
    """
    Name, password and zone of somebody who was invited.
    """

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=500,
        strip=False,
        help_text=_("At least 10 characters; a sentence is easier to remember than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    zone = forms.ChoiceField(label=_("Times are shown in"), choices=zones, initial="UTC")

    def clean(self) -> dict[str, Any]:
        """
        Check the password against the name too.
        """
        given: dict[str, Any] = super().clean() or {}
        if password := given.get("password"):
            try:
                password_validation.validate_password(password, Person(name=given.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """
    Show and change how the person's screens look.
    """
    person = reader_of(request).person
    if person is None:
        return redirect(settings.LOGIN_URL)
    initial = {"zone": person.zone, "language": person.language, "theme": person.theme}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_preferences(person=person, **form.cleaned_data)
        messages.success(request, gettext("Your preferences are saved."))
        return redirect("preferences")
    return render(request, "accounts/preferences.html", {"form": form})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """
    Change the theme: of the person, or of this browser before somebody has logged in.
    """
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not is_own(back):
        back = "/"
    is_script = request.headers.get("X-Requested-With") == "fetch"
    response = HttpResponse(status=204) if is_script else HttpResponseRedirect(back)
    if chosen in THEMES:
        if person := reader_of(request).person:
            services.change_preferences(person=person, theme=chosen)
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """
    Let somebody who was invited choose name and password; the same page whether an invitation is wrong, used or too
    old. Whoever is known already keeps name and password, and only says yes.
    """
    found = selectors.open_invitation(token, reader_of(request).now)
    if found is None:
        return render(request, "accounts/invitation.html", {"refusal": say("party.invitation_invalid", {})})
    invited, is_known = found
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and (is_known or form.is_valid()):
        return _accept(request, token, {} if is_known else form.cleaned_data)
    return render(request, "accounts/invitation.html", {"form": form, "invited": invited, "is_known": is_known})


def _accept(request: HttpRequest, token: str, given: dict[str, Any]) -> HttpResponse:
    facts = {"name": "", "password": "", "zone": "UTC", "language": get_language() or "en", **given}
    try:
        services.accept_invitation(secret=token, now=reader_of(request).now, **facts)
    except UpheldError as error:
        return render(request, "accounts/invitation.html", {"refusal": say(error.code, error.params)})
    if given:
        messages.success(request, gettext("Welcome. Log in with the password that you have just chosen."))
    else:
        messages.success(request, gettext("Welcome. Log in as you always do."))
    return redirect(settings.LOGIN_URL)
