"""Checking a certificate, what its PDF is like, and the coordinator's pages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.certificates import commands
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.messaging.sender import send_due
from tests.certificates.conftest import CLOSED, NOON, Day, certificates
from tests.support.browser import Browser
from tests.support.mail import KeptMail, must_read_as
from tests.support.snapshots import at

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
REASON = "It was somebody else of that name"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def issued(day: Day) -> tuple[Day, int, str]:
    """Marigold has a certificate: the event, her booking, its code."""
    booking = day.came(answered_at=CLOSED)
    day.close()
    commands.issue_all_due(NOON)
    return day, booking, certificates([booking])[0].code


def pdf_of(browser: Browser, address: str) -> PdfReader:
    page = browser.get(address)
    assert page.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(page.response.get_data()))


# --- Checking -------------------------------------------------------------------------------


def test_A6_anyone_with_the_code_reads_what_it_says(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    _, _, code = issued
    page = browser.get(f"/certificates/{code}")
    assert page.h1 == "Marigold Pettifer"
    assert "This certificate is genuine and holds." in page.text
    for said in ("Disguised Compliance", "8 February 2027", "7 hours", "Level 2", code):
        assert said in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert browser.get(f"/certificates/{sloppy}").h1 == "Marigold Pettifer"
    found = browser.get(f"/certificates?code={sloppy}", status=303, follow=False)
    assert found.headers["Location"] == f"/certificates/{code}"


def test_an_unknown_code_gives_a_kind_page_and_no_name(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    for code in ("K7PM-4QXD-92HT", "nonsense", "<script>"):
        page = browser.get(f"/certificates/{code}", status=404)
        assert page.h1 == "No certificate has this code"
        assert "Marigold" not in page.text
    browser.get("/certificates/nonsense.pdf", status=404)
    assert "twelve letters and figures" in browser.get("/certificates?code=K7PM").text


def test_A6_after_revocation_the_page_says_so_and_not_why(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    day, booking, code = issued
    commands.revoke(day.event, booking, REASON, by=day.by, now=at("2027-03-03 15:00"))
    page = browser.get(f"/certificates/{code}")
    assert "This certificate was revoked on Wednesday 3 March 2027" in page.text
    assert "genuine" not in page.text
    assert REASON not in page.html
    file = browser.get(f"/certificates/{code}.pdf", status=410)
    assert "revoked on Wednesday 3 March 2027" in file.text


# --- On paper -------------------------------------------------------------------------------


def test_the_pdf_is_tagged_to_pdf_ua_and_says_what_the_snapshot_says(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    _, _, code = issued
    read = pdf_of(browser, f"/certificates/{code}.pdf")
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - its own type
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en-GB"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert read.metadata is not None
    assert str(read.metadata.title).startswith("Certificate: Marigold Pettifer")
    assert len(read.pages) == 1
    text = " ".join(read.pages[0].extract_text().split())
    for said in ("Marigold Pettifer", "7 hours", "8 February 2027", "Idris Larkspur", code):
        assert said in text
    links = [note.get_object()["/A"]["/URI"] for note in read.pages[0]["/Annots"]]
    assert links == [f"http://127.0.0.1:8000/certificates/{code}"]


@pytest.mark.parametrize(
    ("name", "title", "outcomes"),
    [
        ("Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh " * 3, "Neglect", 2),
        ("محمد عبد الله الفاروق", "Children, young people and adults at risk " * 7, 40),
        ("अनिता शर्मा", "N" * 240, 0),
        ("王 小明 #strong[x] $a$", "Neglect", 12),
    ],
    ids=["long name", "right to left, long title", "one long word", "letters we do not have"],
)
def test_whatever_is_printed_it_stays_on_its_page(
    day: Day, browser: Browser, name: str, title: str, outcomes: int
) -> None:
    booking = day.came()
    teaches = "\n".join(
        f"Recognise and record what was seen, heard and done ({n})" * 2 for n in range(outcomes)
    )
    code = day.make.certificate(booking, name=name.strip(), title=title.strip(), teaches=teaches)
    read = pdf_of(browser, f"/certificates/{code}.pdf")
    assert len(read.pages) == 1
    text = read.pages[0].extract_text()
    assert code in text
    assert max(map(len, text.splitlines())) < 130, "nothing runs over the edge"


# --- The coordinator's pages ----------------------------------------------------------------


def test_the_page_says_who_has_one_and_who_waits_for_what(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    day, booking, code = issued
    silent = day.came("Ada Silent")
    day.came("Ben Part", Outcome.PART_ATTENDED)
    browser.sign_in(day.coordinator)
    here = f"/manage/events/{day.event}/certificates"
    page = browser.get(here)
    assert code in page.text
    assert "Waiting for the evaluation: 1" in page.text
    assert "open until Monday 8 March" in page.text
    assert "Ben Part" in page.text and "part attended" in page.text
    waive = browser.get(f"{here}/waive?booking={silent}")
    faulty = browser.submit(waive, {"reason": ""}, form="Waive it")
    assert "Enter why it is waived" in faulty.text
    assert f'value="{silent}" checked' in faulty.html
    done = browser.submit(faulty, {"reason": "Lost on paper"}, form="Waive it")
    assert "One certificate issued without the evaluation." in done.text
    assert "Lost on paper" in done.text
    revoke = browser.get(f"{here}/{booking}/revoke")
    done = browser.submit(revoke, {"reason": REASON}, form="Revoke it")
    assert "The certificate of Marigold Pettifer is revoked." in done.text
    anew = browser.get(f"{here}/{booking}/anew")
    for _ in range(2):  # a double click
        done = browser.submit(anew, {"reason": "It was her after all"}, form="Issue a new")
    assert "Marigold Pettifer has a new certificate" in done.text
    assert len(certificates([booking])) == 2


def test_a_corrected_outcome_is_put_first(issued: tuple[Day, int, str], browser: Browser) -> None:
    day, booking, _ = issued
    with transaction() as session:
        session.get_one(Booking, booking).outcome = Outcome.DID_NOT_ATTEND
    browser.sign_in(day.coordinator)
    page = browser.get(f"/manage/events/{day.event}/certificates")
    assert "One certificate to decide on" in page.text
    assert "The register says: did not attend." in page.text
    revoke = browser.get(f"/manage/events/{day.event}/certificates/{booking}/revoke")
    assert "The register was corrected" in revoke.text


def test_files_of_certificates_are_asked_for_by_a_button_and_kept_in_the_trail(
    issued: tuple[Day, int, str], browser: Browser
) -> None:
    day, _, _ = issued
    day.answered(day.came("Osei Thistledown"), CLOSED)
    commands.issue_all_due(NOON)
    browser.sign_in(day.coordinator)
    page = browser.get(f"/manage/events/{day.event}/certificates")
    one = browser.submit(page, form="as one PDF", follow=False)
    read = PdfReader(io.BytesIO(one.response.get_data()))
    assert [p.extract_text().count("Certificate of attendance") for p in read.pages] == [1, 1]
    assert "Marigold" in read.pages[0].extract_text(), "by surname"
    many = browser.submit(page, form="as a ZIP", follow=False)
    archive = zipfile.ZipFile(io.BytesIO(many.response.get_data()))
    codes = {certificate.code for certificate in certificates()}
    assert {name[-18:-4] for name in archive.namelist()} == codes
    browser.get(f"/manage/events/{day.event}/certificates.pdf", status=405)
    kept = db.session.scalars(select(AuditEntry.sentence).order_by(AuditEntry.id)).all()
    title = "Disguised Compliance and Safeguarding Children"
    assert kept == [f"took two certificates of {title} as {form}" for form in ("PDF", "ZIP")]


# --- Mail -----------------------------------------------------------------------------------


def test_each_message_reads_as_written(
    issued: tuple[Day, int, str], mailer: KeptMail, clock: FixedClock
) -> None:
    day, booking, code = issued
    send_due(NOON)
    commands.revoke(day.event, booking, REASON, by=day.by, now=NOON)
    send_due(NOON)
    assert len(mailer.sent) == 2
    for name, mail in zip(("issued", "revoked"), mailer.sent, strict=True):
        said = f"Subject: {mail['Subject']}\n\n{mail.get_content()}".replace(code, "[code]")
        must_read_as(SNAPSHOTS / f"{name}.txt", said)


def test_a_certificate_revoked_before_its_message_left_is_not_announced(
    issued: tuple[Day, int, str], mailer: KeptMail
) -> None:
    day, booking, _ = issued
    commands.revoke(day.event, booking, REASON, by=day.by, now=NOON)
    send_due(NOON)
    assert mailer.subjects() == [
        "Your certificate no longer holds: Disguised Compliance and Safeguarding Children"
    ]
