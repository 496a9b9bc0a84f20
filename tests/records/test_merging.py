"""Two records made one, and taken apart again: everything, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.access import Role
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant, SignInSession
from lms.accounts.queries import find_person_by_address
from lms.attendance.models import Mark, NameAlias
from lms.attendance.rules import MarkKind, MarkSource
from lms.audit import AuditEntry
from lms.booking.commands import cancel_booking
from lms.booking.commands.locking import Joined
from lms.booking.models import Approval, Booking, Charge, Demand, Offer
from lms.booking.rules import ApprovalKind, BookingState, ChargeState, Outcome
from lms.catalogue.commands import discard_draft
from lms.catalogue.models import EventTrainer, course_trainer
from lms.catalogue.rules import EventState
from lms.certificates.models import Certificate
from lms.certificates.queries import list_proposed_revocations
from lms.clock import london_date
from lms.db import Base, db, transaction
from lms.errors import NotFound, Refused
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from lms.messaging.models import Message
from lms.messaging.sender import send_due
from lms.records.commands import merge_people, unmerge_people
from lms.records.queries.pairs import audit_joined, clashes_of
from lms.records.references import REFERENCES
from lms.records.rules import tells_of_both
from tests.support.booking import ask, booking, faults, states
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.sign_in import open_session

LEFT_OUT = {"audit_entry", "merge", "message", "sign_in_session"}
# who waits may be given the place that a double leaves: then it has gone, and is tried below
STATES = [state for state in BookingState if state is not BookingState.WAITING]
FIGURES = {"revision", "sequence"}  # of locks and calendars: they only ever rise


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the trail of the merge itself and the locks' figures."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_OUT:
            columns = [column for column in table.columns if column.name not in FIGURES]
            rows = [tuple(row) for row in db.session.execute(select(*columns))]
            found[table.name] = sorted(rows, key=repr)
    db.session.rollback()
    return found


def keep(*rows: Any) -> None:
    with transaction() as session:
        session.add_all(rows)


def columns_that_name_persons() -> Iterator[tuple[str, str]]:
    """Every such column of our tables: by its foreign key, or by its name where it has none."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.target_fullname == "person.id" for key in column.foreign_keys)
            if points or column.name.endswith("person_id"):
                yield table.name, column.name


def test_every_column_that_names_a_person_is_known_to_merging() -> None:
    """A new table fails here until `references.py` says what becomes of it."""
    known = [(each.table, each.column) for each in REFERENCES]
    assert sorted(known) == sorted(columns_that_name_persons())
    assert len(set(known)) == len(known)


class World:
    """Two records of one person, each with what is drawn, among others who want the same places."""

    def __init__(self, make: Make, draw: Any) -> None:
        self.make, self.draw = make, draw
        self.agencies = [make.agency() for _ in range(2)]
        self.keep = make.person("Ida Bell", agency=self.agencies[0])
        self.drop = make.person("Ida Bell", agency=draw(self.agencies), job_role="", phone="01632")
        course = make.course(f"Course {self.keep}")
        self.events = [
            make.event(course=course, capacity=9),
            make.event(course=course, starts_at=make.now + timedelta(days=30)),
            make.event(starts_at=make.now + timedelta(days=30)),
            make.event(starts_at=make.now - timedelta(days=9)),
        ]
        for person in (self.keep, self.drop):
            self._fill(person, course)

    def _fill(self, person: int, course: int) -> None:
        make, draw = self.make, self.draw
        for event in self.events:
            self._book(person, event)
        began = london_date(make.now) - timedelta(days=draw([5, 30]))
        rows: list[Any] = [
            Membership(person_id=person, agency_id=self.agencies[1], started_on=began)
        ]
        if draw([True, False]):
            rows.append(Demand(course_id=course, person_id=person, asked_at=make.now))
        if draw([True, False]):
            rows.append(EventTrainer(event_id=self.events[3], person_id=person))
        if draw([True, False]):
            for_whom = {"partnership_id": make.partnership(), "starts_on": began}
            rows.append(RoleGrant(person_id=person, role=Role.TRAINER, **for_whom))
        rows.append(
            NameAlias(
                partnership_id=make.partnership(),
                alias=f"ida {person}",
                person_id=person,
                confirmed_at=make.now,
            )
        )
        keep(*rows)
        if draw([True, False]):
            with transaction() as session:
                session.execute(course_trainer.insert().values(course_id=course, person_id=person))

    def _book(self, person: int, event: int) -> None:
        make, draw = self.make, self.draw
        how = draw(["", "made", "asked"])
        is_past = event == self.events[3]
        if how == "asked" and not is_past:
            try:
                ask(make, event, self.agencies[0], person)
            except Refused:
                return
        elif how:
            state = BookingState.CONFIRMED if is_past else draw(STATES)
            made = make.booking(event, person, state=state)
            if state is BookingState.OFFERED:
                soon = make.now + timedelta(days=1)
                keep(Offer(booking_id=made, made_at=make.now, ends_at=soon, holds_place=True))
            if is_past:
                self._attend(made)

    def _attend(self, made: int) -> None:
        make, draw = self.make, self.draw
        with transaction() as session:
            row = session.get_one(Booking, made)
            row.outcome = draw([Outcome.ATTENDED, Outcome.DID_NOT_ATTEND, None])
            row.counts_as_confirmed_at_start = row.outcome is not None
            came = row.outcome is Outcome.ATTENDED
            block = row.event.sessions[0].id
        keep(
            Mark(
                booking_id=made,
                event_session_id=block,
                kind=MarkKind.PRESENT if came else MarkKind.ABSENT,
                source=MarkSource.TRAINER,
                made_at=make.now,
            )
        )
        answered = make.now if draw([True, False]) else None
        keep(Evaluation(booking_id=made, stage=Stage.POST, answered_at=answered))
        if not came and draw([True, False]):
            make.charge(made, state=draw([ChargeState.PROPOSED, ChargeState.CONFIRMED]))
        if came:
            keep(_certificate(made, make))


def _certificate(made: int, make: Make) -> Certificate:
    return Certificate(
        booking_id=made,
        partnership_id=make.partnership(),
        code=f"C{made}",
        issued_at=make.now,
        name="Ida Bell",
        title="Neglect",
        minutes=60,
        first_on=date(2027, 1, 9),
        last_on=date(2027, 1, 9),
        teaches="",
        issued_by="Walsall Safeguarding Partnership",
        signed_by="Idris Larkspur",
    )


@settings(max_examples=6, phases=[Phase.generate])
@given(data=st.data())
def test_merging_and_taking_apart_again_leaves_everything_as_it_was(
    app: Flask, make: Make, data: st.DataObject
) -> None:
    world = World(make, lambda options: data.draw(st.sampled_from(options)))
    before = everything()
    choices = {
        clash.name: data.draw(st.sampled_from(clash.choices))
        for clash in clashes_of(db.session(), world.keep, world.drop, make.now)
    }
    db.session.rollback()
    merge_people(world.keep, world.drop, choices, by=None, now=make.now)
    assert audit_joined(make.now) == []
    assert [fault for fault in faults(make.now) if "live bookings" in fault] == []
    db.session.rollback()
    unmerge_people(world.keep, by=None, now=make.now)
    assert everything() == before


# --- What must be so of the one that is left --------------------------------------------------


def two(make: Make, **facts: Any) -> tuple[int, int]:
    """Two records of Ida Bell: the one that is to stay, and the one that goes."""
    agency = make.agency("NHS Trust")
    keep_id = make.person("Ida Bell", "ida@nhs.example", agency=agency)
    return keep_id, make.person("Ida Bell", "i.bell@police.example", agency=agency, **facts)


def test_either_address_signs_in_to_the_one_record(app: Flask, make: Make) -> None:
    kept, gone = two(make, phone="01632 960 000", line_manager_email="ida@nhs.example")
    made = make.booking(make.event(), gone)
    with app.test_client() as client:
        open_session(client, gone)
    merge_people(kept, gone, by=None, now=make.now)
    for address in ("ida@nhs.example", "i.bell@police.example"):
        found = find_person_by_address(address)
        assert found is not None
        assert found.id == kept
    person = db.session.get_one(Person, kept)
    assert [(e.address, e.is_primary) for e in person.emails] == [
        ("ida@nhs.example", True),
        ("i.bell@police.example", False),
    ]
    assert len(person.memberships) == 1
    assert person.phone == "01632 960 000"
    assert person.line_manager_email is None  # nobody is their own (B10)
    assert booking(made).person_id == kept
    ended = db.session.query(SignInSession).filter_by(person_id=gone).one().ended_at
    assert ended == make.now


def test_B2_one_of_two_bookings_at_an_event_ends_and_its_place_goes_to_the_next(
    app: Flask, make: Make, mailer: KeptMail
) -> None:
    kept, gone = two(make)
    agency = make.agency()
    event = make.event(capacity=2)
    mine, theirs = ask(make, event, agency, kept), ask(make, event, agency, gone)
    waits = ask(make, event, agency)
    [clash] = clashes_of(db.session(), kept, gone, make.now)
    assert clash.recommended == str(mine.booking_id)
    db.session.rollback()
    with pytest.raises(Refused, match="Choose which booking for Disguised"):
        merge_people(kept, gone, {}, by=None, now=make.now)
    assert db.session.get_one(Person, gone).merged_into_id is None

    merge_people(kept, gone, {clash.name: str(theirs.booking_id)}, by=None, now=make.now)
    assert states(event) == ["cancelled", "confirmed", "offered"]
    ended = booking(mine.booking_id)
    assert ended.is_late_cancellation is False
    assert ended.passed_on_to is not None  # so no report counts a place that was given up
    assert "joined with" in ended.moves[-1].why
    assert faults(make.now) == []
    send_due(make.now)
    [mail] = [mail for mail in mailer.sent if "two bookings are one" in str(mail["Subject"])]
    assert mail["To"] == "Ida Bell <ida@nhs.example>"
    said = mail.get_body(("plain",)).get_content()
    assert booking(theirs.booking_id).reference in said
    assert "takes the second entry out of your calendar" in said

    before = everything()
    with pytest.raises(Refused, match="has gone to somebody else"):
        unmerge_people(kept, by=None, now=make.now)
    assert everything() == before
    cancel_booking(waits.booking_id, by=None, now=make.now)
    assert unmerge_people(kept, by=None, now=make.now) == "Ida Bell"
    assert states(event) == ["confirmed", "confirmed", "cancelled"]
    assert booking(mine.booking_id).person_id == kept
    assert booking(theirs.booking_id).person_id == gone
    assert faults(make.now) == []
    [again] = db.session.query(Message).filter_by(purpose="booking-stands-again").all()
    assert "SEQUENCE:2" in (again.calendar or "")  # later than the message that took it out


def test_of_two_that_came_to_one_event_the_answers_and_certificate_go_with_what_stays(
    app: Flask, make: Make
) -> None:
    kept, gone = two(make)
    past = make.event(starts_at=make.now - timedelta(days=9))
    absent = make.booking(past, kept, outcome=Outcome.DID_NOT_ATTEND)
    came = make.booking(past, gone, outcome=Outcome.ATTENDED)
    keep(
        Evaluation(booking_id=absent, stage=Stage.POST, answered_at=make.now),
        Evaluation(booking_id=came, stage=Stage.POST, invited_at=make.now),
        _certificate(absent, make),
    )
    charge = make.charge(absent, state=ChargeState.CONFIRMED)
    merge_people(kept, gone, by=None, now=make.now)
    assert booking(absent).outcome is None
    assert booking(came).outcome is Outcome.ATTENDED
    forms = db.session.query(Evaluation).all()
    assert [(form.booking_id, form.answered_at is not None) for form in forms] == [(came, True)]
    assert db.session.query(Certificate).one().booking_id == came
    assert db.session.get_one(Charge, charge).state is ChargeState.WITHDRAWN
    assert db.session.query(Message).filter_by(purpose="booking-joined").all() == []


def test_of_two_certificates_for_one_event_neither_is_proposed_for_revoking(
    app: Flask, make: Make
) -> None:
    kept, gone = two(make)
    past = make.event(starts_at=make.now - timedelta(days=9))
    came = [make.booking(past, each, outcome=Outcome.ATTENDED) for each in (kept, gone)]
    keep(*(_certificate(each, make) for each in came))
    merge_people(kept, gone, by=None, now=make.now)
    assert list_proposed_revocations(make.viewer(make.coordinator())) == []


def test_what_is_gone_since_the_merge_does_not_come_back_with_taking_apart(
    app: Flask, make: Make
) -> None:
    kept, gone = two(make)
    thrown_away = make.event("Thrown away", state=EventState.DRAFT, trainers=[gone])
    left, given = make.event(trainers=[gone]), make.event(trainers=[gone])
    course = make.course()
    with transaction() as session:
        session.execute(course_trainer.insert().values(course_id=course, person_id=gone))
    merge_people(kept, gone, by=None, now=make.now)
    discard_draft(thrown_away, by=None, now=make.now)
    with transaction() as session:
        session.delete(session.get_one(EventTrainer, (left, kept)))
    unmerge_people(kept, by=None, now=make.now)
    trainers = [(row.event_id, row.person_id) for row in db.session.query(EventTrainer)]
    assert trainers == [(given, gone)]
    assert db.session.execute(select(course_trainer)).all() == [(course, gone)]


def test_B8_one_of_two_places_on_a_course_ends_or_both_stay_as_an_override(
    app: Flask, make: Make
) -> None:
    kept, gone = two(make)
    course = make.course()
    first = make.booking(make.event(course=course), kept)
    second = make.booking(make.event(course=course, starts_at=make.now + timedelta(days=40)), gone)
    [clash] = clashes_of(db.session(), kept, gone, make.now)
    assert clash.choices == (str(first), str(second), "both")
    db.session.rollback()
    merge_people(kept, gone, {clash.name: "both"}, by=None, now=make.now)
    assert booking(second).state is BookingState.CONFIRMED
    assert "Kept beside" in (booking(second).override_reason or "")
    unmerge_people(kept, by=None, now=make.now)
    merge_people(kept, gone, {clash.name: str(second)}, by=None, now=make.now)
    assert booking(first).state is BookingState.CANCELLED


def test_P3_what_must_not_be_joined_is_refused_with_a_sentence(app: Flask, make: Make) -> None:
    kept, gone = two(make)
    idris = make.viewer(make.coordinator())
    admin = make.person("Ann Admin", role=Role.ADMINISTRATOR)

    def refused(match: str, one: int, other: int, by: Any = idris) -> None:
        before = everything()
        with pytest.raises(Refused, match=match):
            merge_people(one, other, by=by, now=make.now)
        assert everything() == before

    refused("one and the same", kept, kept)
    refused("One of the records is yours", idris.person_id, gone)
    refused("Ann Admin is administrator for Walsall", kept, admin)
    event = make.event("Signs of safety")
    held = make.booking(event, gone, state=BookingState.REQUESTED)
    keep(
        Approval(
            booking_id=held,
            kind=ApprovalKind.LINE_MANAGER,
            approver_address="ida@nhs.example",
            asked_at=make.now,
        )
    )
    refused("asked to approve the other’s booking at Signs of safety", kept, gone)
    with transaction() as session:
        session.query(Approval).delete()
    merge_people(kept, gone, by=idris, now=make.now)
    refused("has been joined with another", make.person("Bo"), gone)
    with pytest.raises(NotFound):
        merge_people(kept, 9999, by=None, now=make.now)
    last = make.person("Ida Bell")
    merge_people(last, kept, by=None, now=make.now)
    assert db.session.get_one(Person, gone).merged_into_id == last
    with pytest.raises(Refused, match="itself been joined"):
        unmerge_people(kept, by=None, now=make.now)
    unmerge_people(last, by=None, now=make.now)
    unmerge_people(kept, by=idris, now=make.now)
    with pytest.raises(Refused, match="No record was joined"):
        unmerge_people(kept, by=None, now=make.now)
    entry = db.session.query(AuditEntry).filter_by(act="merge people").first()
    assert entry is not None
    assert entry.sentence == "joined the record of Ida Bell with that of Ida Bell"


def test_what_came_since_stays_with_the_record_that_was_kept(app: Flask, make: Make) -> None:
    kept, gone = two(make)
    before = make.booking(make.event(), gone)
    merge_people(kept, gone, by=None, now=make.now)
    with pytest.raises(Joined):
        ask(make, make.event(), make.agency(), gone)
    since = ask(
        make, make.event("Neglect", starts_at=make.now + timedelta(days=50)), make.agency(), kept
    )
    with transaction() as session:
        person = session.get_one(Person, kept)
        for email in person.emails:
            email.is_primary = email.address == "i.bell@police.example"
        person.job_role = "Head of practice"
    unmerge_people(kept, by=None, now=make.now)
    assert booking(before).person_id == gone
    assert booking(since.booking_id).person_id == kept
    rows = db.session.query(PersonEmail).order_by(PersonEmail.id)
    assert [(row.person_id, row.is_primary) for row in rows] == [(kept, True), (gone, True)]
    assert db.session.get_one(Person, kept).job_role == "Head of practice"


# --- Pages ------------------------------------------------------------------------------------


def test_a_coordinator_joins_two_records_and_takes_them_apart_again(
    browser: Browser, make: Make
) -> None:
    kept, gone = two(make, access_needs="needs that nobody sees")
    event = make.event()
    mine, theirs = make.booking(event, kept), make.booking(event, gone)
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/people/doubles")
    assert "Same name, same agency" in page.text
    assert "1 of 1 pairs shown" in page.text
    page = browser.get(f"/manage/people/{kept}/join?q=BELL")
    assert "i.bell@police.example" in page.text
    page = browser.get(f"/manage/people/{kept}/join/{gone}")
    assert "1 pair of bookings that one person cannot have" in page.text.replace("One", "1")
    assert "Access needs is taken over" in page.text
    assert "needs that nobody sees" not in page.html
    form = f"clash-{mine}-{theirs}"
    page = browser.submit(page, {form: "nonsense"}, form="Make the two one", status=409)
    assert "Choose which booking" in page.text
    page = browser.submit(page, {form: str(mine)}, form="Make the two one")
    assert "Joined: everything is Ida Bell’s now. One booking ended." in page.text
    assert browser.get(f"/manage/people/{gone}").response.request.path == f"/manage/people/{kept}"
    browser.get(f"/manage/people/{kept}/join/{gone}", status=404)
    page = browser.get(f"/manage/people/{kept}/apart")
    page = browser.submit(page, form="Take the record of Ida Bell out again")
    assert "The record of Ida Bell is its own again." in page.text
    page = browser.get(f"/manage/people/{kept}/join/{gone}")
    page = browser.submit(page, form="They are two people")
    assert "Nobody seems to be here twice" in page.text


def test_nobody_joins_people_of_another_partnership(browser: Browser, make: Make) -> None:
    elsewhere = make.agency("Elsewhere", partnership=make.partnership("Sandwell"))
    stranger, own = make.person(agency=elsewhere), make.person()
    browser.sign_in(make.coordinator())
    token = browser.get(f"/manage/people/{own}/join").response  # a page of theirs is there
    assert token.status_code == 200
    for address in (f"{own}/join/{stranger}", f"{stranger}/join/{own}", f"{stranger}/join"):
        browser.get(f"/manage/people/{address}", status=404)
    browser.get(f"/manage/people/{stranger}/apart", status=404)


def test_an_initial_and_a_surname_do_not_make_two_people_one() -> None:
    told = "b.appleyard".replace(".", "")
    assert not tells_of_both(told, "appleyard bartholomew", "appleyard benedict")
    assert tells_of_both(told, "appleyard ben", "appleyard benedict")
    assert tells_of_both(told, "appleyard b", "appleyard benedict")
    assert tells_of_both("bobappleyard", "appleyard bob", "appleyard robert")
    assert tells_of_both("ksmithjones", "smith-jones kate", "smith-jones kathryn")
    assert not tells_of_both("ksmithjones", "smith-jones kate", "smith-jones keith")
