"""One tap for several on the page without script, closing in three presses, and the paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.attendance.check_in.commands import check_in
from lms.attendance.rules import MarkKind
from lms.attendance.views.sign_in_sheet import blank_rows
from lms.booking.rules import Outcome
from lms.clock import FixedClock
from tests.support.browser import Browser, Page
from tests.support.door import DAY, Door
from tests.support.make import Make

EVENING = DAY + timedelta(hours=7)


@pytest.fixture
def door(make: Make, clock: FixedClock, browser: Browser) -> Door:
    door = Door(make, clock)
    browser.sign_in(door.trainer)
    return door


def address(door: Door) -> str:
    return f"/manage/events/{door.event}/register"


def pressed(page: Page) -> list[str]:
    found = page.document.find_all("button", attrs={"aria-pressed": "true"})
    return [" ".join(button.get_text(" ").split()) for button in found]


def test_all_present_says_how_many_and_is_undone_in_one_press(door: Door, browser: Browser) -> None:
    ada = door.book("Ada Pettifer")
    for name in ("Ben Ashby", "Cy Cole"):
        door.book(name)
    assert "Mark all 3 present" in browser.get(address(door)).text
    door.mark(ada, MarkKind.ABSENT)
    drawn = browser.get(address(door))
    page = browser.submit(drawn, form="Mark the other 2 present")
    assert "Two people are marked present." in page.text
    assert pressed(page) == ["Present Ben Ashby", "Present Cy Cole", "Absent Ada Pettifer"]
    assert "present" not in page.document.find(class_="register-acts").get_text()
    page = browser.submit(page, form="undo")
    assert pressed(page) == ["Absent Ada Pettifer"]


def test_A2_check_ins_stand_as_claims_until_they_are_confirmed(
    door: Door, browser: Browser, make: Make
) -> None:
    people = [make.person(name) for name in ("Ada Pettifer", "Ben Ashby")]
    ada, _ = (make.booking(door.event, person) for person in people)
    for person in people:
        check_in(door.session(), by=make.viewer(person), now=DAY)
    page = browser.get(address(door))
    assert "Two people checked in by phone." in page.text
    assert "checked in by phone at 9:30am" in page.text
    assert "2 of 2 marked: 2 checked in by phone" in page.text
    assert "closing takes their word" in page.text
    assert pressed(page) == []
    page = browser.submit(page, {"mark": "absent"}, form=f"{ada}/marks/")
    assert "checked in by phone at 9:30am" in page.text  # the trainer may look again
    page = browser.submit(page, form="Confirm the check-in")
    assert pressed(page) == ["Present Ben Ashby", "Absent Ada Pettifer"]


def test_somebody_who_walked_in_and_is_not_there_is_struck_out(
    door: Door, browser: Browser
) -> None:
    walter = door.walk_in()
    page = browser.submit(browser.get(address(door)), {"mark": "absent"}, form=f"{walter}/marks/")
    page = browser.submit(page, form="Strike out")
    assert "Walter Inn is off the register." in page.text
    assert "Nobody has a place." in page.text


def test_A3_a_register_of_twenty_all_present_is_closed_in_three_presses(
    door: Door, browser: Browser, clock: FixedClock, make: Make
) -> None:
    bookings = [make.booking(door.event) for _ in range(20)]
    clock.set(EVENING)
    browser.sign_in(make.coordinator())
    today = browser.get("/manage")
    register = browser.get(today.link("Disguised Compliance"))  # one
    closing = browser.get(register.link("Close the register"))  # two
    assert "20 names have no mark." in closing.text
    late = make.booking(door.event)  # whom the page did not ask about
    sent = {"all": closing.document.find("button", attrs={"name": "all"})["value"]}
    asked = browser.submit(closing, sent, form="All were there")
    assert "Say whether each was there" in asked.text
    assert door.picture.closed_at is None
    make.viewer(door.trainer)
    door.mark(late, MarkKind.ABSENT)
    closed = browser.submit(asked, sent, form="Close the register")  # three
    assert "The register is closed with 21 names." in closed.text
    lines = {line.booking_id: line.outcome for line in door.picture.lines}
    assert all(lines[booking] is Outcome.ATTENDED for booking in bookings)
    assert lines[late] is Outcome.DID_NOT_ATTEND


def test_the_sheet_to_sign_names_people_by_surname_with_room_for_more(
    make: Make, clock: FixedClock, browser: Browser
) -> None:
    door = Door(make, clock, days=2)
    browser.sign_in(door.trainer)
    for name in ("Ada Pettifer", "Ben Ashby"):
        door.book(name, access_needs="step-free")
    page = browser.get(browser.get(address(door)).link("Sign-in sheet"))
    sheets = page.document.find_all("section", class_="sheet")
    names = [cell.get_text() for cell in sheets[0].find_all("th", scope="row")]
    assert names == ["Ben Ashby", "Ada Pettifer"]
    assert len(sheets) == 2
    assert len(sheets[0].find_all("tr", class_="sheet__row")) == 2 + 12
    assert "step-free" not in page.html  # it lies open on a table
    one = browser.get(page.link("Tuesday 9 February"))
    assert len(one.document.find_all("section", class_="sheet")) == 1
    needs = browser.get(page.link("a sheet of their own"))
    assert "step-free" in needs.text
    assert "destroy it at the end of the day" in needs.text


@pytest.mark.parametrize(
    ("names", "rows"), [(0, 12), (10, 12), (15, 8), (20, 3), (21, 12), (45, 6), (48, 3)]
)
def test_a_sheet_leaves_what_fills_its_page(names: int, rows: int) -> None:
    assert blank_rows(names) == rows


def test_the_register_says_until_when_a_copy_may_be_kept_on_the_device(
    door: Door, browser: Browser, clock: FixedClock, app: Flask
) -> None:
    ends = EVENING + timedelta(hours=2)
    kept = browser.get(address(door)).headers["Lms-Kept-Until"]
    assert kept == str(int(ends.timestamp() * 1000))
    clock.set(ends)
    browser.sign_in(door.trainer)
    assert "Lms-Kept-Until" not in browser.get(address(door)).headers
    worker = browser.client.get("/static/register-worker.js", buffered=True)
    assert worker.headers["Service-Worker-Allowed"] == "/"
