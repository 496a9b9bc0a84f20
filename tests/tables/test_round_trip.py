"""What was written is read again, whatever it was."""

from __future__ import annotations

import csv
import io
from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from lms.clock import at_london
from lms.tables import (
    Column,
    Faults,
    Value,
    csv_lines,
    day,
    instant,
    read_rows,
    text,
    write_xlsx,
    xlsx_pieces,
)
from lms.tables.cells import FORMULA_STARTS

COLUMNS = (Column("words", text, empty=""), Column("on", day), Column("at", instant))
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
WORDS = st.one_of(
    st.text(LETTERS, max_size=20),
    st.builds("".join, st.lists(st.sampled_from(["'", "=", "+", "-", "@", " ", "x"]), max_size=6)),
).map(str.strip)
DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))
NOONS = DAYS.map(lambda on: at_london(on, time(12, 30)))
ROWS = st.lists(st.tuples(WORDS, DAYS, NOONS), max_size=8)


def read(raw: bytes, name: str) -> list[tuple[Value, ...]]:
    faults = Faults()
    rows = [tuple(r.values.values()) for r in read_rows(io.BytesIO(raw), name, COLUMNS, faults)]
    assert list(faults) == []
    return rows


@given(ROWS)
def test_csv_comes_back_as_it_went(rows: list[tuple[Value, ...]]) -> None:
    written = "".join(csv_lines(["words", "on", "at"], rows))
    assert read(written.encode(), "a.csv") == rows


@given(ROWS)
def test_xlsx_comes_back_as_it_went(rows: list[tuple[Value, ...]]) -> None:
    packed = io.BytesIO()
    write_xlsx(packed, ["words", "on", "at"], rows)
    assert read(packed.getvalue(), "a.xlsx") == rows


def test_a_workbook_in_pieces_is_the_whole_workbook() -> None:
    rows: list[tuple[Value, ...]] = [(f"{n} of many", None, None) for n in range(20_000)]
    pieces = list(xlsx_pieces(["words", "on", "at"], iter(rows)))
    assert len(pieces) > 1
    assert read(b"".join(pieces), "a.xlsx") == rows


@given(st.text(LETTERS | st.sampled_from("\t\r\n"), max_size=12))
def test_no_cell_of_a_csv_begins_like_a_formula(words: str) -> None:
    _, line = csv_lines(["words"], [[words]])
    (cell,) = next(csv.reader(io.StringIO(line, newline=""), strict=True))
    assert not cell.lstrip(" ").startswith(FORMULA_STARTS)


def test_numbers_stay_numbers_and_several_are_joined() -> None:
    _, line = csv_lines(["a", "b", "c", "d"], [[-3, ("Walsall", "Sandwell"), None, True]])
    assert line == "-3,Walsall;Sandwell,,yes\r\n"
