"""
Handlers of due work: telling people, sending mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upheld.apps.channels import services
from upheld.apps.contracts.models import Contract
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import Ticket
from upheld.apps.work.handlers import handler
from upheld.core.instants import Instant


@handler("channels.tell")
def tell(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Tell those concerned about something on a ticket.
    """
    ticket = Ticket.objects.select_related("requester", "assignee").get(pk=arguments["ticket"])
    services.tell(
        key=arguments["key"],
        ticket=ticket,
        code=arguments["code"],
        audience=arguments["audience"],
        params=arguments.get("params", {}),
        now=now,
        at=arguments.get("at"),
    )


@handler("channels.close_fold")
def close_fold(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Tell a person what came late, when nothing more is to come.
    """
    services.close_fold(notice_id=int(arguments["notice"]), now=now)


@handler("channels.tell_vendor")
def tell_vendor(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Tell the vendor's people about a change of a contract.
    """
    contract = Contract.objects.select_related("success_manager").get(pk=arguments["contract"])
    services.tell_vendor(
        key=arguments["key"], contract=contract, code=arguments["code"], params=arguments["params"], now=now
    )


@handler("channels.tell_person")
def tell_person(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Tell somebody about something of their own.
    """
    services.tell_person(
        key=arguments["key"],
        person=Person.objects.get(pk=arguments["person"]),
        code=arguments["code"],
        params=arguments["params"],
        is_mailed=bool(arguments["is_mailed"]),
        now=now,
    )


@handler("channels.send_mail", is_outside=True)
def send_mail(arguments: Mapping[str, Any], now: Instant) -> None:
    """
    Send one queued mail.
    """
    services.send_mail(mail_id=int(arguments["mail"]), now=now)
