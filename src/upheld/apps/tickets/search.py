"""
Searching tickets: by number, subject, the words of messages, and the people and customers they are from.

Every word must be there: as the beginning of a word where PostgreSQL finds it by its index (migration 0005), anywhere
in the text on SQLite. Invariant: whoever does not see a note does not find its ticket by it either.
"""

from __future__ import annotations

import re
from typing import Final

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable

from upheld.apps.parties.models import Customer, Person
from upheld.apps.parties.selectors import Access
from upheld.apps.tickets.models import Message, Payload

MOST_TEXT: Final = 200
MOST_WORDS: Final = 12
MOST_DIGITS: Final = 18
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


def by_facts(text: str) -> Q:
    """
    Return the tickets whose number, subject, requester or customer fit.
    """
    text = text.strip()[:MOST_TEXT]
    digits = text.lstrip("#")
    is_number = digits.isdecimal() and len(digits) < MOST_DIGITS
    by_number = Q(number=int(digits)) if is_number else Q(pk__in=[])
    customers = Customer.objects.filter(name__icontains=text).values("pk")
    people = Person.objects.filter(Q(name__icontains=text) | Q(email__istartswith=text)).values("pk")
    return by_number | Q(subject__icontains=text) | Q(customer__in=customers) | Q(requester__in=people)


def by_words(text: str, access: Access) -> Q:
    """
    Return the tickets in whose messages all words stand; in notes too, where somebody sees those.
    """
    everywhere = Payload.objects.filter(has_words("text", text)).values("ticket")
    if access.may("tickets.read"):
        return Q(pk__in=everywhere)
    public = Message.objects.filter(is_public=True).filter(has_words("payload__text", text)).values("ticket")
    found = Q(pk__in=public)
    if access.may("tickets.read_assigned"):
        found |= Q(pk__in=everywhere, assignee=access.person)
    return found
