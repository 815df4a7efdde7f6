"""
What notices and mails say, in the reader's language and zone.

Invariant: whatever came from outside stands in the body only as plain text; a subject is one line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

from upheld.apps.channels.models import PLACES, Mail, Notice
from upheld.apps.channels.selectors import parts_of
from upheld.apps.contracts.selectors import plan_of
from upheld.apps.parties.selectors import access_of
from upheld.apps.tickets.models import Ticket
from upheld.core.instants import Instant, to_datetime
from upheld.core.plan.model.base import in_language

WORDS: Final[Mapping[str, str]] = {
    "ticket.opened": gettext_noop("We have your request “{subject}”."),
    "ticket.opened_staff": gettext_noop("New ticket from {customer}: {subject}"),
    "ticket.held": gettext_noop("We have kept your request “{subject}”, but no running contract covers it yet."),
    "ticket.held_staff": gettext_noop("Held, not entitled: {customer}: {subject}"),
    "ticket.released": gettext_noop("Your request “{subject}” is now covered by your contract."),
    "ticket.replied": gettext_noop("{by} answered “{subject}”."),
    "ticket.customer_wrote": gettext_noop("{by} wrote on “{subject}”."),
    "ticket.customer_resolved": gettext_noop("It works again for {by}: “{subject}”."),
    "ticket.customer_confirmed": gettext_noop("{by} confirmed that “{subject}” is solved."),
    "ticket.severity": gettext_noop("“{subject}” is now {severity}."),
    "ticket.coverage": gettext_noop("We decided what covers “{subject}”: {reason}"),
    "ticket.not_reproducible": gettext_noop("“{subject}” is closed, for it cannot be reproduced: {reason}"),
    "ticket.charge_proposed": gettext_noop(
        "“{subject}” would cost {amount} {currency}: {reason} Nothing is done before you approve it."
    ),
    "ticket.charge_approved": gettext_noop("{by} approved {amount} {currency} for “{subject}”."),
    "ticket.charge_declined": gettext_noop("{by} declined {amount} {currency} for “{subject}”: {reason}"),
    "ticket.resolved": gettext_noop("“{subject}” is solved."),
    "ticket.closed": gettext_noop("“{subject}” is closed."),
    "ticket.assigned": gettext_noop("“{subject}” is yours."),
    "ticket.merged": gettext_noop("“{subject}” goes on in your ticket #{number}."),
    "ticket.moved_staff": gettext_noop("{by} gave “{subject}” to your team: {reason}"),
    "ticket.corrected": gettext_noop("{by} took something back on “{subject}”: {reason}"),
    "contact.named": gettext_noop("{customer}: {person} is a contact now ({list})."),
    "contact.transferred": gettext_noop("{customer}: {leaving} handed over to {person} as a contact ({list})."),
    "contact.ended": gettext_noop("{customer}: {leaving} is no contact any more ({list})."),
    "contract.cancelled": gettext_noop("{customer}: {by} cancelled the contract to {ends}: {reason}"),
    "contract.tier_changed": gettext_noop("{customer}: {by} changed to {tier} from {on}: {reason}"),
    "contract.tier_wanted": gettext_noop("{customer}: {by} asks what {tier} from {on} would cost: {reason}"),
    "clock.at_risk": gettext_noop("{metric} is due {due} for {customer}: {subject}"),
    "clock.breach": gettext_noop("{metric} was due {due} for {customer}: {subject}"),
    "export.ready": gettext_noop("Your export “{title}” is ready: {count} tickets, kept until {until}."),
    "export.failed": gettext_noop("Your export “{title}” could not be made."),
    "late.folded": gettext_noop("Our notices to you were held up. These {count} are from {since} to {until}."),
}
"""Every code that people are told, with its sentence."""
Telling = Callable[[Instant], str]
"""How an instant is told."""
AFTER_RESTORE: Final = gettext_noop("{sentence} (told after a restore)")
MOST_LINES: Final = 50
"""So many lines of a fold stand in its mail."""


def notice_words(notice: Notice, zone: str, language: str, *, when: Telling | None = None) -> str:
    """
    Return the sentence of a notice; ``when`` tells instants where a page says them shorter than a mail does.
    """
    return sentence(notice.code, notice.ticket, notice.params, zone, language, when=when)


def sentence(
    code: str,
    ticket: Ticket | None,
    params: Mapping[str, Any],
    zone: str,
    language: str,
    *,
    when: Telling | None = None,
) -> str:
    """
    Return the sentence of a code about a ticket, for a reader.
    """
    with override(language):
        told = when or functools.partial(moment, zone=zone)
        words = gettext(WORDS[code]).format_map(_Facts(_facts(ticket, params, told, language)))
        return gettext(AFTER_RESTORE).format(sentence=words) if params.get("after_restore") else words


class _Facts(dict[str, str]):
    """
    Facts of a sentence; one that is missing stands as three dots rather than failing a notice.
    """

    def __missing__(self, _key: str) -> str:
        return "…"


def _facts(ticket: Ticket | None, params: Mapping[str, Any], when: Telling, language: str) -> dict[str, str]:
    facts = {name: str(value) for name, value in params.items()}
    if facts.get("by") == "":
        facts["by"] = gettext("Support")  # a name is missing; an address is nobody else's to read
    for name, at in (("due", "due_at"), ("since", "since"), ("until", "until")):
        if isinstance(params.get(at), int):
            facts[name] = when(params[at])
    if ticket is None:
        return facts
    facts |= {"subject": one_line(ticket.subject), "customer": one_line(str(ticket.customer))}
    if ticket.plan_version_id is not None:
        plan = plan_of(ticket.plan_version_id)
        if "metric" in facts and facts["metric"] in plan.metrics:
            facts["metric"] = in_language(plan.metrics[facts["metric"]].name, language, plain(facts["metric"]))
        if "severity" in facts and facts["severity"] in plan.severities:
            facts["severity"] = in_language(plan.severities[facts["severity"]].name, language, plain(facts["severity"]))
    return facts


def moment(at: Instant, zone: str) -> str:
    """
    Return an instant for a reader: ``Fri 17 Apr 2026 16:30 PDT``.
    """
    local = to_datetime(at, ZoneInfo(zone))
    return local.strftime(f"%a {local.day} %b %Y %H:%M %Z")


def plain(name: str) -> str:
    """
    Return a name of the plan as words.
    """
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def one_line(text: str) -> str:
    """
    Return a text without line breaks and control characters, as a header may carry it.
    """
    plain_text = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    # What looks like an encoded word would be decoded by whoever reads it, line breaks and all.
    return plain_text.replace("=?", "= ?")


def mail_words(mail: Mail, now: Instant) -> tuple[str, str]:
    """
    Return subject and body of a mail that is sent now.
    """
    person, ticket = mail.person, mail.ticket
    line = sentence(mail.code, ticket, mail.params, person.zone, person.language)
    if mail.code == Notice.FOLDED:
        return one_line(line)[:200], _folded(mail, line, now)
    if ticket is None:
        place = PLACES.get(mail.code)
        return one_line(line)[:200], f"{line}\n\n{settings.UPHELD_BASE_URL}{place}" if place else line
    with override(person.language):
        subject = f"[#{ticket.number}] {one_line(line)}"[:200]
        lines = [line, ""]
        promise = _promise(ticket, person.zone, person.language)
        if promise:
            lines += [promise, ""]
        side = "desk" if mail.code.startswith("clock.") else "portal"
        lines.append(f"{settings.UPHELD_BASE_URL}/{side}/tickets/{ticket.public_id}/")
    return subject, "\n".join(lines)


def _folded(mail: Mail, line: str, now: Instant) -> str:
    """
    Return the body of a mail that tells what came late: a line for each notice, the broken promises first.
    """
    person = mail.person
    over = Notice.objects.get(person=person, key=mail.key.removesuffix(f":{person.public_id}"))
    parts = parts_of(access_of(person, now), [over])[over.pk]
    lines = [
        f"- {moment(each.happened_at or each.made_at, person.zone)}: {notice_words(each, person.zone, person.language)}"
        for each in parts[:MOST_LINES]
    ]
    with override(person.language):
        if len(parts) > MOST_LINES:
            lines.append(gettext("More of them are listed here:"))
    side = "portal" if any(each.ticket and each.ticket.requester_id == person.pk for each in parts) else "desk"
    return "\n".join([line, "", *lines, "", f"{settings.UPHELD_BASE_URL}/{side}/notices/"])


def worded(
    notices: Iterable[Notice] | None, zone: str, language: str, *, when: Telling | None = None
) -> list[tuple[Notice, str]]:
    """
    Return notices with their sentences.
    """
    return [(each, notice_words(each, zone, language, when=when)) for each in notices or ()]


def _promise(ticket: Ticket, zone: str, language: str) -> str:
    """
    Return the next promise of a ticket in words, where there is one.
    """
    if ticket.next_due_at is None or ticket.plan_version_id is None or not ticket.next_metric:
        return ""
    metric = plan_of(ticket.plan_version_id).metrics.get(ticket.next_metric)
    name = in_language(metric.name if metric else None, language, plain(ticket.next_metric))
    return gettext("{metric}: due {due}.").format(metric=name, due=moment(ticket.next_due_at, zone))
