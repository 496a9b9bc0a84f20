"""The pages on which courses, priorities and themes are kept."""

from __future__ import annotations

import pytest

from lms.catalogue import queries
from lms.db import db
from tests.support.browser import Browser, Page
from tests.support.make import Make


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator())
    return browser


def titles(page: Page) -> list[str]:
    return [str(h2.get_text(strip=True)) for h2 in page.document.select(".rows__title")]


def test_a_course_is_added_with_its_outcomes_in_order(coordinator: Browser, make: Make) -> None:
    page = coordinator.get("/manage/courses/new")
    page = coordinator.submit(
        page,
        {
            "title": "Safer Recruitment",
            "level": "2",
            "hours": "3.5",
            "outcomes-0-place": "2",
            "outcomes-0-text": "Ask why",
            "outcomes-1-place": "1",
            "outcomes-1-text": "Check references",
        },
    )
    assert (page.h1, titles(page)) == ("Courses", ["Safer Recruitment"])
    course = queries.get_course_by_slug("safer-recruitment")
    assert [outcome.text for outcome in course.outcomes] == ["Check references", "Ask why"]
    assert (course.minutes, course.level) == (210, 2)


def test_another_outcome_row_keeps_all_that_was_typed(coordinator: Browser) -> None:
    page = coordinator.get("/manage/courses/new")
    typed = {"title": "", "outcomes-2-text": "Ask why", "add_outcome": "y"}
    page = coordinator.submit(page, typed)
    fields = page.form("Save the course")
    assert fields["outcomes-2-text"] == "Ask why"
    assert fields["outcomes-3-place"] == "4"
    assert not page.document.select(".govuk-error-summary")


def test_what_is_missing_is_listed_and_linked(coordinator: Browser) -> None:
    page = coordinator.submit(coordinator.get("/manage/courses/new"), {"hours": "many"})
    assert page.h1 == "Add a course"
    assert page.document.title.get_text().startswith("Error:")
    summary = [link.get_text() for link in page.document.select(".govuk-error-summary a")]
    assert summary == ["Enter the course’s title", "Enter a number, such as 3.5"]


@pytest.mark.parametrize("hours", ["NaN", "Infinity", "1e999999", "-1"])
def test_what_is_no_number_of_hours_is_told_beside_its_field(
    coordinator: Browser, hours: str
) -> None:
    page = coordinator.submit(coordinator.get("/manage/courses/new"), {"hours": hours})
    assert "Enter hours, such as 6 or 3.5" in page.text


def test_a_course_without_outcomes_is_told_at_its_first_row(coordinator: Browser) -> None:
    page = coordinator.submit(coordinator.get("/manage/courses/new"), {"title": "Neglect"})
    (link,) = page.document.select(".govuk-error-summary a")
    assert link["href"] == "#outcomes-0-place"
    assert link.get_text() == "Enter at least one thing that people will be able to do afterwards"


def test_a_course_is_changed_and_an_outcome_retired(coordinator: Browser, make: Make) -> None:
    course = make.course()
    page = coordinator.get(f"/manage/courses/{course}")
    page = coordinator.submit(
        page, {"title": "Disguised compliance", "outcomes-1-is_retired": "y"}, form="Save"
    )
    assert page.h1 == "Disguised compliance"
    assert "Disguised compliance is saved." in page.text
    db.session.rollback()
    row = queries.get_course_by_slug("disguised-compliance-and-safeguarding-children")
    assert [outcome.retired_on is not None for outcome in row.outcomes] == [False, True]


def test_a_title_taken_is_refused_beside_its_field(coordinator: Browser, make: Make) -> None:
    make.course()
    page = coordinator.get("/manage/courses/new")
    data = {
        "title": "Disguised Compliance and Safeguarding Children",
        "outcomes-0-text": "Ask why",
    }
    page = coordinator.submit(page, data)
    assert "Enter another title: a course has this one already" in page.text
    assert page.form("Save")["outcomes-0-text"] == "Ask why"


def test_a_course_is_retired_and_brought_back(coordinator: Browser, make: Make) -> None:
    course = make.course()
    page = coordinator.get(f"/manage/courses/{course}")
    page = coordinator.submit(page, form="Retire the course")
    assert titles(page) == []
    retired = coordinator.get(page.link("1 retired course"))
    assert titles(retired) == ["Disguised Compliance and Safeguarding Children"]
    page = coordinator.submit(page, form="Undo")
    assert titles(page) == ["Disguised Compliance and Safeguarding Children"]


def test_priorities_and_themes_are_kept(coordinator: Browser) -> None:
    page = coordinator.get("/manage/priorities")
    page = coordinator.submit(
        page,
        {"priorities-0-name": "Neglect", "priorities-1-name": "Exploitation", "themes-0-name": "X"},
    )
    page = coordinator.submit(page, {"priorities-0-place": "9", "priorities-1-is_ended": "y"})
    fields = page.form("Save")
    assert [fields["priorities-0-name"], fields["priorities-1-name"]] == ["Exploitation", "Neglect"]
    assert fields["priorities-0-is_ended"] == "y"
    assert fields["themes-0-name"] == "X"


def test_a_priority_cannot_be_emptied_or_doubled(coordinator: Browser) -> None:
    page = coordinator.get("/manage/priorities")
    page = coordinator.submit(page, {"priorities-0-name": "Neglect"})
    emptied = coordinator.submit(page, {"priorities-0-name": " "})
    assert "Enter its name: what stands in reports cannot be deleted" in emptied.text
    doubled = coordinator.submit(page, {"priorities-1-name": "neglect"})
    assert "Enter each name once: “neglect” is there twice" in doubled.text


def test_another_partnerships_course_and_priorities_are_not_there(
    coordinator: Browser, make: Make
) -> None:
    elsewhere = make.partnership("Sandwell")
    course = make.course("Elsewhere", partnership=elsewhere)
    coordinator.get(f"/manage/courses/{course}", status=404)
    coordinator.get(f"/manage/priorities?partnership={elsewhere}", status=404)
    assert titles(coordinator.get("/manage/courses")) == []


def test_a_practitioner_is_shown_none_of_it(browser: Browser, make: Make) -> None:
    browser.sign_in(make.person())
    for address in ("/manage/courses", "/manage/courses/new", "/manage/priorities"):
        browser.get(address, status=404)
