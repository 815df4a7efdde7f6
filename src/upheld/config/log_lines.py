"""
One log line as one JSON object, for machines that collect them.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Final

_KNOWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}


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
        return json.dumps(line, default=str, ensure_ascii=False)
