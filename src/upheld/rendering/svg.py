"""
The few shapes that our pictures are made of, as SVG text.

Invariant: every text and every attribute that came from outside is escaped here, once. Colours are CSS variables of the
page with a fallback, so that a picture fits a light and a dark page and also stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

Length: TypeAlias = int | float | Fraction
Point: TypeAlias = tuple[Length, Length]

MET: Final = "var(--met, #2b7a4b)"
RISK: Final = "var(--risk, #9a5b00)"
LATE: Final = "var(--late, #c0392b)"
HEAT: Final = "var(--heat, #a02b20)"
"""Dark enough for white figures, on a light and on a dark page."""
TEXT: Final = "var(--text, #1f2933)"
QUIET: Final = "var(--quiet, #5b6673)"
LINE: Final = "var(--line, #d9dee4)"
TRACK: Final = "var(--track, #e7eaee)"
GROUND: Final = "var(--card, #ffffff)"


@dataclass(frozen=True, slots=True)
class Words:
    """
    What a picture says about itself: ``name`` makes its ids, ``title`` and ``summary`` are read by screen readers.
    """

    name: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Box:
    """
    A rectangle by its upper left corner; ``round`` is the radius of its corners.
    """

    x: Length
    y: Length
    wide: Length
    tall: Length
    round: int = 2


@dataclass(frozen=True, slots=True)
class Type:
    """
    How a text is set; ``halo`` draws a rim in the colour of the ground, for texts that cross lines.
    """

    anchor: str = "start"
    size: int = 12
    colour: str = TEXT
    weight: int = 400
    halo: bool = False


def picture(size: tuple[int, int], words: Words, parts: Iterable[str], *, hatches: Iterable[str] = ()) -> str:
    """
    Return a whole picture with its title and description; each colour of ``hatches`` gets a pattern (see
    :func:`hatch`).
    """
    patterns = "".join(
        f'<pattern id={quoteattr(f"{words.name}-hatch-{position}")} width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{colour}"/>'
        f'<rect width="2" height="6" fill="{GROUND}" fill-opacity=".35"/></pattern>'
        for position, colour in enumerate(hatches)
    )
    wide, tall = size
    title, summary = f"{words.name}-title", f"{words.name}-summary"
    return (
        f'<svg class="chart" role="img" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" '
        f'aria-labelledby={quoteattr(f"{title} {summary}")} xmlns="http://www.w3.org/2000/svg">'
        f"<title id={quoteattr(title)}>{escape(words.title)}</title>"
        f"<desc id={quoteattr(summary)}>{escape(words.summary)}</desc>"
        f"<defs>{patterns}</defs>{''.join(parts)}</svg>"
    )


def hatch(words: Words, position: int = 0) -> str:
    """
    Return the fill of a picture's n-th hatching.
    """
    return f"url(#{words.name}-hatch-{position})"


def bar(box: Box, fill: str, tip: str = "", *, opacity: str = "") -> str:
    """
    Return a filled rectangle, with a tip that shows when pointed at.
    """
    place = f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.wide)}" height="{number(box.tall)}"'
    see_through = f' fill-opacity="{opacity}"' if opacity else ""
    told = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<rect {place} rx="{box.round}" fill={quoteattr(fill)}{see_through}>{told}</rect>'


def line(start: Point, end: Point, colour: str, *, dash: str = "") -> str:
    """
    Return a straight line.
    """
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{number(start[0])}" y1="{number(start[1])}" x2="{number(end[0])}" y2="{number(end[1])}"'
    return f'<line {ends} stroke="{colour}"{dashes}/>'


def text(at: Point, words: str, style: Type | None = None) -> str:
    """
    Return a line of text.
    """
    style = style or Type()
    around = f' stroke="{GROUND}" stroke-width="4" paint-order="stroke"' if style.halo else ""
    return (
        f'<text x="{number(at[0])}" y="{number(at[1])}" text-anchor="{style.anchor}" font-size="{style.size}" '
        f'font-weight="{style.weight}" fill="{style.colour}"{around}>{escape(words)}</text>'
    )


def number(value: Length) -> str:
    """
    Return a coordinate with at most two decimals.
    """
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
