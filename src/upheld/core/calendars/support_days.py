"""
The support days of a compiled calendar: which there are, when each opens and closes, and counting from one to another.

A support day is a date that open hours belong to. A window that runs past midnight belongs to the date on which it
opens; a calendar may give one weekday's hours to another's date. A holiday that closes is never a support day.
Invariant: days are sorted, and the hours of a later one never open before those of an earlier one.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from upheld.core.calendars.intervals import Piece
from upheld.core.instants import Instant


@dataclass(frozen=True, slots=True)
class SupportDays:
    """
    Ordinals (``date.toordinal``) of the support days, with the first opening and the last closing of each; and the open
    pieces, each with its day.
    """

    ordinals: tuple[int, ...]
    openings: tuple[Instant, ...]
    closings: tuple[Instant, ...]
    piece_opens: tuple[Instant, ...]
    piece_closes: tuple[Instant, ...]
    piece_days: tuple[int, ...]

    def day_at(self, instant: Instant) -> int | None:
        """
        Return the support day whose hours hold the instant, or nothing while closed.
        """
        i = bisect.bisect_right(self.piece_opens, instant) - 1
        return self.piece_days[i] if i >= 0 and instant < self.piece_closes[i] else None

    def day_until(self, instant: Instant) -> int | None:
        """
        Return the support day of the last open second before the instant, or nothing where there is none.
        """
        i = bisect.bisect_left(self.piece_opens, instant) - 1
        return self.piece_days[i] if i >= 0 else None

    def counted(self, ordinal: int, days: int) -> int | None:
        """
        Return the position of the support day that lies ``days`` support days after (before, where negative) a date.

        The date itself need not be a support day: from Saturday, 1 is Monday and -1 Friday. 0 finds the date itself,
        and nothing where it is no support day. Nothing is found beyond the known days either.
        """
        if days > 0:
            found = bisect.bisect_right(self.ordinals, ordinal) + days - 1
        elif days < 0:
            found = bisect.bisect_left(self.ordinals, ordinal) + days
        else:
            found = bisect.bisect_left(self.ordinals, ordinal)
            if found < len(self.ordinals) and self.ordinals[found] != ordinal:
                return None
        return found if 0 <= found < len(self.ordinals) else None


def support_days_of(pieces: Sequence[Piece]) -> SupportDays:
    """
    Return the support days that sorted pieces belong to.
    """
    opens: dict[int, Instant] = {}
    closes: dict[int, Instant] = {}
    for piece in pieces:
        opens.setdefault(piece.day, piece.opens)
        closes[piece.day] = piece.closes
    ordinals = tuple(sorted(opens))
    return SupportDays(
        ordinals=ordinals,
        openings=tuple(opens[day] for day in ordinals),
        closings=tuple(closes[day] for day in ordinals),
        piece_opens=tuple(piece.opens for piece in pieces),
        piece_closes=tuple(piece.closes for piece in pieces),
        piece_days=tuple(piece.day for piece in pieces),
    )
