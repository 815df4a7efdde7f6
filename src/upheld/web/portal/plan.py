"""
A person's plan: what is promised, when support is there and how to reach it, who the contacts are, how long it runs.

Invariant: every figure comes from the plan and the contract through the rules that make the promises of tickets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upheld.apps.contracts.models import Contract, DesignatedContact
from upheld.apps.contracts.selectors import (
    ChannelNow,
    calendar_now,
    channels_now,
    contacts_of,
    contracts_for,
    former_contacts,
    hours_now,
    is_in_term,
    only_writers,
    open_severities,
    portal_channel,
    rules_of,
)
from upheld.apps.contracts.term_changes import today
from upheld.apps.contracts.term_previews import agreed_of
from upheld.apps.parties.models import Person
from upheld.apps.parties.selectors import people_of
from upheld.core import events as ev
from upheld.core.clocks.rules import Rules
from upheld.core.clocks.story import Situation
from upheld.core.durations import Duration, Unit
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.model.terms import ContactList
from upheld.core.plan.support_hours import ELAPSED
from upheld.core.terms.cancellation import ending_of
from upheld.core.terms.successive import term_on
from upheld.rendering.explanations import Reader as PlanReader
from upheld.rendering.policy_pdf import is_possible
from upheld.web.contract_changes import change_words
from upheld.web.policies import policy_file
from upheld.web.portal.names import called, plan_reader, shown_name
from upheld.web.portal.permission import PortalRequest, for_customers
from upheld.web.portal.promises import span
from upheld.web.portal.tickets import shell
from upheld.web.portal.week import Day, coming_week, holidays_ahead

KINDS: Final = {
    "portal": "monitor",
    "mail": "mail",
    "chat": "message-circle",
    "telephone": "phone",
    "slack": "hash",
    "meeting": "users",
    "form": "file-text",
    "api": "plug",
    "monitor": "activity",
}


@require_safe
@for_customers("own.read")
def plan_page(request: PortalRequest) -> HttpResponse:
    """
    Show one of the person's contracts: the one that is named, else the first that runs.
    """
    contracts = contracts_for(request.portal.customers_with("own.read"))
    now, wanted = request.reader.now, request.GET.get("contract", "")
    running = [each for each in contracts if is_in_term(each, now)]
    if wanted and wanted not in {each.public_id for each in contracts}:
        raise Http404
    chosen = next((each for each in contracts if each.public_id == wanted), None) or next(
        iter([*running, *contracts]), None
    )
    facts = shell(request, "plan")
    if chosen is None:
        return render(request, "portal/no_plan.html", facts)
    facts |= {"others": [(each, _title(each)) for each in contracts] if len(contracts) > 1 else []}
    return render(request, "portal/plan.html", {**facts, **_facts(request, chosen, is_running=chosen in running)})


@require_safe
@for_customers("own.read")
def policy_pdf(request: PortalRequest, contract: str) -> HttpResponse:
    """
    Give the policy of a contract of one's own, its own tier alone, as a PDF.
    """
    contracts = contracts_for(request.portal.customers_with("own.read"))
    found = next((each for each in contracts if each.public_id == contract), None)
    if found is None:
        raise Http404
    on = to_datetime(request.reader.now).date()
    return policy_file(found.plan_version, tier=found.tier, on=on, language=get_language() or "en")


def _title(contract: Contract) -> str:
    plan, language = rules_of(contract).hours.plan, get_language() or "en"
    return f"{in_language(plan.name, language, plan.plan)} · {called(plan, 'tiers', contract.tier, language)}"


def _facts(request: PortalRequest, contract: Contract, *, is_running: bool) -> dict[str, Any]:
    rules, now = rules_of(contract), request.reader.now
    plan, words = rules.hours.plan, plan_reader(rules.hours.plan, request.reader.zone, get_language() or "en")
    people = contacts_of(contract, now)
    own = [each for each in people if each.person_id == request.person.pk]
    may_manage = request.portal.may_in(contract.customer_id, "contract.read")
    members = people_of(contract.customer_id, now) if may_manage else []
    lists = contact_lists(plan, contract, people, words)
    return {
        "contract": contract,
        "is_running": is_running,
        "can_print": is_possible(),
        "plan_name": in_language(plan.name, words.language, plan.plan),
        "tier": words.tier(contract.tier),
        "promises": promise_table(rules, words, now),
        **_hours(rules, words, request),
        "hours": hours_now(rules, now, channel=portal_channel(plan)) if is_running else None,
        "open_for": [words.severity(each) for each in open_severities(rules, now)] if is_running else [],
        "channels": [
            _channel(each, rules, words)
            for each in channels_now(rules, now, is_designated=bool(own), may_use=is_running)
        ],
        "lists": lists,
        "lists_with_outsiders": [(each, each.outsiders(members)) for each in lists],
        "former": _former(contract, words, request) if may_manage else [],
        "only_writers": only_writers(contract, request.person.pk, now) if is_running else (),
        "may_manage": may_manage,
        "may_name": request.portal.may_in(contract.customer_id, "contacts.write"),
        "instances": _instances(contract, words),
        "term": _term(contract, plan, now) if may_manage else {},
        "changes": change_words(contract, plan, words.language) if may_manage else [],
        "may_change": is_running and request.portal.may_in(contract.customer_id, "contract.change"),
        "has_higher": list(plan.tiers)[-1] != contract.tier,
    }


@dataclass(frozen=True, slots=True)
class Severity:
    """
    A severity with what is promised for each metric.
    """

    name: str
    text: str
    cells: tuple[tuple[str, str, str], ...]


def promise_table(rules: Rules, words: PlanReader, now: int) -> dict[str, Any]:
    """
    Return the metrics that the tier promises, and each severity with (metric, promise, note).
    """
    plan = rules.hours.plan
    metrics = [name for name in plan.metrics if name in plan.tiers[rules.contract.tier].targets]
    rows = [
        Severity(
            words.severity(severity),
            in_language(plan.severities[severity].text, words.language),
            tuple((words.metric(metric), *_cell(rules, words, metric, severity, now)) for metric in metrics),
        )
        for severity in plan.severities
    ]
    return {"metrics": [words.metric(each) for each in metrics], "rows": rows}


def _cell(rules: Rules, words: PlanReader, metric: str, severity: str, now: int) -> tuple[str, str]:
    """
    Return what is promised, and a note where a telephone call changes the hours.
    """
    plan = rules.hours.plan
    facts = rules.facts(ev.Opened(seq=1, effective_at=now, channel=portal_channel(plan)))
    written, phoned = (
        rules.promise(metric, facts, Situation(severity, rules.contract.tier, is_phoned, (), frozenset()))
        for is_phoned in (False, True)
    )
    if written is None or written.kind == "none":
        return _("no fixed time"), ""
    if written.length is None:
        kinds = {"best_effort": _("best effort"), "immediate": _("at once"), "agreed": _("as agreed with you")}
        return kinds.get(written.kind, _("as your contract says")), ""
    if written.calendar == ELAPSED:
        return span(written.length, plan, written.calendar), _("day and night")
    note = ""
    if phoned is not None and phoned.calendar != written.calendar:
        note = _("after a telephone call: %(hours)s") % {"hours": words.calendar_title(phoned.calendar)}
    return span(written.length, plan, written.calendar), note


LAST_WEEK: Final = 8
"""So many weeks ahead hours and holidays are shown."""


def _hours(rules: Rules, words: PlanReader, request: PortalRequest) -> dict[str, Any]:
    """
    Return the hours of the week that is asked for, and the holidays of the weeks that can be asked for.
    """
    given = request.GET.get("week", "")
    week = min(int(given), LAST_WEEK) if given.isdecimal() and len(given) <= len(str(LAST_WEEK)) else 0
    found = weeks(rules, words, request, week)
    first = min((day.date for _names, _calendar, days in found for day in days), default=None)
    return {
        "weeks": found,
        "week": week,
        "last_week": LAST_WEEK,
        "weeks_from": first,
        "coming_holidays": _holidays(rules, request) if week == 0 else [],
    }


def _holidays(rules: Rules, request: PortalRequest) -> list[tuple[dt.date, str]]:
    """
    Return the holidays of the coming weeks that any of the calendars of severities has, by date.
    """
    now, channel = request.reader.now, portal_channel(rules.hours.plan)
    found: dict[tuple[dt.date, str], None] = {}
    for severity in rules.hours.plan.severities:
        calendar = calendar_now(rules, now, severity=severity, channel=channel)
        found |= dict.fromkeys(holidays_ahead(calendar, now, LAST_WEEK))
    return sorted(found)


def weeks(rules: Rules, words: PlanReader, request: PortalRequest, week: int = 0) -> list[tuple[str, str, list[Day]]]:
    """
    Return a week, the coming one or a later one, for each of the calendars that severities have: for which severities,
    its name, its days.
    """
    now, channel = request.reader.now, portal_channel(rules.hours.plan)
    found: dict[str, tuple[list[str], Any]] = {}
    for severity in rules.hours.plan.severities:
        calendar = calendar_now(rules, now, severity=severity, channel=channel)
        days = coming_week(calendar, request.reader.zone, now, week)
        key = f"{calendar.name}:{[day.windows for day in days]}"
        found.setdefault(key, ([], (words.calendar_title(calendar.name), days)))[0].append(words.severity(severity))
    only = len(found) == 1
    return [("" if only else ", ".join(names), name, days) for names, (name, days) in found.values()]


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """
    A channel as it is shown: name, icon, whether it is open now and for whom, when it opens, its address if one may use
    it.
    """

    name: str
    icon: str
    is_open: bool
    words: str
    opens_at: int | None
    address: str
    hours: tuple[str, ...]


def _channel(found: ChannelNow, rules: Rules, words: PlanReader) -> ChannelWords:
    severities = rules.hours.plan.severities
    whole = len(found.open_for) == len(severities)
    if not found.is_open_to_person:
        state = _("for designated contacts")
    elif found.open_for:
        names = ", ".join(words.severity(each) for each in found.open_for)
        state = _("open now") if whole else _("open now for %(severities)s") % {"severities": names}
    else:
        state = _("closed now")
    return ChannelWords(
        name=words.named(found.channel.name, found.name),
        icon=KINDS[found.channel.kind],
        is_open=bool(found.open_for),
        words=state,
        opens_at=None if found.open_for and whole else found.opens_at,
        address=found.address,
        hours=tuple(_opening(each, words) for each in found.openings),
    )


def _opening(opening: Any, words: PlanReader) -> str:
    name = _("support hours") if opening.open == "support_hours" else words.calendar_title(opening.open)
    if not opening.severities:
        return name
    severities = ", ".join(words.severity(each) for each in opening.severities)
    return _("%(hours)s for %(severities)s") % {"hours": name, "severities": severities}


@dataclass(frozen=True, slots=True)
class ContactRows:
    """
    One of the plan's contact lists with who is on it, how many may be, and whether one may leave without a successor.
    """

    name: str
    title: str
    rule: ContactList
    people: tuple[DesignatedContact, ...]
    most: int | None

    @property
    def is_full(self) -> bool:
        """
        Whether nobody more fits.
        """
        return self.most is not None and len(self.people) >= self.most

    @property
    def needs_successor(self) -> bool:
        """
        Whether the next one who leaves must name who follows.
        """
        return self.rule.transfer_names_successor or len(self.people) - 1 < self.rule.at_least

    def outsiders(self, members: Sequence[Person]) -> list[Person]:
        """
        Return the members who are not on the list.
        """
        listed = {each.person_id for each in self.people}
        return [each for each in members if each.pk not in listed]


def contact_lists(
    plan: Plan, contract: Contract, people: Sequence[DesignatedContact], words: PlanReader
) -> list[ContactRows]:
    """
    Return the contact lists of the contract's tier.
    """
    return [
        ContactRows(
            name,
            words.named(rule.name, name),
            rule,
            tuple(each for each in people if each.contact_list == name),
            rule.by_tier.get(contract.tier, rule.at_most) if rule.by_tier else rule.at_most,
        )
        for name, rule in plan.contacts.items()
        if not rule.tiers or contract.tier in rule.tiers
    ]


@dataclass(frozen=True, slots=True)
class Former:
    """
    Somebody who was on a contact list: who, on which, from when until when, and who followed.
    """

    name: str
    title: str
    since: int
    until: int | None
    successor: str


def _former(contract: Contract, words: PlanReader, request: PortalRequest) -> list[Former]:
    """
    Return who was a contact before, the last first. One query.
    """
    rules, reader = words.plan.contacts, request.person
    return [
        Former(
            shown_name(each.person, reader, by_customer=True),
            words.named(rules[each.contact_list].name if each.contact_list in rules else None, each.contact_list),
            each.since,
            each.until,
            shown_name(each.successor.person, reader, by_customer=True) if each.successor else "",
        )
        for each in former_contacts(contract)
    ]


def _instances(contract: Contract, words: PlanReader) -> list[tuple[str, list[tuple[str, str]]]]:
    """
    Return the contract's instances with kind and URL of each environment.
    """
    plan, language = words.plan, words.language
    return [
        (
            each.name,
            [(called(plan, "environments", one.environment, language), one.url) for one in each.environments.all()],
        )
        for each in contract.instances.all()
    ]


def _term(contract: Contract, plan: Plan, now: Instant) -> Mapping[str, Any]:
    terms = plan.terms
    renewals = {
        "automatically": _("by itself"),
        "by_agreement": _("when both agree"),
        "not": _("not; it ends"),
    }
    agreed = agreed_of(contract)
    running = term_on(agreed, today(contract, now))
    ending = ending_of(agreed, running) if running and running.last else None
    return {
        "renews": renewals[terms.renews],
        "renews_for": duration_words(terms.renews_for or terms.length),
        "notice": duration_words(terms.notice),
        "in_writing": terms.notice_in_writing,
        "last_day": ending.last_day_of_notice if ending and terms.notice else None,
        "ends_on": contract.ends_on or (running.last if running else None),
    }


def duration_words(duration: Duration | None) -> str:
    """
    Return a length of months or years as people say it.
    """
    if duration is None:
        return ""
    names = {Unit.MONTHS: (_("month"), _("months")), Unit.YEARS: (_("year"), _("years"))}
    if duration.unit not in names:
        return str(duration)
    return f"{duration.count} {names[duration.unit][duration.count != 1]}"
