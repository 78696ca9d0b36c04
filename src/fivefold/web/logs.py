"""Log lines: one JSON object each, without names, addresses, texts or ids of patients."""

import json
import logging
from datetime import UTC, datetime

FIELDS = ("request_id", "method", "route", "status", "ms", "role", "event")


class OneLine(logging.Formatter):
    """A record as one line of JSON; of an exception only its kind and where it was raised."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if record.name.startswith("fivefold") else record.msg if isinstance(record.msg, str) else "",
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(trace: object) -> list[str]:
    """Files and lines of a traceback, the innermost last; its values could be anybody's."""
    places = []
    while trace is not None:
        frame = trace.tb_frame  # type: ignore[attr-defined]
        places.append(f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])}:{trace.tb_lineno}")  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return places[-8:]
