"""R6: a reporting year is frozen; later corrections are shown as corrections."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.clock import FixedClock, reporting_year
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.reporting.annual.asked import annual_report
from lms.reporting.freezing.commands import freeze_year, note_corrections
from lms.reporting.freezing.rules import (
    Difference,
    Figure,
    differences,
    refuse_freezing,
    standing,
)
from lms.reporting.models import FrozenYear, YearCorrection
from tests.support.browser import Browser
from tests.support.make import Make

LAST_YEAR = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
YEAR = reporting_year(date(2025, 9, 8), 4)
FIGURES = st.dictionaries(
    st.sampled_from("abcd"), st.integers(0, 9).map(lambda n: Figure("attended", n)), max_size=4
)


@given(FIGURES, FIGURES)
def test_R6_every_figure_that_is_not_as_published_is_a_correction_and_no_other(
    published: dict[str, Figure], now: dict[str, Figure]
) -> None:
    found = {one.key: (one.published, one.now) for one in differences(published, now)}
    zero = Figure("", 0)
    for key in {*published, *now}:
        pair = published.get(key, zero).value, now.get(key, zero).value
        assert (found.get(key) == pair) if pair[0] != pair[1] else (key not in found)


def test_R6_a_correction_is_a_sentence() -> None:
    one = Difference("attended", "attended", 591, 593, date(2027, 6, 3))
    assert one.sentence == "Attended: 591, corrected to 593 on 3 June 2027"
    said = standing("2025-26", date(2026, 7, 1), 1, [one])
    assert said == (
        "2025-26 was frozen on 1 July 2026: these are the figures as published. "
        "One figure has been corrected since: attended."
    )
    assert standing("2025-26", date(2026, 7, 1), 2, []).endswith("None has been corrected since.")


def test_R6_a_year_is_frozen_once_it_is_over() -> None:
    with pytest.raises(Refused, match="2025-26 ends on 31 March 2026"):
        refuse_freezing(YEAR, date(2026, 3, 31))
    refuse_freezing(YEAR, date(2026, 4, 1))


class Published:
    """Two people attended last year; the report is frozen by the coordinator."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.partnership = make.partnership()
        event = make.event("Neglect", starts_at=LAST_YEAR)
        self.bookings = [
            make.booking(event, make.person(), outcome=outcome, counts_as_confirmed_at_start=True)
            for outcome in (Outcome.ATTENDED, Outcome.ATTENDED, Outcome.DID_NOT_ATTEND)
        ]
        self.by = make.viewer(make.coordinator())

    def freeze(self, reason: str = "") -> int:
        document = annual_report("2025-26", "", None, self.make.now).document
        return freeze_year(self.partnership, YEAR, document, reason, by=self.by, now=self.make.now)

    def correct(self) -> None:
        with transaction() as session:
            session.get_one(Booking, self.bookings[2]).outcome = Outcome.ATTENDED


@pytest.fixture
def published(make: Make) -> Published:
    return Published(make)


def test_R6_the_figures_as_published_stay_and_corrections_stand_beside_them(
    published: Published, clock: FixedClock
) -> None:
    published.freeze()
    published.correct()
    clock.advance(timedelta(days=2))
    assert note_corrections(clock.now()) > 0
    clock.advance(timedelta(days=30))
    assert note_corrections(clock.now()) == 0  # noticed once
    annual = annual_report("2025-26", "", None, clock.now())
    texts = str(annual.document)
    assert "Attended: 2, corrected to 3 on 20 January 2027." in texts
    assert "corrected to 3 on 20 January 2027" in str(annual.document.sections[1])
    assert "They were attended 2 times" in annual.document.lead
    again = annual_report("2025-26", "", None, clock.now())
    assert again.document == annual.document


def test_R6_a_correction_taken_back_is_none(published: Published, clock: FixedClock) -> None:
    published.freeze()
    published.correct()
    note_corrections(clock.now())
    with transaction() as session:
        session.get_one(Booking, published.bookings[2]).outcome = Outcome.DID_NOT_ATTEND
    note_corrections(clock.now())
    annual = annual_report("2025-26", "", None, clock.now())
    assert annual.frozen is not None
    assert annual.frozen.corrected == ()
    assert db.session.query(YearCorrection).count() > 0


def test_R6_a_year_is_published_anew_only_after_corrections_and_every_edition_is_kept(
    published: Published, make: Make
) -> None:
    assert published.freeze() == 1
    with pytest.raises(Refused, match="nothing has been corrected since"):
        published.freeze("again")
    published.correct()
    with pytest.raises(Refused, match="why it is published anew"):
        published.freeze()
    assert published.freeze("A register was closed late") == 2
    assert db.session.query(FrozenYear).count() == 2
    reader = make.viewer(make.person(role=Role.PLD_MEMBER))
    with pytest.raises(NotFound):
        freeze_year(
            published.partnership,
            YEAR,
            annual_report("2025-26", "", None, make.now).document,
            by=reader,
            now=make.now,
        )


def test_R6_a_coordinator_freezes_a_year_after_reading_what_comes_of_it(
    published: Published, make: Make, browser: Browser
) -> None:
    browser.sign_in(published.by.person_id)
    page = browser.get("/reports/annual?year=2025-26")
    page = browser.get(page.link("Freeze 2025-26"))
    assert "This cannot be undone." in page.text
    page = browser.submit(page, form="Freeze 2025-26")
    assert "2025-26 is frozen. What is corrected from now on is shown as such." in page.text
    assert "2025-26 was frozen on 18 January 2027" in page.text
    assert "Freeze 2025-26" not in page.text
    entered = browser.submit(
        browser.get("/reports/elsewhere/new?year=2025"),
        {"measure": "videos", "value": "19", "year": "2025"},
        form="Enter it",
    )
    assert "That year is frozen: its annual report shows this as a correction." in entered.text
    page = browser.get("/reports/annual?year=2025-26")
    assert "Videos or webinars added: 0, corrected to 19 on 18 January 2027." in page.text
    page = browser.submit(
        browser.get(page.link("Publish it anew")), {"reason": "Videos came late"}, form="Publish"
    )
    assert "Published anew: Videos came late" in page.text
    running = browser.submit(
        browser.get("/reports/annual/freeze?year=2026-27"), form="Freeze 2026-27"
    )
    assert "2026-27 ends on 31 March 2027. It can be frozen once it is over." in running.text


@pytest.mark.parametrize("report", ["attendance", "programme", "reach", "evaluation", "impact"])
def test_R6_every_report_says_that_the_year_it_shows_is_frozen_and_what_was_corrected(
    published: Published, browser: Browser, report: str
) -> None:
    published.freeze()
    browser.sign_in(published.by.person_id)
    page = browser.get(f"/reports/{report}?year=2025-26")
    assert "2025-26 was frozen on 18 January 2027: its annual report keeps the" in page.text
    assert "None has been corrected since." in page.text
    published.correct()
    note_corrections(published.make.now)
    page = browser.get(f"/reports/{report}?year=2025-26")
    assert "Attended: 2, corrected to 3 on 18 January 2027." in page.text
    assert browser.get(page.link("The annual report")).h1 == "Training and learning 2025-26"
    assert "frozen" not in browser.get(f"/reports/{report}?year=2026-27").text


def test_R6_who_corrects_the_register_of_a_frozen_year_learns_that_it_is_a_correction(
    published: Published, browser: Browser
) -> None:
    browser.sign_in(published.by.person_id)
    booking = db.session.get_one(Booking, published.bookings[2])
    address = f"/manage/events/{booking.event_id}/register/{booking.id}/correct"
    with transaction() as session:
        session.merge(Register(event_id=booking.event_id, closed_at=LAST_YEAR))
    assert "frozen" not in browser.get(address).text
    published.freeze()
    page = browser.get(address)
    said = "2025-26 is frozen: its annual report shows what changes as a correction."
    assert said in page.text
    form = {"outcome": "attended", "reason": "The sheet turned up"}
    assert said in browser.submit(page, form, form="Correct the register").text
