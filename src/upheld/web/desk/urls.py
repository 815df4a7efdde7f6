"""
Addresses of the desk.
"""

from django.urls import path

from upheld.web.desk import (
    act_pages,
    actions,
    bulk,
    export,
    holidays,
    lists,
    opening,
    overview,
    pages,
    quarter,
    tickets,
    views,
)
from upheld.web.desk.acts import ACTS

app_name = "desk"
urlpatterns = [
    path("", lists.tickets, name="list"),
    path("rows/", lists.refresh, name="rows"),
    path("several/", bulk.several, name="several"),
    path("tickets.csv", export.tickets_file, name="tickets_file"),
    path("views/", views.page, name="views"),
    path("views/save/", views.save, name="save_view"),
    path("views/<str:public_id>/change/", views.change, name="change_view"),
    path("views/<str:public_id>/delete/", views.delete, name="delete_view"),
    path("overview/", overview.page, name="overview"),
    path("overview/breaches.csv", overview.breaches_file, name="breaches_file"),
    path("new/", opening.new, name="new"),
    path("new/promise/", opening.promise, name="new_promise"),
    path("customers/", pages.customers, name="customers"),
    path("customers/<str:public_id>/", pages.customer, name="customer"),
    path("contracts/<str:public_id>/", pages.contract, name="contract"),
    path("contracts/<str:public_id>/quarter/", quarter.quarter, name="quarter"),
    path("plans/", pages.plans, name="plans"),
    path("plans/<str:public_id>/", pages.plan, name="plan"),
    path("plans/<str:public_id>/holidays/", holidays.page, name="holidays"),
    path("plans/<str:public_id>/holidays/preview/", holidays.ask, name="holidays_preview"),
    path("plans/<str:public_id>/holidays/apply/", holidays.decide, name="holidays_apply"),
    path("plans/<str:public_id>/holidays/progress/", holidays.progress, name="holidays_progress"),
    path("notices/", pages.notices, name="notices"),
    path("notices/read/", pages.read_notices, name="read_notices"),
    path("files/<str:public_id>/", tickets.file, name="file"),
    path("tickets/<str:public_id>/", tickets.ticket, name="ticket"),
    path("tickets/<str:public_id>/pulse/", tickets.pulse, name="pulse"),
    path("tickets/<str:public_id>/say/", actions.speak, name="say"),
    path("tickets/<str:public_id>/draft/", actions.draft, name="draft"),
    path("tickets/<str:public_id>/severity/", actions.severity, name="severity"),
    path("tickets/<str:public_id>/status/", actions.status, name="status"),
    path("tickets/<str:public_id>/assign/", actions.assign, name="assign"),
    path("tickets/<str:public_id>/coverage/", actions.coverage, name="coverage"),
    path("tickets/<str:public_id>/intake/", actions.intake, name="intake"),
    path("tickets/<str:public_id>/release/", actions.release, name="release"),
    path("tickets/<str:public_id>/call/", actions.call, name="call"),
    *(path(f"tickets/<str:public_id>/{name}/", act_pages.view_of(act), name=name) for name, act in ACTS.items()),
]
