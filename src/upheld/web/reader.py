"""
Who is reading, and how they want to read: rights, zone, language, theme, and the one "now" of a request.

Invariant: the clock is read once for a request, so that all that a page shows is of one instant; nothing is written.
"""

from __future__ import annotations

import functools
import zoneinfo
from typing import TYPE_CHECKING, Final, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import Access, access_of
from upheld.apps.work.clock import now as read_clock
from upheld.web.headers import Respond

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "upheld-theme"


class Reader:
    """
    The person (or nobody) behind a request, and the instant of it.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.now = read_clock()

    @functools.cached_property
    def person(self) -> Person | None:
        """
        The person who is logged in. Two queries with a session cookie, none without.
        """
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return None
        user = self._request.user
        return user if user.is_authenticated else None

    @functools.cached_property
    def access(self) -> Access | None:
        """
        What the person may do now. Two queries more, once for a request.
        """
        return access_of(self.person, self.now) if self.person else None

    @functools.cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """
        The zone in which times are shown.
        """
        try:
            return zoneinfo.ZoneInfo(self.person.zone if self.person else settings.TIME_ZONE)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo("UTC")

    @property
    def zone_name(self) -> str:
        """
        The zone in words: its city.
        """
        return self.zone.key.rsplit("/", 1)[-1].replace("_", " ")

    @property
    def theme(self) -> str:
        """
        One of :data:`THEMES`: the person's, else the browser's own.
        """
        chosen = self.person.theme if self.person else self._request.COOKIES.get(THEME_COOKIE, "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def language(self) -> str | None:
        """
        The person's language, if it is one that we speak.
        """
        known = {code for code, _ in settings.LANGUAGES}
        return self.person.language if self.person and self.person.language in known else None


class ReadRequest(HttpRequest):
    """
    A request as views get it.
    """

    reader: Reader
    htmx: HtmxDetails


def attach_reader(get_response: Respond) -> Respond:
    """
    Give each request its ``reader``, and show times and words in that reader's zone and language.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        reader = Reader(request)
        cast("ReadRequest", request).reader = reader
        if reader.person is None:
            return get_response(request)
        if reader.language:
            translation.activate(reader.language)
            request.LANGUAGE_CODE = reader.language
        with timezone.override(reader.zone):
            return get_response(request)

    return respond
