"""
What a log line looks like: words for people, or a JSON object for machines that collect them.

Invariant: an event begins one line and no other begins like one, whatever somebody sent: line breaks, terminal commands
and other characters that do not print are written as escapes.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any, Final

_KNOWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}


def escaped(text: str) -> str:
    r"""
    Return a text on one line, with an escape for each character that does not print.

    >>> escaped("a\nb\x1b[2J")
    'a\\nb\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


class TextLine(logging.Formatter):
    """
    Turn a record into a line of words; a traceback follows, each line of it marked as a part of the event.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (its name in the standard library)
        """
        Return the line.
        """
        return escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  (its name in the standard library)
        """
        Return the traceback.
        """
        return "\n".join(f"    | {escaped(line)}" for line in super().formatException(ei).split("\n"))


class JsonLine(logging.Formatter):
    """
    Turn a record into a line of JSON: time (UTC), level, logger, message, whatever was given as ``extra``, the
    traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        """
        Return the line.
        """
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = {"at": moment, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        line |= {name: value for name, value in record.__dict__.items() if name not in _KNOWN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(line, default=str, ensure_ascii=False)
        return text if text.isprintable() else json.dumps(line, default=str)
