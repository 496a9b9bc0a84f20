"""The annual report: one document, set as a page, on paper and in Word."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.agencies.rules import Sector
from lms.attendance.commands import import_attendance
from lms.booking.rules import Outcome
from lms.catalogue.rules import EventState
from lms.clock import FixedClock
from lms.config import REPOSITORY
from lms.db import db
from lms.errors import Refused
from lms.reporting.annual.asked import Annual, annual_report
from lms.reporting.annual.document import (
    BarOf,
    Bars,
    Document,
    Head,
    Highlight,
    Highlights,
    Paragraph,
    PartOf,
    Points,
    Quotation,
    Quotations,
    Row,
    Section,
    Stack,
    Table,
    as_facts,
    from_facts,
)
from lms.reporting.annual.paper import annual_pdf
from lms.reporting.annual.word import annual_docx
from lms.reporting.elsewhere.rules import Measure
from tests.cli.test_reports import year_of_courses
from tests.conftest import NOT_RUN
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

COURSES = REPOSITORY / "lms" / "demo" / "data" / "courses-2016-17.csv"
LAST_YEAR = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'
)
LOOK = {
    "title": "Walsall Safeguarding Partnership",
    "contact_name": "Idris Larkspur",
    "contact_email": "training@wsp.example",
    "mark": MARK,
    "brand": "#14505c",
    "dark": "#0b343d",
    "tint": "#e4eff0",
    "line": "#b5d2d6",
}
EVERY_BLOCK = Document(
    title="Training and learning 2025-26",
    caption="April 2025 to March 2026",
    lead="Two events ran.",
    made_on="18 January 2027",
    sections=(
        Section(
            "first",
            "The year in figures",
            (
                Highlights((Highlight("591", "attended"), Highlight("not entered", "videos"))),
                Paragraph("More came.", "finding"),
                Bars("Police grew", "Share of 10", (BarOf("Police", 0.6, "60%", 0.5, "was 50%"),)),
            ),
        ),
        Section(
            "second",
            "Courses",
            (
                Table(
                    "Courses planned and run",
                    (Head("Course", is_numeric=False), Head("Run", "events"), Head("Attended")),
                    (
                        Row(("Neglect", "2", "40")),
                        Row(("Self-harm", "too few to say")),
                        Row(("All", "3", "41"), "total"),
                    ),
                    "Most attended: Neglect.",
                ),
                Stack("Most were kept", "Asked of nine.", (PartOf("Done", 7, "70%"),)),
                Points(("One.", "Two.")),
                Quotations((Quotation("I asked to see upstairs", "Health visitor, Neglect"),)),
            ),
        ),
    ),
)
MADE_AT = datetime(2027, 1, 18, 10, tzinfo=UTC)


def told(annual: Annual, key: str) -> Section:
    return next(section for section in annual.document.sections if section.key == key)


def table_in(section: Section) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table))


# --- The document -------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4), st.floats(0, 1))
def test_R6_what_was_published_reads_the_same_again(cells: list[str], share: float) -> None:
    rows = Table("caption", (Head("name"),), (Row(tuple(cells), "total"),))
    bars = Bars("caption", "reading", (BarOf("Police", share, "60%"),))
    more = Section("more", "More", (rows, bars))
    whole = Document("t", "c", "l", "on", (*EVERY_BLOCK.sections, more))
    assert from_facts(json.loads(json.dumps(as_facts(whole)))) == whole


# --- Word ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def word() -> docx.document.Document:
    return docx.Document(io.BytesIO(annual_docx(EVERY_BLOCK, LOOK, made_at=MADE_AT)))


def test_the_headings_of_the_word_file_are_real_and_skip_no_level(
    word: docx.document.Document,
) -> None:
    styles = [line.style.name for line in word.paragraphs if line.style]
    assert styles.count("Title") == 1
    headings = [
        (line.style.name, line.text)
        for line in word.paragraphs
        if line.style and line.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "The year in figures"),
        ("Heading 2", "Police grew"),
        ("Heading 1", "Courses"),
        ("Heading 2", "Courses planned and run"),
        ("Heading 2", "Most were kept"),
    ]
    assert word.core_properties.language == "en-GB"
    assert word.core_properties.title == "Training and learning 2025-26, " + LOOK["title"]


def test_every_picture_of_the_word_file_says_in_words_what_it_shows(
    word: docx.document.Document,
) -> None:
    said = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert said == [
        "Mark of Walsall Safeguarding Partnership",
        "Bar chart. Police grew. Police 60% (was 50%).",
        "One bar in parts. Most were kept. Done 7 (70%).",
    ]


def test_every_table_of_the_word_file_can_be_edited_and_has_its_header_row(
    word: docx.document.Document,
) -> None:
    figures, courses = word.tables
    first = courses.rows[0]._tr
    assert first.find(f".//{qn('w:tblHeader')}") is not None
    assert [cell.text for cell in courses.rows[0].cells] == ["Course", "Run\nevents", "Attended"]
    assert [cell.text for cell in courses.rows[1].cells] == ["Neglect", "2", "40"]
    assert courses.rows[2].cells[1].text == courses.rows[2].cells[2].text == "too few to say"
    look = courses._tbl.tblPr.find(qn("w:tblLook"))
    assert look.get(qn("w:firstRow")) == "1"
    for table in (figures, courses):
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))


def test_words_under_a_table_without_a_note_keep_their_distance() -> None:
    table = Table("Events by priority", (Head("Priority"),), (Row(("Neglect",)),))
    section = Section("one", "Priorities", (table, Paragraph("No theme."), Paragraph("More.")))
    bytes_of_it = annual_docx(replace(EVERY_BLOCK, sections=(section,)), LOOK, made_at=MADE_AT)
    *_, under, after = docx.Document(io.BytesIO(bytes_of_it)).paragraphs
    assert (under.text, under.paragraph_format.space_before) == ("No theme.", Pt(10))
    assert (after.text, after.paragraph_format.space_before) == ("More.", None)


def test_the_contents_of_the_word_file_lead_to_its_headings(word: docx.document.Document) -> None:
    body = word.element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert anchors == marks == {"section_first", "section_second"}
    fields = "".join(told.text or "" for told in body.iter(qn("w:instrText")))
    assert "TOC" in fields
    foot = word.sections[0].footer._element
    assert [t.text.strip() for t in foot.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


def test_LibreOffice_opens_the_word_file_and_shows_all_of_it(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        NOT_RUN.add("the Word file in LibreOffice: no soffice")
        pytest.skip("LibreOffice is not installed")
    file = tmp_path / "report.docx"
    file.write_bytes(annual_docx(EVERY_BLOCK, LOOK, made_at=MADE_AT))
    own = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=120)
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    whole = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for words in ("not entered", "too few to say", "I asked to see upstairs", "Page 2 of 2"):
        assert words in whole


def test_the_parts_of_the_word_file_are_sound_and_all_that_they_name_is_in_it() -> None:
    packed = zipfile.ZipFile(io.BytesIO(annual_docx(EVERY_BLOCK, LOOK, made_at=MADE_AT)))
    assert packed.testzip() is None
    names = set(packed.namelist())
    xml = {n: parse_xml(packed.read(n)) for n in names if n.endswith((".xml", ".rels"))}
    leads = {one.get("Target") for one in xml["word/_rels/document.xml.rels"]}
    assert {f"word/{target}" for target in leads if not target.startswith("../")} <= names
    known = {style.get(qn("w:styleId")) for style in xml["word/styles.xml"].iter(qn("w:style"))}
    body = xml["word/document.xml"]
    assert {style.get(qn("w:val")) for style in body.iter(qn("w:pStyle"))} <= known


# --- PDF ----------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_named_and_has_its_contents() -> None:
    made = annual_pdf(EVERY_BLOCK, LOOK, made_at=MADE_AT)
    assert made == annual_pdf(EVERY_BLOCK, LOOK, made_at=MADE_AT)
    file = pypdf.PdfReader(io.BytesIO(made))
    catalogue = file.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert file.metadata is not None
    assert file.metadata.title == "Training and learning 2025-26, " + LOOK["title"]
    whole = "\n".join(page.extract_text() for page in file.pages)
    for words in ("Contents", "Courses planned and run", "I asked to see upstairs", "Page 1 of"):
        assert words in whole


# --- The figures --------------------------------------------------------------------------------


def test_R7_the_year_2016_17_reproduces_its_published_table(make: Make, tmp_path: Path) -> None:
    make.partnership()
    with year_of_courses(tmp_path / "past.csv").open("rb") as file:
        import_attendance(file, "past.csv", now=make.now)
    exploitation = db.session.execute(
        db.text("select id from course where title = 'Child Sexual Exploitation'")
    ).scalar_one()
    make.event(
        "Child Sexual Exploitation",
        starts_at=datetime(2016, 11, 7, 9, 30, tzinfo=UTC),
        course=exploitation,
        state=EventState.CANCELLED,
        level=1,
    )
    annual = annual_report("2016-17", "", None, make.now)
    published = list(csv.DictReader(COURSES.read_text().splitlines()))
    expected = {
        row["course_title"]: (
            row["level"] or "none",
            row["events_planned"],
            row["events_run"] or row["events_planned"],
            row["attendees"],
        )
        for row in published
    }
    *rows, total = table_in(told(annual, "courses")).rows
    said = {
        title: (level, planned, run, attended)
        for title, level, planned, run, _, attended in (row.cells for row in rows)
    }
    assert said == expected
    assert total.cells == ("All courses and events", "", "28", "27", "1", "591")
    assert "planned 28 events and ran 27" in annual.document.lead
    rate = table_in(told(annual, "attendance")).rows[-1].cells[-1]
    assert rate == "unknown"  # imported past years have none (R2)


class Year:
    """A year with the police, and the year before with more of them."""

    def __init__(self, make: Make) -> None:
        self.make = make
        make.partnership()
        self.police = make.agency("West Midlands Police", Sector.POLICE)
        self.schools = make.agency("Walsall Schools", Sector.EDUCATION)
        for starts_at, agency, people in (
            (LAST_YEAR, self.police, 3),
            (LAST_YEAR, self.schools, 1),
            (LAST_YEAR - timedelta(days=364), self.police, 5),
        ):
            event = make.event("Neglect", starts_at=starts_at)
            for _ in range(people):
                make.booking(
                    event,
                    make.person(agency=agency),
                    outcome=Outcome.ATTENDED,
                    counts_as_confirmed_at_start=True,
                )

    def report(self, year: str = "2025-26") -> Annual:
        return annual_report(year, "", None, self.make.now)


@pytest.fixture
def year(make: Make) -> Year:
    return Year(make)


def test_the_six_highlights_say_what_nobody_has_entered(year: Year, make: Make) -> None:
    [block] = told(year.report(), "highlights").blocks
    assert isinstance(block, Highlights)
    assert [item.figure for item in block.items] == ["2", "4", "0", *["not entered"] * 3]
    make.outside_figure(1123)
    make.outside_figure(40, agency=year.police)
    make.outside_figure(7, measure=Measure.OWN_TRAINING, agency=year.police, course="Neglect")
    annual = year.report()
    [block] = told(annual, "highlights").blocks
    assert isinstance(block, Highlights)
    assert [item.figure for item in block.items][3:] == ["not entered", "not entered", "1,123"]
    tables = [one for one in told(annual, "elsewhere").blocks if isinstance(one, Table)]
    assert [row.cells[2] for row in tables[0].rows] == ["1,123", "40"]
    assert tables[1].rows[0].cells[-1] == "Enid Terrell, 18 January 2027"


def test_what_changed_since_the_year_before_is_said_in_sentences(year: Year) -> None:
    since = told(year.report(), "since")
    points = since.blocks[0]
    assert isinstance(points, Points)
    assert points.items[1] == "Attended: 4, 1 fewer than 5 (20%)."
    assert "the police from 100% to 75%" in points.items[3]
    assert "Walsall Schools took part, and had not the year before." in points.items[-1]
    before = year.report("2024-25")
    assert "since" not in {section.key for section in before.document.sections}


def test_a_year_that_has_not_begun_and_one_with_nothing_are_a_sentence_each(year: Year) -> None:
    with pytest.raises(Refused, match="has not begun: its first day is Thursday 1 April 2027"):
        year.report("2027-28")
    with pytest.raises(Refused, match="There is no reporting year 2027-29"):
        year.report("2027-29")
    assert "planned no training events in 2019-20" in year.report("2019-20").document.lead


def test_a_running_year_says_how_far_it_has_come(year: Year) -> None:
    annual = year.report("2026-27")
    assert annual.document.caption == "April 2026 to March 2027, as of 18 January 2027"


def test_a_reader_reads_prints_and_takes_it(
    year: Year, make: Make, browser: Browser, clock: FixedClock
) -> None:
    browser.sign_in(make.person("Pat Member", role=Role.PLD_MEMBER))
    page = browser.get(browser.get("/reports").link("Annual report"))
    assert page.h1 == "Training and learning 2025-26"
    assert "Police: West Midlands Police 3 75%" in page.text
    for words, start in (("Word", b"PK"), ("PDF", b"%PDF"), ("Web page", b"\n")):
        answer = browser.client.get(page.link(words), base_url=BASE_URL)
        assert answer.status_code == 200
        assert answer.data.lstrip(b"\n").startswith(start.strip(b"\n") or b"<!DOCTYPE html>")
        assert "training-and-learning-2025-26." in answer.headers["Content-Disposition"]
    assert browser.get("/reports/annual.odt", status=404)
