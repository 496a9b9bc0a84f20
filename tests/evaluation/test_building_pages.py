"""The pages on which own questions are put together, from the first one to the delegate's form."""

from __future__ import annotations

from lms.catalogue.models import Course
from lms.clock import FixedClock
from lms.db import db
from lms.evaluation.queries import list_ready
from lms.evaluation.rules import Measure, Stage, wording_faults
from tests.evaluation.conftest import Delegate
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.snapshots import at


def main(page: Page) -> str:
    return " ".join(page.document.find("main").get_text(" ").split())


def test_E7_a_coordinator_puts_questions_together_and_a_delegate_answers_them(
    delegate: Delegate, browser: Browser, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.coordinator())
    listed = browser.get("/manage/questionnaires")
    assert "The core alone" in main(listed)
    page = browser.get(listed.link("At the end"))
    address = page.response.request.path
    assert "Nothing is asked beside the core." in main(page)
    assert "matched person by person" in main(page)

    ready = browser.get(page.link("Take a ready question"))
    ready = browser.submit(ready, {}, form="relevant was it to the work")
    assert "On the form already" in main(ready)

    form = browser.get(f"{address}/questions/new")
    wrong = {"wording": "Whom did you meet?", "kind": "several", "options": "Police"}
    again = browser.submit(form, {**wrong, "measures": "reaction"}, form="Save to the draft")
    assert "Enter two answers or more" in main(again)
    assert again.form("Save to the draft")["wording"] == "Whom did you meet?"
    right = {"options": "Police\nHealth", "is_required": "y"}
    page = browser.submit(again, right, form="Save to the draft")
    assert "Nobody is asked it yet" in main(page)
    assert "As many answers as apply: Police / Health · reaction · must be answered" in main(page)

    page = browser.submit(page, {}, form="/move")
    assert main(page).index("Whom did you meet?") < main(page).index("How relevant was it")
    preview = browser.get(f"{address}/preview?width=phone")
    assert "A few more questions" in main(preview)
    assert "at one event to come, at which one person has a place" in main(page)
    page = browser.submit(page, {}, form="Put version 1 in force")
    assert "Version 1 is asked on every form that is opened from now on." in main(page)
    page = browser.submit(page, {}, form="/retire")
    page = browser.submit(page, {}, form="Throw the draft away")
    assert "Two questions beside the core, since Monday 18 January 2027." in main(page)

    clock.set(at("2027-02-08 17:00"))
    sheet = browser.get(delegate.link("post"))
    sheet = browser.submit(sheet, delegate.confidence(4, 3), form="Send my answers")
    assert "Choose an answer: Whom did you meet?" in main(sheet)
    key = next(field["name"] for field in sheet.document.select("input[type=checkbox]"))
    thanks = browser.submit(sheet, {key: "2"}, form="Send my answers")
    assert thanks.h1 == "Your answers are in"


def test_E7_a_course_s_questions_are_its_own_and_copied_from_another(
    delegate: Delegate, browser: Browser, make: Make
) -> None:
    browser.sign_in(make.coordinator())
    make.own_question(Stage.POST)
    course, other = make.course("Neglect"), make.course("Adult exploitation")
    partnership = db.session.get_one(Course, course).partnership_id
    db.session.rollback()
    everywhere = f"/manage/questionnaires/{partnership}/post"
    browser.submit(browser.get(everywhere), {}, form="Put version 1 in force")
    address = f"{everywhere}?course={course}"
    page = browser.get(address)
    assert "This course asks what every event is asked: one question beside the core" in main(page)
    page = browser.get(page.link("Change"))
    changed = {"wording": "How useful was it?", "kind": "yes_no"}
    page = browser.submit(page, changed, form="Save to the draft")
    assert "no longer follows what every event is asked" in main(page)
    page = browser.submit(page, {}, form="Put version 1 in force")
    page = browser.get(f"{everywhere}?course={other}")
    page = browser.submit(page, {"from": str(course)}, form="Copy to the draft")
    assert "One question is copied to the draft." in main(page)
    browser.get(f"{everywhere}?course=99999", status=404)
    page = browser.submit(browser.get(address), {}, form="Ask what every event is asked")
    assert "Earlier versions" in main(page)
    assert "How relevant was it?" in main(page)


def test_E7_the_library_is_whole_and_says_where_each_question_comes_from() -> None:
    ready = list_ready()
    assert 30 <= len(ready) <= 45
    assert len({one.key for one in ready}) == len(ready)
    assert len({one.words.wording for one in ready}) == len(ready)
    for one in ready:
        assert wording_faults(one.words) == (), one.key
        assert one.words.source, one.key
        assert one.stages, one.key
        assert one.key.startswith(one.words.measures.value), one.key
    assert {one.words.measures for one in ready} == set(Measure)
