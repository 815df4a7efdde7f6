"""
The queues of the desk and the filters of its list, as an address carries them.

Invariant: an address is the whole state of a list; what it says and we do not know is left out, never an error.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from django.http import QueryDict
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import LAST_DUE
from upheld.apps.tickets.selectors import MOST_COUNTED, Filters
from upheld.core.instants import Instant, to_datetime
from upheld.web.reader import Reader

MOST_SEARCHED: Final = 200
KEPT: Final = ("queue", "severity", "tier", "customer", "assignee", "team", "status", "q")
"""The parts of an address that a saved view keeps."""


class Queue(NamedTuple):
    """
    A queue: its name in the address, its words, icon, second letter of its key, tone, and what is said when it is
    empty.
    """

    name: str
    words: Lazy
    icon: str
    key: str
    tone: str
    empty: Lazy


PROMISES: Final = (
    Queue("needs_me", _("Needs me now"), "zap", "n", "", _("Nothing that is yours or nobody's is due today.")),
    Queue(
        "breached",
        _("Breached"),
        "triangle-alert",
        "b",
        "bad",
        _("No promise is broken. Tickets whose promise is late come here first."),
    ),
    Queue("at_risk", _("At risk"), "clock-alert", "r", "warn", _("No promise is close to its end.")),
    Queue("due_today", _("Due today"), "calendar-clock", "t", "", _("Nothing else is due before midnight.")),
    Queue("waiting_on_customer", _("Waiting on customer"), "pause", "w", "", _("Nobody owes us an answer.")),
    Queue("unassigned", _("Unassigned"), "user-x", "u", "", _("Every open ticket has somebody.")),
)
VIEWS: Final = (
    Queue("mine", _("Mine"), "user", "m", "", _("You have no open ticket. Take one from Unassigned.")),
    Queue("held", _("Held"), "lock", "h", "", _("Nobody without a running contract has written.")),
    Queue("open", _("All open"), "inbox", "o", "", _("There is no open ticket. New ones appear here by themselves.")),
)
QUEUES: Final = {queue.name: queue for queue in (*PROMISES, *VIEWS)}
ALL: Final = Queue("all", _("All tickets"), "archive", "a", "", _("No ticket was ever opened that you may see."))


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What a list is asked for: the queue, and the filters for the selector.
    """

    queue: Queue
    filters: Filters
    query: QueryDict

    def from_start(self) -> Wanted:
        """
        Return the same list from its first ticket.
        """
        return replace(self, filters=replace(self.filters, before=None))

    @property
    def is_narrowed(self) -> bool:
        """
        Whether anything but the queue narrows the list.
        """
        plain = replace(self.filters, queue="open", before=None)
        return plain != Filters()

    def address(self, *, after: tuple[int, int] | None = None) -> str:
        """
        Return the query of this list from its beginning, or of the page after a key.
        """
        query = self.query.copy()
        query.pop("after", None)
        if after is not None:
            query["after"] = f"{after[0] if after[0] != LAST_DUE else 'none'}.{after[1]}"
        return query.urlencode()

    def without(self, name: str, value: str) -> str:
        """
        Return the query of this list from its beginning, less one filter; a search that ends leaves its queue.
        """
        query = self.query.copy()
        query.pop("after", None)
        query["queue"] = self.queue.name
        query.setlist(name, [each for each in query.getlist(name) if each != value])
        return query.urlencode()


def wanted(query: QueryDict, person: Person) -> Wanted:
    """
    Return what an address asks for.
    """
    text = query.get("q", "").replace("\x00", "")[:MOST_SEARCHED]
    # Who searches wants the ticket wherever it is; a queue is searched when it is named.
    name = query.get("queue") or ("all" if text.strip() else "needs_me")
    queue = QUEUES.get(name, ALL if name == "all" else QUEUES["open"])
    assignee = query.get("assignee", "")
    filters = Filters(
        queue=queue.name,
        severity=_several(query, "severity"),
        tier=_several(query, "tier"),
        customer=_clean(query.get("customer", "")),
        assignee=person.public_id if assignee == "me" else _clean(assignee),
        team=_clean(query.get("team", "")),
        status=_several(query, "status"),
        text=text,
        before=_after(query.get("after", "")),
    )
    return Wanted(queue, filters, query)


def kept_query(query: QueryDict) -> str:
    """
    Return the address of a list as a saved view keeps it: known filters only, without the page.
    """
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if values := [each for each in query.getlist(name) if each]:
            kept.setlist(name, values)
    return kept.urlencode()


def _clean(text: str) -> str:
    return text.replace("\x00", "")[:64]


def _several(query: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(_clean(each) for each in query.getlist(name) if each)[:20]


def _after(text: str) -> tuple[int, int] | None:
    due, _dot, key = text.partition(".")
    if not (key.isdecimal() and len(key) < 18 and len(due) < 18):  # noqa: PLR2004  (digits of a 64-bit number)
        return None
    if due == "none":
        return LAST_DUE, int(key)
    return (int(due), int(key)) if due.lstrip("-").isdecimal() else None


def end_of_day(reader: Reader) -> Instant:
    """
    Return the last second of the reader's day.
    """
    local = to_datetime(reader.now, reader.zone)
    tomorrow = (local + dt.timedelta(days=1)).date()
    return int(dt.datetime.combine(tomorrow, dt.time(), local.tzinfo).timestamp()) - 1


def counted(count: int) -> str:
    """
    Return a count as a queue shows it: "1000+" above what is counted.
    """
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
