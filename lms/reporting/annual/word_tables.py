"""Tables of a Word file: editable, with header rows that repeat, described for who cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docx.document import Document as WordFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell

from lms.reporting.annual.document import Head, Highlights, Row, Table
from lms.reporting.annual.word_parts import INK_2, TEXT_WIDTH, append

SAND, HAIRLINE = "f8f4ec", "d8d3c8"
ACROSS = 3  # highlights beside each other
NARROWEST, BESIDE = Mm(17), Mm(5)  # of a column of figures
LETTER, BOLD, SMALL = Mm(1.9), Mm(2.15), Mm(1.55)  # how wide one is, at most
BOLD_ROWS = ("group", "total")
QUIET = ("unknown", "not entered")


def add_table(file: WordFile, block: Table, look: Mapping[str, str]) -> None:
    """Its caption as a heading, the table, its note."""
    file.add_heading(block.caption, level=2)
    table = file.add_table(rows=1 + len(block.rows), cols=len(block.heads))
    _describe(table, block.caption)
    widths = _widths(block)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cell, head, width in zip(table.rows[0].cells, block.heads, widths, strict=True):
        _write_head(cell, head)
        cell.width = width
    _repeat(table.rows[0])
    _border(table.rows[0].cells, "bottom", look["brand"], 12)
    for word_row, row in zip(list(table.rows)[1:], block.rows, strict=True):
        _write_row(word_row, row, block.heads, widths, look)
    if block.note:
        file.add_paragraph(block.note, style="Note")


def _widths(block: Table) -> list[Length]:
    """Figures have what their longest text needs; what is left goes to the words."""
    needed = [_needed(block, at) if head.is_numeric else 0 for at, head in enumerate(block.heads)]
    words = needed.count(0)
    left = int((TEXT_WIDTH - sum(needed)) / max(words, 1))
    return [Length(width or left) for width in needed]


def _needed(block: Table, at: int) -> int:
    whole = [row for row in block.rows if len(row.cells) == len(block.heads)]
    head = block.heads[at]
    widths = [
        *(LETTER * len(row.cells[at]) for row in whole if row.kind not in BOLD_ROWS),
        *(BOLD * len(row.cells[at]) for row in whole if row.kind in BOLD_ROWS),
        *(BOLD * len(word) for word in head.name.split()),
        *(SMALL * len(word) for word in head.under.split()),
    ]
    return int(max(NARROWEST, max(widths) + BESIDE))


def _write_head(cell: WordCell, head: Head) -> None:
    line = cell.paragraphs[0]
    line.style = "Cell"
    line.add_run(head.name).bold = True
    if head.is_numeric:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head.under:
        line.add_run().add_break()
        under = line.add_run(head.under)
        under.font.size, under.font.color.rgb = Pt(8), RGBColor.from_string(INK_2.upper())


def _write_row(
    word_row: Any, row: Row, heads: tuple[Head, ...], widths: list[Length], look: Mapping[str, str]
) -> None:
    _keep_whole(word_row)
    cells = word_row.cells
    if len(row.cells) < len(heads):
        cells[len(row.cells) - 1].merge(cells[-1])
    for at, words in enumerate(row.cells):
        cell = cells[at]
        line = cell.paragraphs[0]
        line.style = "Cell"
        run = line.add_run(words)
        run.bold = row.kind in BOLD_ROWS
        is_instead = at == len(row.cells) - 1 and len(row.cells) < len(heads)
        if is_instead or words in QUIET:
            run.font.color.rgb = RGBColor.from_string(INK_2.upper())
        if heads[at].is_numeric and not is_instead:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if at == 0 and row.kind == "inside":
            line.paragraph_format.left_indent = Mm(5)
        if not is_instead:
            cell.width = widths[at]
        if row.kind == "group":
            append(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=SAND)
    _border(cells, "bottom", HAIRLINE, 4)
    if row.kind == "total":
        _border(cells, "top", look["brand"], 12)


def add_highlights(file: WordFile, block: Highlights, look: Mapping[str, str]) -> None:
    """Figures that stand large, three beside each other."""
    rows = -(-len(block.items) // ACROSS)
    table = file.add_table(rows=rows, cols=ACROSS)
    _describe(table, "The figures that stand for the year, each with its name beneath it")
    for place, item in enumerate(block.items):
        cell = table.cell(place // ACROSS, place % ACROSS)
        cell.width = Length(int(TEXT_WIDTH / ACROSS))
        cell.paragraphs[0].style = "Big figure"
        run = cell.paragraphs[0].add_run(item.figure)
        if not item.figure[:1].isdigit():
            run.font.size = Pt(15)
        cell.add_paragraph(item.label, style="Cell")
        cell.add_paragraph(item.note, style="Note")
        _border([cell], "top", look["brand"], 18)


# --- What python-docx does not know --------------------------------------------------------------


def _describe(table: WordTable, words: str) -> None:
    """A description, a first row that is a header, and no lines of Word's own."""
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    properties = table._tbl.tblPr
    for old in properties.findall(qn("w:tblLook")):
        properties.remove(old)
    append(
        properties,
        "w:tblLook",
        val="0020",
        firstRow="1",
        lastRow="0",
        firstColumn="1",
        lastColumn="0",
        noHBand="1",
        noVBand="1",
    )
    append(properties, "w:tblCaption", val=words)
    append(properties, "w:tblDescription", val=words)


def _repeat(row: Any) -> None:
    """This row heads the table on every page."""
    properties = row._tr.get_or_add_trPr()
    append(properties, "w:cantSplit")
    append(properties, "w:tblHeader")


def _keep_whole(row: Any) -> None:
    append(row._tr.get_or_add_trPr(), "w:cantSplit")


def _border(cells: Any, side: str, colour: str, eighths: int) -> None:
    for cell in dict.fromkeys(cell._tc for cell in cells):
        properties = cell.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            shade = properties.find(qn("w:shd"))
            properties.append(borders) if shade is None else shade.addprevious(borders)
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(eighths)), ("color", colour.lstrip("#"))):
            edge.set(qn(f"w:{name}"), value)
        borders.insert(0, edge) if side == "top" else borders.append(edge)
