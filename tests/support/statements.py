"""How many statements the database is asked while something happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from lms.db import db
from tests.support.browser import Browser


@dataclass
class Statements:
    """The statements so far, in order."""

    texts: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.texts)

    @property
    def reads(self) -> int:
        """Those that ask for rows, beside beginning, ending and writing."""
        return sum(text.lstrip().startswith(("SELECT", "WITH")) for text in self.texts)


@contextmanager
def count_statements() -> Iterator[Statements]:
    """Note every statement that is sent while the block runs."""
    counted = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.texts.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def reads_of(browser: Browser, address: str) -> int:
    """How often a page asks for rows."""
    db.session.rollback()
    with count_statements() as asked:
        browser.get(address)
    return asked.reads
