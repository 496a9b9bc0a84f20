"""My learning: what is owed, booked, waited for and attended, and the hours of each year."""

from __future__ import annotations

import io
from datetime import timedelta

from pypdf import PdfReader
from sqlalchemy import select

from lms.attendance.models import Mark, Register
from lms.attendance.rules import MarkKind, MarkSource
from lms.booking.commands import fill_places
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Outcome
from lms.db import db, transaction
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements


def attended(make: Make, person: int, days_ago: int, title: str, **facts: object) -> int:
    event = make.event(title, starts_at=make.now - timedelta(days=days_ago), hours=3)
    make.booking(
        event,
        person,
        requested_at=make.now - timedelta(days=days_ago + 9),
        **{"outcome": Outcome.ATTENDED, **facts},
    )
    with transaction() as session:
        session.add(Register(event_id=event, closed_at=make.now - timedelta(days=days_ago - 1)))
    return event


def test_an_empty_page_leads_on(browser: Browser, make: Make) -> None:
    browser.sign_in(make.person())
    page = browser.get("/my-learning")
    assert "You have booked nothing yet" in page.text
    assert "0 hours this year" in page.text


def test_each_booking_stands_under_its_state(browser: Browser, make: Make) -> None:
    ada = make.person("Ada Marlow")
    make.booking(make.event("Booked One"), ada)
    full = make.event("Full One", capacity=1, starts_at=make.now + timedelta(days=30))
    make.booking(full)
    make.booking(full, ada, state=BookingState.WAITING)
    offered = make.event("Offered One", capacity=1, starts_at=make.now + timedelta(days=31))
    make.booking(offered, ada, state=BookingState.WAITING)
    fill_places(offered, make.now)
    make.booking(make.event("Left One"), ada, state=BookingState.CANCELLED)
    attended(make, ada, 60, "Attended One")
    attended(make, ada, 400, "Older One")
    make.booking(make.event("Open One", starts_at=make.now - timedelta(days=2)), ada)
    browser.sign_in(ada)
    page = browser.get("/my-learning")
    assert page.text.index("Offered One") < page.text.index("Booked One")
    assert "We hold a place for you until Wednesday 20 January at 10am" in page.text
    assert "First in line: the one place is taken" in page.text
    assert "Left One" not in page.text
    assert "19 November 2026 · 3 hours · Level 2" in page.text
    assert "The trainer has not closed the register yet" in page.text
    assert "3 hours this year" in page.text
    assert "2025-26 : 3" in page.text
    assert browser.get(page.link("Give up my place")).h1 == "Give up your place?"
    assert browser.get(page.link("Leave the list")).h1 == "Leave the waiting list?"
    assert browser.get(page.link("Answer the offer")).h1 == "A place has come up for you"


def test_what_is_owed_stands_first_with_the_only_button(browser: Browser, make: Make) -> None:
    ada = make.person("Ada Marlow")
    event = make.event("Post One", starts_at=make.now - timedelta(days=1), course=make.course())
    make.booking(event, ada, requested_at=make.now - timedelta(days=9))
    browser.sign_in(ada)
    page = browser.get("/my-learning")
    assert "One thing to do How was Post One?" in page.text
    booking = db.session.scalars(select(Booking)).one()
    assert page.link("Tell us") == f"/evaluations/{booking.id}/post"
    assert browser.get(page.link("Tell us")).h1 == "How was it?"


def test_the_latest_ten_are_shown_and_the_others_on_asking(browser: Browser, make: Make) -> None:
    ada = make.person()
    for number in range(12):
        attended(make, ada, 100 + number, f"Event {number:02}")
    browser.sign_in(ada)
    page = browser.get("/my-learning")
    assert "10 of 12 shown" in page.text
    assert "Event 11" not in page.text
    assert "Event 11" in browser.get(page.link("Show all 12")).text


def test_the_record_has_each_year_with_what_was_attended_and_for_how_long(
    browser: Browser, make: Make
) -> None:
    """By the register; part attended counts the minutes there; years begin as the host's do."""
    make.partnership(year_starts_month=10)
    ada = make.person("Ada Marlow")
    attended(make, ada, 60, "This Year")
    attended(make, ada, 200, "Last Year")
    attended(make, ada, 210, "Missed", outcome=Outcome.DID_NOT_ATTEND)
    part = attended(make, ada, 50, "Left Early", outcome=Outcome.PART_ATTENDED)
    make.booking(make.event("Open One", starts_at=make.now - timedelta(days=2)), ada)
    [booking] = db.session.query(Booking).filter_by(event_id=part).all()
    with transaction() as session:
        block = booking.event.sessions[0]
        facts = {"kind": MarkKind.LEFT_EARLY, "minutes_early": 90, "made_at": make.now}
        facts["source"] = MarkSource.TRAINER
        session.add(Mark(booking_id=booking.id, event_session_id=block.id, **facts))
    browser.sign_in(ada)
    page = browser.get(browser.get("/my-learning").link("Your record"))
    years = [heading.get_text() for heading in page.document.find_all("h2")]
    assert "2026-27: 4 hours 30 minutes" in years
    assert "2025-26: 3 hours" in years
    assert page.text.index("This Year") < page.text.index("Left Early") < page.text.index("Last")
    assert "Left Early part attended 2 1½" in page.text
    assert "Missed" not in page.text
    assert "Open One" not in page.text
    assert "A year runs from 1 October to 30 September." in page.text


def test_a_certificate_stands_by_what_was_attended(browser: Browser, make: Make) -> None:
    ada = make.person("Ada Marlow")
    attended(make, ada, 60, "Has One")
    attended(make, ada, 3, "Not Answered")
    attended(make, ada, 61, "Too Late")
    ids = {booking.event.title: booking.id for booking in db.session.scalars(select(Booking))}
    code = make.certificate(ids["Has One"])
    browser.sign_in(ada)
    page = browser.get("/my-learning")
    assert page.link("Certificate of Has One") == f"/certificates/{code}"
    assert "Your certificate comes once you have told us how it was, until Friday 12" in page.text
    assert "No certificate: the form about it closed on 16 December 2026" in page.text


def test_A6_the_record_as_a_pdf_has_the_hours_and_the_codes(browser: Browser, make: Make) -> None:
    ada = make.person("Ada Marlow", agency=make.agency("Street Teams"))
    attended(make, ada, 60, "This Year")
    attended(make, ada, 400, "Last #Year *")
    attended(make, ada, 50, "Left Early", outcome=Outcome.PART_ATTENDED)
    ids = {booking.event.title: booking.id for booking in db.session.scalars(select(Booking))}
    code = make.certificate(ids["This Year"])
    revoked = make.certificate(ids["Last #Year *"], revoked_at=make.now)
    browser.sign_in(ada)
    page = browser.get(browser.get("/my-learning").link("Record of learning"))
    read = PdfReader(io.BytesIO(page.response.get_data()))
    text = " ".join(" ".join(one.extract_text() for one in read.pages).split())
    for said in ("Ada Marlow", "Family support worker · Street Teams", "2026-27: 3 hours", code):
        assert said in text
    assert "Last #Year *" in text and "part attended" in text and revoked not in text
    root = read.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    browser.sign_in(make.person("Nobody Yet"))
    assert browser.get("/my-learning/record.pdf").headers["Content-Type"] == "application/pdf"


def test_statements_do_not_grow_with_bookings(browser: Browser, make: Make) -> None:
    ada = make.person()
    browser.sign_in(ada)
    counts = []
    for start in (20, 60):
        for number in range(4):
            at = make.now + timedelta(days=start + number)
            make.booking(make.event(starts_at=at), ada)
            full = make.event(starts_at=at + timedelta(hours=9), hours=1, capacity=1)
            make.booking(full)
            make.booking(full, ada, state=BookingState.WAITING)
            attended(make, ada, start + number, "Done")
        with count_statements() as counted:
            browser.get("/my-learning")
        counts.append(counted.number)
    assert counts[0] == counts[1]
