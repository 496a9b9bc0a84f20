"""The impact report as a member of the sub-group reads it, and as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from lms.access import Role
from lms.agencies.rules import Sector
from lms.booking.rules import Outcome
from lms.catalogue.models import LearningOutcome
from lms.cli import ahead
from lms.cli.ahead import work_out_once
from lms.clock import FixedClock
from lms.db import transaction
from lms.evaluation.models import (
    Answer,
    Commitment,
    Confidence,
    Evaluation,
    FollowUp,
    OwnQuestion,
    Reason,
)
from lms.evaluation.rules import CommitmentResult, Measure, QuestionKind, Stage
from lms.reporting.impact.rules import shown
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

BEGAN = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
STAGES = {Stage.PRE: (-1, 2, 2), Stage.POST: (0, 4, 3), Stage.IMPACT: (60, 3, 4)}


class Year:
    """One course, its outcome, and people who answer all three times."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.make = make
        self.host = make.partnership()
        self.police = make.agency("West Midlands Police", Sector.POLICE)
        self.health = make.agency("Walsall Healthcare", Sector.HEALTH)
        self.course = make.course("Neglect")
        self.event = make.event("Neglect", starts_at=BEGAN, course=self.course)
        with transaction() as session:
            outcome = LearningOutcome(course_id=self.course, position=9, text="see neglect early")
            session.add(outcome)
            session.flush()
            self.outcome = outcome.id
        browser.sign_in(make.person("Pat Member", role=Role.PLD_MEMBER, agency=self.police))

    def asks(self, wording: str) -> int:
        """A question of the partnership's own with yes and no."""
        with transaction() as session:
            found = OwnQuestion(
                partnership_id=self.host,
                kind=QuestionKind.YES_NO,
                wording=wording,
                measures=Measure.BEHAVIOUR,
                made_at=BEGAN,
            )
            session.add(found)
            session.flush()
            return found.id

    def answers(
        self,
        agency: int,
        people: int,
        *,
        later: int = 60,
        value: int = 0,
        own: dict[int, str] | None = None,
    ) -> None:
        for n in range(people):
            person = self.make.person(f"Hector Bramblewick {agency} {n}", agency=agency)
            booking = self.make.booking(
                self.event, person, outcome=Outcome.ATTENDED, counts_as_confirmed_at_start=True
            )
            for stage, (days, usual, every) in STAGES.items():
                after = timedelta(days=later if stage is Stage.IMPACT else days)
                said = value or usual + (n % every == 0)
                form = self._answer(booking, stage, BEGAN + after, said, n)
                if stage is Stage.IMPACT:
                    self._answer_own(form, own or {})

    def _answer_own(self, form: int, own: dict[int, str]) -> None:
        with transaction() as session:
            for question, said in own.items():
                session.add(
                    Answer(evaluation_id=form, question=f"own_{question}", number=int(said))
                )

    def _answer(self, booking: int, stage: Stage, at: datetime, value: int, n: int) -> int:
        with transaction() as session:
            form = Evaluation(booking_id=booking, stage=stage, invited_at=at, answered_at=at)
            session.add(form)
            session.flush()
            session.add(Confidence(evaluation_id=form.id, outcome_id=self.outcome, value=value))
            if stage is Stage.POST:
                session.add(Commitment(evaluation_id=form.id, position=1, text="Ring the school"))
            if stage is Stage.IMPACT:
                promise = (
                    session.query(Commitment)
                    .join(Evaluation, Evaluation.id == Commitment.evaluation_id)
                    .filter(Evaluation.booking_id == booking)
                    .one()
                )
                session.add(
                    FollowUp(
                        commitment_id=promise.id,
                        evaluation_id=form.id,
                        result=list(CommitmentResult)[n % 3],
                    )
                )
                session.add(
                    Reason(
                        evaluation_id=form.id,
                        is_help=False,
                        code="policy" if n % 3 == 2 else "no_time",
                    )
                )
            return form.id


@pytest.fixture
def year(make: Make, browser: Browser) -> Year:
    return Year(make, browser)


def read(browser: Browser, address: str) -> str:
    return browser.client.get(address, base_url=BASE_URL).get_data(as_text=True)


def test_R4_a_member_reads_what_changed_and_meets_no_name_and_no_small_group(
    year: Year, browser: Browser
) -> None:
    year.answers(year.police, 8)
    year.answers(year.health, 2)
    page = browser.get("/reports/impact")
    assert page.h1 == "Impact"
    assert "All training: one event, 2025-26" in page.text
    assert (
        "People left more confident. Eight weeks later half or less of it had lasted." in page.text
    )
    assert "80% of commitments were kept, wholly or partly." in page.text
    assert "10 of 10" in page.text
    assert "“No time” is the commonest barrier" in page.text
    assert "Bramblewick" not in page.text
    sectors = browser.get("/reports/impact?by=sector")
    table = sectors.document.find("table").get_text(" ", strip=True)
    assert "Health Too few to say: fewer than five people answered all three times." in table
    assert "Police Not shown: the answers of a few people would follow from it." in table
    course = browser.get(f"/reports/impact?by=course&only={year.course}")
    table = course.document.find("table").get_text(" ", strip=True)
    change = "2.5 4.4 3.3 +0.8 +0.5 to +1.1 +0.8 to +0.8"
    assert f"See neglect early {change} 8 up, else too few 10" in table
    browser.get("/reports/impact?by=course&only=999", status=404)
    browser.get("/reports/impact?by=weather", status=422)


def test_R5_the_files_say_what_the_page_says(year: Year, browser: Browser) -> None:
    year.answers(year.police, 8)
    year.answers(year.health, 2)
    page = browser.get("/reports/impact?by=sector")
    rows = list(csv.DictReader(io.StringIO(read(browser, page.link("CSV")))))
    assert [(row["sector"], row["matched"], row["done"]) for row in rows] == [
        ("health", "", ""),
        ("police", "", ""),
        ("Total", "10", "4"),
    ]
    assert rows[0]["confidence_shown"] == "Too few to say."
    assert rows[-1]["change_later"] == "0.8000"
    assert rows[-1]["answered_at_eight_weeks"] == "10"
    told = json.loads(read(browser, page.link("JSON")))
    assert told["filters"]["answers_before"] == "2027-01-01"
    assert told["filters"]["of"] == "All"
    workbook = browser.client.get(page.link("Excel"), base_url=BASE_URL)
    assert workbook.data[:2] == b"PK"


def test_R4_the_answers_of_a_quarter_count_together_and_a_late_one_waits_for_company(
    year: Year, browser: Browser, clock: FixedClock
) -> None:
    def total() -> dict[str, str]:
        text = read(browser, "/reports/impact.csv?year=2025-26")
        rows = list(csv.DictReader(io.StringIO(text)))
        return next(row for row in rows if row["course"] == "Total")

    year.answers(year.police, 6)
    clock.set(datetime(2025, 12, 15, 9, tzinfo=UTC))
    assert (total()["matched"], total()["answered_at_eight_weeks"]) == ("", "6")
    clock.set(datetime(2026, 1, 2, 9, tzinfo=UTC))
    assert (total()["matched"], total()["as_of"]) == ("6", "2026-01-01")
    assert total()["committed"] == "6"
    year.answers(year.health, 1, later=130, value=5)
    clock.set(datetime(2026, 2, 20, 9, tzinfo=UTC))
    assert (total()["matched"], total()["as_of"]) == ("6", "2026-01-01")
    assert (total()["committed"], total()["answered_at_eight_weeks"]) == ("6", "7")


def test_R4_own_questions_stand_on_the_page_and_in_the_files(
    year: Year, browser: Browser, clock: FixedClock
) -> None:
    question = year.asks("Has your manager asked?")
    year.answers(year.police, 6, own={question: "1"})
    year.answers(year.health, 5, own={question: "0"})
    page = browser.get(f"/reports/impact?by=course&only={year.course}")
    assert "Has your manager asked?" in page.text
    assert "11 people answered it at eight weeks." in page.text
    rows = list(csv.DictReader(io.StringIO(read(browser, page.link("CSV")))))
    own = [row for row in rows if row["question"] and row["event"] == "Total"]
    assert [(row["answer"], row["chosen"], row["answered_question"]) for row in own] == [
        ("Yes", "6", "11"),
        ("No", "5", "11"),
    ]
    sector = browser.get("/reports/impact?by=sector&only=health")
    assert "5 people answered it at eight weeks." in sector.text.replace("Five", "5")


@pytest.mark.parametrize("group", ["9" * 5000, "9" * 20, "-1", "0", "a%00b"])
def test_R4_a_group_that_no_row_can_have_is_not_there(
    year: Year, browser: Browser, group: str
) -> None:
    for path in ("/reports/impact", "/reports/impact.csv"):
        address = f"{path}?year=2025-26&by=course&only={group}"
        assert browser.client.get(address, base_url=BASE_URL).status_code in {400, 404}


def test_R4_dates_that_overlap_are_refused(year: Year, browser: Browser) -> None:
    assert "Choose a year" in browser.get("/reports/impact?from=2025-04-01", status=422).text
    empty = browser.get("/reports/impact?year=2019-20")
    assert "Nobody attended in this year." in empty.text
    to_come = browser.get("/reports/impact?year=2039-40", status=422)
    assert "That period has not begun: its first day is Friday 1 April" in to_come.text


def test_what_takes_long_is_worked_out_before_anybody_asks(
    year: Year, browser: Browser, app: Flask
) -> None:
    year.answers(year.police, 8)
    year.answers(year.health, 2)
    shown._decided.cache_clear()
    work_out_once(app)
    worked_out = shown._decided.cache_info().misses
    assert worked_out > 0
    browser.get("/reports/impact?year=2025-26")
    assert shown._decided.cache_info().misses == worked_out


def test_what_cannot_be_worked_out_ahead_is_left_to_whoever_asks(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_now: datetime) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    monkeypatch.setattr(ahead, "work_out_ahead", fails)
    work_out_once(app)


def test_where_nothing_can_be_drawn_no_empty_scale_is(year: Year, browser: Browser) -> None:
    year.answers(year.police, 3)
    page = browser.get("/reports/impact?year=2025-26")
    assert page.document.find(class_="changes") is None
    assert page.document.find(id="confidence").get_text() == "Confidence"
    assert "Too few to say: fewer than five people answered all three times." in page.text
