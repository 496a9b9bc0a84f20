"""The annual report as a file: Word, PDF, or a page that stands alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from lms.agencies.look import printed_look
from lms.config import REPOSITORY
from lms.errors import NotFound
from lms.reporting.annual.asked import Annual
from lms.reporting.annual.document import Bars, Stack
from lms.reporting.annual.paper import annual_pdf
from lms.web.figures import Bar, Part

MIMETYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
STYLES = Path(REPOSITORY) / "static" / "lms.css"


def annual_file(annual: Annual, form: str, now: datetime) -> bytes:
    """The bytes of the file. Raises NotFound for a form that there is not."""
    look = printed_look(annual.partnership)
    if form == "docx":
        from lms.reporting.annual.word import annual_docx  # noqa: PLC0415 - lxml, 20 MB

        return annual_docx(annual.document, look, made_at=now)
    if form == "pdf":
        return annual_pdf(annual.document, look, made_at=now)
    if form != "html":
        raise NotFound
    template = current_app.jinja_env.get_template("reporting/annual_file.html")
    page = template.render(
        report=annual.document,
        partnership=annual.partnership,
        styles=STYLES.read_text(encoding="utf-8"),
        look=look,
        drawn_as=DRAWN_AS,
    )
    return page.encode()


def as_bars(block: Bars) -> list[Bar]:
    """A block's bars as the macros of the pages draw them."""
    return [
        Bar(bar.label, bar.value, bar.text, bar.before, bar.before_text, is_dark=bar.is_dark)
        for bar in block.bars
    ]


def as_parts(block: Stack) -> list[Part]:
    """A block's parts, likewise."""
    return [Part(part.n, f"{part.label}, {part.n:,} ({part.share})") for part in block.parts]


DRAWN_AS = {"bars": as_bars, "parts": as_parts}
