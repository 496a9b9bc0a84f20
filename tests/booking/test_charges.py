"""Charges for places that were not used, by the real commands (B11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts.models import Membership
from lms.agencies.rules import DayKind, Sector
from lms.attendance.commands import close_register, correct_outcome
from lms.attendance.rules import MarkKind
from lms.audit import AuditEntry
from lms.booking.commands import (
    amend_charge,
    cancel_booking,
    cancel_event,
    confirm_charges,
    review_charges,
    waive_charge,
)
from lms.booking.models import Charge
from lms.booking.rules import BookingState, CancelledBy, Outcome
from lms.catalogue.models import EventSession
from lms.catalogue.rules import CancelReason
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from tests.support.booking import ask, booking, messages
from tests.support.browser import Browser
from tests.support.make import Make

LATE = datetime(2027, 2, 5, 10, tzinfo=UTC)  # Friday before Monday's event


def charges() -> list[tuple[str, str, int | None]]:
    db.session.rollback()
    rows = db.session.query(Charge).order_by(Charge.id)
    return [(row.reason.value, row.state.value, row.pence) for row in rows]


def the_charge() -> int:
    return db.session.query(Charge.id).scalar()


def leave_late(make: Make, **said: object) -> int:
    """One who booked in January gives the place up on the Friday before."""
    made = ask(make, make.event(), make.agency())
    cancel_booking(made.booking_id, **{"by": None, "now": LATE, **said})  # type: ignore[arg-type]
    return made.booking_id


def absence(make: Make, clock: FixedClock) -> tuple[int, int]:
    """An event whose register is closed, with one who did not come."""
    event = make.event()
    absent = ask(make, event, make.agency()).booking_id
    clock.set(datetime(2027, 2, 8, 17, tzinfo=UTC))
    block = db.session.query(EventSession.id).filter_by(event_id=event).scalar()
    close_register(event, {(absent, block): MarkKind.ABSENT}, by=None, now=make.now)
    return event, absent


def test_B11_leaving_late_proposes_a_charge_and_says_so(app: Flask, make: Make) -> None:
    make.terms()
    leave_late(make)
    assert charges() == [("late_cancellation", "proposed", 9000)]
    [mail] = messages("booking-cancelled")
    assert "counts as late, and your agency may be charged £90." in mail.body


def test_B11_without_terms_nothing_is_proposed(app: Flask, make: Make) -> None:
    leave_late(make)
    assert charges() == []
    assert "charged" not in messages("booking-cancelled")[0].body


def test_B11_in_time_or_by_the_coordinator_nothing_is_proposed(app: Flask, make: Make) -> None:
    make.terms()
    leave_late(make, now=datetime(2027, 2, 3, 17, tzinfo=UTC))
    leave_late(make, by_what=CancelledBy.COORDINATOR)
    assert charges() == []
    leave_late(make, by_what=CancelledBy.AGENCY_LEAD)
    assert charges() == [("late_cancellation", "proposed", 9000)]


def test_B11_the_sectors_own_cut_off_counts_as_it_stood_when_booking(
    app: Flask, make: Make
) -> None:
    make.terms(Sector.HEALTH, days=14, day_kind=DayKind.CALENDAR, is_full_cost=True)
    event = make.event(price=Decimal(120))
    early = ask(make, event, make.agency())
    on = make.now.date() + timedelta(days=1)
    make.terms(Sector.HEALTH, days=1, day_kind=DayKind.CALENDAR, holds_from=on)
    make.terms(Sector.HEALTH, full_day_pence=7500, holds_from=on + timedelta(days=1))
    cancel_booking(early.booking_id, by=None, now=datetime(2027, 1, 26, 10, tzinfo=UTC))
    assert booking(early.booking_id).is_late_cancellation is True
    assert charges() == [("late_cancellation", "proposed", 7500)], "money: as of the event's day"


def test_B11_one_who_did_not_come_is_charged_once(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.terms()
    absence(make, clock)
    assert (review_charges(make.now), review_charges(make.now)) == (1, 0)
    assert charges() == [("non_attendance", "proposed", 9000)]


def test_B11_a_corrected_outcome_withdraws_and_may_bring_back(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.terms()
    event, absent = absence(make, clock)
    review_charges(make.now)
    coordinator = make.viewer(make.coordinator())
    said = {"by": coordinator, "now": make.now}
    correct_outcome(event, absent, Outcome.ATTENDED, "Signed the wrong line", **said)
    assert (review_charges(make.now), review_charges(make.now)) == (1, 0)
    assert charges() == [("non_attendance", "withdrawn", 9000)]
    correct_outcome(event, absent, Outcome.DID_NOT_ATTEND, "It was somebody else", **said)
    assert review_charges(make.now) == 1
    assert charges() == [("non_attendance", "proposed", 9000)]
    waive_charge(the_charge(), reason="Bereavement", **said)
    assert review_charges(make.now) == 0, "what was waived stays waived"


def test_B11_an_absence_of_last_year_is_not_charged_by_new_terms(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    absence(make, clock)
    make.terms()
    assert review_charges(make.now + timedelta(days=100)) == 0


def test_B15_calling_the_event_off_withdraws_what_was_proposed(app: Flask, make: Make) -> None:
    make.terms()
    left = leave_late(make)
    event = booking(left).event_id
    cancel_event(event, reason=CancelReason.VENUE, by=None, now=LATE)
    assert review_charges(LATE) == 1
    assert charges() == [("late_cancellation", "withdrawn", 9000)]


def test_B11_confirming_tells_the_agencys_lead_and_waiving_later_does_too(
    app: Flask, make: Make
) -> None:
    make.terms()
    agency = make.agency("Beacon Trust")
    make.person("Lena Quill", "lena@beacon.example", agency=agency, role=Role.AGENCY_LEAD)
    made = ask(make, make.event(), agency)
    cancel_booking(made.booking_id, by=None, now=LATE)
    by = make.viewer(make.coordinator())
    assert confirm_charges([the_charge()], by=by, now=LATE) == 1
    assert confirm_charges([the_charge()], by=by, now=LATE) == 0
    [mail] = messages("charge")
    assert (mail.to_address, mail.subject.split(":")[0]) == (
        "lena@beacon.example",
        "A charge of £90",
    )
    waive_charge(the_charge(), reason="A child was ill", by=by, now=LATE)
    assert messages("charge")[-1].subject.startswith("No charge after all")
    acts = [row.act for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts[-2:] == ["confirm charge", "waive charge"]


def test_B11_an_unknown_price_is_entered_before_it_is_confirmed(app: Flask, make: Make) -> None:
    make.terms(is_full_cost=True)
    leave_late(make)
    by = make.viewer(make.coordinator())
    assert charges() == [("late_cancellation", "proposed", None)]
    with pytest.raises(Refused, match="has no amount yet"):
        confirm_charges([the_charge()], by=by, now=LATE)
    amend_charge(the_charge(), 12050, reason="", by=by, now=LATE)
    with pytest.raises(Refused, match="Say why the amount is another"):
        amend_charge(the_charge(), 1, reason=" ", by=by, now=LATE)
    confirm_charges([the_charge()], by=by, now=LATE)
    assert charges() == [("late_cancellation", "confirmed", 12050)]
    with pytest.raises(Refused, match="its amount stays"):
        amend_charge(the_charge(), 1, reason="less", by=by, now=LATE)


def test_another_partnerships_charges_cannot_be_decided(app: Flask, make: Make) -> None:
    make.terms()
    leave_late(make)
    dudley = make.partnership("Dudley")
    by = make.viewer(make.coordinator("Elsie Where", partnership=dudley))
    with pytest.raises(NotFound):
        confirm_charges([the_charge()], by=by, now=LATE)
    with pytest.raises(NotFound):
        waive_charge(the_charge(), reason="Kindness", by=by, now=LATE)
    assert charges() == [("late_cancellation", "proposed", 9000)]


def test_charges_are_confirmed_waived_and_taken_to_finance_by_their_pages(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    event, agency = make.event("Neglect"), make.agency("Beacon Trust")
    names = ("Ada Quill", "Bea Rowan", "Cy Teasel")
    for name, pence in zip(names, (9000, None, 5000), strict=True):
        left = make.booking(event, make.person(name, agency=agency), state=BookingState.CANCELLED)
        make.charge(left, pence=pence)
    browser.sign_in(make.coordinator())
    today = browser.get("/manage")
    assert "Confirm or waive three charges" in today.text
    page = browser.get("/manage/charges")
    assert "Three charges wait for you: £140, and one amount to be entered." in page.text
    assert (
        "Tick the charges that you confirm"
        in browser.submit(page, form="Confirm those ticked", status=409).text
    )
    ids = [box["value"] for box in page.document.select("input[name=charge]")]
    refused = browser.submit(page, {"charge": ids}, form="Confirm those ticked", status=409)
    assert "The charge for Bea Rowan has no amount yet." in refused.text
    assert len(refused.document.select("input[name=charge][checked]")) == 3
    one = browser.get(page.link("Waive or amend : Bea Rowan"))
    one = browser.submit(one, {"amount": "120.50"}, form="Save the amount")
    assert one.h1 == "£120.50 for Bea Rowan"
    page = browser.submit(one, form="Confirm £120.50")
    one = browser.get(page.link("Waive or amend : Cy Teasel"))
    faulty = browser.submit(one, {"reason": ""}, form="Waive the charge", status=422)
    browser.submit(faulty, {"reason": "Bereavement"}, form="Waive the charge")
    assert [state for _, state, _ in charges()] == ["proposed", "confirmed", "waived"]
    page = browser.get("/manage/charges?state=waived")
    assert "Bereavement" in page.text
    token = page.form("Download these 1 as CSV")
    lines = browser.post("/manage/charges.csv", token).response.get_data(as_text=True).split("\r\n")
    assert lines[0].startswith("reference,agency,sector,event_reference,event,date,person,reason,")
    assert ",Beacon Trust,health," in lines[1]
    assert ",Cy Teasel,late cancellation,50.00,waived,Bereavement,Idris Larkspur," in lines[1]
    assert lines[2] == ""
    assert [r.act for r in db.session.query(AuditEntry).order_by(AuditEntry.id)][-1] == "download"


def test_B11_the_pages_say_what_giving_up_costs(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    make.terms(Sector.POLICE, days=7, day_kind=DayKind.CALENDAR)
    event, ada = make.event(), make.person(agency=make.agency("Police", Sector.POLICE))
    policy = "A cancellation after Wednesday 3 February at 5pm counts as late."
    assert policy in browser.get(f"/events/{event}").text
    browser.sign_in(ada)
    charged = "after Monday 1 February at 5pm counts as late, and your agency may be charged £90."
    assert charged in browser.get(f"/events/{event}").text
    assert charged in browser.get(f"/events/{event}/book").text
    made = ask(make, event, booking_agency(ada), ada)
    clock.set(datetime(2027, 2, 2, 9, tzinfo=UTC))
    browser.sign_in(ada)
    page = browser.get(f"/bookings/{made.reference}/cancel")
    assert (
        "Giving it up now counts as late, and your agency may be charged £90: the limit was "
        "Monday 1 February at 5pm." in page.text
    )
    assert "Could a colleague come instead? Hand the place over" in page.text


def test_B11_who_books_when_it_is_late_already_is_told_what_giving_up_may_cost(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.terms()
    event = make.event()
    clock.set(datetime(2027, 2, 5, 9, tzinfo=UTC))
    ask(make, event, make.agency())
    [mail] = messages("booking-confirmed")
    assert "A cancellation counts as late by now, and your agency may be charged £90." in mail.body


def booking_agency(person: int) -> int:
    return db.session.query(Membership.agency_id).filter_by(person_id=person).scalar()
