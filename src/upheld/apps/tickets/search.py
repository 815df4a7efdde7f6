"""
Searching tickets: by number, subject, the words of messages, and the people and customers they are from.

Every word must be there: as the beginning of a word where PostgreSQL finds it by its index (migration 0005), anywhere
in the text on SQLite. Parts of subjects and names stand in an index too where PostgreSQL has one (0015).
Invariant: whoever does not see a note does not find its ticket by it either.
"""

from __future__ import annotations

import re
from typing import Final

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable

from upheld.apps.parties.models import Customer, Person
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets.models import Message, Payload, Ticket

MOST_TEXT: Final = 200
MOST_WORDS: Final = 12
MOST_DIGITS: Final = 18
MOST_NAMED: Final = 2000
_WORD: Final = re.compile(r"\w+")


class _Finds(Func):
    """
    Whether a column has words, by PostgreSQL's index; written exactly as the index is.
    """

    template = "(to_tsvector('simple', %(expressions)s)))"
    arg_joiner = ") @@ (to_tsquery('simple', "
    output_field = BooleanField()


class _Or(Func):
    template = "%(expressions)s"
    arg_joiner = ") || plainto_tsquery('simple', "


def words_of(text: str) -> list[str]:
    """
    Return the words that are searched for.
    """
    return _WORD.findall(text[:MOST_TEXT])[:MOST_WORDS]


def has_words(column: str, text: str) -> Q | Combinable:
    """
    Return the condition that a column of a table has all words of a text; nothing has the words of a text without any.
    """
    words = words_of(text)
    if not words:
        return Q(pk__in=[])
    if connection.vendor == "postgresql":
        beginnings = " & ".join(f"{word}:*" for word in words)
        # An address or a number with points is one word of its own there, so the text as it is counts too.
        return _Finds(F(column), _Or(Value(beginnings), Value(text[:MOST_TEXT])))
    found = Q()
    for word in words:
        found &= Q(**{f"{column}__icontains": word})
    return found


def matching(text: str, access: Access | None) -> Q:
    """
    Return the tickets whose number, subject, requester or customer fit, and where ``access`` is given, those in whose
    messages all words stand (in notes too, where somebody sees those).

    For whoever reads all tickets each is first looked for by itself and by its own index, up to :data:`MOST_NAMED`;
    what so few have is named. What more have is met soon in any order, so the list goes along and looks at each; and
    whoever sees few tickets has all of them looked at. No query in the latter cases, up to five otherwise.
    """
    parts = _by_facts(text)
    if access is not None:
        parts.append(_by_words(text, access))
        if access.may("tickets.read") and (few := _few(parts)) is not None:
            return Q(pk__in=few)
    found = Q()
    for each in parts:
        found |= each
    return found


def _few(parts: list[Q]) -> set[int] | None:
    """
    Return the tickets that fit any of some conditions, or nothing where they are many.
    """
    found: set[int] = set()
    for each in parts:
        found.update(Ticket.objects.filter(each).order_by().values_list("pk", flat=True)[: MOST_NAMED + 1])
        if len(found) > MOST_NAMED:
            return None
    return found


def _by_facts(text: str) -> list[Q]:
    text = text.strip()[:MOST_TEXT]
    digits = text.lstrip("#")
    customers = Customer.objects.filter(name__icontains=text).values("pk")
    people = Person.objects.filter(Q(name__icontains=text) | Q(email__istartswith=text)).values("pk")
    found = [Q(customer__in=customers), Q(requester__in=people), Q(subject__icontains=text)]
    if digits.isdecimal() and len(digits) < MOST_DIGITS:
        found.append(Q(number=int(digits)))
    return found


def _by_words(text: str, access: Access) -> Q:
    everywhere = Payload.objects.filter(has_words("text", text)).values("ticket")
    if access.may("tickets.read"):
        return Q(pk__in=everywhere)
    public = Message.objects.filter(is_public=True).filter(has_words("payload__text", text)).values("ticket")
    found = Q(pk__in=public)
    if access.may("tickets.read_assigned"):
        found |= Q(pk__in=everywhere, assignee=access.person)
    return found
