"""Materials: who may open what and when, how they are kept, and where they are told of."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.audit import AuditEntry
from lms.booking.commands import copy_event
from lms.booking.rules import BookingState
from lms.booking.rules.materials import materials_open
from lms.catalogue.commands import Shelf, add_material
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of, list_materials
from lms.clock import FixedClock
from lms.db import db
from lms.errors import Refused
from lms.files import Store
from lms.jobs import run_all
from tests.conftest import MONDAY_MORNING
from tests.support.browser import BASE_URL, Browser
from tests.support.databases import files_in_memory
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.sent import PDF, office, sent

PAPERS = [SimpleNamespace(is_after=False), SimpleNamespace(is_after=True)]


@given(st.booleans(), st.booleans(), st.sampled_from([None, -1, 0, 1]))
def test_what_is_open_to_whom(has_place: bool, runs_it: bool, hours: int | None) -> None:
    ends_at = None if hours is None else MONDAY_MORNING + timedelta(hours=hours)
    found = list(
        materials_open(
            PAPERS, ends_at=ends_at, has_place=has_place, runs_it=runs_it, now=MONDAY_MORNING
        )
    )
    is_over = hours is not None and hours <= 0
    everything = runs_it or (has_place and is_over)
    assert found == (PAPERS if everything else PAPERS[:1] if has_place else [])


def test_a_file_is_added_ordered_changed_taken_away_and_put_back(
    browser: Browser, make: Make, files: Store
) -> None:
    browser.app.config["WTF_CSRF_ENABLED"] = False
    event = make.event(course=make.course())
    make.booking(event)
    browser.sign_in(make.coordinator())
    here = f"/manage/events/{event}/materials"
    assert "It is shown to 1 person as soon as you add it." in browser.get(here).text
    for name, title in (("Slides of the day.pptx", ""), ("x.pdf", "Reading"), ("y.pdf", "Cases")):
        content = office() if name.endswith("pptx") else PDF
        for _ in range(2):  # a double click
            data = {"title": title, "shown": "now", "file": (io.BytesIO(content), name)}
            browser.post(here, data)

    def titles() -> list[str]:
        page = browser.get(here)
        return [row.get_text(strip=True) for row in page.document.select(".rows__title")]

    assert titles() == ["Slides of the day", "Reading", "Cases"]
    assert len(list(files.listed())) == 3
    page = browser.get(here)
    assert "PowerPoint slides, 1 kB · shown at once · added on Monday 18 January 2027" in page.text
    ids = [a["href"].split("/")[-2] for a in page.document.select("a[download]")]
    browser.post(f"{here}/{ids[2]}/move", {"where": "up"})
    browser.post(f"{here}/{ids[0]}/move", {"where": "up"})
    assert titles() == ["Slides of the day", "Cases", "Reading"]
    browser.post(f"{here}/{ids[2]}", {"title": "Three cases", "shown": "after"})
    assert "once the event has ended" in browser.get(here).text
    taken = browser.post(f"{here}/{ids[1]}/remove", {})
    assert "“Reading” is taken away." in taken.text
    assert titles() == ["Slides of the day", "Three cases"]
    browser.get(f"{here}/{ids[1]}/file", status=404)
    browser.post(f"{here}/{ids[1]}/put-back", {})
    assert titles() == ["Slides of the day", "Three cases", "Reading"]
    said = [entry.sentence for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert said[0].startswith("put “Slides of the day” beside Disguised")
    assert any(sentence.startswith("took “Reading” away from") for sentence in said)


def test_what_cannot_be_taken_is_said_by_the_field(
    browser: Browser, make: Make, files: Store
) -> None:
    browser.app.config["WTF_CSRF_ENABLED"] = False
    event = make.event()
    browser.sign_in(make.coordinator())
    here = f"/manage/events/{event}/materials"
    page = browser.post(here, {"title": "Slides", "shown": "now"}, status=422)
    assert "Choose a file" in page.text
    data = {"title": "Slides", "shown": "after", "file": (io.BytesIO(b"<html>"), "slides.pdf")}
    page = browser.post(here, data, status=422)
    assert "That is not a kind of file that can be shared here. Send PDF, Word" in page.text
    assert page.document.find(id="title")["value"] == "Slides"
    assert list(files.listed()) == []


def test_who_opens_what_is_shown_to_them(
    browser: Browser, make: Make, files: Store, clock: FixedClock, mailer: KeptMail
) -> None:
    course = make.course()
    trainer = make.person("Tamsin Quillfeather", role=Role.TRAINER)
    other_trainer = make.person("Odd Trainer", role=Role.TRAINER)
    event = make.event(course=course, trainers=[trainer])
    other = make.event(course=course)
    delegate, waiting = make.person(email="ada@agency.example"), make.person()
    make.booking(event, delegate)
    make.booking(event, waiting, state=BookingState.WAITING)
    elsewhere = make.person(role=Role.COORDINATOR, partnership=make.partnership("Dudley"))
    slides = add_material(
        Shelf(event_id=event), sent(PDF, "Slides.pdf"), "", is_after=True, by=None, now=clock.now()
    )
    reading = add_material(
        Shelf(course_id=course), sent(PDF, "Why.pdf"), "", is_after=False, by=None, now=clock.now()
    )
    here = f"/events/{event}/materials"

    browser.sign_in(delegate)
    page = browser.get(f"/events/{event}")
    assert page.link("Why") == f"{here}/{reading}"
    assert "Slides" not in page.text
    assert browser.get("/my-learning").link("1 file to open") == here
    answer = browser.get(f"{here}/{reading}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Why.pdf"')
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.response.data == PDF
    browser.get(f"{here}/{slides}", status=404)
    browser.get(f"/events/{other}/materials/{reading}", status=404)

    for nobody in (waiting, other_trainer, elsewhere):
        browser.sign_in(nobody)
        assert "Materials" not in browser.get(f"/events/{event}").text
        browser.get(here, status=404)
        browser.get(f"{here}/{reading}", status=404)
        browser.get(f"/manage/events/{event}/materials/{slides}/file", status=404)
    for runs_it in (trainer, make.coordinator()):
        browser.sign_in(runs_it)
        assert browser.get(f"{here}/{slides}").response.data == PDF

    clock.set(MONDAY_MORNING + timedelta(days=20))
    run_all(clock.now())
    reminder = next(mail for mail in mailer.sent if "On Monday" in mail["Subject"])
    words = reminder.get_body(("plain",)).get_content()
    assert f"One file to read or bring:\n{BASE_URL}{here}" in words.replace("\r", "")
    clock.set(MONDAY_MORNING + timedelta(days=30))
    browser.sign_in(delegate)
    assert browser.get("/my-learning").link("2 files to open") == here
    assert browser.get(here).link("Slides") == f"{here}/{slides}"
    browser.get(f"{here}/{slides}")


def test_a_file_that_cannot_be_fetched_says_so(browser: Browser, make: Make) -> None:
    event = make.event()
    material = make.material(event_id=event)
    browser.app.extensions["lms.files"] = files_in_memory()
    browser.sign_in(make.coordinator())
    page = browser.get(f"/events/{event}/materials/{material}", status=409)
    assert "This file cannot be fetched at this moment." in page.text


def test_nothing_is_kept_where_the_row_cannot_be(make: Make, files: Store) -> None:
    event = make.event()
    with pytest.raises(Refused, match="40 already"):
        for number in range(41):
            add_material(
                Shelf(event_id=event),
                sent(PDF, f"{number}.pdf"),
                "",
                is_after=False,
                by=None,
                now=make.now,
            )
    assert len(list(files.listed())) == 40


def test_a_copy_of_an_event_has_its_materials(make: Make) -> None:
    event = make.event(course=make.course())
    make.material(event_id=event, title="Cases", is_after=True)
    make.material(event_id=event, title="Gone", removed_at=make.now)
    days = [details_of(db.session.get_one(Event, event)).sessions]
    db.session.rollback()
    (copy,) = copy_event(event, days, key="k", by=None, now=make.now).event_ids
    assert [(m.title, m.is_after) for m in list_materials({"event_id": copy})] == [("Cases", True)]
