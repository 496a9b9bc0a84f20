"""E10: a quote disappears everywhere at once, from what was published years ago too."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pypdf
import pytest
from sqlalchemy import select

from lms.access import Role
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.clock import reporting_year
from lms.db import db, transaction
from lms.evaluation.commands.statements import set_quote_consent, take_back_quote
from lms.evaluation.rules import QuoteConsent, StatementState
from lms.reporting.annual.asked import annual_report, report_of_today
from lms.reporting.freezing.commands import freeze_year
from lms.reporting.freezing.keeping import withdrawn_since
from lms.reporting.models import FrozenYear
from tests.reporting.test_impact_page import BEGAN, Year, year
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

__all__ = ["year"]
WORDS, OTHERS = "They rang the school before the meeting", "More time for the case"
RELEASED = datetime(2025, 12, 1, 9, tzinfo=UTC)
FIRST, STANDING = "?year=2025-26&edition=1", "?year=2025-26"


class Quoted:
    """A year that was frozen twice, with two statements of one writer in both editions."""

    def __init__(self, year: Year, make: Make, browser: Browser) -> None:
        year.answers(year.police, 6)
        self.make, self.browser = make, browser
        self.partnership = year.host
        self.booking = db.session.scalars(select(Booking.id).order_by(Booking.id)).first() or 0
        db.session.rollback()
        told = {"state": StatementState.RELEASED, "decided_at": RELEASED}
        self.statement = make.statement(self.booking, "1", "difference", words=WORDS, **told)
        make.statement(self.booking, "2", "comment", words=OTHERS, **told)
        idris = make.coordinator()
        self.freeze(idris, "")
        late = make.person("Late")
        make.booking(year.event, late, outcome=Outcome.ATTENDED)
        self.freeze(idris, "A register was closed late")
        browser.sign_in(idris)

    def freeze(self, by: int, reason: str) -> None:
        found = annual_report("2025-26", "", None, self.make.now)
        document = report_of_today(found, self.make.now)
        of = reporting_year(BEGAN.date(), 4)
        viewer = self.make.viewer(by)
        freeze_year(self.partnership, of, document, reason, by=viewer, now=self.make.now)

    def everywhere(self) -> dict[str, str]:
        """The words of every page and file of both editions, and what the database keeps."""
        found = {
            f"{form} {query}": self._read(f"/reports/annual{form}{query}")
            for query in (FIRST, STANDING)
            for form in ("", ".docx", ".pdf", ".html")
        }
        kept = db.session.query(FrozenYear).order_by(FrozenYear.edition)
        return found | {f"kept {row.edition}": row.document for row in kept}

    def _read(self, path: str) -> str:
        answer = self.browser.client.get(path, base_url=BASE_URL)
        assert answer.status_code == 200, path
        if answer.data[:4] == b"%PDF":
            pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
            return " ".join(" ".join(page.extract_text().split()) for page in pages)
        if answer.data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
                return packed.read("word/document.xml").decode()
        return answer.get_data(as_text=True)


@pytest.fixture
def quoted(year: Year, make: Make, browser: Browser) -> Quoted:
    return Quoted(year, make, browser)


def test_E10_R6_a_quote_leaves_every_edition_the_moment_its_writer_takes_it_back(
    quoted: Quoted,
) -> None:
    before = quoted.everywhere()
    shown = {place for place in before if not place.startswith("kept")}
    assert len(shown) == 8
    assert {place for place, text in before.items() if WORDS in text} == shown, "kept: no words"
    take_back_quote(quoted.booking, quoted.statement, now=quoted.make.now)
    after = quoted.everywhere()
    assert not [place for place, text in after.items() if WORDS in text]
    assert {place for place, text in after.items() if OTHERS in text} == shown
    one = "A statement that stood here was withdrawn since."
    assert {place for place, text in after.items() if one in text} == shown
    set_quote_consent(quoted.booking, QuoteConsent.NO, now=quoted.make.now)
    both = "Two statements that stood here were withdrawn since."
    gone = quoted.everywhere()
    assert not [place for place, text in gone.items() if OTHERS in text]
    assert {place for place, text in gone.items() if both in text} == shown


def test_E10_R4_a_quote_stands_in_what_was_published_under_the_role_that_may_stand_now(
    quoted: Quoted,
) -> None:
    """The words are drawn as they are released today: redacted since, redacted there."""
    with transaction() as session:
        session.execute(
            db.text("update statement set words = 'They rang […]' where id = :id"),
            {"id": quoted.statement},
        )
    found = quoted.everywhere()
    assert not [place for place, text in found.items() if WORDS in text]
    assert "They rang […]" in found[f" {FIRST}"]


def test_the_first_of_several_editions_is_a_page_away_and_says_what_took_its_place(
    quoted: Quoted,
) -> None:
    quoted.browser.sign_in(quoted.make.person("Pat Reader", role=Role.PLD_MEMBER))
    page = quoted.browser.get("/reports/annual?year=2025-26")
    assert "Published anew: A register was closed late" in page.text
    first = quoted.browser.get(page.link("1, 18 January 2027"))
    assert "2025-26 as it was first published, on 18 January 2027. Edition 2 took its" in first.text
    assert "Attended: 6, corrected to 7 on 18 January 2027." in first.text
    assert first.link("Word").endswith("edition=1")
    assert "Publish it anew" not in first.text
    assert quoted.browser.get("/reports/annual?year=2025-26&edition=3", status=404)
    assert quoted.browser.get("/reports/annual?year=2025-26&edition=x", status=404)


@pytest.mark.parametrize(
    ("gone", "said"), [(1, "A statement that"), (2, "Two statements that"), (12, "12 statements")]
)
def test_E10_what_stands_where_quotes_stood(gone: int, said: str) -> None:
    assert withdrawn_since(gone).startswith(said)
