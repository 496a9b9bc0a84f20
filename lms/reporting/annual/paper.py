"""The annual report on paper, and its charts as pictures: facts for templates/reporting/*.typ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lms import pdf
from lms.reporting.annual.document import Bars, Document, Stack, as_facts, block_facts

Look = Mapping[str, str]


def annual_pdf(document: Document, look: Look, *, made_at: datetime) -> bytes:
    """The report as a tagged PDF with a title page and contents."""
    facts = {"look": look, "report": as_facts(document)}
    return pdf.render("reporting/annual", facts, made_at=made_at)


def chart_png(block: Bars | Stack, look: Look) -> bytes:
    """One chart as a picture, as wide as the text of a page."""
    return pdf.picture("reporting/chart", {"look": look, "block": block_facts(block)})


def mark_png(look: Look) -> bytes:
    """The partnership's mark or logo as a picture."""
    return pdf.picture("reporting/mark", {"look": look}, dots_per_inch=300)
