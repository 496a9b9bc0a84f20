"""Every message of a booking, as prose: one file each, to be read as a whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.access import Role
from lms.agencies.rules import Sector
from lms.booking.commands import (
    accept_offer,
    ask_to_be_told,
    cancel_booking,
    cancel_event,
    change_event,
    confirm_charges,
    decline_offer,
    end_lapsed_offers,
    hand_over_booking,
    hold_places,
    postpone_event,
    request_place,
    send_due_reminders,
    set_priority,
    set_who_can_book,
    take_back_offer,
    tell_invited,
    tell_of_new_dates,
    transfer_booking,
    waive_charge,
)
from lms.booking.jobs import see_to_unnamed
from lms.booking.messages.changes import calendar_declined
from lms.booking.messages.telling import tell_all
from lms.booking.models import Booking, Charge, Offer
from lms.booking.rules import Allocation, BookingState, CancelledBy, Origin, WhoCanBook
from lms.catalogue.models import Event, Invitee
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventMode
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.messaging.models import Message
from lms.messaging.sender import send_due
from lms.messaging.templates import SEAM
from tests.support.mail import must_read_as
from tests.support.make import Make

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
LINK = re.compile(r"\[\[link (/\w+) (\w+) [0-9]+(-\w+)?\]\]")
REFERENCE = re.compile(r"WSP-\w{4}-\w{4}")


def last_mail(purpose: str, *, nth: int = -1) -> Message:
    rows = db.session.query(Message).filter_by(purpose=purpose).order_by(Message.id).all()
    return rows[nth]


def as_prose(message: Message) -> str:
    body = LINK.sub(r"[the \2 link: \1/…]", message.body.replace(SEAM, ""))
    body = re.sub(r"/events/\d+", "/events/7", REFERENCE.sub("WSP-7Q4K-2M", body))
    body = re.sub(r"\n{3,}", "\n\n", body).strip()
    attached = f"Attached: invitation.ics ({message.calendar_method})\n" if message.calendar else ""
    return f"To: {message.to_address}\nSubject: {message.subject}\n{attached}\n{body}\n"


def check(name: str, message: Message) -> None:
    must_read_as(SNAPSHOTS / f"{name}.txt", as_prose(message))


class Scene:
    """One place, held by Ada; Marigold asks, and waits."""

    def __init__(self, make: Make, **facts: object) -> None:
        self.make, self.now = make, make.now
        self.school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
        self.marigold = make.person(
            "Marigold Pettifer", "m.pettifer@pool-hayes.example", agency=self.school
        )
        self.event = make.event(**{"capacity": 1, **facts})  # type: ignore[arg-type]

    def ask(self, **said: object) -> int:
        said = {"agency_id": self.school, "by": None, "now": self.now, **said}
        return request_place(self.event, self.marigold, **said).booking_id  # type: ignore[arg-type]

    def fill(self) -> int:
        return self.make.booking(self.event, self.make.person("Ada Quillfeather"))

    def free(self, booking: int) -> None:
        cancel_booking(booking, by=None, now=self.now)


@pytest.fixture
def scene(app: Flask, make: Make) -> Scene:
    return Scene(make, course=make.course())


def test_B3_confirmed(scene: Scene) -> None:
    scene.ask()
    check("confirmed", last_mail("booking-confirmed"))


def test_B14_confirmed_by_a_coordinator(scene: Scene, make: Make) -> None:
    by = make.viewer(make.coordinator())
    scene.ask(origin=Origin.COORDINATOR, by=by)
    check("confirmed_by_coordinator", last_mail("booking-confirmed"))


def test_B3_confirmed_online_on_two_days(app: Flask, make: Make) -> None:
    link = "https://meet.example/abc"
    scene = Scene(make, days=2, mode=EventMode.ONLINE, joining_link=link, venue="")
    scene.ask()
    check("confirmed_online_two_days", last_mail("booking-confirmed"))
    check("second_session", last_mail("calendar-entry"))


def test_B4_waiting(scene: Scene) -> None:
    scene.fill()
    scene.ask()
    check("waiting", last_mail("booking-waiting"))


def test_B4_waiting_with_the_tick(scene: Scene) -> None:
    scene.fill()
    scene.ask(confirm_at_once=True)
    check("waiting_with_tick", last_mail("booking-waiting"))


def test_B6_offered(scene: Scene) -> None:
    held = scene.fill()
    scene.ask()
    scene.free(held)
    check("offered", last_mail("offer"))


def test_B6_offer_accepted(scene: Scene) -> None:
    held = scene.fill()
    scene.ask()
    scene.free(held)
    accept_offer(running_offer(), now=scene.now)
    check("confirmed_after_offer", last_mail("booking-confirmed"))


def test_B6_offer_declined(scene: Scene) -> None:
    held = scene.fill()
    scene.ask()
    scene.free(held)
    decline_offer(running_offer(), now=scene.now)
    check("declined", last_mail("booking-declined"))


def test_B6_offer_lapsed_once_and_twice(scene: Scene) -> None:
    held = scene.fill()
    scene.ask()
    scene.free(held)
    end_lapsed_offers(offer_end())
    check("lapsed_once", last_mail("offer-lapsed"))
    end_lapsed_offers(offer_end())
    check("lapsed_twice", last_mail("offer-lapsed"))


def test_B6_invited_to_be_the_first(scene: Scene, clock: FixedClock) -> None:
    held = scene.fill()
    scene.ask()
    clock.advance(timedelta(days=20))
    scene.now = clock.now()
    scene.free(held)
    check("invited", last_mail("offer"))


def test_B11_cancelled_by_the_delegate(scene: Scene) -> None:
    scene.free(scene.ask())
    check("cancelled", last_mail("booking-cancelled"))


def test_B11_cancelled_late(scene: Scene, clock: FixedClock) -> None:
    booking = scene.ask()
    clock.advance(timedelta(days=20))
    cancel_booking(booking, by=None, now=clock.now())
    check("cancelled_late", last_mail("booking-cancelled"))


def test_B11_a_charge_that_is_proposed_confirmed_and_waived(
    scene: Scene, make: Make, clock: FixedClock
) -> None:
    make.terms()
    make.person("Lena Quill", "l.quill@example.org", agency=scene.school, role=Role.AGENCY_LEAD)
    booking = scene.ask()
    check("confirmed_with_a_charge", last_mail("booking-confirmed"))
    clock.advance(timedelta(days=20))
    cancel_booking(booking, by=None, now=clock.now())
    check("cancelled_late_with_a_charge", last_mail("booking-cancelled"))
    by, charge = make.viewer(make.coordinator()), db.session.query(Charge.id).scalar()
    confirm_charges([charge], by=by, now=clock.now())
    check("charge_confirmed", last_mail("charge"))
    clock.advance(timedelta(days=1))
    waive_charge(charge, reason="Her child was ill.", by=by, now=clock.now())
    check("charge_waived", last_mail("charge"))


def test_B11_a_declined_calendar_entry_asks(scene: Scene, clock: FixedClock) -> None:
    booking = db.session.get_one(Booking, scene.ask())
    with transaction() as session:
        tell_all(session, [calendar_declined(booking)], clock.now())
    check("calendar_declined", last_mail("calendar-declined"))


def test_B6_an_offer_taken_back(scene: Scene, make: Make) -> None:
    held = scene.fill()
    waiting = scene.ask()
    make.booking(scene.event, make.person("Rafi Candlewick"), state=BookingState.WAITING)
    scene.free(held)
    send_due(scene.now)
    by = make.viewer(make.coordinator())
    make_first = db.session.query(Booking).filter_by(state=BookingState.WAITING).one().id
    set_priority(make_first, 1, reason="Starts in post", by=by, now=scene.now)
    take_back_offer(waiting, reason="It was promised to a new starter.", by=by, now=scene.now)
    check("taken_back", last_mail("offer-taken-back"))


def test_B11_cancelled_by_the_coordinator(scene: Scene, make: Make) -> None:
    cancel_booking(
        scene.ask(),
        by=make.viewer(make.coordinator()),
        by_what=CancelledBy.COORDINATOR,
        why="You asked us by telephone.",
        now=scene.now,
    )
    check("cancelled_by_coordinator", last_mail("booking-cancelled"))


def test_B11_off_the_list(scene: Scene) -> None:
    scene.fill()
    scene.free(scene.ask())
    check("off_the_list", last_mail("off-the-list"))


def test_B12_handed_over(scene: Scene, make: Make) -> None:
    by, kofi = make.viewer(scene.marigold), make.person("Kofi Asante", agency=scene.school)
    hand_over_booking(scene.ask(), to=kofi, by=by, now=scene.now)
    check("handed_over", last_mail("booking-handed-over"))
    check("confirmed_by_hand_over", last_mail("booking-confirmed"))


def test_B12_handed_over_by_the_agency_lead(scene: Scene, make: Make) -> None:
    by, kofi = make.viewer(make.person()), make.person("Kofi Asante", agency=scene.school)
    by_what = CancelledBy.AGENCY_LEAD
    hand_over_booking(scene.ask(), to=kofi, by=by, by_what=by_what, now=scene.now)
    check("handed_over_by_lead", last_mail("booking-handed-over"))


def test_B13_places_without_a_name(app: Flask, make: Make, clock: FixedClock) -> None:
    trust = make.agency("Walsall Healthcare")
    lead = make.viewer(make.person("Leander Osei", agency=trust, role=Role.AGENCY_LEAD))
    event = make.event(unnamed_places=2)
    hold_places(event, trust, 2, by=lead, now=make.now)
    clock.set(datetime(2027, 1, 27, 9, tzinfo=clock.now().tzinfo))
    see_to_unnamed(clock.now())
    check("naming_due", last_mail("naming-due"))
    clock.set(datetime(2027, 2, 1, 17, tzinfo=clock.now().tzinfo))
    see_to_unnamed(clock.now())
    check("unnamed_lapsed", last_mail("unnamed-lapsed"))


def test_B15_an_event_with_places_without_a_name_is_cancelled(app: Flask, make: Make) -> None:
    trust = make.agency("Walsall Healthcare")
    lead = make.viewer(make.person("Leander Osei", agency=trust, role=Role.AGENCY_LEAD))
    event = make.event(unnamed_places=2)
    hold_places(event, trust, 2, by=lead, now=make.now)
    move_event(event, make.now)
    check("event_of_unnamed_changed", last_mail("event-of-unnamed"))
    cancel_event(event, reason=CancelReason.VENUE, by=None, now=make.now)
    check("event_of_unnamed_cancelled", last_mail("event-of-unnamed"))


def test_B15_event_cancelled_with_the_next_date(scene: Scene, make: Make) -> None:
    scene.ask()
    course = db.session.get_one(Event, scene.event).course_id
    make.event(course=course, starts_at=scene.now + timedelta(days=60))
    cancel_event(scene.event, reason=CancelReason.TRAINER_ILL, by=None, now=scene.now)
    check("event_cancelled", last_mail("event-cancelled"))


def test_B15_postponed_and_dated_again(scene: Scene, make: Make) -> None:
    scene.ask()
    event = db.session.get_one(Event, scene.event)
    make.event(course=event.course_id, starts_at=scene.now + timedelta(days=60))
    details = details_of(event)
    postpone_event(scene.event, reason=CancelReason.TRAINER_ILL, by=None, now=scene.now)
    check("postponed", last_mail("event-postponed"))
    [block] = details.sessions
    later = timedelta(days=63)
    block = replace(
        block, id=None, starts_at=block.starts_at + later, ends_at=block.ends_at + later
    )
    change_event(scene.event, replace(details, sessions=(block,)), by=None, now=scene.now)
    check("new_date", last_mail("event-changed"))


def test_B8_moved_to_another_date_and_waiting_for_one(scene: Scene, make: Make) -> None:
    held = scene.ask()
    course = db.session.get_one(Event, scene.event).course_id
    starts = scene.now.replace(hour=9, minute=30)
    full = make.event(course=course, capacity=0, starts_at=starts + timedelta(days=50))
    free = make.event(course=course, starts_at=starts + timedelta(days=60))
    transfer_booking(held, full, by=None, now=scene.now)
    check("waiting_to_move", last_mail("booking-waiting"))
    transfer_booking(held, free, by=None, now=scene.now)
    check("moved", last_mail("booking-moved"))


def test_B16_a_course_that_was_asked_for_has_a_date(scene: Scene) -> None:
    course = db.session.get_one(Event, scene.event).course_id
    ask_to_be_told(course or 0, scene.marigold, now=scene.now)
    tell_of_new_dates(scene.now)
    check("course_runs", last_mail("course-runs"))


def test_B15_postponed_for_one_who_waits(scene: Scene) -> None:
    scene.fill()
    scene.ask()
    postpone_event(scene.event, reason=CancelReason.VENUE, by=None, now=scene.now)
    check("postponed_waiting", last_mail("event-postponed"))


def test_B15_event_cancelled_for_one_who_waits(scene: Scene) -> None:
    scene.fill()
    scene.ask()
    note = "The hall has no heating."
    cancel_event(scene.event, reason=CancelReason.VENUE, note=note, by=None, now=scene.now)
    check("event_cancelled_waiting", last_mail("event-cancelled"))


def test_B15_event_changed(scene: Scene) -> None:
    scene.ask()
    move_event(scene.event, scene.now)
    check("changed", last_mail("event-changed"))


def test_B15_event_changed_for_one_who_waits(scene: Scene) -> None:
    scene.fill()
    scene.ask()
    move_event(scene.event, scene.now)
    check("changed_waiting", last_mail("event-changed"))


def test_reminder_with_the_joining_instructions(app: Flask, make: Make, clock: FixedClock) -> None:
    scene = Scene(
        make,
        joining_instructions="Parking is behind the hall. Lunch is not provided.",
        venue_access="Step-free by the side door.",
    )
    scene.ask()
    clock.set(datetime(2027, 2, 5, 9, tzinfo=clock.now().tzinfo))
    send_due_reminders(clock.now())
    check("reminder", last_mail("reminder"))


def test_reminder_a_week_before(scene: Scene) -> None:
    scene.ask()
    send_due_reminders(datetime(2027, 2, 1, 9, tzinfo=scene.now.tzinfo))
    check("reminder_week_before", last_mail("reminder-week-before"))


def running_offer() -> int:
    return db.session.query(Offer.id).filter(Offer.ended_at.is_(None)).scalar()


def offer_end() -> datetime:
    return db.session.query(Offer.ends_at).filter(Offer.ended_at.is_(None)).scalar()


def move_event(event: int, now: datetime) -> None:
    details = details_of(db.session.get_one(Event, event))
    [block] = details.sessions
    later = timedelta(days=7)
    moved = replace(block, starts_at=block.starts_at + later, ends_at=block.ends_at + later)
    change_event(event, replace(details, sessions=(moved,)), by=None, now=now)


def test_invitation_to_an_event_by_invitation(scene: Scene) -> None:
    with transaction() as session:
        event = session.get_one(Event, scene.event)
        event.is_by_invitation = True
        event.invitees.append(Invitee(agency_id=scene.school))
    tell_invited(scene.event, by=None, now=scene.now)
    check("invitation", last_mail("event-invitation"))


def test_B17_a_part_in_an_event(scene: Scene) -> None:
    sandwell = scene.make.partnership("Sandwell", contact_name="Sana Quill")
    terms = WhoCanBook(allocations=(Allocation(sandwell, 1, date(2027, 2, 1)),))
    for _ in range(2):
        set_who_can_book(scene.event, terms, by=None, now=scene.now)
    check("shared", last_mail("event-shared"))
    assert db.session.query(Message).filter_by(purpose="event-shared").count() == 1
