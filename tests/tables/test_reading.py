"""Files in: every fault by line and column, and nothing that a bad file could do to us."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from lms.agencies.rules import Sector
from lms.tables import (
    Column,
    Faults,
    FaultyFile,
    Row,
    amount,
    day,
    instant,
    one_of,
    read_rows,
    several,
    text,
    whole_number,
)

naive = datetime  # a spreadsheet's own times carry no zone

COLUMNS = (
    Column("name", is_filled=True),
    Column("sector", one_of(Sector), is_filled=True),
    Column("areas", several(text), empty=()),
    Column("opened_on", day, is_needed=False),
    Column("workforce", whole_number, is_needed=False),
)


def read(content: str | bytes, name: str = "agencies.csv") -> tuple[list[Row], list[str]]:
    raw = content.encode() if isinstance(content, str) else content
    faults = Faults()
    rows = list(read_rows(io.BytesIO(raw), name, COLUMNS, faults))
    return rows, [str(fault) for fault in faults]


def test_reads_typed_cells_and_leaves_out_blank_lines() -> None:
    rows, faults = read(
        "\ufeffName,sector,areas,opened_on\r\n"
        "Walsall College,Education,Walsall; Sandwell;Walsall,2013-08-01\r\n"
        ",,,\r\n"
        '"Early\nHelp",local authority,,\r\n'
    )
    assert faults == []
    assert [row.line for row in rows] == [2, 4]
    assert rows[0]["sector"] is Sector.EDUCATION
    assert rows[0]["areas"] == ("Walsall", "Sandwell")
    assert rows[0]["opened_on"] == date(2013, 8, 1)
    assert rows[1].values == {
        "name": "Early\nHelp",
        "sector": Sector.LOCAL_AUTHORITY,
        "areas": (),
        "opened_on": None,
        "workforce": None,
    }


def test_tells_every_fault_with_its_line_and_column() -> None:
    _, faults = read(
        "name,sectr,areas,workforce\n,police,,many\nFire,fire,,12,more\nX,police,,1\x01\n"
    )
    assert faults == [
        "line 1, sector: The column is missing",
        "line 1, sectr: There is no such column. Did you mean sector?",
        "line 2, name: Fill this in: it cannot be empty",
        "line 2, workforce: Write a whole number, such as 25",
        "line 3: The row has more cells than the 4 of the header",
        "line 4, workforce: Take out the control character: it cannot be kept",
    ]


def test_a_cell_that_is_not_utf8_is_named() -> None:
    _, faults = read("name,sector,areas\nCaf\xe9,police,\n".encode("latin-1"))
    assert faults == ["line 2, name: Save the file as UTF-8: a character cannot be read"]


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        ("", "a.csv", "line 1: The file is empty: it needs a row with the columns' names"),
        ('name,sector,areas\n"x,police,\n', "a.csv", "line 2: A quotation mark is opened and not"),
        ("name", "a.pdf", "line 1: Save the file as CSV or XLSX"),
        ("no zip", "a.xlsx", "line 1: Save the file as an Excel workbook"),
        ("name,sector".encode("utf-16"), "a.csv", "line 1: Save the file as CSV in UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "line 1: Save the file as CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(
    content: str | bytes, name: str, fault: str
) -> None:
    rows, faults = read(content, name)
    assert rows == []
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_name_is_no_longer_than_a_page_can_show() -> None:
    rows, faults = read(f"name,sector,areas\n{'x' * 301},police,\n", "a.csv")
    assert faults == ["line 2, name: Shorten this: it has more than 300 characters"]
    assert not rows[0].is_sound


def test_a_column_named_twice_is_a_fault() -> None:
    _, faults = read("name,sector,areas,name\nx,police,,y\n")
    assert faults == ["line 1, name: The column is there twice"]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_reads_a_workbook_with_its_own_dates_and_numbers() -> None:
    rows, faults = read(
        workbook(
            ["name", "sector", "areas", "opened_on", "workforce"],
            ["Probation", "probation", "Walsall", naive(2021, 6, 26), 31.0],
            [None, None, None, None, None],
            ["Fire", "fire", None, "2027-02-30", -1],
        ),
        "a.XLSX",
    )
    assert rows[0].values["opened_on"] == date(2021, 6, 26)
    assert rows[0]["workforce"] == 31
    assert [row.line for row in rows] == [2, 4]
    assert faults == [
        "line 4, opened_on: There is no day 2027-02-30",
        "line 4, workforce: Write a whole number, such as 25",
    ]


def repacked(book: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in {*old.namelist(), part}:
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_refused() -> None:
    for part in ("xl/sharedStrings.xml", "xl/workbook.xml"):
        bomb = repacked(workbook(["name"]), part, b" " * (61 << 20))
        assert len(bomb) < 100_000
        assert read(bomb, "bomb.xlsx")[1] == [
            "line 1: Split the file, or save it as CSV: unpacked, it is too large"
        ]


def test_a_workbook_with_entities_is_refused() -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    rows, faults = read(repacked(workbook(["name"]), "xl/worksheets/sheet1.xml", lol), "a.xlsx")
    assert rows == []
    assert faults[0].startswith("line 1: Save the file as an Excel workbook")


def test_instants_are_london_time_unless_they_carry_an_offset() -> None:
    assert instant("2027-02-08T09:30") == datetime(2027, 2, 8, 9, 30, tzinfo=UTC)
    assert instant("2027-07-08 09:30") == datetime(2027, 7, 8, 8, 30, tzinfo=UTC)
    assert instant("2027-07-08T09:30Z") == datetime(2027, 7, 8, 9, 30, tzinfo=UTC)
    assert instant("2027-07-08T09:30+02:00") == datetime(2027, 7, 8, 7, 30, tzinfo=UTC)
    assert instant(naive(2027, 7, 8, 9, 29, 59, 999_000)) == datetime(2027, 7, 8, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2027-03-28T01:30", "8 July", "2027-07-08", "2027-13-01T09:00"]
)
def test_an_instant_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"London has no|Write date and time|There is no time"):
        instant(written)


@pytest.mark.parametrize("written", ["-1", "1e3", "NaN", "Infinity", "x", "999999999"])
def test_an_amount_is_money_from_nothing_on(written: str) -> None:
    if written == "1e3":
        assert amount(written) == 1000
        return
    with pytest.raises(ValueError, match="Write an amount"):
        amount(written)


def test_refuse_any_raises_all_faults_once_in_order() -> None:
    faults = Faults()
    faults.refuse_any()
    for line in (3, 2, 3):
        faults.add(line, "name", "Fill this in")
    with pytest.raises(FaultyFile) as refused:
        faults.refuse_any()
    assert [fault.line for fault in refused.value.faults] == [2, 3]
    assert refused.value.sentence == "2 things to put right. Nothing was written."
