"""
Saved answers: texts for replies under a title, for oneself or shared.

Invariant: a text is kept only if each of its placeholders is one that there is; it is filled when it is put into a
reply, for the agent to read before it is sent.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction

from upheld.apps.parties import placeholders
from upheld.apps.parties.models import Person, Team
from upheld.apps.tickets.models import SavedAnswer
from upheld.apps.tickets.services import sharing
from upheld.apps.tickets.services.recording import TicketError
from upheld.core.instants import Instant

MOST_ANSWERS: Final = 200
MOST_TITLE: Final = 80
MOST_ANSWER: Final = 10_000


def _checked(title: str, text: str) -> tuple[str, str]:
    name, words = " ".join(title.split())[:MOST_TITLE], text.replace("\r\n", "\n").strip()
    if not name:
        raise TicketError("answer.empty_title")
    if not words:
        raise TicketError("answer.empty_text")
    if len(words) > MOST_ANSWER:
        raise TicketError("answer.text_too_long", most=MOST_ANSWER, given=len(words))
    return name, placeholders.check(words)


@transaction.atomic
def save_answer(
    *, owner: Person, title: str, text: str, now: Instant, team: Team | None = None, is_shared: bool = False
) -> SavedAnswer:
    """
    Keep an answer: for oneself, for a ``team``, or (``is_shared`` without a team) for everybody.

    Raises :class:`TicketError` ``answer.empty_title``, ``answer.empty_text``, ``answer.text_too_long``,
    ``answer.title_taken`` or ``answer.too_many``; :class:`PlaceholderError` ``placeholder.unknown``.
    """
    name, words = _checked(title, text)
    Person.objects.select_for_update().get(pk=owner.pk)
    own = SavedAnswer.objects.filter(owner=owner)
    if own.filter(title=name).exists():
        raise TicketError("answer.title_taken", given=name)
    if own.count() >= MOST_ANSWERS:
        raise TicketError("answer.too_many", most=MOST_ANSWERS)
    return SavedAnswer.objects.create(
        owner=owner,
        title=name,
        text=words,
        audience=sharing.audience_of(team=team, is_shared=is_shared),
        team=team,
        made_at=now,
        changed_at=now,
    )


@transaction.atomic
def change_answer(
    *,
    answer: SavedAnswer,
    by: Person,
    now: Instant,
    title: str,
    text: str,
    team: Team | None = None,
    is_shared: bool = False,
) -> SavedAnswer:
    """
    Change an answer of one's own: its title, its text, who can use it.

    Raises what :func:`save_answer` raises, and :class:`TicketError` ``answer.not_yours``.
    """
    locked = SavedAnswer.objects.select_for_update().get(pk=answer.pk)
    sharing.check_changes(locked, by, "answer.not_yours")
    name, words = _checked(title, text)
    if SavedAnswer.objects.filter(owner=by, title=name).exclude(pk=locked.pk).exists():
        raise TicketError("answer.title_taken", given=name)
    locked.title, locked.text, locked.changed_at = name, words, now
    locked.audience, locked.team = sharing.audience_of(team=team, is_shared=is_shared), team
    locked.save()
    return locked


@transaction.atomic
def delete_answer(*, answer: SavedAnswer, by: Person, may_share: bool) -> None:
    """
    Delete an answer of one's own, or a shared one by somebody who may share.

    Raises :class:`TicketError` ``answer.not_yours``.
    """
    sharing.check_deletes(answer, by, "answer.not_yours", may_share=may_share)
    SavedAnswer.objects.filter(pk=answer.pk).delete()
