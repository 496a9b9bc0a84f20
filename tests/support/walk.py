"""Every address of the application, asked for as every role: what came back.

The world that is walked has somebody of each role, an event to come and one that runs now, and a
delegate whose needs are words that stand nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access import Role
from lms.accounts.models import PersonEmail, RoleGrant
from lms.booking.commands import fill_places, request_place
from lms.booking.models import Approval, Booking, Offer
from lms.booking.rules import BookingState
from lms.catalogue.models import EventSession
from lms.catalogue.rules import ApprovedBy
from lms.clock import FixedClock
from lms.db import db
from lms.jobs import run_all
from lms.messaging.models import Message
from lms.tokens import KeyRing
from tests.support.browser import BASE_URL
from tests.support.make import Make
from tests.support.sign_in import open_session

VISITOR, ELSEWHERE = "visitor", "elsewhere"
ROLES = (VISITOR, *(role.value for role in Role), ELSEWHERE)
ACCESS_NEEDS = "needs-quillwort-of-access"
DIETARY_NEEDS = "needs-saxifrage-of-diet"
OWN_NEEDS = "needs-liverwort-of-ones-own"
WHAT_IS_SENT = {"mark": "present"}  # enough to come as far as the question who may
METHODS = frozenset({"GET", "POST"})
Wanted = Callable[[str, str, str], bool]
PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


@dataclass(frozen=True)
class Step:
    """One address of a rule, as one role was answered."""

    rule: str
    method: str
    role: str
    response: TestResponse

    @property
    def name(self) -> str:
        return f"{self.method} {self.response.request.path} as {self.role}"

    @property
    def text(self) -> str:
        """What came, of whatever kind."""
        return self.response.get_data().decode("utf-8", "replace")

    @property
    def verdict(self) -> str:
        """The status, or 'sign in' where that is where it leads."""
        to = self.response.headers.get("Location", "")
        leads_to_sign_in = "/sign-in?next=" in to and self.rule != "/sign-in"
        return "sign in" if leads_to_sign_in else str(self.response.status_code)


@dataclass(frozen=True)
class World:
    """Who walks, and what stands in the place of each part of an address that varies."""

    people: dict[str, int]
    values: dict[str, Any]
    running: dict[str, Any]
    tokens: dict[str, str]

    def addresses(self, rule: str) -> Iterator[str]:
        """The address at the event to come, then at the one that runs. Fails for a new part."""
        names = set(PLACEHOLDER.findall(rule))
        unknown = names - self.values.keys() - {"token"}
        assert not unknown, f"say in tests/support/walk.py what stands for {unknown} in {rule}"
        yield self._fill(rule, self.values)
        if names & self.running.keys():
            yield self._fill(rule, {**self.values, **self.running})

    def _fill(self, rule: str, values: dict[str, Any]) -> str:
        found = {**values, "token": self.tokens.get(rule, "altered")}
        return PLACEHOLDER.sub(lambda part: str(found[part[1]]), rule)


def everything(rule: str, method: str, role: str) -> bool:
    """Every GET; what changes something is asked for by name."""
    del rule, role
    return method == "GET"


def walk(app: Flask, clock: FixedClock, is_wanted: Wanted = everything) -> list[Step]:
    """Ask for everything that is wanted as everyone, each role in a browser of its own."""
    app.config["WTF_CSRF_ENABLED"] = False  # a refusal is to come from the view, not from the form
    world = make_world(app, clock)
    return [step for role in ROLES for step in _walk_as(app, world, role, is_wanted)]


def rules_of(app: Flask) -> list[tuple[str, str]]:
    """Every address with each of its methods, in order."""
    return sorted(
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & METHODS
        if rule.endpoint != "static"
    )


def _walk_as(app: Flask, world: World, role: str, is_wanted: Wanted) -> Iterator[Step]:
    client = app.test_client()
    if role in world.people:
        open_session(client, world.people[role])
    for rule, method in rules_of(app):
        if is_wanted(rule, method, role):
            for address in world.addresses(rule):
                yield Step(rule, method, role, _ask(app, client, method, address))


def _ask(app: Flask, client: FlaskClient, method: str, address: str) -> TestResponse:
    db.session.remove()
    body = WHAT_IS_SENT if method == "POST" else None
    with app.app_context():
        return client.open(address, method=method, data=body, base_url=BASE_URL, buffered=True)


def make_world(app: Flask, clock: FixedClock) -> World:
    """Somebody of each role, and the delegate whose needs must not be seen."""
    make = Make(clock)
    people, agency = _people(make)
    delegate = make.person(
        "Della Gate",
        email="della@agency.example",
        agency=agency,
        role=Role.PLD_MEMBER,
        access_needs=OWN_NEEDS,
        dietary_needs=OWN_NEEDS,
    )
    course = make.course()
    trainer = people[Role.TRAINER.value]
    coming = make.event(capacity=2, course=course, trainers=[trainer])
    running = make.event(
        starts_at=clock.now() - timedelta(minutes=10), course=course, trainers=[trainer]
    )
    booked = {event: _booking(make, event, delegate) for event in (coming, running)}
    waiting = make.booking(coming, state=BookingState.WAITING, access_needs=ACCESS_NEEDS)
    approval = _approval(make, agency)
    fill_places(coming, clock.now())
    run_all(clock.now())
    values = {
        **_of_event(app, coming, booked[coming]),
        "charge_id": make.charge(booked[coming]),
        "certificate_code": make.certificate(booked[coming]),
        "offer_id": db.session.scalar(select(Offer.id).where(Offer.booking_id == waiting)),
        "approval_id": approval,
        "request_id": 1,
        "person_id": delegate,
        "other_id": delegate,  # with themselves nobody is joined
        "agency_id": agency,
        "course_id": course,
        "venue_id": make.venue(),
        "partnership_id": make.partnership(),
        "question_id": make.own_question(),
        "trainer_id": trainer,
        "slug": "disguised-compliance-and-safeguarding-children",
        "message_id": db.session.scalar(select(Message.id).limit(1)),
        "grant_id": db.session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == delegate)),
        "membership_id": 1,
        "email_id": _address_of(delegate),
        "kept_id": 1,
        "away_id": 1,
        "mark_id": 1,
        "file_id": 1,
        "row_id": 1,
        "statement_id": _statement(make, course),
        "improvement_id": make.improvement(course),
        "figure_id": make.outside_figure(agency=agency),
        "cohort_id": make.cohort(),
        "material_id": make.material(event_id=coming),
        "policy": "offer_hours",
        "stage": "pre",
        "form": "csv",
        "kind": "booking-confirmed",
        "partnership": "walsall",
        "version": "00000000",
    }
    return World(people, values, _of_event(app, running, booked[running]), _tokens(app, values))


def _address_of(person: int) -> int:
    return db.session.query(PersonEmail.id).filter_by(person_id=person).scalar()


def _people(make: Make) -> tuple[dict[str, int], int]:
    agency = make.agency("Street Teams")
    people = {
        role.value: make.person(
            f"{role.name.title().replace('_', ' ')} Walker",
            agency=agency,
            role=None if role is Role.PRACTITIONER else role,
        )
        for role in Role
    }
    dudley = make.partnership("Dudley")
    people[ELSEWHERE] = make.person(
        "Elsie Where",
        agency=make.agency("Dudley Council", partnership=dudley),
        role=Role.COORDINATOR,
        partnership=dudley,
    )
    return people, agency


def _approval(make: Make, agency: int) -> int | None:
    """A booking that waits for its agency's lead."""
    event = make.event("Neglect", approved_by=ApprovedBy.AGENCY_LEAD)
    person = make.person(agency=agency)
    asked = request_place(event, person, agency_id=agency, by=None, now=make.now)
    return db.session.scalar(select(Approval.id).where(Approval.booking_id == asked.booking_id))


def _statement(make: Make, course: int) -> int:
    """A text that shows somebody at risk, of an event that is over."""
    event = make.event(starts_at=make.now - timedelta(days=7), course=course)
    return make.statement(make.booking(event), is_concern=True, flagged_at=make.now)


def _booking(make: Make, event: int, person: int) -> int:
    return make.booking(event, person, access_needs=ACCESS_NEEDS, dietary_needs=DIETARY_NEEDS)


def _of_event(app: Flask, event: int, booking: int) -> dict[str, Any]:
    keys: KeyRing = app.extensions["lms.keys"]
    session_id = db.session.scalar(select(EventSession.id).where(EventSession.event_id == event))
    return {
        "event_id": event,
        "booking_id": booking,
        "reference": db.session.get_one(Booking, booking).reference,
        "session_id": session_id,
        "code": keys.code("check-in", session_id or 0),
    }


def _tokens(app: Flask, values: dict[str, Any]) -> dict[str, str]:
    """The token of each link, by the rule of its address."""
    keys: KeyRing = app.extensions["lms.keys"]
    return {
        "/places/<token>": keys.token("place", str(values["booking_id"])),
        "/calendar/<token>.ics": keys.token("calendar", f"{values['person_id']}-0"),
        "/approvals/<token>": keys.token("approval", str(values["approval_id"])),
        "/corroborations/<token>": keys.token("corroboration", "1"),
        "/packs/<token>": keys.token("pack", str(values["person_id"])),
        "/offers/<token>": keys.token("offer", str(values["offer_id"])),
        "/evaluations/<token>": keys.token("evaluation", f"{values['booking_id']}-pre"),
    }
