"""The register as it is seen and tapped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.access import Role
from lms.attendance.rules import MarkKind
from lms.clock import FixedClock
from tests.support.browser import Browser, Page
from tests.support.door import DAY, Door
from tests.support.make import Make
from tests.support.statements import reads_of

EVENING = DAY + timedelta(hours=7)


@pytest.fixture
def door(make: Make, clock: FixedClock, browser: Browser) -> Door:
    door = Door(make, clock)
    browser.sign_in(door.trainer)
    return door


def address(door: Door) -> str:
    return f"/manage/events/{door.event}/register"


def tap(browser: Browser, page: Page, name: str, mark: str) -> Page:
    return browser.submit(page, {"mark": mark}, form=name)


def pressed(page: Page) -> list[str]:
    found = page.document.find_all("button", attrs={"aria-pressed": "true"})
    return [" ".join(button.get_text(" ").split()) for button in found]


def test_one_tap_marks_and_undo_takes_it_back(door: Door, browser: Browser) -> None:
    door.book("Ada Pettifer")
    door.book("Ben Ashby")
    page = browser.get(address(door))
    assert page.h1 == "Register"
    assert "0 of 2 marked" in page.text
    assert pressed(page) == []
    page = tap(browser, page, "Ada Pettifer", "present")
    assert "Ada Pettifer is marked present." in page.text
    assert pressed(page) == ["Present Ada Pettifer"]
    assert "1 of 2 marked: 1 present" in page.text
    page = browser.submit(page, form="undo")
    assert pressed(page) == []
    assert "0 of 2 marked" in page.text


def test_names_can_be_narrowed_to_those_without_a_mark_and_to_those_here(
    door: Door, browser: Browser
) -> None:
    for name in ("Ada Pettifer", "Ben Ashby", "Cy Cole"):
        door.book(name)
    page = tap(browser, browser.get(address(door)), "Ada Pettifer", "present")
    page = tap(browser, page, "Ben Ashby", "absent")
    without = browser.get(page.link("no mark yet (1)"))
    assert "Cy Cole" in without.text
    assert "Ben Ashby" not in without.document.find("ul", class_="register").get_text()
    here = browser.get(page.link("here (1)"))
    assert "Cy Cole" not in here.document.find("ul", class_="register").get_text()
    assert "show=unmarked" in str(without.action("Cy Cole"))


def test_minutes_late_are_asked_for_once_somebody_is_late(door: Door, browser: Browser) -> None:
    door.book("Petra Moonpenny")
    page = tap(browser, browser.get(address(door)), "Petra Moonpenny", "late")
    page = browser.submit(page, {"late": "20", "early": ""}, form="minutes/")
    assert "20 minutes late" in page.text
    changing = browser.get(page.link("Change"))
    assert changing.form("minutes/")["late"] == "20"
    browser.submit(changing, {"late": "twenty"}, form="minutes/", status=422)


def test_P1_needs_stand_as_a_note_for_those_who_run_the_event(
    door: Door, browser: Browser, make: Make
) -> None:
    make.booking(door.event, make.person("Marigold Pettifer"), access_needs="step-free")
    assert "step-free" in browser.get(address(door)).text


def test_someone_who_walked_in_is_added_and_marked(door: Door, browser: Browser) -> None:
    form = browser.get(browser.get(address(door)).link("Add someone who walked in"))
    refused = browser.submit(form, {"name": "", "agency": "Street Teams"})
    assert "Enter their name" in refused.text
    assert refused.form("Add them")["agency"] == "Street Teams"
    page = browser.submit(refused, {"name": "Walter Inn"}, form="Add them")
    assert "Walter Inn is marked present." in page.text
    assert "Street Teams · walked in" in page.text
    again = browser.submit(refused, {"name": "Walter Inn"}, form="Add them")
    assert "1 of 1 marked" in again.text
    afresh = browser.get(f"{address(door)}/walk-in")
    wrong = browser.submit(afresh, {"name": "A", "agency": "B", "email": "nobody"}, form="Add them")
    assert "Enter an e-mail address" in wrong.text


def test_A3_closing_asks_about_each_name_and_then_shows_what_was_recorded(
    door: Door, browser: Browser, clock: FixedClock
) -> None:
    ada, ben = door.book("Ada Pettifer"), door.book("Ben Ashby")
    door.mark(ada, MarkKind.PRESENT)
    clock.set(EVENING)
    browser.sign_in(door.trainer)
    page = browser.get(address(door))
    assert "One name has no mark yet. Closing asks you about each." in page.text
    closing = browser.get(page.link("Close the register"))
    assert "Ada Pettifer" not in closing.text
    refused = browser.submit(closing, form="Close the register")
    assert "Choose whether Ben Ashby was there" in refused.text
    question = f"mark-{ben}-{door.session()}"
    page = browser.submit(closing, {question: "absent"}, form="Close the register")
    assert "The register is closed with two names." in page.text
    assert "Did not attend" in page.text
    assert "Correct" not in page.text.replace("correct it", "")
    browser.get(f"{address(door)}/{ada}/correct", status=404)


def test_A3_a_coordinator_corrects_a_closed_register_with_a_reason(
    door: Door, browser: Browser, clock: FixedClock, make: Make
) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.ABSENT)
    clock.set(EVENING)
    browser.sign_in(door.trainer)
    browser.submit(browser.get(f"{address(door)}/close"), form="Close the register")
    browser.sign_in(make.coordinator())
    form = browser.get(browser.get(address(door)).link("Correct"))
    refused = browser.submit(form, {"outcome": "attended"})
    assert "Enter why the register is corrected" in refused.text
    page = browser.submit(form, {"outcome": "attended", "reason": "Signed on paper"})
    assert "Ada Pettifer is recorded as attended." in page.text


def test_excusing_needs_a_reason_and_can_be_taken_back(door: Door, browser: Browser) -> None:
    door.book("Ada Pettifer")
    page = tap(browser, browser.get(address(door)), "Ada Pettifer", "absent")
    form = browser.get(page.link("Excuse"))
    assert "Enter why they are excused" in browser.submit(form).text
    page = browser.submit(form, {"reason": "Called to court"})
    assert "excused: Called to court" in page.text
    page = browser.submit(page, form="excuse/undo")
    assert "excused" not in page.text


def test_several_sessions_are_marked_one_at_a_time(
    make: Make, clock: FixedClock, browser: Browser
) -> None:
    door = Door(make, clock, days=2)
    browser.sign_in(door.trainer)
    door.book("Ada Pettifer")
    page = tap(browser, browser.get(address(door)), "Ada Pettifer", "present")
    assert pressed(page) == ["Present Ada Pettifer"]
    second = browser.get(page.link("Tuesday 9 February"))
    assert pressed(second) == []
    second = tap(browser, second, "Ada Pettifer", "absent")
    assert "Tuesday 9 February" in str(second.document.find("p", class_="register-show").find("b"))
    assert pressed(second) == ["Absent Ada Pettifer"]
    clock.advance(timedelta(days=1))
    browser.sign_in(door.trainer)
    assert pressed(browser.get(address(door))) == ["Absent Ada Pettifer"]


def test_before_it_opens_the_register_shows_who_is_coming(
    door: Door, browser: Browser, clock: FixedClock
) -> None:
    door.book("Ada Pettifer")
    clock.set(DAY - timedelta(hours=1))
    page = browser.get(address(door))
    assert "The register opens on Monday 8 February at 9am" in page.text
    assert not page.document.find_all("button")


@pytest.mark.parametrize(
    "role",
    [Role.TRAINER, Role.AGENCY_LEAD, Role.PLD_MEMBER, Role.ADMINISTRATOR, Role.PRACTITIONER],
)
def test_everybody_else_finds_nothing_here(
    door: Door, browser: Browser, make: Make, role: Role
) -> None:
    ada = door.book("Ada Pettifer")
    browser.sign_in(make.person("Olive Other", role=role))
    marks = f"{address(door)}/{ada}/marks/{door.session()}"
    browser.get(address(door), status=404)
    browser.get(f"{address(door)}/walk-in", status=404)
    browser.get(f"{address(door)}/close", status=404)
    assert door.picture.line(ada).marks == {}
    assert browser.client.post(marks).status_code in (400, 404)


def test_the_list_of_registers_is_the_trainer_s_own(
    door: Door, browser: Browser, make: Make
) -> None:
    make.event("Somebody else's", starts_at=DAY)
    page = browser.get("/manage/registers")
    assert "Open now" in page.text
    assert "Disguised Compliance and Safeguarding Children" in page.text
    assert "Somebody else" not in page.text
    browser.sign_in(make.coordinator())
    assert "Somebody else" in browser.get("/manage/registers").text


def test_the_register_takes_as_many_statements_for_thirty_names_as_for_one(
    door: Door, browser: Browser, make: Make
) -> None:
    door.mark(door.book("Ada Pettifer"), MarkKind.PRESENT)
    few = reads_of(browser, address(door))
    for _ in range(29):
        door.mark(make.booking(door.event), MarkKind.PRESENT)
    assert reads_of(browser, address(door)) == few


def test_A3_the_page_says_from_when_it_can_be_closed_before_it_asks_about_anybody(
    door: Door, browser: Browser, clock: FixedClock
) -> None:
    door.book("Ada Pettifer")
    starts_at = door.picture.sessions[0].starts_at
    clock.set(starts_at - timedelta(minutes=10))
    assert "Open now" in browser.get("/manage/registers").text
    page = browser.get(f"{address(door)}/close")
    assert page.h1 == "Register"
    assert "It can be closed from Monday 8 February at 9:30am, once the event has" in page.text
    assert not page.document.find("a", href=f"{address(door)}/close")
    clock.set(starts_at)
    closing = browser.get(f"{address(door)}/close")
    assert closing.h1 == "Close the register"
    assert "The event is on until 4:30pm." in closing.text
    clock.set(EVENING)
    assert "The event is on" not in browser.get(f"{address(door)}/close").text
