"""The pages on which a meeting's file is sent, looked at, imported and taken back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.access import Role
from lms.attendance.commands import close_register, mark
from lms.attendance.meetings.queries import list_unmatched
from lms.attendance.models import AttendanceFile, Mark, NameAlias
from lms.attendance.rules import MarkKind, MarkSource, RowState
from lms.booking.models import Booking
from lms.booking.rules import Origin
from lms.clock import FixedClock
from lms.db import db
from tests.attendance.meetings.test_files import FILES, PEOPLE, Online
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.statements import reads_of
from tests.support.trail import said


@pytest.fixture
def online(make: Make, clock: FixedClock, browser: Browser) -> Online:
    online = Online(make, clock)
    online.book(PEOPLE)
    browser.sign_in(online.by.person_id)
    return online


def address(online: Online) -> str:
    return f"/manage/events/{online.event}/register/files"


def send(
    browser: Browser, online: Online, file: Path | bytes, name: str = "", status: int = 200
) -> Page:
    content = file if isinstance(file, bytes) else file.read_bytes()
    page = browser.get(address(online))
    return browser.submit(
        page,
        {"file": (BytesIO(content), name or "report.csv")},
        form="Read the file",
        status=status,
    )


def row(page: Page, name: str) -> str:
    """What the table says of somebody."""
    found = next(tr for tr in page.document.find_all("tr") if name in tr.get_text())
    return " ".join(found.get_text(" ").split())


def test_A5_nothing_is_written_before_the_preview_is_agreed_to(
    online: Online, browser: Browser
) -> None:
    assert "Teams and Zoom files" in browser.get(f"/manage/events/{online.event}/register").text
    mark(
        online.event,
        online.booked["Ottilie Fennimore"],
        online.picture.sessions[0].id,
        MarkKind.PRESENT,
        by=online.by,
        now=online.now,
    )
    page = send(browser, online, FILES[0], "Neglect.csv")
    assert page.h1 == "Teams, Thursday 8 July"
    assert (
        "Nothing is written yet. Seven marks would be made; two names belong to nobody" in page.text
    )
    assert "Dates are read with the month first: 7/8/27 is Thursday 8 July 2027" in page.text
    tobias = row(page, "Tobias Elderbrook")
    assert "by e-mail address 167 of 180 minutes 12 minutes late" in tobias
    assert "Not named No time Absent" in row(page, "Kofi Lanternby")
    ottilie = row(page, "Ottilie Fennimore")
    assert "Present Marked by the trainer: kept. The file says: left 40 minutes early" in ottilie
    assert "It is Zainab Honeydew" in page.text
    assert "gives the event" in page.text
    assert "read.ai meeting notes" in page.text
    assert db.session.scalars(select(Mark).where(Mark.source == MarkSource.IMPORT)).all() == []
    [question] = [name for name in page.form("Import the file") if name.startswith("row-")]
    who = str(online.booked["Zainab Honeydew"])
    gone = browser.submit(page, {question: "99999"}, form="Import the file", status=409)
    assert "The register has changed since you looked. Nothing was imported." in gone.text
    page = browser.submit(page, {question: who}, form="Import the file")
    assert "The file is imported: seven marks made." in page.text
    assert "One name to match" in page.text
    assert online.marks()["Ottilie Fennimore"] == (MarkKind.PRESENT, 0, 0, 0)
    assert online.marks()["Zainab Honeydew"] == (MarkKind.PRESENT, 1, 0, 0)
    assert "imported a Teams file of Disguised" in _last_sentence("import meeting")
    again = send(browser, online, FILES[0], "Neglect (1).csv")
    assert "This file is here already. Nothing was changed." in again.text


def _last_sentence(act: str) -> str:
    found = said(act=act)
    return found[-1].sentence if found else ""


def test_A5_an_alias_once_confirmed_matches_the_next_file(online: Online, browser: Browser) -> None:
    online.bring_in(FILES[0])
    [alias] = db.session.scalars(select(NameAlias)).all()
    assert alias.alias == "zainab honeydew"
    page = send(browser, online, FILES[1])
    assert "by a name confirmed before" in row(page, "Zainab Honeydew")
    assert "Is it them?" not in page.text


def test_a_name_is_matched_added_as_a_walk_in_or_set_aside_each_by_one_act(
    online: Online, browser: Browser, make: Make
) -> None:
    make.agency("Bread Club", domains=["breadclub.example"])
    sent = FILES[5].read_bytes().decode("utf-16")
    sent = sent.replace("Kofi", "").replace("Dorian Hazelmere", "Stranger, Sam (External)")
    sent = sent.replace("hazelmere.d@police.example", "sam@breadclub.example")
    sent = sent.replace("10:00:40", "12:30:00").replace("Zainab Honeydew (Guest)", "iPhone")
    online.bring_in(sent.encode("utf-16"))
    page = browser.get(address(online))
    assert "Three names to match" in page.text
    [unmatched] = list_unmatched(online.by)
    assert (unmatched.event_id, unmatched.names) == (online.event, 3)
    register = f"/manage/events/{online.event}/register"
    assert "Teams and Zoom files · three names to match" in browser.get(register).text
    closing = browser.get(f"{register}/close").text
    assert "Three names of the meeting’s file belong to nobody yet." in closing
    ids = {row.name: row.id for row in online.picture.in_state(RowState.UNMATCHED)}
    page = browser.submit(page, form=f"{ids['Stranger, Sam (External)']}/walk-in")
    assert "Sam Stranger is on the register as a walk-in." in page.text
    walk_in = db.session.scalars(select(Booking).where(Booking.origin == Origin.WALK_IN)).one()
    assert (walk_in.name, walk_in.agency_name) == ("Sam Stranger", "Bread Club")
    current = db.session.scalars(select(Mark).where(Mark.booking_id == walk_in.id)).one()
    assert (current.kind, current.minutes_late, current.source) == (
        MarkKind.LATE,
        30,
        MarkSource.IMPORT,
    )
    assert online.marks()["Zainab Honeydew"][0] is MarkKind.ABSENT
    who = {"booking": str(online.booked["Zainab Honeydew"])}
    refused = browser.submit(page, form=f"{ids['iPhone']}/match", status=409)
    assert "Choose whose name it is." in refused.text
    page = browser.submit(page, who, form=f"{ids['iPhone']}/match")
    assert online.marks()["Zainab Honeydew"] == (MarkKind.PRESENT, 1, 0, 0)
    assert db.session.scalars(select(NameAlias)).all() == []  # a device is anybody's
    page = browser.submit(page, form=f"{ids['read.ai meeting notes']}/set-aside")
    assert "read.ai meeting notes is set aside." in page.text
    assert "to match" not in page.document.find("main").get_text().replace("names to match", "")
    assert list_unmatched(online.by) == ()
    page = browser.submit(page, form=f"{ids['read.ai meeting notes']}/back")
    assert "One name to match" in page.text


def test_a_file_is_taken_back_with_all_that_only_it_said(online: Online, browser: Browser) -> None:
    online.bring_in(FILES[0])
    online.bring_in(FILES[7])  # Bartholomew alone, once more
    first = online.picture.files[0]
    page = browser.get(f"{address(online)}/{first.id}")
    assert "Is it the wrong file?" in page.text
    page = browser.submit(page, form="Take the file back")
    assert "The file is taken away" in page.text
    kinds = {name: said[0] for name, said in online.marks().items()}
    assert kinds.pop("Bartholomew Figg") is MarkKind.PRESENT
    assert set(kinds.values()) == {MarkKind.ABSENT}
    browser.submit(
        browser.get(f"{address(online)}/{online.picture.files[0].id}"), form="Take the file back"
    )
    assert online.marks() == {}
    assert db.session.scalars(select(AttendanceFile)).all() == []
    staged = send(browser, online, FILES[0])
    page = browser.submit(staged, form="Forget this file")
    assert "No file yet." in page.text


def test_what_is_no_file_of_this_meeting_is_refused_with_a_sentence(
    online: Online, browser: Browser, make: Make
) -> None:
    nothing = browser.submit(browser.get(address(online)), form="Read the file")
    assert "Choose the attendance file that you downloaded" in nothing.text
    picture = send(browser, online, b"\x89PNG\r\n\x1a\n" + bytes(99), "attendance.csv")
    assert "This is a picture. Send the attendance report itself" in picture.text
    other = make.event(
        starts_at=online.picture.sessions[0].starts_at.replace(month=6),
        hours=3,
        trainers=[online.by.person_id],
    )
    page = browser.get(f"/manage/events/{other}/register/files")
    sent = {"file": (BytesIO(FILES[0].read_bytes()), "report.csv")}
    elsewhere = browser.submit(page, sent, form="Read the file")
    assert "The meeting in this file was on Thursday 8 July 2027, 9am to 12:35pm" in elsewhere.text
    assert "This event is held on Tuesday 8 June 2027, 9:30am to 12:30pm" in elsewhere.text
    assert db.session.scalars(select(AttendanceFile)).all() == []


def test_a_file_is_called_what_can_be_read(online: Online, browser: Browser) -> None:
    name = "..\\up/cod\u202eexe\x00 \x1b[31m" + "x" * 300 + ".csv"
    online.stage(FILES[0], name)
    [file] = online.picture.files
    assert file.name.startswith("cod exe [31mxxx") and file.name.endswith("x.csv")
    assert len(file.name) <= 120
    assert "cod exe [31mxxx" in browser.get(f"{address(online)}/{file.id}").text


@pytest.mark.parametrize("role", [Role.TRAINER, Role.AGENCY_LEAD, Role.ADMINISTRATOR])
def test_who_does_not_take_the_register_finds_no_file(
    online: Online, browser: Browser, make: Make, role: Role
) -> None:
    file_id = online.stage(FILES[0])
    browser.sign_in(make.person("Olive Other", role=role))
    browser.get(address(online), status=404)
    browser.get(f"{address(online)}/{file_id}", status=404)
    other = make.event("Another", trainers=[make.person("Olive Again", role=role)])
    browser.sign_in(online.by.person_id)
    browser.get(f"/manage/events/{other}/register/files/{file_id}", status=404)
    browser.get(f"{address(online)}/{file_id}?session=99999", status=404)
    browser.get(f"{address(online)}/{file_id}?session=x", status=404)


def test_a_closed_register_takes_no_file_and_shows_those_it_has(
    online: Online, browser: Browser
) -> None:
    online.bring_in(FILES[0])
    close_register(online.event, by=online.by, now=online.now)
    page = browser.get(address(online))
    assert "no file is taken any more" in page.text
    assert "Read the file" not in page.text
    assert "Take the file back" not in browser.get(page.link("Teams, Thursday 8 July")).text


def test_pages_ask_as_often_for_many_people_as_for_few(online: Online, browser: Browser) -> None:
    few = reads_of(browser, f"{address(online)}/{online.stage(FILES[7])}")
    many = reads_of(browser, f"{address(online)}/{online.stage(FILES[0])}")
    assert many <= few + 2
