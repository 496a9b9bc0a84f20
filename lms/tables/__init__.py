"""CSV and XLSX in, with every fault by line and column; CSV and XLSX out, made harmless."""

from __future__ import annotations

from lms.tables.cells import (
    Cell,
    Reader,
    amount,
    day,
    instant,
    of_text,
    one_of,
    several,
    text,
    whole_number,
)
from lms.tables.faults import Fault, Faults, FaultyFile, nearest
from lms.tables.imported import Imported
from lms.tables.reading import LONGEST_CELL, Column, Row, read_rows
from lms.tables.writing import Value, csv_lines, write_xlsx, xlsx_pieces

__all__ = [
    "LONGEST_CELL",
    "Cell",
    "Column",
    "Fault",
    "Faults",
    "FaultyFile",
    "Imported",
    "Reader",
    "Row",
    "Value",
    "amount",
    "csv_lines",
    "day",
    "instant",
    "nearest",
    "of_text",
    "one_of",
    "read_rows",
    "several",
    "text",
    "whole_number",
    "write_xlsx",
    "xlsx_pieces",
]
