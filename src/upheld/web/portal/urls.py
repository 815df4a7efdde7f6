"""
Addresses under ``/portal/``.
"""

from django.urls import path

from upheld.web.portal import contacts, contract_changes, notices, opening, plan, tickets

app_name = "portal"
urlpatterns = [
    path("", tickets.ticket_list, name="tickets"),
    path("new/", opening.new_ticket, name="new"),
    path("new/promise/", opening.promise, name="promise"),
    path("new/draft/", opening.keep_draft, name="new_draft"),
    path("new/draft/drop/", opening.drop_draft, name="drop_draft"),
    path("sent/<str:public_id>/", opening.sent, name="sent"),
    path("tickets/<str:public_id>/", tickets.ticket, name="ticket"),
    path("tickets/<str:public_id>/promise/", tickets.live_promise, name="live_promise"),
    path("tickets/<str:public_id>/conversation/", tickets.live_conversation, name="live_conversation"),
    path("tickets/<str:public_id>/message/", tickets.write, name="write"),
    path("tickets/<str:public_id>/solved/", tickets.solved, name="solved"),
    path("tickets/<str:public_id>/draft/", tickets.keep_draft, name="ticket_draft"),
    path("files/<str:public_id>/", tickets.download, name="file"),
    path("plan/", plan.plan_page, name="plan"),
    path("plan/<str:contract>/policy.pdf", plan.policy_pdf, name="policy_pdf"),
    path("plan/<str:contract>/contacts/", contacts.name, name="name_contact"),
    path("plan/<str:contract>/contacts/transfer/", contacts.transfer, name="transfer_contact"),
    path("plan/<str:contract>/cancel/", contract_changes.cancel, name="cancel_contract"),
    path("plan/<str:contract>/tier/", contract_changes.tier, name="change_tier"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_notices"),
]
