"""What a Word file needs beside its text: styles, contents, page numbers, alternative texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shape import InlineShape
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write; one of them would keep the whole file from being made."""
INK, INK_2, ACCENT = "1b2527", "4b5759", "e9a53f"
LETTERS = "Arial"
MARGIN, TEXT_WIDTH = Mm(22), Mm(166)
OWN_STYLES = {  # name: (points, colour, bold, before, after)
    "Partnership": (13, "dark", True, 0, 150),
    "Finding": (14, "ink", False, 4, 10),
    "Note": (9, "ink_2", False, 4, 8),
    "Quotation": (11.5, "ink", False, 12, 2),
    "Who said it": (9.5, "ink_2", False, 0, 8),
    "Chart": (11, "ink", False, 2, 4),
    "Contents heading": (14, "dark", True, 60, 6),
    "Contents line": (11, "ink", False, 0, 4),
    "Cell": (10, "ink", False, 2, 2),
    "Big figure": (26, "dark", True, 4, 0),
}
KNOWN_STYLES = {
    "Normal": (11, "ink", False, 0, 8),
    "Title": (30, "dark", True, 0, 14),
    "Subtitle": (13, "brand", True, 0, 4),
    "Heading 1": (18, "dark", True, 26, 8),
    "Heading 2": (12.5, "ink", True, 14, 6),
    "List Bullet": (11, "ink", False, 0, 4),
}


def writable(fact: Any) -> Any:
    """The same facts, however deep, with every text as a Word file can hold it."""
    if isinstance(fact, str):
        return UNWRITABLE.sub("", fact)
    if isinstance(fact, Mapping):
        return {key: writable(value) for key, value in fact.items()}
    return [writable(value) for value in fact] if isinstance(fact, list) else fact


def set_styles(file: WordFile, look: Mapping[str, str]) -> None:
    """A4, and every style in the partnership's colours and our letters."""
    colours = {"ink": INK, "ink_2": INK_2, "brand": look["brand"], "dark": look["dark"]}
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = MARGIN
    page.top_margin, page.bottom_margin = Mm(20), Mm(20)
    for name in OWN_STYLES:
        style = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = file.styles["Normal"]
    for name, (size, colour, bold, before, after) in {**KNOWN_STYLES, **OWN_STYLES}.items():
        _set_style(file.styles[name], size, colours[colour], before, after, bold=bold)
    for name in ("Quotation", "Who said it"):
        _edge(file.styles[name].element.get_or_add_pPr())
    for name in ("Quotation", "Contents heading", "Partnership"):
        file.styles[name].paragraph_format.keep_with_next = True


def _set_style(
    style: Any, size: float, colour: str, before: float, after: float, *, bold: bool
) -> None:
    style.font.name, style.font.size, style.font.bold = LETTERS, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for key in [key for key in fonts.attrib if "Theme" in key]:
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), LETTERS)
    for spacing in properties.findall(qn("w:spacing")):
        properties.remove(spacing)
    _append(properties, "w:lang", val="en-GB")
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):  # Word's own rule under a title
        border.getparent().remove(border)


def _edge(properties: Any) -> None:
    """A coloured edge at the left, as quotations have on the pages."""
    borders = OxmlElement("w:pBdr")
    _append(borders, "w:left", val="single", sz="24", space="10", color=ACCENT)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


# --- Alternative texts, contents, page numbers ----------------------------------------------------


def describe(shape: InlineShape, words: str) -> None:
    """Give a picture its alternative text."""
    shape._inline.docPr.set("descr", words)


def add_bookmark(heading: WordParagraph, name: str) -> None:
    """A place that the contents lead to."""
    number = str(len(heading.part.element.findall(f".//{qn('w:bookmarkStart')}")) + 1)
    start = OxmlElement("w:bookmarkStart")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), f"section_{name}")
    end = OxmlElement("w:bookmarkEnd")
    end.set(qn("w:id"), number)
    properties = heading._p.get_or_add_pPr()
    properties.addnext(start)
    heading._p.append(end)


def add_contents(file: WordFile, sections: Iterable[tuple[str, str]]) -> None:
    """A field of contents, its lines written already as links; Word can bring it up to date."""
    lines = [
        (name, heading, file.add_paragraph(style="Contents line")) for name, heading in sections
    ]
    for place, (name, heading, line) in enumerate(lines):
        if place == 0:
            _field_mark(line, "begin")
            _instruction(line, 'TOC \\o "1-1" \\h \\z \\u')
            _field_mark(line, "separate")
        line.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        _add_link(line, f"section_{name}", heading)
    if lines:
        _field_mark(lines[-1][2], "end")


def _add_link(line: WordParagraph, bookmark: str, words: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark)
    link.set(qn("w:history"), "1")
    run = line.add_run(words)
    link.append(run._r)
    line._p.append(link)


def add_page_numbers(file: WordFile, words: str) -> None:
    """In the foot of every page but the first: whose report it is, and the page of how many."""
    page = file.sections[0]
    page.different_first_page_header_footer = True
    line = page.footer.paragraphs[0]
    line.style = file.styles["Note"]
    line.paragraph_format.tab_stops.clear_all()
    line.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(f"{words}\tPage ")
    _simple_field(line, "PAGE")
    line.add_run(" of ")
    _simple_field(line, "NUMPAGES")


def _simple_field(line: WordParagraph, instruction: str) -> None:
    _field_mark(line, "begin")
    _instruction(line, instruction)
    _field_mark(line, "separate")
    line.add_run("1")
    _field_mark(line, "end")


def _field_mark(line: WordParagraph, kind: str) -> None:
    _append(line.add_run()._r, "w:fldChar", fldCharType=kind)


def _instruction(line: WordParagraph, words: str) -> None:
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = f" {words} "
    line.add_run()._r.append(told)


def _append(parent: Any, tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value.lstrip("#"))
    parent.append(made)
    return made


append = _append
"""Add an element of Word's own, with its attributes."""
