"""How a cell is read: a reader makes a value of what stands in it, or raises ValueError to say why.

A cell of a CSV file is text; one of an XLSX file may be a number, a date or a time of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from lms.clock import at_london, london

Cell = str | int | float | bool | date | datetime | time
Reader = Callable[[Cell], Any]
T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
DAY_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
WRITE_A_DAY = "Write the date as 2027-02-08"
WRITE_AN_INSTANT = "Write date and time as 2027-02-08T09:30"
WRITE_A_NUMBER = "Write a whole number, such as 25"
WRITE_AN_AMOUNT = "Write an amount, such as 45 or 45.50"


def would_be_calculated(written: str) -> bool:
    """Whether a spreadsheet might take the text for a formula, apostrophes before it aside."""
    return written.lstrip("' ").startswith(FORMULA_STARTS)


def text(cell: Cell) -> str:
    """What a person would read in the cell, without spaces around it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def of_text(read: Callable[[str], T]) -> Callable[[Cell], T]:
    """A reader made of a function from text, which raises ValueError or DomainError."""
    return lambda cell: read(text(cell))


def whole_number(cell: Cell) -> int:
    """A number from 0 on."""
    written = text(cell).replace(",", "")
    if not (written.isascii() and written.isdigit()) or len(written) > 9:
        raise ValueError(WRITE_A_NUMBER)
    return int(written)


def amount(cell: Cell) -> Decimal:
    """Money, from 0 on, to the penny."""
    try:
        found = Decimal(text(cell).removeprefix("£").replace(",", ""))
    except InvalidOperation:
        raise ValueError(WRITE_AN_AMOUNT) from None
    if not found.is_finite() or found < 0 or found >= Decimal(10) ** 8:
        raise ValueError(WRITE_AN_AMOUNT)
    return found.quantize(Decimal("0.01"))


def day(cell: Cell) -> date:
    """A date; a spreadsheet's own date is one where it has no time of day."""
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise ValueError(WRITE_A_DAY)
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    if not DAY_FORM.fullmatch(written):
        raise ValueError(WRITE_A_DAY)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(f"There is no day {written}") from None


def instant(cell: Cell) -> datetime:
    """An instant in UTC: London time, unless the cell carries an offset."""
    if isinstance(cell, datetime):
        return _from_london(_to_the_minute(cell))
    found = INSTANT_FORM.fullmatch(text(cell))
    if not found:
        raise ValueError(WRITE_AN_INSTANT)
    on, at, offset = found.groups()
    try:
        wall = datetime.fromisoformat(f"{on}T{at}{(offset or '').replace('Z', '+00:00')}")
    except ValueError:
        raise ValueError(f"There is no time {text(cell)}") from None
    return wall.astimezone(UTC) if offset else _from_london(wall)


def _to_the_minute(wall: datetime) -> datetime:
    """A spreadsheet keeps times as fractions of a day, which may fall just short."""
    return (wall + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _from_london(wall: datetime) -> datetime:
    found = at_london(wall.date(), wall.time())
    if london(found).replace(tzinfo=None) != wall:
        raise ValueError(f"The clocks go forward: London has no {wall:%H:%M} on that day")
    return found


def one_of(words: Iterable[W]) -> Callable[[Cell], W]:
    """One of these words of the domain, as written for people: 'did not attend'."""
    known = {str(getattr(word, "words", word.value)): word for word in words}
    folded = {_folded(written): word for written, word in known.items()}

    def read(cell: Cell) -> W:
        found = folded.get(_folded(text(cell)))
        if found is None:
            raise ValueError(f"Write one of: {', '.join(known)}")
        return found

    return read


def _folded(written: str) -> str:
    return " ".join(written.replace("_", " ").split()).casefold()


def several(read: Callable[[Cell], T]) -> Callable[[Cell], tuple[T, ...]]:
    """Values with ';' between them, each once, in the order written."""

    def read_all(cell: Cell) -> tuple[T, ...]:
        parts = (part.strip() for part in text(cell).split(";"))
        return tuple(dict.fromkeys(read(part) for part in parts if part))

    return read_all
