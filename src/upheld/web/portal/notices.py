"""
What a person was told.
"""

from __future__ import annotations

import functools

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels.selectors import notices_page, parts_of
from upheld.apps.channels.services import mark_read
from upheld.apps.channels.words import notice_words, worded
from upheld.web import moments
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.portal.tickets import key_of, shell


@require_safe
@for_customers("own.read")
def notices(request: PortalRequest) -> HttpResponse:
    """
    Show a person's notices about tickets of their customers, the newest first.
    """
    page = notices_page(request.portal, before=key_of(request.GET.get("before", "")))
    zone, language = request.reader.zone.key, get_language() or "en"
    own = [each for each in page.notices if each.customer_id is None or each.customer_id in request.portal.parts]
    parts = parts_of(request.portal, own)
    when = functools.partial(moments.short, now=request.reader.now)
    rows = [
        (each, notice_words(each, zone, language, when=when), worded(parts.get(each.pk), zone, language, when=when))
        for each in own
    ]
    older = "?before={}-{}".format(*page.following) if page.following else ""
    return render(request, "portal/notices.html", {**shell(request, "notices"), "rows": rows, "older": older})


@require_POST
@for_customers("own.read")
def read_all(request: PortalRequest) -> HttpResponseBase:
    """
    Mark all notices as read.
    """
    mark_read(person=request.person, now=request.reader.now)
    return redirect("portal:notices")
