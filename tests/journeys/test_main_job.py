"""The main job, told as it happens: through pages, e-mails and the worker's tick alone.

Read this first to see what the product is for. An event of three places in February; five people
of three agencies want one, and the police may have two. It is published, booked, given up, offered,
held, asked about three times, and counted.
"""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from lms.access import Role
from lms.agencies.rules import Sector
from lms.clock import FixedClock
from lms.reporting import files
from lms.reporting.attendance.file import attendance_table
from lms.reporting.attendance.queries import attendance_report
from lms.reporting.evaluation.file import evaluation_table
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.journeys.people import Someone, World
from tests.support.browser import Page
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

COURSE = "Disguised Compliance and Safeguarding Children"
OUTCOMES = ("Recognise when nothing changes", "Ask the questions that test it")
PROMISE = "Ask to see the child’s bedroom & write down what I saw"
DAY = "Monday 8 February"
POLICE, TRUST, SCHOOL = (
    "West Midlands Police",
    "Walsall Healthcare NHS Trust",
    "Pool Hayes Academy",
)
YOU_GIVE_IT = "You give Disguised Compliance and Safeguarding Children, Monday 8 February"
YOU_HAVE_A_PLACE = f"You have a place: {COURSE}, {DAY}"
YOU_WAIT = f"You are on the waiting list: {COURSE}, {DAY}"
OFFER = f"A place has come up for you: {COURSE}, {DAY}"
GIVEN_UP = f"You have given up your place: {COURSE}, {DAY}"
IN_A_WEEK = f"Can you still come? {COURSE}, {DAY}"
TOMORROW = f"On {DAY}: {COURSE} (and one more)"
HOW_WAS_IT = f"How was {COURSE}?"
WHAT_CAME_OF_IT = f"What came of {COURSE}?"
CERTIFICATE = f"Your certificate: {COURSE}"


@pytest.fixture
def world(app: Flask, clock: FixedClock, mailer: KeptMail, make: Make) -> World:
    """A partnership with three agencies, a course, and those who run the programme."""
    make.agency(POLICE, Sector.POLICE, domains=["wmp.example"])
    make.agency(TRUST, Sector.HEALTH, domains=["walsall-nhs.example"])
    council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
    make.agency(SCHOOL, Sector.EDUCATION, domains=["pool-hayes.example"])
    make.course(COURSE, outcomes=OUTCOMES)
    make.coordinator("Idris Larkspur", email="idris@wsp.example", agency=council)
    make.person("Juniper Oakes", "juniper@wsp.example", role=Role.TRAINER, agency=council)
    make.person("Rosalind Yarrow", "rosalind@wsp.example", role=Role.PLD_MEMBER, agency=council)
    return World(app, clock, mailer)


def test_from_publishing_an_event_to_the_report_by_agency(world: World) -> None:
    coordinator = Someone(world, "Idris Larkspur", "idris@wsp.example")
    trainer = Someone(world, "Juniper Oakes", "juniper@wsp.example")
    ada = Someone(world, "Ada Marlow", "ada@wmp.example")
    ben = Someone(world, "Ben Tully", "ben@wmp.example")
    cora = Someone(world, "Cora Finch", "cora@walsall-nhs.example")
    eve = Someone(world, "Eve Holloway", "eve@wmp.example")
    dev = Someone(world, "Dev Patel", "dev@pool-hayes.example")
    wanda = Someone(world, "Wanda Inn", "wanda@walsall-nhs.example")

    world.clock.set(at("2027-01-18 10:00"))
    event = publish_the_event(coordinator)
    have_places_or_wait(event, confirmed=[ada, ben, cora], waiting=[eve, dev])
    somebody_gives_up_and_the_right_one_is_offered(cora, dev, passed_over=eve)
    the_offer_is_taken_without_signing_in(dev)
    everyone_with_a_place_is_asked_whether_they_can_come([ada, ben, dev])
    everyone_with_a_place_is_asked_before([ada, ben, dev])
    the_register_is_kept(event, trainer, here=[ada, dev], absent=ben, walked_in=wanda)
    everyone_who_came_is_asked_at_the_end([ada, dev, wanda])
    the_register_is_closed(event, trainer)
    everyone_who_came_has_a_certificate([ada, dev, wanda])
    the_register_says_who_came(event, trainer)
    nothing_more_is_sent_until_eight_weeks_are_over(world)
    everyone_who_came_is_asked_what_came_of_it([ada, dev, wanda])

    the_figures_by_agency_are_right_to_the_number(world)
    the_replies_are_right_to_the_number(world)
    the_page_says_the_same(Someone(world, "Rosalind Yarrow", "rosalind@wsp.example"))
    nobody_got_anything_else(
        {
            ada: [YOU_HAVE_A_PLACE, IN_A_WEEK, TOMORROW, HOW_WAS_IT, CERTIFICATE, WHAT_CAME_OF_IT],
            ben: [YOU_HAVE_A_PLACE, IN_A_WEEK, TOMORROW],
            cora: [YOU_HAVE_A_PLACE, GIVEN_UP],
            dev: [
                *(YOU_WAIT, OFFER, YOU_HAVE_A_PLACE, IN_A_WEEK, TOMORROW),
                *(HOW_WAS_IT, CERTIFICATE, WHAT_CAME_OF_IT),
            ],
            eve: [YOU_WAIT],
            wanda: [HOW_WAS_IT, CERTIFICATE, WHAT_CAME_OF_IT],
            coordinator: [],
            trainer: [YOU_GIVE_IT],
        }
    )


# --- January: the event, and those who want to come -----------------------------------------------


def publish_the_event(coordinator: Someone) -> str:
    """Plan it for February, let the police have two of its three places, publish it."""
    page = coordinator.sign_in(on_the_way_to="/manage/events/new")
    browser = coordinator.browser
    typed = {
        "course": value_of(page, COURSE),
        "trainers": value_of(page, "Juniper Oakes"),
        "sessions-0-on": "8 February 2027",
        "sessions-0-starts": "9:30am",
        "sessions-0-ends": "4:30pm",
        "mode": "in_person",
        "venue": "Beacon Hall, Walsall",
        "capacity": "3",
    }
    preview = browser.submit(page, typed, form="Save the draft")
    browser.submit(preview, form="Publish it")
    event = preview.address.removesuffix("/preview").rsplit("/", 1)[1]
    page = browser.get(f"/manage/events/{event}/who-can-book")
    share = {"shares-0-group": POLICE, "shares-0-kind": "cap", "shares-0-places": "2"}
    check = browser.submit(page, share, form="Go on")
    browser.submit(check, {"confirmed": "yes"}, form="Save who can book")
    return event


def have_places_or_wait(event: str, *, confirmed: list[Someone], waiting: list[Someone]) -> None:
    """In this order each signs in, signs up and books: as long as there is room."""
    world = confirmed[0].world
    for person in confirmed:
        assert sign_up_and_book(person, event).h1 == "You have a place"
        assert world.tick() == [(person.address, YOU_HAVE_A_PLACE)]
    for person in waiting:
        assert sign_up_and_book(person, event).h1 == "You are waiting"
        assert world.tick() == [(person.address, YOU_WAIT)]


def sign_up_and_book(person: Someone, event: str) -> Page:
    """Somebody new: from the event's page by the code to who they are, and on to booking."""
    event_page = person.browser.get(f"/events/{event}")
    button = "Book a place" if "Book a place" in event_page.text else "Join the waiting list"
    sign_up = person.sign_in(on_the_way_to=event_page.link(button))
    assert sign_up.h1 == "Tell us who you are"
    suggested = str(sign_up.document.select("input[name=agency]")[0]["value"])
    told = {"name": person.name, "agency": suggested, "job_role": "Practitioner"}
    answers = person.browser.submit(sign_up, told, form="Save and go on")
    assert answers.h1 == "Check your answers"
    return person.browser.submit(answers, form=f"/events/{event}/book")


def somebody_gives_up_and_the_right_one_is_offered(
    leaver: Someone, next_one: Someone, *, passed_over: Someone
) -> None:
    """On Friday evening; the offer leaves in office hours, to the first whom the cap lets in."""
    world = leaver.world
    world.clock.set(at("2027-01-22 19:00"))
    page = leaver.follow("/places")
    assert page.h1 == "Give up your place?"
    leaver.anywhere.submit(page, form="Give up my place")
    assert world.tick() == [(leaver.address, GIVEN_UP)]
    for weekend_day in ("2027-01-23 10:00", "2027-01-24 10:00"):
        world.clock.set(at(weekend_day))
        assert world.tick() == []
    assert world.come_to("2027-01-25 08:00") == [(next_one.address, OFFER)]
    assert passed_over.subjects == [YOU_WAIT]


def the_offer_is_taken_without_signing_in(person: Someone) -> None:
    """Forty-eight hours of working days from Monday at eight end on Wednesday at eight."""
    world = person.world
    world.clock.set(at("2027-01-27 07:59"))
    assert world.tick() == []
    page = person.follow("/offers")
    assert "We hold it until Wednesday 27 January at 8am" in page.text
    taken = person.anywhere.submit(page, {"answer": "accept"}, form="Take the place")
    assert taken.h1 == "You have a place"
    assert world.tick() == [(person.address, YOU_HAVE_A_PLACE)]


# --- February: the day, before it and at its end --------------------------------------------------


def everyone_with_a_place_is_asked_whether_they_can_come(people: list[Someone]) -> None:
    """Seven days before, at nine: who cannot come may still let somebody else have the place."""
    world = people[0].world
    assert world.come_to("2027-02-01 09:00") == sorted((p.address, IN_A_WEEK) for p in people)
    page = people[0].follow("/places")
    assert page.h1 == "Give up your place?"


def everyone_with_a_place_is_asked_before(people: list[Someone]) -> None:
    """The working day before, a Friday, at nine: reminder and form in one envelope (E2)."""
    world = people[0].world
    asked = sorted((person.address, TOMORROW) for person in people)
    assert world.come_to("2027-02-05 09:00") == asked
    for person in people:
        answer_the_form(person, {"confidence": "2"})


def the_register_is_kept(
    event: str, trainer: Someone, *, here: list[Someone], absent: Someone, walked_in: Someone
) -> None:
    world = trainer.world
    world.clock.set(at("2027-02-08 09:40"))
    browser = trainer.browser
    page = trainer.sign_in(on_the_way_to=f"/manage/events/{event}/register")
    for person in here:
        page = browser.submit(page, {"mark": "present"}, form=person.name)
    page = browser.submit(page, {"mark": "absent"}, form=absent.name)
    form = browser.get(page.link("Add someone who walked in"))
    stranger = {"name": walked_in.name, "agency": TRUST, "email": walked_in.address}
    page = browser.submit(form, stranger, form="Add them")
    assert "4 of 4 marked" in page.text


def everyone_who_came_is_asked_at_the_end(people: list[Someone]) -> None:
    """To the minute when the day ends (E3)."""
    world = people[0].world
    asked = sorted((person.address, HOW_WAS_IT) for person in people)
    assert world.come_to("2027-02-08 16:30") == asked
    for person in people:
        answer_the_form(person, {"confidence": "4", "commitment_1": PROMISE})


def the_register_is_closed(event: str, trainer: Someone) -> None:
    trainer.world.clock.set(at("2027-02-08 16:45"))
    register = f"/manage/events/{event}/register"
    page = trainer.browser.get(register)  # it was open all day; the sign-in has run out
    closing = trainer.browser.get(page.link("Close the register"))
    closed = trainer.browser.submit(closing, form="Close the register")
    assert "The register is closed with four names." in closed.text


def everyone_who_came_has_a_certificate(people: list[Someone]) -> None:
    """They have answered, so the register's closing was all that it waited for (A6)."""
    world = people[0].world
    issued = sorted((person.address, CERTIFICATE) for person in people)
    assert world.tick() == issued


def the_register_says_who_came(event: str, trainer: Someone) -> None:
    page = trainer.sign_in(on_the_way_to=f"/manage/events/{event}/register")
    assert page.text.count("Did not attend") == 1


# --- April: what came of it, after the clocks have changed ----------------------------------------


def nothing_more_is_sent_until_eight_weeks_are_over(world: World) -> None:
    """Everyone has answered, so nobody is reminded; the one who stayed away is not asked. In April
    the sub-group is told of the quarter's figures."""
    for morning in ("02-09", "02-10", "02-15", "02-16", "03-08", "03-29", "04-02", "04-04"):
        world.clock.set(at(f"2027-{morning} 16:30"))
        told = [("rosalind@wsp.example", "Training figures: January to March 2027")]
        assert world.tick() == (told if morning == "04-02" else [])


def everyone_who_came_is_asked_what_came_of_it(people: list[Someone]) -> None:
    """Fifty-six days later at nine in London, now eight by UTC (E4), with their own words."""
    world = people[0].world
    asked = sorted((person.address, WHAT_CAME_OF_IT) for person in people)
    assert world.come_to("2027-04-05 09:00") == asked
    assert world.now.hour == 8
    for person in people:
        assert f"“{PROMISE}”" in person.follow("/evaluations").text
        answer_the_form(person, {"confidence": "5", "result": "done"})


def answer_the_form(person: Someone, said: dict[str, str]) -> None:
    """Through the link in the newest e-mail: each question whose name begins so."""
    page = person.follow("/evaluations")
    names = {str(field["name"]) for field in page.document.select("input[name], textarea[name]")}
    answers = {
        name: answer for name in names for start, answer in said.items() if name.startswith(start)
    }
    assert len(answers) >= len(said)
    person.anywhere.submit(page, answers, form="Send my answers")
    assert person.follow("/evaluations", status=410).h1 == "You have answered this"


# --- What it comes to -----------------------------------------------------------------------------


def the_figures_by_agency_are_right_to_the_number(world: World) -> None:
    """Ada and Ben of the police, Cora who cancelled in time, Dev, and Wanda who walked in."""
    rows = report(world, "attendance")
    columns = (
        *("confirmed", "attended_fully", "attended_partly", "did_not_attend", "excused"),
        *("cancelled", "late_cancelled", "walk_ins", "attended", "people", "attendance_rate"),
    )
    figures = {row["agency"]: [row[column] for column in columns] for row in rows}
    assert figures == {
        SCHOOL: ["1", "1", "0", "0", "0", "0", "0", "0", "1", "1", "1.0000"],
        "Walsall Council": ["0"] * 10 + [""],
        TRUST: ["0", "0", "0", "0", "0", "1", "0", "1", "1", "1", ""],
        POLICE: ["2", "1", "0", "1", "0", "0", "0", "0", "1", "1", "0.5000"],
        "Total": ["3", "2", "0", "1", "0", "1", "0", "1", "3", "3", "0.6667"],
    }


def the_replies_are_right_to_the_number(world: World) -> None:
    """Before, all three with a place; at the end and eight weeks after, all three who came."""
    rows = report(world, "evaluation")
    totals = [row for row in rows if row["agency"] == "Total"]
    replies = [(row["stage"], row["invited"], row["answered"], row["reply_rate"]) for row in totals]
    assert replies == [
        ("pre", "3", "3", "1.0000"),
        ("post", "3", "3", "1.0000"),
        ("impact", "3", "3", "1.0000"),
    ]
    by_agency = {
        (row["agency"], row["stage"]): (row["invited"], row["answered"])
        for row in rows
        if row["agency"] in (POLICE, TRUST, SCHOOL)
    }
    assert by_agency == {
        (POLICE, "pre"): ("2", "2"),
        (POLICE, "post"): ("1", "1"),
        (POLICE, "impact"): ("1", "1"),
        (TRUST, "pre"): ("0", "0"),
        (TRUST, "post"): ("1", "1"),
        (TRUST, "impact"): ("1", "1"),
        (SCHOOL, "pre"): ("1", "1"),
        (SCHOOL, "post"): ("1", "1"),
        (SCHOOL, "impact"): ("1", "1"),
    }


def report(world: World, name: str) -> list[dict[str, str]]:
    """A report as `lms report NAME --year 2026-27 --format csv` writes it."""
    scope = scope_of(Asked(None, None, "2026-27", ""), None)
    table = (
        attendance_table(attendance_report(By.AGENCY, scope, world.now))
        if name == "attendance"
        else evaluation_table(evaluation_report(By.AGENCY, scope))
    )
    return list(csv.DictReader(io.StringIO(b"".join(files.as_csv(table)).decode("utf-8-sig"))))


def the_page_says_the_same(reader: Someone) -> None:
    """The page opens at the last complete reporting year, and that has just ended."""
    page = reader.sign_in(on_the_way_to="/reports/attendance")
    assert "2026-27" in page.text
    rows = {
        cells[0]: cells[1:3]
        for row in page.document.select("table tr")
        if (cells := [cell.get_text(" ", strip=True) for cell in row.select("th, td")])
    }
    found = {name: rows[next(head for head in rows if name in head)] for name in (POLICE, SCHOOL)}
    assert found == {POLICE: ["2", "1"], SCHOOL: ["1", "1"]}
    assert rows["All agencies"] == ["3", "3"]


def nobody_got_anything_else(expected: dict[Someone, list[str]]) -> None:
    assert {person.name: person.subjects for person in expected} == {
        person.name: subjects for person, subjects in expected.items()
    }


def value_of(page: Page, text: str) -> str:
    """The value of the choice that reads `text`: an option, or a box with its label."""
    for option in page.document.find_all("option"):
        if option.get_text(strip=True) == text:
            return str(option["value"])
    for label in page.document.find_all("label"):
        if label.get_text(" ", strip=True) == text:
            return str(page.document.find(id=label["for"])["value"])
    raise AssertionError(f"no choice {text!r} on {page.address}")
