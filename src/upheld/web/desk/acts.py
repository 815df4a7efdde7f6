"""
What is done on a ticket less often, each on a page of its own that says first what it would do to the promises: team,
exclusion, reproduction, workaround, remediation, milestone, link, merge, split, taking something back, and erasing.

Invariant: an act is one row of :data:`ACTS`: its right, its form, the events that it would add, and its service.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import Http404
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.parties.models import Person, Team
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets import selectors
from upheld.apps.tickets.models import Attachment, Message, Ticket
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services import erasing, handling, merging, progress
from upheld.apps.tickets.services.recording import TicketError
from upheld.apps.tickets.suppositions import head
from upheld.core import events as ev
from upheld.core.instants import Instant
from upheld.web.desk import act_forms
from upheld.web.desk.thread import actor_of, words_of
from upheld.wording import say

FINAL: Final = ("closed", "merged")
"""Statuses in which nothing more is expected."""
Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """
    One act by somebody on a ticket now, with what the form gave (or what the address already names).
    """

    page: TicketPage
    access: Access
    now: Instant
    given: Given = field(default_factory=dict)
    version: int | None = None

    @property
    def ticket(self) -> Ticket:
        """
        The ticket.
        """
        return self.page.ticket

    @property
    def by(self) -> Person:
        """
        Who does it.
        """
        return self.access.person

    @property
    def head(self) -> dict[str, Any]:
        """
        Ticket, actor, instant and seen version, as every service takes them.
        """
        return {"ticket": self.ticket, "by": self.by, "now": self.now, "expected_version": self.version}

    def other(self) -> Ticket:
        """
        Return the other ticket that is named.

        Raises :class:`TicketError` ``ticket.unknown_number``.
        """
        found = selectors.find_number(self.access, str(self.given.get("other", "")))
        if found is None or not selectors.is_staff_side(self.access, found):
            raise TicketError("ticket.unknown_number", given=str(self.given.get("other", ""))[:20])
        return found


@dataclass(frozen=True, slots=True)
class Act:
    """
    An act: how it is called, what it needs, and what it does. ``supposed`` gives the events whose effect is shown.
    """

    name: str
    right: str
    title: Lazy
    icon: str
    button: Lazy
    text: Lazy
    form: type[act_forms.ActForm]
    do: Callable[[Doing], str]
    supposed: Callable[[Doing], Sequence[ev.Event]] | None = None
    is_final_too: bool = False
    more: Callable[[Doing], dict[str, Any]] | None = None
    template: str = "desk/act.html"


# ---- what each does ------------------------------------------------------------------------------------------------


def _team(doing: Doing) -> str:
    team = Team.objects.filter(public_id=doing.given["team"]).first()
    if team is None:
        raise TicketError("ticket.unknown_team")
    handling.move_to_team(**doing.head, team=team, reason=doing.given["reason"])
    return _("The ticket is with %(team)s now, and nobody's there yet.") % {"team": team}


def _exclusion(doing: Doing) -> str:
    given = doing.given
    handling.decide_exclusion(
        **doing.head,
        cause=given["cause"],
        excluded=given["excluded"] == "yes",
        metric=given["metric"] or None,
        reason=given["reason"],
    )
    return _("Decided, with your reason.")


def _reproduction(doing: Doing) -> str:
    progress.record_reproduction(**doing.head, outcome=doing.given["outcome"], text=doing.given["text"])
    return _("The attempt is recorded.")


def _workaround(doing: Doing) -> str:
    progress.record_workaround(**doing.head, text=doing.given["text"])
    return _("The way around is recorded.")


def _supposed_workaround(doing: Doing) -> list[ev.Event]:
    return [ev.WorkaroundGiven(**head(doing.page.events, doing.now))]


def _remediation(doing: Doing) -> str:
    given = doing.given
    progress.plan_remediation(**doing.head, promised_for=given["promised_for"], text=given["text"])
    return _("The plan is recorded.")


def _supposed_remediation(doing: Doing) -> list[ev.Event]:
    return [ev.RemediationPlanned(**head(doing.page.events, doing.now))]


def _milestone(doing: Doing) -> str:
    progress.reach_milestone(**doing.head, milestone=doing.given["milestone"])
    return _("The milestone is recorded.")


def _link(doing: Doing) -> str:
    other = doing.other()
    merging.link(**doing.head, to=other, reason=doing.given["reason"])
    return _("Linked to #%(number)d; both show it.") % {"number": other.number}


def _merge(doing: Doing) -> str:
    into = doing.other()
    merging.merge(**doing.head, into=into, reason=doing.given["reason"])
    return _("Merged into #%(number)d.") % {"number": into.number}


def _others(doing: Doing) -> dict[str, Any]:
    return {"choices": selectors.others_of_customer(doing.access, doing.ticket)}


def _merge_more(doing: Doing) -> dict[str, Any]:
    """
    Return the ticket to merge into and what both come to; or the ones to choose from, and why one was refused.
    """
    if not doing.given.get("other"):
        return _others(doing)
    try:
        into = doing.other()
        merging.check_merge(doing.ticket, into)
    except TicketError as error:
        is_other_way = error.code == "ticket.merge_other_way"
        return {
            **_others(doing),
            "problem": say(error.code, error.params),
            "other_way": selectors.find_number(doing.access, str(doing.given["other"])) if is_other_way else None,
        }
    return {"into": into}


def _supposed_merge(doing: Doing) -> list[ev.Event]:
    return [ev.Merged(**head(doing.page.events, doing.now), into="supposed")]


def _split(doing: Doing) -> str:
    message = _message(doing)
    given = doing.given
    made = merging.split(
        **doing.head,
        message=message,
        subject=given["subject"],
        reason=given["reason"],
        urgency=given["urgency"] or None,
    )
    return _("It is ticket #%(number)d now; both show it.") % {"number": made.number}


def _message(doing: Doing) -> Message:
    found = selectors.find_message(doing.ticket, str(doing.given.get("message", "")))
    if found is None:
        raise TicketError("ticket.not_a_customer_message")
    return found


def _split_more(doing: Doing) -> dict[str, Any]:
    theirs = [each for each in doing.page.messages if each.by_customer and each.is_public]
    chosen = next((each for each in theirs if each.public_id == doing.given.get("message")), None)
    return {"messages_of_customer": theirs, "message": chosen}


def _correct(doing: Doing) -> str:
    progress.correct(**doing.head, seq=doing.given["seq"], reason=doing.given["reason"])
    return _("Taken back. It counts as if it had never been; the record of it stays.")


def _correct_more(doing: Doing) -> dict[str, Any]:
    event = _event(doing)
    if event is None:
        raise Http404
    people = doing.page.people
    return {"event": event, "event_words": words_of(event, doing.page.plan, people), "by": actor_of(event, people)}


def _event(doing: Doing) -> ev.Event | None:
    seq = doing.given.get("seq")
    return next(
        (each for each in doing.page.events if str(each.seq) == str(seq) and isinstance(each, progress.CORRECTABLE)),
        None,
    )


def _supposed_correct(doing: Doing) -> list[ev.Event]:
    event = _event(doing)
    return [ev.Corrected(**head(doing.page.events, doing.now), corrected_seq=event.seq)] if event is not None else []


def _erase(doing: Doing) -> str:
    file, message = _erasable(doing)
    given: dict[str, Any] = {"by": doing.by, "reason": doing.given["reason"], "now": doing.now}
    if file is not None:
        erasing.erase_file(attachment=file, **given)
        return _("The file is erased.")
    if message is not None:
        erasing.erase_text(ticket=doing.ticket, seq=message.seq, **given)
        return _("The text is erased.")
    raise Http404


def _erase_more(doing: Doing) -> dict[str, Any]:
    file, message = _erasable(doing)
    if file is None and message is None:
        raise Http404
    return {"file": file, "message": message}


def _erasable(doing: Doing) -> tuple[Attachment | None, Message | None]:
    """
    Return the file or the message of this ticket that is named and still there; what is of another ticket is missing.
    """
    file, message = str(doing.given.get("file", "")), str(doing.given.get("message", ""))
    if file:
        return selectors.file_of(doing.ticket, file), None
    found = selectors.find_message(doing.ticket, message) if message else None
    return None, found if found is not None and found.payload.erased_at is None else None


_ACTS: Final = (
    Act(
        "team",
        "tickets.assign",
        gettext_lazy("Give to another team"),
        "users",
        gettext_lazy("Give to this team"),
        gettext_lazy(
            "Who sees the ticket changes at once: where you are not of that team, you will not see it any more. It is "
            "nobody's there until somebody takes it. No due time moves."
        ),
        act_forms.TeamForm,
        _team,
    ),
    Act(
        "exclusion",
        "tickets.classify",
        gettext_lazy("Take out of the promise"),
        "shield-off",
        gettext_lazy("Decide"),
        gettext_lazy(
            "The plan names causes for which a promise does not count. The clocks go on and are shown; in compliance "
            "and credits they stand apart, with your decision beside them."
        ),
        act_forms.ExclusionForm,
        _exclusion,
        is_final_too=True,
    ),
    Act(
        "reproduction",
        "tickets.status",
        gettext_lazy("Record an attempt to reproduce"),
        "flask-conical",
        gettext_lazy("Record"),
        gettext_lazy("Whether the error shows here too. Some plans start or stop promises with it."),
        act_forms.ReproductionForm,
        _reproduction,
    ),
    Act(
        "workaround",
        "tickets.status",
        gettext_lazy("Record a way around"),
        "signpost",
        gettext_lazy("They have it"),
        gettext_lazy("The customer was given a way to go on working until the fault is mended."),
        act_forms.WorkaroundForm,
        _workaround,
        _supposed_workaround,
    ),
    Act(
        "remediation",
        "tickets.status",
        gettext_lazy("Record a plan to mend it"),
        "calendar-check",
        gettext_lazy("Record the plan"),
        gettext_lazy("What will be done about the fault, and the date agreed with the customer, where one was."),
        act_forms.RemediationForm,
        _remediation,
        _supposed_remediation,
    ),
    Act(
        "milestone",
        "tickets.status",
        gettext_lazy("Record a milestone"),
        "flag",
        gettext_lazy("It is reached"),
        gettext_lazy("A point that the plan names, such as the faulty part being found."),
        act_forms.MilestoneForm,
        _milestone,
    ),
    Act(
        "link",
        "tickets.merge",
        gettext_lazy("Link to another ticket"),
        "link",
        gettext_lazy("Link"),
        gettext_lazy("Both tickets then show each other. Their promises go on, each by itself."),
        act_forms.LinkForm,
        _link,
        is_final_too=True,
        more=_others,
        template="desk/link.html",
    ),
    Act(
        "merge",
        "tickets.merge",
        gettext_lazy("Merge into another ticket"),
        "merge",
        gettext_lazy("Merge"),
        gettext_lazy(
            "For two tickets about one matter. The one whose promise ends first goes on, so no promise is lost; nobody "
            "can write on the other any more, and its conversation stays to be read."
        ),
        act_forms.MergeForm,
        _merge,
        _supposed_merge,
        more=_merge_more,
        template="desk/merge.html",
    ),
    Act(
        "split",
        "tickets.merge",
        gettext_lazy("Make a ticket of a message"),
        "split",
        gettext_lazy("Make a ticket of it"),
        gettext_lazy(
            "For a message that holds a second matter. The new ticket comes under the same contract and counts from "
            "when the customer wrote, so they do not wait longer. This one goes on as it is; its files stay here."
        ),
        act_forms.SplitForm,
        _split,
        is_final_too=True,
        more=_split_more,
        template="desk/split.html",
    ),
    Act(
        "correct",
        "tickets.backdate",
        gettext_lazy("Take something back"),
        "undo-2",
        gettext_lazy("Take it back"),
        gettext_lazy(
            "For what was recorded wrongly. It counts as if it had never been, and all promises are reckoned anew; the "
            "record of it stays, with who took it back and why."
        ),
        act_forms.CorrectForm,
        _correct,
        _supposed_correct,
        is_final_too=True,
        more=_correct_more,
        template="desk/correct.html",
    ),
    Act(
        "erase",
        "tickets.erase",
        gettext_lazy("Erase for good"),
        "eraser",
        gettext_lazy("Erase it for good"),
        gettext_lazy(
            "For what must not be kept, such as a password that was sent. Nobody can bring it back, not even from the "
            "event log; the log keeps that there was something, who erased it, when and why. No promise moves. Backups "
            "made before still hold it until they are deleted."
        ),
        act_forms.EraseForm,
        _erase,
        is_final_too=True,
        more=_erase_more,
        template="desk/erase.html",
    ),
)
ACTS: Final = {act.name: act for act in _ACTS}
"""Every act by its name in the address."""


def offered(page: TicketPage, access: Access) -> list[Act]:
    """
    Return the acts that somebody may do on a ticket as it is now, for its menu.
    """
    plan, is_final = page.plan, page.ticket.status in FINAL
    missing = set()
    if plan is None or not plan.exclusions:
        missing.add("exclusion")
    if plan is None or not plan.milestones:
        missing.add("milestone")
    if page.ticket.status == "merged":
        missing |= set(ACTS)
    return [
        act
        for act in _ACTS
        if act.name not in {"correct", "erase", *missing}
        and access.may(act.right)
        and (act.is_final_too or not is_final)
    ]
