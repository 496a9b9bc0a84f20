"""The annual report with what people type into the names and texts that it is made of."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest

from lms.reporting.annual.document import (
    Head,
    Paragraph,
    Quotation,
    Quotations,
    Row,
    Section,
    Table,
)
from lms.reporting.annual.paper import annual_pdf
from lms.reporting.annual.word import annual_docx
from tests.reporting.test_annual import EVERY_BLOCK, LOOK, MADE_AT

ODD = "Neg\x01le\x0bct \ufffe<b>&amp; #panic() $x$\x00"


@pytest.mark.parametrize("where", ["a text", "the partnership"])
def test_what_XML_cannot_hold_is_left_out_and_markup_stays_as_typed(where: str) -> None:
    odd = Section(
        "odd",
        ODD,
        (
            Paragraph(ODD, "finding"),
            Table(ODD, (Head(ODD, is_numeric=False),), (Row((ODD,)),), ODD),
            Quotations((Quotation(ODD, ODD),)),
        ),
    )
    whole = replace(EVERY_BLOCK, title=ODD, lead=ODD, sections=(*EVERY_BLOCK.sections, odd))
    of_text = where == "a text"
    document, look = (whole, LOOK) if of_text else (EVERY_BLOCK, {**LOOK, "title": ODD})
    word = docx.Document(io.BytesIO(annual_docx(document, look, made_at=MADE_AT)))
    title = next(p for p in word.paragraphs if p.style and p.style.name == "Title")
    shown = title.text if of_text else word.core_properties.author
    assert shown == "Neglect <b>&amp; #panic() $x$"
    assert annual_pdf(document, look, made_at=MADE_AT).startswith(b"%PDF")
