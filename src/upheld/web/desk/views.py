"""
Saved views: keeping the list that one sees under a name, and putting them in order.

Invariant: a view keeps an address of the list and nothing else; sharing needs its own right.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.parties.selectors import teams
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import SavedView
from upheld.apps.tickets.services import views as view_services
from upheld.core.errors import UpheldError
from upheld.web.desk import queues
from upheld.web.desk.permission import READ, access_to, needs, reader_of
from upheld.web.desk.sharing import for_whom
from upheld.wording import say


@require_safe
@needs(*READ)
def page(request: HttpRequest) -> HttpResponse:
    """
    List the views that the agent sees.
    """
    return _page(request)


def _page(request: HttpRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    access = access_to(request)
    shown = {
        "nav_desk": True,
        "unread": unread_count(access),
        "views": selectors.views_of(access),
        "teams": teams(),
        "may_share": access.may("views.share"),
        "problem": problem,
    }
    return render(request, "desk/views.html", shown, status=status)


@require_POST
@needs(*READ)
def save(request: HttpRequest) -> HttpResponse:
    """
    Keep the list that is shown under a name.
    """
    query = queues.kept_query(QueryDict(request.POST.get("query", "")[: view_services.MOST_QUERY]))
    try:
        made = view_services.save_view(
            owner=access_to(request).person,
            name=request.POST.get("name", ""),
            query=query,
            now=reader_of(request).now,
            **for_whom(request),
        )
    except UpheldError as error:
        messages.error(request, say(error.code, error.params))
        return HttpResponseRedirect(f"/desk/?{query}")
    messages.success(request, _("“%(name)s” is kept among the views.") % {"name": made.name})
    return HttpResponseRedirect(f"/desk/?{made.query}")


def _view(request: HttpRequest, public_id: str) -> SavedView:
    found = selectors.find_view(access_to(request), public_id)
    if found is None:
        raise Http404
    return found


@require_POST
@needs(*READ)
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Rename a view, or show it to others.
    """
    view = _view(request, public_id)
    try:
        view_services.change_view(
            view=view,
            by=access_to(request).person,
            now=reader_of(request).now,
            name=request.POST.get("name", ""),
            query=view.query,
            **for_whom(request),
        )
    except UpheldError as error:
        return _page(request, say(error.code, error.params), status=422)
    messages.success(request, _("The view is changed."))
    return HttpResponseRedirect("/desk/views/")


@require_POST
@needs(*READ)
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """
    Delete a view.
    """
    view, access = _view(request, public_id), access_to(request)
    try:
        view_services.delete_view(view=view, by=access.person, may_share=access.may("views.share"))
    except UpheldError as error:
        return _page(request, say(error.code, error.params), status=422)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": view.name})
    return HttpResponseRedirect("/desk/views/")
