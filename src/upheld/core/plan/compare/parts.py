"""
Parts of a plan key by key, and sections of named parts: what came, what went, what differs.

Invariant: every key of the plan format that differs gives a change; parts that only have another name are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from upheld.core.plan.compare.changes import ABSENT, Change, Said, Verdict, merely, plainly
from upheld.core.plan.compare.leanings import Lean, leaning
from upheld.core.plan.compare.values import judged
from upheld.core.plan.lint.found import Key
from upheld.core.plan.lint.walk import fields_of
from upheld.core.plan.model.base import Part
from upheld.core.plan.places import Path

TEXTS: Final = frozenset({"text", "rule", "ask", "lines"})
"""Words of the policy: no rule can rank them, so a person reads both."""


@dataclass(frozen=True, slots=True)
class Compared:
    """
    Compares parts within one section; ``hours`` compares calendars that keys name.
    """

    section: str
    hours: Callable[[str, str], tuple[Verdict, Said]]

    def parts(self, before: Part, after: Part, paths: tuple[Path, Path], subject: tuple[str, ...]) -> Iterator[Change]:
        """
        Yield every key in which two parts differ.
        """
        others = dict(fields_of(after))
        for key, one in fields_of(before):
            other = others.get(key)
            if one != other:
                where = (*paths[0], key), (*paths[1], key)
                yield from self._key(type(before), (one, other), where, (*subject, key))

    def _key(
        self, part: type[Part], values: tuple[Any, Any], where: tuple[Path, Path], subject: tuple[str, ...]
    ) -> Iterator[Change]:
        one, other = values
        key = subject[-1]
        found = leaning(part, "with_" if key == "with" else key)
        if found is not None and found.lean in (Lean.NAME, Lean.ELSEWHERE):
            return
        if isinstance(one, Part) and isinstance(other, Part) and found is None:
            yield from self.parts(one, other, where, subject)
            return
        if found is not None and found.lean is Lean.HOURS and one and other:
            verdict, because = self.hours(one, other)
        elif found is not None:
            verdict = judged(found, one, other)
            because = merely(verdict)
        else:
            code = "compare.words_changed" if key in TEXTS else "compare.not_ranked"
            verdict, because = Verdict.NOT_COMPARABLE, Said(code, {"key": key})
        yield self.change(subject, verdict, (_shown(one), _shown(other)), because, where)

    def change(
        self,
        subject: tuple[str, ...],
        verdict: Verdict,
        values: tuple[Said, Said],
        because: Said,
        where: tuple[Path | Key | None, Path | Key | None],
    ) -> Change:
        """
        Return a change of this section.
        """
        return Change(
            section=self.section,
            subject=subject,
            verdict=verdict,
            before=values[0],
            after=values[1],
            because=because,
            before_path=where[0],
            after_path=where[1],
        )

    def named(
        self,
        before: Mapping[str, Part],
        after: Mapping[str, Part],
        base: Path,
        *,
        gained: Verdict,
        each: Callable[[str, str], Iterator[Change]] | None = None,
    ) -> Iterator[Change]:
        """
        Yield what became of each part of a section; ``gained`` is what a new one is for the customer, and a lost one is
        the opposite. ``each`` compares what a part's keys do not say.
        """
        pairs = paired(before, after)
        for one, other in pairs:
            if one is None and other is not None:
                yield self._came(other, after[other], (*base, other), gained)
            elif other is None and one is not None:
                yield self._went(one, before[one], (*base, one), _opposite(gained))
            elif one is not None and other is not None:
                yield from self._both(before[one], after[other], (one, other), base, each)

    def _both(
        self,
        before: Part,
        after: Part,
        names: tuple[str, str],
        base: Path,
        each: Callable[[str, str], Iterator[Change]] | None,
    ) -> Iterator[Change]:
        where = (*base, names[0]), (*base, names[1])
        found = list(self.parts(before, after, where, (names[0],)))
        found += list(each(*names)) if each else []
        if found:
            yield from found
            return
        values = Said("compare.there"), Said("compare.there")
        yield self.change((names[0],), Verdict.SAME, values, Said("compare.same"), (Key(where[0]), Key(where[1])))

    def _came(self, name: str, _part: Part, path: Path, verdict: Verdict) -> Change:
        return self.change((name,), verdict, (ABSENT, Said("compare.there")), Said("compare.new"), (None, Key(path)))

    def _went(self, name: str, _part: Part, path: Path, verdict: Verdict) -> Change:
        return self.change((name,), verdict, (Said("compare.there"), ABSENT), Said("compare.gone"), (Key(path), None))


def _shown(value: Any) -> Said:
    """
    Return a value for people; a part or a text in several languages is told by being there.
    """
    if value is None or value in ((), {}):
        return ABSENT
    if isinstance(value, Part):
        return Said("compare.there")
    if isinstance(value, Mapping):
        return plainly(next(iter(value.values()))) if set(value) <= {"", "en"} else plainly(list(value))
    if isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(each, Part) for each in value):
        return Said("compare.entries", {"count": len(value)})
    return plainly(value)


def paired(before: Mapping[str, Part], after: Mapping[str, Part]) -> list[tuple[str | None, str | None]]:
    """
    Return the parts that belong together: by name, and what is left over by having the same contents.
    """
    pairs: list[tuple[str | None, str | None]] = []
    free = [name for name in after if name not in before]
    for name, part in before.items():
        if name in after:
            pairs.append((name, name))
            continue
        twin = next((other for other in free if _alike(part, after[other])), None)
        if twin is not None:
            free.remove(twin)
        pairs.append((name, twin))
    return pairs + [(None, name) for name in free]


def _alike(one: Part, other: Part) -> bool:
    if type(one) is not type(other):
        return False
    names = {"name"}
    return one.model_dump(exclude=names) == other.model_dump(exclude=names)


def _opposite(verdict: Verdict) -> Verdict:
    return {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}.get(verdict, verdict)
