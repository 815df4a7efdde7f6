"""
The picture of a clock: what counted, what did not, and where start, due time and end lie.

Invariant: the picture shows exactly the stretches of the explanation, to scale in elapsed time. It may be of any width:
places are percentages, letters keep their size, and labels are laid out for the narrowest width, so that a wider one
only gives them more room. Colour never says anything alone: each kind of stretch has its own pattern, and its words in
the legend and as a tip; the whole is described for screen readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from upheld.core.clocks.explain import Explanation
from upheld.core.clocks.stretches import Stretch, StretchKind
from upheld.core.instants import Instant
from upheld.rendering.axis import Scale, short_moment, ticks
from upheld.rendering.explanations import Reader, sentences, spell, stretch_line
from upheld.rendering.findings import visible
from upheld.rendering.labels import ROW, Label, Placed, place, width_of
from upheld.rendering.svg import GROUND, LATE, LINE, MET, QUIET, RISK, TEXT, TRACK, Type, number
from upheld.wording.clocks import MARKS, STARTS, STRETCHES

NARROWEST: Final = 300
"""Width in pixels for which labels are laid out where the picture may be of any."""
FILE_WIDE: Final = 720
"""A good width of a picture in a file of its own."""
BAR_TALL: Final = 18
LEGEND_ROW: Final = 18
SWATCH: Final = 11
MOST_CHANGES: Final = 4
"""So many changes have a label, the last ones; all have a line and a tip."""
LONGEST: Final = 24
"""Letters of a severity's name on a label."""
_PLAIN: Final = 400
_STRONG: Final = 600
_SMALL: Final = Type(size=11, colour=QUIET)
_NO_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")
_PAPER: Final = 16
"""Free ground around the pictures of a sheet."""
_FONT: Final = "Inter, ui-sans-serif, system-ui, sans-serif"


class _Mark(NamedTuple):
    """
    Something that happened at an instant: what it is called, how it looks, and how soon its label is placed.
    """

    at: Instant
    words: str
    colour: str
    rank: int
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class _Canvas:
    """
    Where the parts of one picture lie: its name, its scale, the width it is laid out for, and the top of the bar.
    """

    name: str
    scale: Scale
    wide: int
    top: float = 0

    def fill(self, kind: str) -> str:
        """
        Return how a kind of stretch (or "late") is filled.
        """
        if kind in _PATTERNS:
            return f"url(#{self.name}-{kind})"
        return {"counted": MET, "to_come": MET}.get(kind, TRACK)


def timeline(
    explanation: Explanation, reader: Reader, *, name: str, now: Instant | None = None, wide: int | None = None
) -> str:
    """
    Return the clock's picture as SVG text; ``name`` makes its ids and must be unlike any other on the page.

    ``now`` is marked where the clock still runs. Without ``wide`` the picture is as wide as its place on a page (from
    :data:`NARROWEST` pixels on) and takes the page's letters; with it, it is a picture of that many pixels for a file
    (such as :data:`FILE_WIDE`), on a ground of its own. A clock without stretches gives a picture that says so.
    """
    name = re.sub(r"[^\w-]", "-", name)
    title = reader.word("{metric}: what counted").format(metric=reader.metric(explanation.clock.metric))
    marks = _together(_marks(explanation, reader, now), reader)
    instants = [mark.at for mark in marks]
    instants += [at for stretch in explanation.stretches for at in (stretch.since, stretch.until)]
    scale = Scale(min(instants), max(instants))
    texts = (title, " ".join(sentences(explanation, reader)))
    if scale.last <= scale.first or not explanation.stretches:
        said = _text("0", 15, reader.word("Nothing was counted."), _SMALL)
        return _picture(name, texts, [said], (wide, 22))
    labels = [_label(mark, scale, reader) for mark in marks if mark.rank < _UNLABELLED]
    placed = place(labels, wide or NARROWEST)
    top = ROW * (1 + max((each.row for each in placed), default=0)) + 6
    canvas = _Canvas(name, scale, wide or NARROWEST, top)
    legend, tall = _legend(explanation, reader, canvas)
    parts = [_patterns(canvas), *_bar(explanation, reader, canvas), *_axis(canvas, reader)]
    parts += [*_lines(marks, placed, canvas, reader), *_words(placed, canvas), *legend]
    return _picture(name, texts, parts, (wide, tall))


def sheet(pictures: Sequence[tuple[str, str]]) -> str:
    """
    Return one picture of several that were made :data:`FILE_WIDE` wide, each under its heading.
    """
    parts, top = [], 0
    for heading, drawn in pictures:
        tall = int(drawn.partition(' height="')[2].partition('"')[0])
        parts.append(_text("0", top + 16, heading, Type(size=14, weight=_STRONG)))
        parts.append(drawn.replace("<svg ", f'<svg y="{top + 26}" ', 1))
        top += tall + 46
    x, y, wide, tall = -_PAPER, -_PAPER // 2, FILE_WIDE + 2 * _PAPER, top + _PAPER
    size = f'width="{wide}" height="{tall}" viewBox="{x} {y} {wide} {tall}"'
    ground = f'<rect x="{x}" y="{y}" width="{wide}" height="{tall}" fill="{GROUND}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}">{ground}{"".join(parts)}</svg>'


_UNLABELLED: Final = 9
_CHANGES: Final = ("clock.severity_", "clock.target_", "clock.calendar_", "clock.phoned", "clock.promise_")
_LOOKS: Final = {"clock.met": (MET, 1, True), "clock.breached": (LATE, 1, True)}


def _marks(explanation: Explanation, reader: Reader, now: Instant | None) -> Iterator[_Mark]:
    clock = explanation.clock
    yield _Mark(clock.started_at, reader.word(STARTS.get(clock.started_by, "start")), QUIET, 2)
    changes = [step for step in explanation.steps if step.at is not None and step.code.startswith(_CHANGES)]
    for index, step in enumerate(changes):
        words = reader.word(MARKS.get(step.code, "")) or cut(reader.severity(step.params.get("severity")))
        rank = 3 if len(changes) - index <= MOST_CHANGES else _UNLABELLED
        yield _Mark(step.at or 0, words, RISK, rank)
    for step in explanation.steps:
        if step.at is None or step.code not in MARKS or step.code.startswith(_CHANGES):
            continue
        is_due = step.code.startswith(("clock.due", "clock.agreed"))
        colour, rank, is_strong = _LOOKS.get(step.code, (TEXT, 0, True) if is_due else (QUIET, 1, False))
        yield _Mark(step.at, reader.word(MARKS[step.code]), colour, rank, is_strong)
        if step.code == "clock.due_range":
            yield _Mark(step.params["early_at"], reader.word("due from"), TEXT, 2)
    if clock.is_open and now is not None:
        yield _Mark(now, reader.word("now"), RISK, 1, is_strong=True)


def cut(words: str) -> str:
    """
    Return words that are short enough for a label.
    """
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _together(marks: Iterable[_Mark], reader: Reader) -> list[_Mark]:
    """
    Return the marks in order of time, those of one instant as one: "due and kept".
    """
    found: dict[Instant, _Mark] = {}
    for mark in sorted(marks, key=lambda each: (each.at, each.rank)):
        other = found.get(mark.at)
        if other is None or other.rank == _UNLABELLED:
            found[mark.at] = mark
        elif mark.rank != _UNLABELLED and mark.words != other.words:
            found[mark.at] = other._replace(
                words=reader.word("{one} and {other}").format(one=other.words, other=mark.words)
            )
    return list(found.values())


def _label(mark: _Mark, scale: Scale, reader: Reader) -> Label:
    words = f"{mark.words} {short_moment(mark.at, scale, reader.zone, reader.language)}"
    return Label(scale.share(mark.at), words, mark.colour, mark.rank, mark.is_strong)


def _bar(explanation: Explanation, reader: Reader, canvas: _Canvas) -> Iterator[str]:
    name, top = canvas.name, canvas.top
    box = f'y="{number(top)}" width="100%" height="{BAR_TALL}" rx="4"'
    yield f'<clipPath id="{name}-clip"><rect {box}/></clipPath>'
    yield f'<g clip-path="url(#{name}-clip)"><rect {box} fill="{TRACK}"/>'
    for stretch in explanation.stretches:
        for since, until, kind in _shades(stretch, explanation.clock.due_at):
            yield _block(stretch, (since, until), kind, reader, canvas)
    yield "</g>"


def _shades(stretch: Stretch, due: Instant | None) -> Iterator[tuple[Instant, Instant, str]]:
    """
    Yield a stretch in parts: what lies before the due time, and what was counted after it, which is late.
    """
    if stretch.kind is not StretchKind.COUNTED or due is None or stretch.until <= due:
        yield stretch.since, stretch.until, stretch.kind.value
        return
    if stretch.since < due:
        yield stretch.since, due, stretch.kind.value
    yield max(due, stretch.since), stretch.until, "late"


def _block(stretch: Stretch, ends: tuple[Instant, Instant], kind: str, reader: Reader, canvas: _Canvas) -> str:
    left, right = (canvas.scale.share(at) for at in ends)
    since, until, words, amount = stretch_line(stretch, reader)
    tip = reader.word("{since} to {until}").format(since=since, until=until) + f": {words}"
    tip += f", {amount}" if stretch.seconds else ""
    tip += reader.word(", after the due time") if kind == "late" else ""
    place = f'x="{left.percent}" y="{number(canvas.top)}" width="{right.less(left).percent}" height="{BAR_TALL}"'
    fill = f'fill="{canvas.fill(kind)}"'
    fill += ' fill-opacity=".35"' if kind == "to_come" else ""
    # A stretch too short to be seen gets a rim of half a pixel on each side.
    is_thin = right.less(left).pixels(canvas.wide) < 1 and kind != "closed"
    fill += f' stroke="{canvas.fill(kind)}"' if is_thin else ""
    return f"<rect {place} {fill}><title>{_clean(tip)}</title></rect>"


def _axis(canvas: _Canvas, reader: Reader) -> Iterator[str]:
    top, end = canvas.top + BAR_TALL, -1.0
    for tick in ticks(canvas.scale, reader.zone, most=canvas.wide // 50, language=reader.language):
        share = canvas.scale.share(tick.at)
        yield _line(share.percent, (top + 2, top + 6), LINE)
        half, at = width_of(tick.words, size=10) / 2, share.pixels(canvas.wide)
        if at - half > end and at + half < canvas.wide:
            yield _text(share.percent, top + 17, tick.words, Type("middle", 10, QUIET))
            end = at + half + 4


def _lines(marks: Iterable[_Mark], placed: Iterable[Placed], canvas: _Canvas, reader: Reader) -> Iterator[str]:
    """
    Yield the line of each mark, from its label down through the bar.
    """
    rows = {each.label.share: each.row for each in placed}
    for mark in marks:
        share = canvas.scale.share(mark.at)
        top = canvas.top - 4 - ROW * rows.get(share, 0)
        dash = ' stroke-dasharray="3 2"' if mark.words.startswith(reader.word("now")) else ""
        tip = f"<title>{_clean(f'{mark.words} {reader.moment(mark.at)}')}</title>"
        line = _line(share.percent, (top, canvas.top + BAR_TALL + 2), mark.colour, wide=2 if mark.is_strong else 1)
        yield line.replace("/>", f"{dash}>{tip}</line>")


def _words(placed: Iterable[Placed], canvas: _Canvas) -> Iterator[str]:
    for each in placed:
        label, y = each.label, canvas.top - 8 - ROW * each.row
        style = Type(each.anchor, 11, label.colour, _STRONG if label.is_strong else _PLAIN)
        yield _text(label.share.percent, y, label.words, style)


def _legend(explanation: Explanation, reader: Reader, canvas: _Canvas) -> tuple[list[str], int]:
    """
    Return what the patterns mean, with their sums, and how tall the whole picture is.
    """
    x, y = 0.0, canvas.top + BAR_TALL + 34
    parts = []
    for kind, seconds in _sums(explanation).items():
        words = reader.word("late" if kind == "late" else STRETCHES[kind])
        words += f" {spell(seconds)}" if seconds and kind not in ("closed", "paused") else ""
        wide = SWATCH + 5 + width_of(words)
        if x and x + wide > canvas.wide:
            x, y = 0.0, y + LEGEND_ROW
        opacity = ' fill-opacity=".35"' if kind == "to_come" else ""
        box = f'x="{number(x + 0.5)}" y="{number(y - 9.5)}" width="{SWATCH}" height="{SWATCH}" rx="2"'
        parts.append(f'<rect {box} fill="{canvas.fill(kind)}"{opacity} stroke="{LINE}"/>')
        parts.append(_text(number(x + SWATCH + 6), y, words, _SMALL))
        x += wide + 14
    return parts, round(y + 6)


def _sums(explanation: Explanation) -> dict[str, int]:
    """
    Return the support seconds by kind of stretch, in the order in which the legend tells them.
    """
    sums: dict[str, int] = {}
    for stretch in explanation.stretches:
        for since, until, kind in _shades(stretch, explanation.clock.due_at):
            whole = (since, until) == (stretch.since, stretch.until)
            sums[kind] = sums.get(kind, 0) + (stretch.seconds if whole else until - since)
    return {
        kind: sums[kind] for kind in ("counted", "late", "to_come", "paused", "set_aside", "closed") if kind in sums
    }


_PATTERNS: Final = {
    "late": f'<rect width="6" height="6" fill="{LATE}"/><path d="M0 0H6" stroke="{GROUND}" stroke-opacity=".55"/>',
    "paused": f'<rect width="6" height="6" fill="{TRACK}"/><path d="M0 0V6" stroke="{QUIET}" stroke-width="2"/>',
    "set_aside": f'<rect width="6" height="6" fill="{TRACK}"/><circle cx="3" cy="3" r="1.4" fill="{QUIET}"/>',
}


def _patterns(canvas: _Canvas) -> str:
    def one(kind: str, content: str) -> str:
        turned = "" if kind == "set_aside" else ' patternTransform="rotate(45)"'
        place = f'width="6" height="6" patternUnits="userSpaceOnUse"{turned}'
        return f'<pattern id="{canvas.name}-{kind}" {place}>{content}</pattern>'

    return f"<defs>{''.join(one(kind, content) for kind, content in _PATTERNS.items())}</defs>"


def _picture(name: str, texts: tuple[str, str], parts: Iterable[str], size: tuple[int | None, int]) -> str:
    wide, tall = size
    measure = f'width="100%" height="{tall}"'
    ground = ""
    if wide is not None:
        measure = f'width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" font-family="{_FONT}"'
        ground = f'<rect width="100%" height="100%" fill="{GROUND}"/>'
    return (
        f'<svg class="timeline" role="img" {measure} aria-labelledby="{name}-title {name}-summary" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{_clean(texts[0])}</title>'
        f'<desc id="{name}-summary">{_clean(texts[1])}</desc>{ground}{"".join(parts)}</svg>'
    )


def _line(x: str, ends: tuple[float, float], colour: str, *, wide: int = 1) -> str:
    y1, y2 = (number(each) for each in ends)
    return f'<line x1="{x}" x2="{x}" y1="{y1}" y2="{y2}" stroke="{colour}" stroke-width="{wide}"/>'


def _text(x: str, y: float, words: str, style: Type) -> str:
    """
    Return a line of text with a rim in the colour of the ground, so that a line behind it does not strike it through.
    """
    weight = f' font-weight="{style.weight}"' if style.weight != _PLAIN else ""
    around = f'stroke="{GROUND}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
    place = f'x="{x}" y="{number(y)}" text-anchor="{style.anchor}" font-size="{style.size}"{weight}'
    return f'<text {place} fill="{style.colour}" {around}>{_clean(words)}</text>'


def _clean(words: str) -> str:
    return escape(visible(words).translate(_NO_XML))
