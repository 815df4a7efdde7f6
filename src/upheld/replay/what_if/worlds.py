"""
Worlds: what should have been otherwise, as a person writes it on the command line or in a file.

Invariant: a world that cannot be made (no such place, tier or document) is refused before anything is judged, with its
name; it never quietly becomes the world as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pydantic

from upheld.core.errors import UpheldError
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.editing import Edit, EditError, edited, parse_edit
from upheld.core.plan.loading import load_usable
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import parse_money
from upheld.core.plan.reading import read_document, validate
from upheld.replay.assignments import Assignments

AS_IT_WAS: Final = "As it was"
_TIER, _FEE, _PLAN = "tier", "fee", "plan"
_EVERY: Final = "*"


class WorldError(UpheldError):
    """
    A world that cannot be made.
    """


@dataclass(frozen=True, slots=True)
class World:
    """
    What is otherwise: another document (its name, as a command names it), edits of the document, other tiers (from
    which to which; ``*`` is every one), another fee for every contract. Nothing set: the world as it was.
    """

    name: str
    plan: str = ""
    edits: tuple[Edit, ...] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)
    fee: Money | None = None

    @property
    def changes(self) -> tuple[str, ...]:
        """
        Return what is otherwise, a line each.
        """
        moved = [f"tier = {to}" if of == _EVERY else f"tier {of} -> {to}" for of, to in self.tiers.items()]
        plan = [f"plan = {self.plan}"] if self.plan else []
        fee = [f"fee = {self.fee}"] if self.fee else []
        return (*plan, *moved, *fee, *map(str, self.edits))


def parse_world(text: str) -> World:
    """
    Return the world of a text such as ``Round the clock: calendars.office.week=24x7; tier=plus``.

    The name before the colon may be left out. Raises :class:`WorldError` ``what_if.nothing_set``, what a fee or an
    edit raises.

    >>> parse_world("Plus for all: tier=plus").changes
    ('tier = plus',)
    >>> parse_world("tier.standard=plus; calendars.office.week=24x7").name
    'tier standard -> plus, calendars.office.week = 24x7'
    """
    name, colon, rest = text.partition(":")
    if not colon or "=" in name:
        name, rest = "", text
    parts = [each.partition("=") for each in rest.split(";") if each.strip()]
    if not parts or not all(equals for _, equals, _ in parts):
        raise WorldError("what_if.nothing_set", given=text)
    return _world(name.strip(), {key.strip(): value.strip() for key, _, value in parts})


def _world(name: str, settings: Mapping[str, str]) -> World:
    tiers = {
        key.partition(".")[2] or _EVERY: value
        for key, value in settings.items()
        if key == _TIER or key.startswith(f"{_TIER}.")
    }
    edits = [
        parse_edit(f"{key}={value}")
        for key, value in settings.items()
        if key not in {_TIER, _FEE, _PLAN} and not key.startswith(f"{_TIER}.")
    ]
    fee = parse_money(settings[_FEE]) if _FEE in settings else None
    made = World(name, settings.get(_PLAN, ""), tuple(edits), tiers, fee)
    return made if name else dataclasses.replace(made, name=", ".join(made.changes))


class _Entry(pydantic.BaseModel):
    """
    One world as the file has it.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    plan: str = ""
    tier: str | None = None
    tiers: dict[str, str] = {}
    fee: str | None = None
    set: dict[str, Any] = {}


class _File(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = pydantic.Field(alias="upheld-what-if")
    worlds: tuple[_Entry, ...] = pydantic.Field(min_length=1)


def read_worlds(raw: bytes, file: str) -> list[World]:
    """
    Return the worlds of a file. Raises :class:`~upheld.core.plan.places.DocumentError` with every finding.
    """
    entries = validate(read_document(raw, file), _File).worlds
    made = []
    for entry in entries:
        settings = {f"{_TIER}.{of}": to for of, to in entry.tiers.items()}
        settings |= {key: value for key, value in ((_TIER, entry.tier), (_FEE, entry.fee)) if value}
        settings |= {_PLAN: entry.plan} if entry.plan else {}
        settings |= {place: _text(value) for place, value in entry.set.items()}
        if not settings:
            raise WorldError("what_if.nothing_set", given=entry.name or file)
        made.append(_world(entry.name, settings))
    return made


def _text(value: Any) -> str:
    """
    Return a value of the file as it would stand in a document, on one line.
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if value is None:
        return ""
    if isinstance(value, str) and any(sign in value for sign in ':,[]{}#"'):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def plan_of(world: World, raw: bytes, file: str) -> Plan:
    """
    Return the plan that rules in a world; ``raw`` is the document that it changes.

    Raises :class:`WorldError` ``what_if.no_such_place``, and what reading and judging a document raises.
    """
    try:
        return load_usable(edited(raw, file, world.edits) if world.edits else raw, file).plan
    except EditError as error:
        raise WorldError("what_if.no_such_place", world=world.name, **error.params) from None


def contracts_of(world: World, assignments: Assignments, plan: Plan) -> Assignments:
    """
    Return who has which contract in a world.

    Raises :class:`WorldError` ``what_if.unknown_tier``.
    """
    for tier in (*world.tiers.values(), *(of for of in world.tiers if of != _EVERY)):
        if tier not in plan.tiers:
            raise WorldError("what_if.unknown_tier", world=world.name, given=tier, known=list(plan.tiers))

    def moved(contract: Contract) -> Contract:
        tier = world.tiers.get(contract.tier, world.tiers.get(_EVERY, contract.tier))
        return dataclasses.replace(contract, tier=tier, fee=world.fee or contract.fee)

    everybody = assignments.everybody and moved(assignments.everybody)
    named = {name: moved(contract) for name, contract in assignments.contracts.items()}
    return dataclasses.replace(assignments, contracts=named, everybody=everybody)
