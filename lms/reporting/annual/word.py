"""The annual report as a Word file that needs only reading, and that can be edited.

Real styles, so that its headings make its contents; tables are tables, with header rows that
repeat; charts are pictures with their figures in words. In the partnership's name, colours and
logo. The same report and instant give the same bytes but for what zip writes of the day.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import datetime

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_BREAK
from docx.oxml.table import CT_Tbl
from docx.shared import Mm, Pt

from lms.reporting.annual.document import (
    Bars,
    Block,
    Document,
    Highlights,
    Paragraph,
    Points,
    Quotations,
    Stack,
    Table,
    as_facts,
    from_facts,
)
from lms.reporting.annual.paper import chart_png, mark_png
from lms.reporting.annual.word_parts import (
    add_bookmark,
    add_contents,
    add_page_numbers,
    describe,
    set_styles,
    writable,
)
from lms.reporting.annual.word_tables import add_highlights, add_table

Look = Mapping[str, str]
AFTER_TABLE = Pt(10)  # a table has no space of its own beneath it
STYLES = {"finding": "Finding", "note": "Note", "text": "Normal"}


def annual_docx(document: Document, look: Look, *, made_at: datetime) -> bytes:
    """The report as the bytes of a .docx file."""
    document, look = from_facts(writable(as_facts(document))), writable(dict(look))
    file = docx.Document()
    set_styles(file, look)
    _set_properties(file, document, look, made_at)
    _add_title_page(file, document, look)
    for section in document.sections:
        heading = file.add_heading(section.heading, level=1)
        add_bookmark(heading, section.key)
        for block in section.blocks:
            _add_block(file, block, look)
    packed = io.BytesIO()
    file.save(packed)
    return packed.getvalue()


def _set_properties(file: WordFile, document: Document, look: Look, made_at: datetime) -> None:
    about = file.core_properties
    about.title = f"{document.title}, {look['title']}"
    about.author = look["title"]
    about.language = "en-GB"
    about.subject = document.caption
    about.comments = ""
    about.created = about.modified = made_at.replace(tzinfo=None)


def _add_title_page(file: WordFile, document: Document, look: Look) -> None:
    mark = file.add_paragraph(style="Normal").add_run()
    shape = mark.add_picture(io.BytesIO(mark_png(look)), height=Mm(18))
    describe(shape, f"Mark of {look['title']}")
    file.add_paragraph(look["title"], style="Partnership")
    file.add_paragraph(document.caption, style="Subtitle")
    file.add_paragraph(document.title, style="Title")
    file.add_paragraph(document.lead, style="Finding")
    file.add_paragraph("Contents", style="Contents heading")
    add_contents(file, [(section.key, section.heading) for section in document.sections])
    asked = ", ".join(filter(None, (look["contact_name"], look["contact_email"])))
    last = file.add_paragraph(f"Figures as of {document.made_on}. Questions: {asked}", style="Note")
    last.paragraph_format.space_before = Pt(18)
    last.add_run().add_break(WD_BREAK.PAGE)
    add_page_numbers(file, f"{look['title']} · {document.title}")


def _add_block(file: WordFile, block: Block, look: Look) -> None:
    if isinstance(block, Paragraph):
        line = file.add_paragraph(block.text, style=STYLES[block.kind])
        if isinstance(line._p.getprevious(), CT_Tbl):
            line.paragraph_format.space_before = AFTER_TABLE
    elif isinstance(block, Points):
        _add_points(file, block.items)
    elif isinstance(block, Highlights):
        add_highlights(file, block, look)
    elif isinstance(block, Table):
        add_table(file, block, look)
    elif isinstance(block, Bars | Stack):
        _add_chart(file, block, look)
    elif isinstance(block, Quotations):
        for one in block.items:
            file.add_paragraph(f"“{one.words}”", style="Quotation")
            file.add_paragraph(one.who, style="Who said it")


def _add_points(file: WordFile, items: Iterable[str]) -> None:
    for item in items:
        file.add_paragraph(item, style="List Bullet")


def _add_chart(file: WordFile, block: Bars | Stack, look: Look) -> None:
    file.add_heading(block.caption, level=2)
    holder = file.add_paragraph(style="Chart")
    shape = holder.add_run().add_picture(io.BytesIO(chart_png(block, look)), width=Mm(166))
    describe(shape, block.alternative)
    if block.reading:
        file.add_paragraph(block.reading, style="Note")
