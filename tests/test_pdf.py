"""The one way to a PDF: tagged, in our own letters, and text stays text."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from lms import pdf
from lms.agencies.look import printed_look
from lms.agencies.models import Partnership

MADE = datetime(2027, 2, 9, 9, 0, tzinfo=UTC)
TEMPLATE = """
#import "/components/paper.typ": *
#let data = json(bytes(sys.inputs.data))
#show: paper.with(look: data.look, title: data.title, foot: [Printed])
#masthead(data.look)
= #data.title
#for name in data.names [+ #name]
"""
NAMES = [
    "Zoë Łukasiewicz",
    "محمد الفاروق",
    "שרה כהן",
    "अनिता शर्मा",
    "สมชาย",
    "გიორგი",
    "Nguyễn Thị Hương",
    "Adéṣọlá Ọ̀ṣun",
]


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A template of our own, beside the real components."""
    shutil.copytree(pdf.TEMPLATES / "components", tmp_path / "components")
    (tmp_path / "trial.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    return "trial"


def printed(template: str, *names: str, **partnership: str) -> bytes:
    walsall = Partnership(
        **{
            "name": "Walsall",
            "title": "Walsall Safeguarding Partnership",
            "contact_name": "Idris",
            "contact_email": "idris@walsall.example",
            "contact_phone": "",
            "brand": "#14505c",
            "brand_dark": "#0b343d",
            "brand_tint": "#e4eff0",
            "brand_line": "#b5d2d6",
            **partnership,
        }
    )
    facts = {"look": printed_look(walsall), "title": "Names", "names": list(names)}
    return pdf.render(template, facts, made_at=MADE)


def test_it_is_tagged_titled_in_english_and_says_that_it_is_pdf_ua(template: str) -> None:
    made = printed(template, "Marigold Pettifer")
    root = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - its own type
    assert root["/Lang"] == "en-GB"
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "Names" in metadata


def test_the_same_facts_give_the_same_bytes(template: str) -> None:
    assert printed(template, "Marigold") == printed(template, "Marigold")


def test_what_is_typed_is_never_markup(template: str) -> None:
    text = PdfReader(io.BytesIO(printed(template, '#read("/etc/passwd") *b* $x$ \\ <l> @r')))
    assert '#read("/etc/passwd") *b* $x$ \\ <l> @r' in text.pages[0].extract_text()


def test_names_of_many_scripts_are_drawn(template: str) -> None:
    assert [name for name in NAMES if pdf.undrawable(name)] == []
    fonts = PdfReader(io.BytesIO(printed(template, *NAMES))).pages[0]["/Resources"]["/Font"]
    assert {"FiraGO" in str(font.get_object()["/BaseFont"]) for font in fonts.values()} == {True}


def test_what_no_font_can_draw_is_named_and_breaks_nothing(template: str) -> None:
    assert pdf.undrawable("王 Marigold 王 😀 \x00\u202e") == "王😀"
    text = PdfReader(io.BytesIO(printed(template, "王 Marigold\x00 \ue000😀"))).pages[0]
    assert "? Marigold ?" in text.extract_text()


def test_a_partnerships_own_mark_needs_no_namespace(template: str) -> None:
    mark = '<svg viewBox="0 0 1 1"><rect width="1" height="1" fill="currentColor"/></svg>'
    assert printed(template, mark_svg=mark).startswith(b"%PDF-1.7")
    wide = mark.replace("0 0 1 1", "0 0 40 1").replace('width="1"', 'width="40"')
    assert printed(template, mark_svg=wide).startswith(b"%PDF-1.7")
