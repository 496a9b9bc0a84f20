"""Rows out of an XLSX file, which is a zip of XML: checked by size before it is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from lms.tables.cells import Cell
from lms.tables.faults import HEADER_LINE

LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_HELD = 60 * 1024 * 1024  # all but the sheets, whose rows are read one by one, is held
SHEETS = "xl/worksheets/"
MOST_PARTS = 500
MOST_COLUMNS = 200
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
NOT_A_SPREADSHEET = "Save the file as an Excel workbook (.xlsx): this is not one that can be read"


class UnreadableFileError(Exception):
    """The file, or the rest of it from `line` on, cannot be read."""

    def __init__(self, message: str, line: int = HEADER_LINE) -> None:
        super().__init__(message)
        self.line = line


def spreadsheet_rows(file: BinaryIO) -> Iterator[tuple[int, Sequence[Cell | None]]]:
    """The rows of the first sheet that hold anything, with the numbers that the sheet shows."""
    _check_size(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(max_col=None, values_only=True), start=1):
            if any(cell not in (None, "") for cell in cells):
                yield line, _checked(line, cells)
    except (InvalidFileException, zipfile.BadZipFile, DefusedXmlException, *_MALFORMED) as error:
        raise UnreadableFileError(NOT_A_SPREADSHEET) from error


# What openpyxl lets through where a part is missing, cut short or no XML at all.
_MALFORMED = (
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    ValueError,
    SyntaxError,
    EOFError,
    zlib.error,
)


def _check_size(file: BinaryIO) -> None:
    if not openpyxl.DEFUSEDXML:
        raise UnreadableFileError("This installation cannot read workbooks safely: use CSV")
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableFileError(NOT_A_SPREADSHEET) from error
    held = sum(part.file_size for part in parts if not part.filename.lower().startswith(SHEETS))
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > LARGEST_UNPACKED or held > LARGEST_HELD:
        raise UnreadableFileError("Split the file, or save it as CSV: unpacked, it is too large")
    file.seek(0)


def _checked(line: int, cells: Sequence[object]) -> Sequence[Cell | None]:
    if len(cells) > MOST_COLUMNS:
        raise UnreadableFileError(f"The row has more than {MOST_COLUMNS} cells", line)
    if any(isinstance(cell, str) and cell in SPREADSHEET_ERRORS for cell in cells):
        raise UnreadableFileError("A cell shows an error of the spreadsheet, such as #REF!", line)
    return [cell if isinstance(cell, Cell) else None for cell in cells]
