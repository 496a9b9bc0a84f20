"""Logs, as text for people or as JSON for machines. What opens something never stands in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN = re.compile(r"\b[0-9a-z-]+\.[a-z2-7]{32}\b")
SIGN_IN_LINK = re.compile(r"(/sign-in/)(?!code\b)[^/?\s\"']+")
CHECK_IN_CODE = re.compile(r"(/check-in/)\d[0-9A-Za-z-]*-[0-9A-Za-z]+")
CERTIFICATE_CODE = re.compile(r"(/certificates/|[?&]code=)[0-9A-Za-z%+-]{12,}")
PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]+(@)")


def hidden(text: str) -> str:
    """The text without tokens, sign-in links and passwords in addresses."""
    text = SIGN_IN_LINK.sub(r"\1[link]", TOKEN.sub("[link]", text))
    text = CERTIFICATE_CODE.sub(r"\1[code]", CHECK_IN_CODE.sub(r"\1[code]", text))
    return PASSWORD.sub(r"\1[password]\2", text)


def install(log_format: str) -> None:
    """Send everything, that of libraries too, to standard error in one form."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _hide,
                _renderer(log_format),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _renderer(log_format: str) -> Any:
    if log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False)


def _hide(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in entry.items():
        if isinstance(value, str):
            entry[key] = hidden(value)
    return entry
