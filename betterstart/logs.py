"""What stands in the logs: never the token of a link, because whoever has it holds the link."""

from __future__ import annotations

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

_TOKEN = re.compile(r"(/(?:link|calendar|invitation|account/password/reset/key)/)[^/\s\"?]+")


def without_tokens(text: str) -> str:
    return _TOKEN.sub(r"\1…", text)


class WithoutTokens(logging.Filter):
    """For a handler: the message as it would be written, with the tokens taken out."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True


class AccessLog(Logger):
    """gunicorn's own log, which writes the address of every request."""

    def atoms(self, *request_parts: Any) -> dict[str, Any]:
        atoms = super().atoms(*request_parts)
        return {key: without_tokens(value) if isinstance(value, str) else value for key, value in atoms.items()}
