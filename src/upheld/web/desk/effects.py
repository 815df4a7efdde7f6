"""
What an act does to the promises of a ticket, in words: before it is done, and beside the event afterwards.

Invariant: the words follow from two folds of the same events; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from upheld.apps.tickets.suppositions import Effect, head, suppose
from upheld.core import events as ev
from upheld.core.clocks.clock import Clock
from upheld.core.clocks.rules import Rules
from upheld.core.instants import Instant
from upheld.core.plan.model import Plan
from upheld.rendering.explanations import Reader as PlanReader
from upheld.web.desk import labels
from upheld.web.moments import length, short


def _key(effect: Effect) -> tuple[str, str, int]:
    return effect.kind, effect.clock.metric, effect.clock.cycle


@dataclass(frozen=True, slots=True)
class Teller:
    """
    Makes words of effects for one reader at one instant.
    """

    reader: PlanReader
    now: Instant

    def reply(self, effects: Iterable[Effect]) -> SafeString:
        """
        Return what sending a reply would do: "keeps First response with 1 h 47 m to spare, and starts Follow-up ...".
        """
        told = [self._act(each) for each in effects]
        return format_html_join(_(", and "), "{}", ((each,) for each in told if each))

    def aside(self, effects: Sequence[Effect], plain: Sequence[Effect]) -> SafeString:
        """
        Return how another way of sending differs from a plain reply, for a button: "pauses Resolution, and starts no
        Follow-up".
        """
        known, own = {_key(each) for each in plain}, {_key(each) for each in effects}
        more = [self._act(each) for each in effects if _key(each) not in known]
        begun = [each for each in plain if each.kind == "started" and _key(each) not in own]
        less = [format_html(_("starts no {name}"), name=self.name(each.clock)) for each in begun]
        return format_html_join(", ", "{}", ((each,) for each in (*more, *less)))

    def _act(self, effect: Effect) -> SafeString | str:
        name = format_html("<strong>{}</strong>", self.name(effect.clock))
        spare = effect.spare_seconds
        if effect.kind == "met":
            text = _("keeps {name} with {length} to spare") if spare is not None else _("keeps {name}")
            return format_html(text, name=name, length=length(spare or 0))
        if effect.kind == "late":
            return format_html(_("ends {name}, {length} late"), name=name, length=length(spare or 0))
        if effect.kind == "started":
            return format_html(_("starts {name}{promise}"), name=name, promise=self._promise(effect.clock))
        if effect.kind == "moved":
            return format_html(_("moves {name} to {due}"), name=name, due=self.moment(effect.clock.due_at))
        words = {
            "paused": _("pauses {name}"),
            "resumed": _("lets {name} go on"),
            "ended": _("ends {name}"),
            "untimed": _("answers {name}"),
        }
        return format_html(words[effect.kind], name=name)

    def name(self, clock: Clock) -> str:
        """
        Return what a clock is called, with its cycle from the second on.
        """
        return f"{self.reader.metric(clock.metric)}{f' ({clock.cycle})' if clock.cycle > 1 else ''}"

    def moment(self, at: Instant | None) -> str:
        """
        Return a due time as short as is clear.
        """
        return short(at, self.now) if at is not None else _("no time")

    def _promise(self, clock: Clock) -> str:
        if clock.promise is None or clock.promise.length is None:
            return ""
        words = self.reader.length(clock.promise.length)
        return f" ({words}, {_('due')} {self.moment(clock.due_at)})" if clock.due_at is not None else f" ({words})"

    def line(self, effect: Effect) -> str:
        """
        Return what an event did to a clock, for the line that tells of it: "First response due 00:18 instead of Sun
        18:00".
        """
        name, due = self.name(effect.clock), effect.clock.due_at
        if effect.kind == "moved":
            was = effect.before.due_at if effect.before else None
            if due is None or was is None:
                return _("{name} due {due}").format(name=name, due=self.moment(due))
            return _("{name} due {due} instead of {was}").format(name=name, due=self.moment(due), was=self.moment(was))
        if effect.kind == "started":
            return (
                _("{name} begins, due {due}").format(name=name, due=self.moment(due))
                if due
                else _("{name} begins").format(name=name)
            )
        if effect.kind == "resumed":
            return _("{name} goes on, due {due}").format(name=name, due=self.moment(due))
        if effect.kind == "late":
            return _("{name} {length} late").format(name=name, length=length(effect.spare_seconds or 0))
        words = {
            "paused": _("{name} paused"),
            "met": _("{name} kept"),
            "ended": _("{name} ended"),
            "untimed": _("{name} answered"),
        }
        return words[effect.kind].format(name=name)


@dataclass(frozen=True, slots=True)
class SendWords:
    """
    What each way of sending does.
    """

    reply: SafeString
    wait: SafeString
    resolve: SafeString
    is_late: bool


def of_sending(events: Sequence[ev.Event], rules: Rules, teller: Teller) -> SendWords:
    """
    Return what a reply would do now, alone, with waiting for the customer, and with resolving.
    """
    facts = head(events, teller.now)
    after = facts | {"seq": facts["seq"] + 1}
    sent = ev.MessageSent(**facts, channel="portal")
    _clocks, plain = suppose(events, [sent], rules, teller.now)
    _clocks, waiting = suppose(
        events, [sent, ev.StatusChanged(**after, status="waiting_on_customer")], rules, teller.now
    )
    _clocks, resolved = suppose(events, [sent, ev.Resolved(**after)], rules, teller.now)
    is_late = any(each.kind == "late" for each in plain)
    return SendWords(teller.reply(plain), teller.aside(waiting, plain), teller.aside(resolved, plain), is_late)


@dataclass(frozen=True, slots=True)
class SeverityChoice:
    """
    A severity that can be assigned, and what that would do.
    """

    name: str
    words: str
    text: str
    tone: str
    is_current: bool
    lines: list[str]


def of_severities(
    events: Sequence[ev.Event], plan: Plan, rules: Rules | None, teller: Teller, *, current: str
) -> list[SeverityChoice]:
    """
    Return every severity of a plan with what assigning it now would do to the promises; one fold each.
    """
    found = []
    for name, rule in plan.severities.items():
        lines: list[str] = []
        if rules is not None:
            assigned = ev.SeverityAssigned(**head(events, teller.now), severity=name)
            _clocks, effects = suppose(events, [assigned], rules, teller.now)
            lines = [teller.line(each) for each in effects] or [_("no due time moves")]
        text = teller.reader.named(rule.text, "")
        words = labels.severity(plan, name)
        found.append(SeverityChoice(name, words, text, labels.tone(plan, name), name == current, lines))
    return found
