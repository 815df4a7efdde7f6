"""
From a document to a model: pydantic judges, and each of its complaints becomes a finding of ours with its place.

Invariant: no sentence and no class name of pydantic reaches a reader; every error type that pydantic knows has a code
here (a test holds that), and each finding points at a line that exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from upheld.core.errors import Finding, Place, UpheldError, Weight
from upheld.core.plan.complaints import Complaint, params_of, rank_of
from upheld.core.plan.places import Document, DocumentError, Path, in_order
from upheld.core.plan.shapes import closest, keys_at, member_steps

Model = TypeVar("Model", bound=BaseModel)


def validate(document: Document, model: type[Model]) -> Model:
    """
    Return the model that the document's data makes.

    Raises :class:`DocumentError` with a finding for everything in which the data differs from the model.

    A validator that raises ``PydanticCustomError("plan.some_code", "", {...})`` says what it found itself: its context
    becomes the finding's parameters, except ``at`` (a tuple, the path below the value judged: where to look
    instead) and ``also`` (a list of such tuples: further places concerned).
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise DocumentError(findings_of(error, document, model)) from None
    except UpheldError as error:
        raise DocumentError([Finding(error.code, Weight.ERROR, (document.place(()),), dict(error.params))]) from error


def findings_of(error: ValidationError, document: Document, model: type[BaseModel]) -> tuple[Finding, ...]:
    """
    Return pydantic's complaints about a document as findings, one for each thing to mend.
    """
    complaints = [_located(details, document, model) for details in error.errors(include_url=False)]
    chosen = list(_of_best_members(complaints, 0))
    findings = [_finding(complaint, document, model) for complaint in chosen]
    return in_order(_without_echoes(findings))


class _Steps:
    """
    The way of pydantic's ``loc`` through the document: ``path``, whether the key is meant rather than the value, and
    the names of union members met. Steps that the document does not have are passed over: a validator made them when it
    wrote a short form out.
    """

    def __init__(self, document: Document, loc: Path, named: frozenset[int]) -> None:
        self.path: Path = ()
        self.members: list[tuple[int, str]] = []
        self.is_key = False
        self._document = document
        for position, step in enumerate(loc):
            if position in named:
                self.members.append((len(self.path), str(step)))
            else:
                self._take(step, loc[position + 1] if position + 1 < len(loc) else None)

    def _take(self, step: str | int, following: str | int | None) -> None:
        if self._document.has((*self.path, step)):
            self.path = (*self.path, step)
            self.is_key = False
            return
        here = self._document.at(self.path)
        if isinstance(step, int) and isinstance(here, dict) and following not in here:
            entries = _as_rows(here)
            self.path += entries[step] if step < len(entries) else ()
            self.is_key = following in _FROM_KEYS
        elif step == "[key]":
            self.is_key = True


_FROM_KEYS: Final = frozenset({"severity", "band"})
"""What a row takes from its key where rows are written as a mapping: ``{urgent: 4h}``, ``{"< 4%": 10%}``."""


def _as_rows(mapping: Mapping[str, Any]) -> list[Path]:
    """
    Return the way to each row of a mapping that stands for a list: one a key, or one an entry where it holds lists.
    """
    rows: list[Path] = []
    for key, value in mapping.items():
        rows += [(key, position) for position in range(len(value))] if isinstance(value, list) else [(key,)]
    return rows


def _located(details: Mapping[str, Any], document: Document, model: type[BaseModel]) -> Complaint:
    """
    Return a complaint with its path in the document.
    """
    loc = tuple(details["loc"])
    missing = str(loc[-1]) if details["type"] == "missing" and loc else ""
    steps = _Steps(document, loc[:-1] if missing else loc, member_steps(model, loc))
    path = steps.path
    discriminator = details.get("ctx", {}).get("discriminator", "").strip("'")
    if document.has((*path, discriminator)):
        path = (*path, discriminator)
    return Complaint(
        kind=str(details["type"]),
        path=path,
        loc=loc,
        members=tuple(steps.members),
        missing=missing,
        is_key=steps.is_key,
        given=details.get("input"),
        context=dict(details.get("ctx") or {}),
    )


def _of_best_members(complaints: Sequence[Complaint], depth: int) -> Iterator[Complaint]:
    """
    Yield, of all that the members of a union complain about, the complaints of the member that the author meant; of
    equals the first. ``depth`` counts the unions already decided.
    """
    unions: dict[tuple[Path, tuple[Any, ...]], dict[str, list[Complaint]]] = {}
    for complaint in complaints:
        if len(complaint.members) <= depth:
            yield complaint
            continue
        at, member = complaint.members[depth]
        before = tuple(name for _, name in complaint.members[:depth])
        unions.setdefault((complaint.path[:at], before), {}).setdefault(member, []).append(complaint)
    for (path, _), members in unions.items():
        yield from _of_union(path, list(members.values()), depth)


def _of_union(path: Path, members: list[list[Complaint]], depth: int) -> Iterator[Complaint]:
    """
    Yield the complaints of the best member of one union; where the value is of no member's kind, one for all.
    """
    if len(members) == 1:
        yield from _of_best_members(members[0], depth + 1)
        return
    fitting = [member for member in members if not any(complaint.is_of_other_kind(path) for complaint in member)]
    if fitting:
        yield from _of_best_members(min(fitting, key=rank_of), depth + 1)
        return
    refused = [complaint for member in members for complaint in member if complaint.is_of_other_kind(path)]
    yield refused[0].for_all(refused)


@dataclass(frozen=True, slots=True)
class _Where:
    """
    The places of a finding: where to look, and what else is concerned.
    """

    first: Place
    others: tuple[Place, ...] = ()


def _finding(complaint: Complaint, document: Document, model: type[BaseModel]) -> Finding:
    """
    Return a complaint as a finding of ours.
    """
    code, params = params_of(complaint)
    where = _where(complaint, document)
    if complaint.kind == "extra_forbidden":
        known = keys_at(model, complaint.loc[:-1])
        params |= {"suggestion": closest(str(params["key"]), known), "known": ", ".join(known)}
        code = _unknown_key(known, str(params["suggestion"]))
    return Finding(code, Weight.ERROR, (where.first, *where.others), params)


def _unknown_key(known: Sequence[str], suggestion: str) -> str:
    if suggestion:
        return "plan.unknown_key.did_you_mean"
    return "plan.unknown_key" if known else "plan.unknown_key.none_known"


def _where(complaint: Complaint, document: Document) -> _Where:
    if complaint.missing:
        return _Where(document.mapping_place(complaint.path))
    if complaint.kind == "extra_forbidden" or complaint.is_key:
        return _Where(document.place(complaint.path, key=True))
    at = complaint.context.get("at", _inside(complaint, document))
    also = complaint.context.get("also")
    others = [document.place((*complaint.path, *path)) for path in (also if isinstance(also, list) else ())]
    return _Where(document.place((*complaint.path, *(at if isinstance(at, tuple) else ()))), tuple(others))


def _inside(complaint: Complaint, document: Document) -> Path:
    """
    Return the way from a mapping to its one value that a refusal is about: a validator of the whole mapping found it.
    """
    here = document.at(complaint.path)
    about = complaint.context.get("given")
    if not isinstance(here, dict) or not isinstance(about, str):
        return ()
    keys = [key for key, value in here.items() if value == about]
    return (keys[0],) if len(keys) == 1 else ()


def _without_echoes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """
    Yield findings without the second of two equals, and without a missing key that was only misspelt.
    """
    misspelt = {(_parent(finding), finding.params["suggestion"])
                for finding in findings
                if finding.code == "plan.unknown_key.did_you_mean"}  # fmt: skip
    seen: set[tuple[str, tuple[Place, ...], str]] = set()
    for finding in findings:
        identity = (finding.code, finding.places, str(finding.params.get("key", "")))
        is_echo = finding.code == "plan.missing_key" and (finding.places[0].path, finding.params["key"]) in misspelt
        if identity not in seen and not is_echo:
            yield finding
        seen.add(identity)


def _parent(finding: Finding) -> str:
    """
    Return the path of the mapping in which an unknown key stands.
    """
    return finding.places[0].path.removesuffix(str(finding.params["key"])).removesuffix(".")
