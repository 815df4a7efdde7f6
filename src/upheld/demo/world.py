"""
The demo world as a whole: made once, in one transaction, and known by a mark in the database.

Invariant: either all of it is there or nothing; a database that holds anything else is never touched.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from upheld.apps.contracts.selectors import plan_of, rules_of
from upheld.apps.tickets.models import Attachment
from upheld.apps.tickets.services import files
from upheld.apps.work import services as work
from upheld.core.errors import UpheldError
from upheld.core.instants import Instant
from upheld.demo import bulk, live, stories
from upheld.demo.case import Case, local_days_before
from upheld.demo.cast import Deal
from upheld.demo.play import Player, Story
from upheld.demo.stage import Login, Seat, Stage, set_up
from upheld.demo.themes import Theme, dice, telling, themes

SEED: Final = 1905
MARK: Final = "demo_world"
"""Name of the switch that says that a database holds the demo world, and since when."""
DAYS: Final = 60
"""How far back the stories begin."""
YEAR_TICKETS: Final = 3_000
KINDS: Final[tuple[tuple[stories.Told, int, int], ...]] = (
    (stories.swift, 86, DAYS),
    (stories.short, 44, DAYS),
    (stories.late, 22, DAYS),
    (stories.late_again, 14, DAYS),
    (stories.raised, 14, DAYS),
    (stories.lowered, 14, DAYS),
    (stories.waiting, 18, DAYS),
    (stories.third_party, 10, DAYS),
    (stories.reopened, 14, DAYS),
    (stories.uncovered, 12, DAYS),
    (stories.excluded, 5, DAYS),
    (stories.silent, 6, DAYS),
    (stories.phoned, 7, DAYS),
    (stories.around, 6, DAYS),
    (stories.shelved, 3, 5),
)
"""Each kind of story with how many there are and how many days back they begin."""

Ear = Callable[[str, int, int], None]


class DemoError(UpheldError):
    """
    The demo world cannot be made here.
    """


@dataclass(frozen=True, slots=True)
class Made:
    """
    What was made: tickets told as stories, tickets of the year before, and who can log in.
    """

    told: int
    year: int
    logins: tuple[Login, ...]


def made_at() -> Instant | None:
    """
    Return the start of the demo world that is in the database, or nothing where there is none.
    """
    return work.turned_on_at(MARK)


def is_empty() -> bool:
    """
    Return whether the database holds nobody and nothing yet.
    """
    counted = ("parties.Person", "parties.Customer", "contracts.PlanVersion", "tickets.Ticket", "tickets.Submission")
    return not any(apps.get_model(name)._base_manager.exists() for name in counted)  # noqa: SLF001  (any table alike)


def build(
    *, now: Instant, password: str, year_tickets: int = YEAR_TICKETS, on_progress: Ear | None = None, seed: int = SEED
) -> Made:
    """
    Make the demo world, as it stands at ``now``.

    Raises :class:`DemoError` ``demo.not_empty`` for a database that holds anything.
    """
    if not is_empty():
        raise DemoError("demo.not_empty")
    stored: list[str] = []
    try:
        with transaction.atomic():
            stage = set_up(now=now, password=password)
            stage.stored = stored
            return _fill(stage, now, year_tickets, on_progress or (lambda *_: None), seed)
    except BaseException:
        # Rows vanish with the transaction, files do not.
        _forget_files(stored)
        raise


def _fill(stage: Stage, now: Instant, year_tickets: int, ear: Ear, seed: int) -> Made:
    year = bulk.write_year(
        stage,
        now=now,
        tickets=year_tickets,
        rng=dice(seed, "year"),
        on_progress=lambda done, total: ear("year", done, total),
    )
    player = Player(now, lambda done, total: ear("stories", done, total))
    told = 0
    for story in _stories(stage, now, seed):
        player.add(story)
        told += 1
    player.play()
    work.turn(name=MARK, is_on=True, reason=f"seed {seed}", actor="upheld demo", now=now)
    return Made(told, year, tuple(stage.logins))


def _stories(stage: Stage, now: Instant, seed: int) -> Iterator[Story]:
    number = 0
    for tell, count, days in KINDS:
        for _ in range(count):
            number += 1
            rng = dice(seed, number)
            seat = _seat(stage, rng, tell)
            theme = rng.choice(_fitting(seat.deal, tell))
            case = Case(stage=stage, seat=seat, telling=telling(theme, rng), name=f"story:{number}", rng=rng)
            # More of the recent past than of the distant one: the square leans towards the start.
            ago = int(days * rng.random() ** 1.4)
            yield tell(case, local_days_before(now, ago, seat.party.client.zone, rng))
    yield _renewed(stage, now, seed)
    for scene in live.SCENES:
        yield scene.tell(_scene_case(stage, scene, now, seed), now)


def _seat(stage: Stage, rng: random.Random, tell: stories.Told) -> Seat:
    """
    Return whose ticket it is: a customer with a contract that runs all the time.
    """
    seats = [
        Seat(party, deal, contract)
        for party in stage.parties
        for deal, contract in party.deals
        if deal.ends_in is None and deal.starts_in < -DAYS - 1
    ]
    if tell is stories.phoned:
        seats = [each for each in seats if each.deal.tier in ("always_on", "full")]
    if tell is stories.around:
        seats = [each for each in seats if (each.deal.plan, each.deal.tier) == ("brevik-care", "full")]
    return rng.choices(seats, [each.party.client.share for each in seats])[0]


def _fitting(deal: Deal, tell: stories.Told) -> list[Theme]:
    """
    Return the themes that fit a contract's plan and the kind of story.
    """
    found = [each for each in themes() if each.plan == deal.plan]
    if tell is stories.around:
        return [each for each in found if each.workaround]
    if tell is stories.uncovered:
        return [each for each in found if each.type not in ("defect", "fault", "change")] or found
    return [each for each in found if each.type not in ("own_code", "wish", "spare_part")]


def _scene_case(stage: Stage, scene: live.Scene, now: Instant, seed: int) -> Case:
    rng = dice(seed, scene.name)
    seat = _closed_seat(stage, now) if scene.domain == "closed" else _seat_of(stage, scene.domain)
    theme = next(each for each in themes() if each.theme == scene.theme)
    return Case(stage=stage, seat=seat, telling=telling(theme, rng), name=f"live:{scene.name}", rng=rng)


def _seat_of(stage: Stage, domain: str) -> Seat:
    party = next(each for each in stage.parties if each.client.domain.startswith(domain))
    return Seat(party, *party.deals[0])


def _closed_seat(stage: Stage, now: Instant) -> Seat:
    """
    Return a customer of the lowest tier whose support is closed now; they live so far apart that there is always one.
    """
    for party in stage.parties:
        deal, contract = party.deals[0]
        if deal.tier == "start" and deal.ends_in is None and plan_of(contract.plan_version_id).plan == deal.plan:
            calendar = rules_of(contract).calendar("local", None, None)
            if not calendar.is_open(now):
                return Seat(party, deal, contract)
    raise DemoError("demo.nobody_closed")


def _renewed(stage: Stage, now: Instant, seed: int) -> Story:
    """
    Tell of a customer who wrote between two contracts, and was released under the second.
    """
    party = next(each for each in stage.parties if each.client.domain.startswith("sundial"))
    (deal, lapsed), (_, fresh) = party.deals
    rng = dice(seed, "renewed")
    theme = next(each for each in themes() if each.theme == "holiday_cutoff")
    seat = Seat(party, deal, lapsed)
    case = Case(stage=stage, seat=seat, telling=telling(theme, rng), name="renewed", rng=rng)
    case.at = local_days_before(now, 28, party.client.zone, rng)
    yield case.at
    case.open(grave=2)
    case.at = max(case.at + 3_600, now - 23 * 86_400)
    yield case.at
    case.release(fresh, "Renewed with the higher tier; the request of last week comes under it.")
    yield case.later(1_800)
    case.take()
    case.reply()
    yield case.later(86_400)
    case.solve()


def clear() -> None:
    """
    Empty a database that holds the demo world, with its files.

    Raises :class:`DemoError` ``demo.not_a_demo`` for any other.
    """
    if made_at() is None:
        raise DemoError("demo.not_a_demo")
    stored = list(Attachment.objects.filter(erased_at__isnull=True).values_list("storage_key", flat=True))
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    statements = connection.ops.sql_flush(no_style(), [table for table in tables if table not in kept])
    if connection.vendor == "postgresql":
        # What was written in this transaction is checked now, else its tables cannot be emptied.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # Numbers go on where they were: what is kept by number in a running process never comes to mean something else.
    connection.ops.execute_sql_flush(statements)
    _forget_files(stored)


def _forget_files(keys: list[str]) -> None:
    for key in keys:
        files.place_of(key).unlink(missing_ok=True)
