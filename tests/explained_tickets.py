"""
Tickets whose clocks are explained, for the tests of explanations, pictures and the command.

One small plan says something of everything: two calendars, a call that moves the hours, ranges, less than, best effort,
agreed dates, days, pauses and cancelled clocks. Times are on the wall clock in Zurich, where it is CET until 29 March.
"""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from upheld.core import events as ev
from upheld.core.clocks.explain import explain, stand
from upheld.core.clocks.fold import fold
from upheld.core.clocks.rules import Rules
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load_usable
from upheld.core.plan.support_hours import SupportHours

PLAN = """
upheld: 1
plan: explained
version: 1
zone: Europe/Zurich
days: hours
effective: 2026-01-01
calendars:
  office: {name: Office hours, zone: Europe/Zurich, week: {mon-fri: "09:00-17:00"}, day: 8h}
  always: {name: At all times, zone: Europe/Zurich, week: 24x7, day: 24h}
channels: {portal: portal, phone: telephone}
severities: {urgent: Urgent, high: High, normal: Normal, low: Low, trivial: Trivial}
severity_process: {raised: from_change, lowered: from_start}
exclusions: {customer: Caused by the customer.}
milestones: {part_found: Part found}
metrics:
  first_response: {starts_on: opened, stops_on: reply}
  update: {starts_on: reply, stops_on: reply, repeats: true, cancels_while: waiting_on_customer}
  resolution: {starts_on: opened, stops_on: resolved, pauses_while: [waiting_on_customer, spare_part]}
statuses: {spare_part: Waiting for a spare part}
tiers:
  standard:
    hours:
      - {severity: urgent, phoned: true, use: always}
      - {use: office}
    targets:
      first_response: {urgent: 2h, high: "< 4h", normal: 4-8h, low: 2d end_of_day, trivial: best effort}
      update: {urgent: 8h, high: 8h, normal: 2d, low: none, trivial: none}
      resolution:
        - {severity: urgent, within: 24h elapsed}
        - {severity: high, within: 2d, or_agreed: true}
        - {severity: normal, kind: agreed}
        - {severity: [low, trivial], kind: none}
"""
ZURICH = ZoneInfo("Europe/Zurich")


def rules_of(text):
    """The rules of a plan document for a customer in Zurich, in its first tier."""
    plan = load_usable(text.encode(), "explained.yaml").plan
    hours = SupportHours(plan, dt.date(2026, 1, 1), dt.date(2027, 6, 30))
    return Rules(hours, Contract(customer="Northwind", tier=next(iter(plan.tiers)), zone="Europe/Zurich"))


RULES = rules_of(PLAN)
LOADED = RULES.hours.plan


def at(text):
    """``Mon 2 Mar 16:00`` of 2026 in Zurich, as an instant; a wrong weekday is refused."""
    moment = dt.datetime.strptime(f"2026 {text[4:]}", "%Y %d %b %H:%M").replace(tzinfo=ZURICH)
    assert f"{moment:%a}" == text[:3], text
    return int(moment.timestamp())


class Told(NamedTuple):
    """A ticket as rows (when, event class, fields), and the moment from which it is looked at."""

    rows: tuple
    now: str

    @property
    def events(self):
        return [kind(seq=seq, effective_at=at(when), **fields) for seq, (when, kind, fields) in enumerate(self.rows, 1)]

    def clocks(self, metric, rules=RULES, observed=None):
        ticket = fold(self.events, rules, observed=observed)
        return ticket, [clock for clock in ticket.clocks if clock.metric == metric]

    def explained(self, metric, cycle=1, rules=RULES, observed=None):
        """The explanation and the standing of one clock."""
        ticket, clocks = self.clocks(metric, rules, observed)
        clock = next(each for each in clocks if each.cycle == cycle)
        seen = (clock, rules, ticket.channel, at(self.now))
        return explain(*seen), stand(*seen)


def ticket(now, *rows):
    return Told(tuple((when, kind, fields) for when, kind, fields in rows), now)


def opened(when, severity=None, **fields):
    first = (when, ev.Opened, fields)
    return (first, (when, ev.SeverityAssigned, {"severity": severity})) if severity else (first,)


def reply(when):
    return (when, ev.MessageSent, {})


def severity(when, name):
    return (when, ev.SeverityAssigned, {"severity": name})


def status(when, name):
    return (when, ev.StatusChanged, {"status": name})


MONDAY = "Mon 2 Mar 16:00"
TICKETS = {
    "running": ticket("Tue 3 Mar 09:15", *opened(MONDAY, "urgent")),
    "at_risk": ticket("Tue 3 Mar 09:45", *opened(MONDAY, "urgent")),
    "outside_hours": ticket("Mon 2 Mar 22:00", *opened(MONDAY, "urgent")),
    "opened_while_closed": ticket("Mon 9 Mar 12:00", *opened("Sat 7 Mar 14:00", "urgent"), reply("Mon 9 Mar 10:00")),
    "breached_and_open": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "urgent")),
    "breached_and_stopped": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "urgent"), reply("Tue 3 Mar 11:30")),
    "met_to_the_second": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "urgent"), reply("Tue 3 Mar 10:00")),
    "exclusive_missed": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "high"), reply("Tue 3 Mar 12:00")),
    "range": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "normal"), reply("Tue 3 Mar 15:00")),
    "days": ticket("Tue 3 Mar 12:00", *opened(MONDAY, "low")),
    "best_effort": ticket("Wed 4 Mar 12:00", *opened(MONDAY, "trivial"), reply("Wed 4 Mar 10:00")),
    "raised": ticket("Wed 4 Mar 12:00", *opened(MONDAY, "normal"), severity("Tue 3 Mar 10:00", "urgent")),
    "lowered": ticket("Tue 3 Mar 09:30", *opened(MONDAY, "urgent"), severity("Mon 2 Mar 16:30", "high")),
    "set_to_best_effort": ticket("Tue 3 Mar 09:30", *opened(MONDAY, "urgent"), severity("Mon 2 Mar 16:30", "trivial")),
    "called": ticket("Mon 2 Mar 23:00", *opened("Mon 2 Mar 22:00", "urgent"), ("Mon 2 Mar 22:30", ev.CallLogged, {})),
    "named_later": ticket("Tue 3 Mar 09:30", *opened(MONDAY), severity("Mon 2 Mar 16:30", "urgent")),
    "paused": ticket("Thu 5 Mar 12:00", *opened(MONDAY, "high"), status("Tue 3 Mar 10:00", "waiting_on_customer")),
    "was_paused": ticket(
        "Fri 13 Mar 12:00",
        *opened(MONDAY, "high"),
        ("Tue 3 Mar 10:00", ev.Paused, {"condition": "spare_part"}),
        ("Thu 5 Mar 09:00", ev.Resumed, {"condition": "spare_part"}),
        ("Fri 6 Mar 11:00", ev.Resolved, {}),
    ),
    "agreed": ticket(
        "Thu 5 Mar 12:00",
        *opened(MONDAY, "high"),
        ("Tue 3 Mar 10:00", ev.RemediationPlanned, {"promised_for": at("Fri 13 Mar 12:00")}),
    ),
    "to_be_agreed": ticket("Thu 5 Mar 12:00", *opened(MONDAY, "normal")),
    "elapsed": ticket("Fri 6 Mar 19:10", *opened(MONDAY, "urgent")),
    "merged": ticket("Thu 5 Mar 12:00", *opened(MONDAY, "high"), ("Tue 3 Mar 10:00", ev.Merged, {"into": "other"})),
    "merged_late": ticket(
        "Fri 6 Mar 12:00", *opened(MONDAY, "urgent"), ("Thu 5 Mar 10:00", ev.Merged, {"into": "other"})
    ),
    "nothing_owed": ticket(
        "Thu 5 Mar 12:00",
        *opened(MONDAY, "high"),
        reply("Mon 2 Mar 16:30"),
        status("Tue 3 Mar 10:00", "waiting_on_customer"),
    ),
    "excluded": ticket(
        "Fri 6 Mar 12:00",
        *opened(MONDAY, "urgent"),
        reply("Tue 3 Mar 11:30"),
        ("Wed 4 Mar 10:00", ev.ExclusionDecided, {"cause": "customer", "reason": "they unplugged it"}),
    ),
    "not_covered": ticket(
        "Tue 3 Mar 09:30",
        *opened(MONDAY, "urgent"),
        ("Mon 2 Mar 16:30", ev.CoverageDecided, {"coverage": ev.Coverage.NOT_COVERED}),
    ),
    "unobservable": ticket("Fri 6 Mar 12:00", *opened(MONDAY, "urgent")),
}
"""Tickets by what they show."""
