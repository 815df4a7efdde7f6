"""
Charts: what was late by month, how much of the time allowed was used, when the late ones came, and small meters.

Invariant: a bar starts at zero and a chart says its numbers in text, so colour is never alone; an empty chart is never
drawn (the caller says instead what would appear).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from upheld.rendering import svg
from upheld.rendering.svg import Box, Type, Words

_QUIET_BELOW: Final = Type(anchor="middle", size=11, colour=svg.QUIET)
_ON_TOP: Final = Type(anchor="middle", weight=600)
_LABEL: Final = 104
"""Room for the words beside a line, right of the columns."""
_ROOMY: Final = 56
"""Width of a column from which a count is written out."""
_STRONG: Final = Fraction(3, 4)
_FAINTEST: Final = Fraction(12, 100)
_THOUSAND: Final = 1_000
_TEN_THOUSAND: Final = 9_950


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a chart by month: how many were in time, how many late, and the late share in words. ``under`` is set
    below the label, e.g. the year where it begins.
    """

    label: str
    met: int
    late: int
    shown: str
    under: str = ""

    @property
    def of(self) -> int:
        """
        Return the denominator.
        """
        return self.met + self.late

    @property
    def late_share(self) -> Fraction:
        """
        Return the late ones as a share of all; 0 where there are none.
        """
        return Fraction(self.late, self.of) if self.of else Fraction(0)


@dataclass(frozen=True, slots=True)
class Bin:
    """
    One column of a distribution; ``zone`` is ``met``, ``risk`` or ``late`` and chooses colour and hatching.
    """

    label: str
    count: int
    zone: str


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One hour of the week: how many were late, of how many.
    """

    late: int
    of: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """
    The share that may be late by the promise, and the words beside its line.
    """

    share: Fraction
    label: str


def late_by_month(columns: Sequence[Column], words: Words, allowed: Allowed | None = None) -> str:
    """
    Return a chart of the late share of each month, with a dashed line at the share that the promise allows.
    """
    step = min(max(400 // max(len(columns), 1), 46), 96)
    left, top, tall = 10, 26, 150
    right = left + step * len(columns)
    wide, ground = right + (_LABEL if allowed else left), top + tall
    highest = max([each.late_share for each in columns] + ([allowed.share * Fraction(11, 10)] if allowed else []))
    scale = tall / highest if highest else Fraction(0)
    parts = [svg.line((left, ground), (right, ground), svg.LINE)]
    for position, each in enumerate(columns):
        middle, height = left + (position + 0.5) * step, each.late_share * scale
        is_over = allowed is None or each.late_share > allowed.share
        tip = f"{each.label} {each.under}: {each.late:,} of {each.of:,} late"
        box = Box(middle - min(step // 3, 22), ground - height, min(step // 3, 22) * 2, height)
        parts += [
            svg.bar(box, svg.hatch(words) if is_over else svg.MET, tip),
            svg.text((middle, ground - height - 7), each.shown, _ON_TOP),
            svg.text((middle, ground + 18), each.label, Type(anchor="middle")),
            svg.text(
                (middle, ground + 33), f"of {each.of:,}" if step >= _ROOMY else f"of {short(each.of)}", _QUIET_BELOW
            ),
            svg.text((middle, ground + 49), each.under, _QUIET_BELOW),
        ]
    if allowed is not None:
        y = ground - allowed.share * scale
        parts.append(svg.line((left, y), (right + 4, y), svg.TEXT, dash="4 4"))
        parts.append(svg.text((right + 8, y + 4), allowed.label, Type(size=11)))
    return svg.picture((wide, ground + 56), words, parts, hatches=[svg.LATE])


def distribution(bins: Sequence[Bin], words: Words, *, due_before: int, due_label: str) -> str:
    """
    Return a chart of counts by the share of the time allowed that was used; ``due_before`` is the first bin after
    the due time, in front of which a line is drawn.
    """
    step, left, top, tall = 36, 12, 30, 150
    wide, ground = left * 2 + step * len(bins), top + tall
    highest = max((each.count for each in bins), default=0) or 1
    fills = {"met": svg.MET, "risk": svg.RISK, "late": svg.hatch(words)}
    parts = [svg.line((left, ground), (wide - left, ground), svg.LINE)]
    for position, each in enumerate(bins):
        middle, height = left + (position + 0.5) * step, Fraction(each.count * tall, highest)
        box = Box(middle - step / 2 + 2, ground - height, step - 4, height)
        parts += [
            svg.bar(box, fills[each.zone], f"{each.label}: {each.count:,}"),
            svg.text((middle, ground - height - 5), short(each.count), Type(anchor="middle", size=11)),
            svg.text((middle, ground + 16), each.label, _QUIET_BELOW),
        ]
    x = left + due_before * step
    parts.append(svg.line((x, 6), (x, ground + 4), svg.TEXT, dash="4 4"))
    parts.append(svg.text((x - 5, 14), due_label, Type(anchor="end", size=11, halo=True)))
    return svg.picture((wide, ground + 24), words, parts, hatches=[svg.LATE])


def week(cells: Sequence[Sequence[Cell]], words: Words, *, days: Sequence[str]) -> str:
    """
    Return a heat map of seven days by 24 hours; the stronger, the more were late. The strongest carry their number.
    """
    side, tall, left, top = 22, 24, 38, 20
    most = max((cell.late for row in cells for cell in row), default=0)
    parts = [
        svg.text((left + (hour + 0.5) * side, 13), f"{hour:02}", _QUIET_BELOW)
        for hour in range(0, 24, 3)
    ]  # fmt: skip
    for day, row in enumerate(cells):
        parts.append(svg.text((left - 8, top + day * tall + 16), days[day], Type(anchor="end")))
        for hour, cell in enumerate(row):
            tip = f"{days[day]} {hour:02}:00-{hour + 1:02}:00: {cell.late:,} late of {cell.of:,}"
            box = Box(left + hour * side + 1, top + day * tall + 1, side - 2, tall - 2, 3)
            parts += _heat(box, cell, most, tip)
    return svg.picture((left + 24 * side + 4, top + 7 * tall + 4), words, parts)


def _heat(box: Box, cell: Cell, most: int, tip: str) -> Iterator[str]:
    """
    Yield one cell: its square, as strong as its part of the most, and its number where it is strong.
    """
    strength = Fraction(cell.late, most) if most else Fraction(0)
    yield svg.bar(box, svg.TRACK, "" if cell.late else tip)
    if cell.late:
        yield svg.bar(box, svg.HEAT, tip, opacity=svg.number(_FAINTEST + strength * (1 - _FAINTEST)))
    if strength > _STRONG:
        middle = (box.x + box.wide / 2, box.y + box.tall / 2 + 4)
        yield svg.text(middle, short(cell.late), Type(anchor="middle", size=10, colour="#ffffff", weight=600))


def meter(share: Fraction | None, allowed: Fraction | None = None) -> str:
    """
    Return a small bar of the share in time (decoration: the number stands beside it), with a tick at what was promised.
    """
    if share is None:
        return ""
    wide = 96
    is_short = allowed is not None and share < 1 - allowed
    parts = [
        svg.bar(Box(0, 3, wide, 6, 3), svg.LATE, opacity=".28"),
        svg.bar(Box(0, 3, share * wide, 6, 3), svg.LATE if is_short else svg.MET),
    ]
    if allowed is not None:
        tick = (1 - allowed) * wide
        parts.append(svg.line((tick, 0), (tick, 12), svg.TEXT))
    size = f'width="{wide}" height="12" viewBox="0 0 {wide} 12"'
    return f'<svg class="meter" {size} aria-hidden="true">{"".join(parts)}</svg>'


def short(count: int) -> str:
    """
    Return a count in at most four characters.

    >>> short(987), short(1234), short(12345)
    ('987', '1.2k', '12k')
    """
    if count < _THOUSAND:
        return str(count)
    tenths = (count + 50) // 100
    return f"{tenths // 10}.{tenths % 10}k" if count < _TEN_THOUSAND else f"{(count + 500) // 1000}k"
