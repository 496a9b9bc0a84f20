"""`lms report`: figures for a terminal and for files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from lms.cli import main
from lms.config import REPOSITORY
from lms.db import db
from tests.support.make import Make

Lms = Callable[..., Result]
COURSES = REPOSITORY / "lms" / "demo" / "data" / "courses-2016-17.csv"


@pytest.fixture
def lms(database: str, monkeypatch: pytest.MonkeyPatch, make: Make) -> Lms:
    """The command, on the test's database."""
    monkeypatch.setenv("LMS_DATABASE_URL", database)
    monkeypatch.setenv("LMS_SECRET_KEY", "s" * 40)
    make.partnership()

    def run(*words: str) -> Result:
        db.session.rollback()
        return CliRunner().invoke(main, list(words))

    return run


def year_of_courses(to: Path) -> Path:
    """A file of 591 rows whose counts are those of the published year; people are made up."""
    courses = list(csv.DictReader(COURSES.read_text().splitlines()))
    header = [
        *("event_reference", "event_title", "course_title", "kind", "level", "held_on"),
        *("email", "name", "agency", "outcome"),
    ]
    with to.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number, course in enumerate(courses):
            events = int(course["events_run"] or course["events_planned"])
            title = course["course_title"]
            for n in range(int(course["attendees"])):
                event = n % events
                held_on = date(2016, 4, 11) + timedelta(days=7 * (number * 3 + event))
                reference, name = f"C{number}-{event}", f"Delegate {number}-{n}"
                row = [reference, title, title, "course", course["level"], held_on, "", name]
                writer.writerow([*row, f"Agency {n % 7}", "walk-in" if n % 10 == 0 else "attended"])
    return to


def rows_of(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_R3_R7_the_published_year_comes_out_as_it_went_in(lms: Lms, tmp_path: Path) -> None:
    file = year_of_courses(tmp_path / "attendance.csv")
    assert lms("import", "attendance", str(file)).exit_code == 0
    rows = rows_of(lms("report", "attendance", "--by", "course", "--format", "csv"))
    expected = {
        course["course_title"]: int(course["attendees"])
        for course in csv.DictReader(COURSES.read_text().splitlines())
    }
    assert len(expected) == 12
    assert {row["course"]: int(row["attended"]) for row in rows[:-1]} == expected
    assert (rows[-1]["course"], rows[-1]["attended"]) == ("Total", "591")
    assert {row["confirmed"] for row in rows} == {row["attendance_rate"] for row in rows} == {""}
    again = lms("import", "attendance", str(file))
    assert "591 unchanged" in again.output
    year = rows_of(lms("report", "attendance", "--year", "2016-17", "--format", "csv"))
    assert year[-1]["attended"] == "591"
    assert year[-2]["agency"] == "No agency"


def test_the_columns_are_those_of_the_contract(lms: Lms, make: Make) -> None:
    make.agency("=Formula House")
    result = lms("report", "attendance", "--format", "csv")
    assert result.stdout.splitlines()[0] == (
        "agency,sector,confirmed,attended_fully,attended_partly,did_not_attend,excused,cancelled,"
        "late_cancelled,walk_ins,attended,people,workforce,attendance_rate,reach"
    )
    rows = rows_of(result)
    assert [row["agency"] for row in rows] == ["'=Formula House", "Total"]
    assert rows[0]["attended"] == "0"
    result = lms("report", "evaluation", "--by", "quarter", "--format", "csv")
    header = "quarter,stage,invited,answered,reply_rate,provisional"
    assert result.stdout.splitlines()[0] == header
    assert [row["stage"] for row in rows_of(result)] == ["pre", "post", "impact"]


def test_a_report_is_narrowed_by_any_of_several_values_and_crossed(
    lms: Lms, tmp_path: Path
) -> None:
    assert lms("import", "attendance", str(year_of_courses(tmp_path / "a.csv"))).exit_code == 0
    levels = ("--level", "1", "--level", "2")
    result = lms("report", "attendance", "--across", "quarter", *levels, "--format", "csv")
    rows = rows_of(result)
    assert list(rows[0])[:3] == ["agency", "sector", "quarter"]
    courses = list(csv.DictReader(COURSES.read_text().splitlines()))
    expected = sum(int(course["attendees"]) for course in courses if course["level"] in ("1", "2"))
    assert (rows[-1]["agency"], rows[-1]["quarter"]) == ("Total", "Total")
    assert rows[-1]["attended"] == str(expected)
    by_quarter = [row for row in rows if row["agency"] == "Total" and row["quarter"] != "Total"]
    assert sum(int(row["attended"]) for row in by_quarter) == expected


def test_a_filter_that_matches_nothing_is_said_beside_the_noughts(lms: Lms) -> None:
    result = lms("report", "attendance", "--sector", "police", "--mode", "online")
    assert result.exit_code == 0
    assert result.stderr == (
        "No booking matches (sector: police; mode: online): every figure is 0.\n"
    )


def test_json_says_what_its_columns_mean_and_what_was_asked(lms: Lms) -> None:
    result = lms("report", "attendance", "--year", "2025-26", "--by", "level", "--format", "json")
    told = json.loads(result.stdout)
    assert told["filters"] == {
        "by": "level",
        "from": "2025-04-01",
        "to": "2026-03-31",
        "partnerships": ["Walsall"],
    }
    assert set(told["definitions"]) < set(told["rows"][-1])
    assert told["rows"][-1]["level"] == "Total"
    assert told["generated_at"]


def test_xlsx_is_a_workbook_and_table_is_for_eyes(lms: Lms, make: Make) -> None:
    make.agency("Street Teams")
    result = lms("report", "attendance", "--format", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(result.stdout_bytes)).active
    assert sheet is not None
    assert sheet["A2"].value == "Street Teams"
    result = lms("report", "attendance")
    assert "Street Teams" in result.stdout
    assert "unknown" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-04-02", "--to", "2026-04-01"), "before it begins"),
        (("--year", "2025-27"), "There is no reporting year 2025-27."),
        (("--year", "lately"), "There is no reporting year lately."),
        (("--partnership", "Walsal"), "Did you mean Walsall?"),
        (("--year", "2025-26", "--from", "2025-04-01"), "not both"),
        (("--year", "2099-00"), "That period has not begun: its first day is Wednesday 1 April"),
        (("--sector", "polise"), "There is no sector polise. Did you mean police?"),
        (("--by", "level", "--across", "level"), "Choose two different groupings to cross."),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(
    lms: Lms, words: tuple[str, ...], said: str
) -> None:
    result = lms("report", "attendance", *words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        (["reach"], "agency,sector,people,workforce,reach"),
        (["reach", "--by", "role"], "role,people,workforce,reach"),
        (["reach", "--by", "cohort"], "cohort,counted_on,people,workforce,reach,not_reached"),
        (["programme", "--by", "agency"], "agency,sector,trainers,trainer_days"),
        (["waiting"], "course,waiting_at_start,people,unmet,waiting_now,asked_to_be_told"),
    ],
)
def test_reach_the_programme_and_who_waits_have_columns_of_their_own(
    lms: Lms, asked: list[str], columns: str
) -> None:
    assert lms("report", *asked, "--format", "csv").stdout.splitlines()[0] == columns


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["reach", "--by", "level"], "The report reach is not to be had by level."),
        (["programme", "--by", "sector"], "The programme is to be had by course, level,"),
        (["programme", "--sector", "police"], "it cannot be narrowed to an agency, a sector"),
        (["waiting", "--across", "level"], "Only the attendance report is crossed."),
        (["programme", "--year", "2190-91"], "has not begun"),
    ],
)
def test_what_cannot_be_had_of_them_is_said(lms: Lms, asked: list[str], said: str) -> None:
    refused = lms("report", *asked)
    assert refused.exit_code == 1
    assert said in refused.stderr
