"""
Opening a ticket for a customer who telephones: who it is, under which contract, what they say, and the promise that
this makes, before it is kept.

Invariant: where several contracts fit, one is chosen, never the first; looking at the promise writes nothing; what was
typed is spooled before any rule runs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from upheld.apps.channels.selectors import unread_count
from upheld.apps.contracts.selectors import contracts_for, designations_of, is_in_term, rules_of
from upheld.apps.parties.models import Customer, Person
from upheld.apps.parties.selectors import find_customer, member_of, people_found, people_of
from upheld.apps.tickets.selectors import preview
from upheld.apps.tickets.services import handling, intake
from upheld.apps.tickets.services.recording import TicketError
from upheld.apps.tickets.services.spool import spool
from upheld.core import events as ev
from upheld.core.clocks.clock import Clock, TicketClocks
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web.desk import act_forms, labels
from upheld.web.desk.effects import Teller
from upheld.web.desk.permission import access_to, needs, person_of, reader_of
from upheld.web.moments import short
from upheld.web.portal.choices import Basis
from upheld.web.portal.forms import ASKED, NewTicketForm, new_key
from upheld.wording import say

log = logging.getLogger("upheld.web")
AT_ONCE_SECONDS: Final = 90
MOST_FOUND: Final = 25


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who telephones, for which customer, and what a ticket of theirs can come under.
    """

    customer: Customer
    person: Person
    bases: list[Basis]
    chosen: Basis | None

    @property
    def address(self) -> str:
        """
        What names them in an address.
        """
        return f"customer={self.customer.public_id}&person={self.person.public_id}"


def _caller(request: HttpRequest, given: Mapping[str, str]) -> Caller | None:
    """
    Return who is named, or nothing where nobody is yet. Four queries.

    Raises :class:`Http404` for somebody or a contract that is not the agent's to see.
    """
    access, now = access_to(request), reader_of(request).now
    if not given.get("person"):
        return None
    customer = find_customer(access, given.get("customer", "")[:16])
    person = member_of(customer.pk, given["person"][:16], now) if customer is not None else None
    if customer is None or person is None:
        raise Http404
    own = contracts_for([customer.pk])
    language = labels.language()
    found = [Basis(customer, each, is_running=True, language=language) for each in own if is_in_term(each, now)]
    if not found:
        found = [Basis(customer, own[0] if own else None, is_running=False, language=language)]
    key = given.get("contract", "")
    chosen = next((each for each in found if each.key == key), None) if key else None
    if key and chosen is None:
        raise Http404
    return Caller(customer, person, found, chosen or (found[0] if len(found) == 1 else None))


class DeskTicketForm(NewTicketForm):
    """
    The form of a ticket that an agent opens: what the plan asks for, how it came, and when.
    """

    channel = forms.ChoiceField(label=gettext_lazy("How it came"))
    severity = forms.ChoiceField(label=gettext_lazy("Severity, if you know it already"), required=False)
    opened_at = act_forms.moment_field(gettext_lazy("When they told us, if earlier"))
    reason = forms.CharField(label=gettext_lazy("Why it is recorded later"), max_length=500, required=False)
    take = forms.BooleanField(label=gettext_lazy("I take it"), required=False, initial=True)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader_of(request)
        self.may_backdate = access_to(request).may("tickets.backdate")
        may = access_to(request).may
        self._words()
        self._offer(self.plan)
        for name, right in (("severity", "tickets.classify"), ("take", "tickets.assign")):
            if not may(right):
                self.fields.pop(name)
        if not self.may_backdate:
            self.fields.pop("opened_at")
            self.fields.pop("reason")

    def _words(self) -> None:
        """
        Ask the agent, not the customer.
        """
        asked = {
            "subject": _("What is the matter, in one line"),
            "text": _("What they say (the customer reads it)"),
            "urgency": _("How urgent it is to them"),
            "request_type": _("What kind of request it is"),
            "place": _("Where it happens"),
            "product": _("Which product it is about"),
        }
        for name, words in asked.items():
            if name in self.fields:
                self.fields[name].label = words

    def _offer(self, plan: Plan | None) -> None:
        named = {name: labels.text_of(each.name, name, labels.language()) for name, each in _channels(plan).items()}
        first = telephone_of(plan)
        ordered = sorted(named.items(), key=lambda each: each[0] != first)
        self.fields["channel"].choices = ordered or [("phone", _("Telephone"))]  # type: ignore[attr-defined]
        known = [(name, labels.severity(plan, name)) for name in plan.severities] if plan else []
        self.fields["severity"].choices = [("", _("Not yet")), *known]  # type: ignore[attr-defined]

    def clean_opened_at(self) -> Instant | None:
        """
        Return when they told us: nothing for now.
        """
        at = act_forms.moment_of(self.cleaned_data.get("opened_at") or "", self.reader)
        if at is not None and at > self.reader.now:
            raise forms.ValidationError(say("event.in_future", {"given": at}))
        return None if at is None or self.reader.now - at <= AT_ONCE_SECONDS else at

    def clean(self) -> dict[str, Any]:
        """
        Ask for a reason where the ticket is back-dated.
        """
        data = super().clean() or self.cleaned_data
        if data.get("opened_at") is not None and not (data.get("reason") or "").strip():
            self.add_error("reason", say("event.backdated_without_reason", {}))
        return data

    def demand(self, files: list[dict[str, Any]]) -> bool:
        """
        Put an error beside each field that the plan demands and that has no answer, in words for the agent.
        """
        is_lacking = super().demand(files)
        for name in self.errors:
            if name.startswith(ASKED):
                self.errors[name] = self.error_class([_("The plan asks for this.")])
        return is_lacking

    def told(self, by: Person) -> dict[str, Any]:
        """
        Return the submission's content.
        """
        data = self.cleaned_data
        return {
            **self.content([]),
            "by_staff": True,
            "by": by.public_id,
            "severity": data.get("severity") or None,
            "opened_at": data.get("opened_at"),
            "reason": data.get("reason") or None,
        }


def _channels(plan: Plan | None) -> Mapping[str, Any]:
    return plan.channels if plan is not None else {}


def telephone_of(plan: Plan | None) -> str:
    """
    Return the plan's name of the telephone, or its first channel.
    """
    known = _channels(plan)
    return next((name for name, each in known.items() if each.kind == "telephone"), next(iter(known), "phone"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("tickets.create")
def new(request: HttpRequest) -> HttpResponse:
    """
    Find who telephones, choose the contract, take the request in.
    """
    given = request.POST if request.method == "POST" else request.GET
    caller = _caller(request, given)
    if caller is None:
        return _who(request)
    if caller.chosen is None:
        return render(request, "desk/new_contract.html", {**_shell(request), "caller": caller})
    if request.method == "POST":
        return _take_in(request, caller, caller.chosen)
    form = DeskTicketForm(initial={"key": new_key()}, basis=caller.chosen, request=request)
    return _form(request, caller, form)


def _shell(request: HttpRequest) -> dict[str, Any]:
    return {"nav_desk": True, "unread": unread_count(access_to(request))}


def _who(request: HttpRequest) -> HttpResponse:
    """
    Show the search for whoever telephones; a customer that is named shows its people.
    """
    access, now, text = access_to(request), reader_of(request).now, request.GET.get("q", "")[:200]
    customer = find_customer(access, request.GET["customer"][:16]) if request.GET.get("customer") else None
    found = people_found(access, text, now, most=MOST_FOUND)
    people = [(each.person, each.customer) for each in found]
    if customer is not None and not text:
        people = [(each, customer) for each in people_of(customer.pk, now)]
    shown = {**_shell(request), "q": text, "people": people, "customer": customer}
    return render(request, "desk/new_who.html", shown)


def _take_in(request: HttpRequest, caller: Caller, basis: Basis) -> HttpResponse:
    form = DeskTicketForm(request.POST, basis=basis, request=request)
    if not form.is_valid():
        return _form(request, caller, form, status=422)
    if "later" not in request.POST and form.demand([]):
        return _form(request, caller, form, may_wait=True, status=422)
    by, now = person_of(request), reader_of(request).now
    submission = spool(
        key=f"desk:{by.pk}:{form.cleaned_data['key']}",
        channel=form.cleaned_data["channel"],
        person=caller.person,
        customer=caller.customer,
        content=form.told(by),
        now=now,
    )
    try:
        ticket = intake.submit(submission=submission, now=now)
    except TicketError as error:
        form.add_error(None, say(error.code, error.params))
        return _form(request, caller, form, status=422)
    if form.cleaned_data.get("take") and ticket.assignee_id is None:
        handling.assign(ticket=ticket, to=by, by=by, now=now)
    messages.success(request, _("Ticket #%(number)d is open.") % {"number": ticket.number})
    return HttpResponseRedirect(f"/desk/tickets/{ticket.public_id}/?sent=1")


def _form(
    request: HttpRequest, caller: Caller, form: DeskTicketForm, *, may_wait: bool = False, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        typed = request.POST.copy()
        typed["key"] = new_key()  # the one that was refused keeps its own
        form.data = typed
    chosen: dict[str, str] = {name: str(form[name].value() or "") for name in CHOSEN if name in form.fields}
    own = [field.name for _asked, field in form.own_fields()]
    main = ("subject", "text", "urgency", "channel", "severity", "opened_at", "reason", "take", "key")
    shown = {
        **_shell(request),
        "caller": caller,
        "form": form,
        "forecast": forecast(request, caller, form.basis, chosen),
        "own": [form[name] for name in own],
        "facts": [form[name] for name in form.fields if name not in main and name not in own],
        "secrets": [labels.text_of(each.ask, each.field, labels.language()) for each in form.secrets],
        "is_designated": _lists(caller, form.basis, reader_of(request).now),
        "may_wait": may_wait,
    }
    return render(request, "desk/new.html", shown, status=status)


def _lists(caller: Caller, basis: Basis, now: Instant) -> bool | None:
    """
    Return whether the caller is a designated contact; nothing where the plan has no lists.
    """
    if basis.contract is None or basis.plan is None or not basis.plan.contacts:
        return None
    return bool(designations_of(caller.person.pk, basis.contract, now))


CHOSEN: Final = ("urgency", "request_type", "place", "channel", "severity", "opened_at")


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    The promises that a ticket would have, as it is chosen now; ``dues`` gives the first due time of each urgency.
    """

    lines: list[str]
    dues: dict[str, str]
    note: str = ""


def forecast(request: HttpRequest, caller: Caller, basis: Basis, chosen: Mapping[str, str]) -> Forecast:
    """
    Return what a ticket would be promised if it were opened like this. Three queries at most.
    """
    plan, contract = basis.plan, basis.contract
    if plan is None or contract is None or not basis.is_running:
        return Forecast([], {}, _("No contract of %(customer)s runs now.") % {"customer": caller.customer})
    reader = reader_of(request)
    rules = rules_of(contract)
    teller = Teller(PlanReader(plan, reader.zone.key, labels.language()), reader.now)
    words = list(plan.urgencies or plan.severities)
    opened = _opened(plan, reader, chosen)
    severity = chosen.get("severity") if chosen.get("severity") in plan.severities else None

    def folded(urgency: str | None) -> TicketClocks:
        return preview(contract, opened, urgency, rules, severity=severity)

    picked = chosen.get("urgency") if chosen.get("urgency") in words else words[0] if len(words) == 1 else None
    dues = {name: _first_due(folded(name), reader.now) for name in words}
    if picked is None and severity is None:
        return Forecast([], dues, _("Choose how urgent it is; the promise then stands here, before anything is kept."))
    try:
        clocks = [each for each in folded(picked).clocks if each.is_open and each.promise]
    except UpheldError as error:
        return Forecast([], dues, say(error.code, error.params))
    lines = [_line(each, teller) for each in clocks if each.promise and each.promise.kind != "none"]
    return Forecast(lines, dues, "" if lines else _("The plan promises nothing by a time for this."))


def _line(clock: Clock, teller: Teller) -> str:
    """
    Return what a promise would be: "First response 30 m, due 05:16".
    """
    length = clock.promise.length if clock.promise else None
    name = f"{teller.name(clock)} {teller.reader.length(length)}" if length is not None else teller.name(clock)
    return _("%(promise)s, due %(moment)s") % {"promise": name, "moment": teller.moment(clock.due_at)}


def _opened(plan: Plan, reader: Any, chosen: Mapping[str, str]) -> ev.Opened:
    environment = chosen.get("place", "").partition("@")[0]
    try:
        at = act_forms.moment_of(chosen.get("opened_at", ""), reader)
    except forms.ValidationError:
        at = None
    return ev.Opened(
        seq=1,
        effective_at=reader.now if at is None or at > reader.now else at,
        actor=ev.Actor(ev.Side.VENDOR),
        channel=chosen.get("channel") or telephone_of(plan),
        request_type=chosen.get("request_type") if chosen.get("request_type") in plan.request_types else None,
        environment=environment if environment in plan.environments else None,
    )


def _first_due(folded: TicketClocks, now: Instant) -> str:
    dues = [each.due_at for each in folded.clocks if each.is_open and each.due_at is not None]
    return _("due %(moment)s") % {"moment": short(min(dues), now)} if dues else ""


@require_safe
@needs("tickets.create")
def promise(request: HttpRequest) -> HttpResponse:
    """
    Show the promise that a ticket would have as it is chosen; nothing is written.
    """
    caller = _caller(request, request.GET)
    if caller is None or caller.chosen is None:
        raise Http404
    chosen = {name: request.GET.get(name, "")[:100] for name in CHOSEN}
    shown = {"forecast": forecast(request, caller, caller.chosen, chosen), "is_partial": True}
    return render(request, "desk/_forecast.html", shown)
