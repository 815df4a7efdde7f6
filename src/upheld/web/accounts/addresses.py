"""
A person's e-mail addresses: further ones, proved by a link that is sent to them, and which of them is the main one.

Invariant: an address counts for nothing until its own person, logged in, has opened the link; whether somebody else
has an address is told to nobody.
"""

from __future__ import annotations

from typing import Any, Final, cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from upheld.apps.parties import selectors, services
from upheld.apps.parties.models import Address, Person
from upheld.web.accounts.views import reader_of
from upheld.web.words import say

LINK_SECONDS: Final = 3 * 86_400
SALT: Final = "upheld.accounts.address"
AGAIN_SECONDS: Final = 60
"""A link is sent to one address at most once in so long."""


class AddressForm(forms.Form):
    """
    A further address.
    """

    email = forms.EmailField(
        label=_("Another e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


def _person(request: HttpRequest) -> Person:
    """
    Return who is logged in.
    """
    return cast("Person", request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """
    Show a person's addresses, and take a further one.
    """
    person = _person(request)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_address(person=person, email=form.cleaned_data["email"])
        except services.PartyError as error:
            form.add_error("email", say(error.code, error.params))
        else:
            if made is not None and made.verified_at is None:
                _send_link(request, person, made)
            return _sent(request, form.cleaned_data["email"])
    found = selectors.addresses_of(person)
    return render(request, "accounts/addresses.html", {"form": form, "addresses": found, "person": person})


def _sent(request: HttpRequest, email: str) -> HttpResponse:
    words = gettext(
        "If %(email)s can be used, a link is on its way to it. Open it in a browser where you are logged in."
    )
    messages.success(request, words % {"email": email})
    return redirect("addresses")


def _send_link(request: HttpRequest, person: Person, address: Address) -> None:
    """
    Send the link that proves an address, at most once a minute.
    """
    del request
    if not cache.add(f"address-link:{address.pk}", 1, AGAIN_SECONDS):
        return
    token = signing.dumps({"address": address.pk, "email": address.email}, salt=SALT)
    link = f"{settings.UPHELD_BASE_URL}{reverse('verify_address', args=[token])}"
    with override(person.language):
        subject = gettext("Confirm your e-mail address")
        text = gettext(
            "%(name)s wants to use this address with %(service)s. If that is you, open this link within three days and "
            "log in:\n\n%(link)s\n\nIf it is not you, do nothing."
        ) % {"name": person, "service": settings.SERVICE_NAME, "link": link}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [address.email]).send()


def _own(request: HttpRequest, pk: int) -> Address | None:
    return next((each for each in selectors.addresses_of(_person(request)) if each.pk == pk), None)


@login_required
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """
    Send the link to an address once more.
    """
    found = _own(request, pk)
    if found is None or found.verified_at is not None:
        return redirect("addresses")
    _send_link(request, _person(request), found)
    return _sent(request, found.email)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """
    Take a further address away.
    """
    services.remove_address(person=_person(request), address_id=pk)
    messages.success(request, gettext("The address is removed."))
    return redirect("addresses")


@login_required
@require_POST
def make_main(request: HttpRequest, pk: int) -> HttpResponse:
    """
    Make another address the main one; whoever is not freshly logged in says first who they are.
    """
    answer: HttpResponse = _make_main(request, pk)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _make_main(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request)
    try:
        before = services.make_main_address(person=person, address_id=pk)
    except services.PartyError as error:
        messages.error(request, say(error.code, error.params))
        return redirect("addresses")
    with override(person.language):
        subject = gettext("Your e-mail address was changed")
        text = gettext(
            "You now log in to %(service)s with %(email)s. If that was not you, tell your administrator at once."
        ) % {"service": settings.SERVICE_NAME, "email": person.email}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [before]).send()
    messages.success(request, gettext("From now on you log in with %(email)s.") % {"email": person.email})
    return redirect("addresses")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """
    Let the person confirm an address whose link they opened. Opening alone changes nothing: mail programs open links.
    """
    person = _person(request)
    facts: dict[str, Any] = {"refusal": say("party.address_link_invalid", {})}
    try:
        given = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return render(request, "accounts/verify_address.html", facts)
    if request.method == "POST":
        try:
            now = reader_of(request).now
            made = services.verify_address(person=person, address_id=given["address"], email=given["email"], now=now)
        except services.PartyError as error:
            return render(request, "accounts/verify_address.html", {"refusal": say(error.code, error.params)})
        messages.success(request, gettext("%(email)s is confirmed.") % {"email": made.email})
        return redirect("addresses")
    if not any(each.pk == given["address"] for each in selectors.addresses_of(person)):
        return render(request, "accounts/verify_address.html", facts)
    return render(request, "accounts/verify_address.html", {"email": given["email"], "person": person})
