"""Rows for tests to stand on, written straight to the database.

Each method takes only what its test cares about and makes up the rest; what it returns is an id,
so that no test holds a row across transactions.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.access import Grant, Role, Viewer
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant
from lms.accounts.rules import sort_name
from lms.agencies.models import Agency, AgencyDomain, ChargingTerms, Partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking, BookingMove, Charge
from lms.booking.rules import BookingState, ChargeReason, ChargeState, Origin
from lms.catalogue.models import (
    Course,
    Event,
    EventSession,
    EventTrainer,
    Improvement,
    LearningOutcome,
    Material,
    Venue,
)
from lms.catalogue.rules import EventKind, EventMode, EventState
from lms.certificates.models import Certificate
from lms.clock import Clock, london_date
from lms.db import db, take_ticket, transaction
from lms.evaluation.models import (
    Answer,
    Evaluation,
    OwnQuestion,
    Questionnaire,
    QuestionnaireItem,
    Statement,
)
from lms.evaluation.rules import Measure, QuestionKind, QuoteConsent, Stage, StatementState
from lms.files import StoredFile
from lms.files.keeping import the_store
from lms.reporting.cohorts.models import Cohort, CohortMember
from lms.reporting.elsewhere.rules import Measure as Elsewhere
from lms.reporting.models import OutsideEntry, OutsideFigure
from tests.support.sent import PDF


class Make:
    """Makes rows as of the clock's now."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._number = count(1)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def _keep(self, *rows: Any) -> int:
        with transaction() as session:
            session.add_all(rows)
            session.flush()
            return int(rows[0].id)

    def partnership(self, name: str = "Walsall", **facts: Any) -> int:
        """The partnership of that name, made if it is not there yet."""
        found = db.session.query(Partnership).filter_by(name=name).one_or_none()
        if found:
            return found.id
        defaults = {
            "title": f"{name} Safeguarding Partnership",
            "reference_prefix": "WSP",
            "contact_name": "Idris Larkspur",
            "contact_email": "training@wsp.example",
            "contact_phone": "01632 960 417",
            "contact_days": "Mondays and Thursdays",
            "strapline": f"Safeguarding training for everyone who works in {name}.",
        }
        return self._keep(Partnership(name=name, **{**defaults, **facts}))

    def terms(self, sector: Sector | None = None, **facts: Any) -> int:
        """Charging terms of the partnership, in force for long: £50 a half day, £90 a day."""
        holds_from = london_date(self.now) - timedelta(days=400)
        defaults = {"holds_from": holds_from, "half_day_pence": 5000, "full_day_pence": 9000}
        return self._keep(
            ChargingTerms(partnership_id=self.partnership(), sector=sector, **{**defaults, **facts})
        )

    def agency(
        self,
        name: str | None = None,
        sector: Sector = Sector.HEALTH,
        *,
        partnership: int | None = None,
        domains: Iterable[str] = (),
        **facts: Any,
    ) -> int:
        partnership = partnership or self.partnership()
        with transaction() as session:
            agency = Agency(name=name or f"Agency {next(self._number)}", sector=sector, **facts)
            agency.partnerships.append(session.get_one(Partnership, partnership))
            agency.domains += [AgencyDomain(domain=domain) for domain in domains]
            session.add(agency)
            session.flush()
            return agency.id

    def person(
        self,
        name: str | None = None,
        email: str | None = None,
        *,
        agency: int | None = None,
        role: Role | None = None,
        partnership: int | None = None,
        **facts: Any,
    ) -> int:
        """A person with an address, a membership and, if given, a role for the partnership."""
        number = next(self._number)
        name = name or f"Person Number{number:03}"
        started_on = london_date(self.now) - timedelta(days=400)
        person = Person(
            name=name,
            sort_name=sort_name(name),
            created_at=self.now,
            **{"job_role": "Family support worker", **facts},
        )
        person.emails.append(
            PersonEmail(address=email or f"person{number}@agency.example", verified_at=self.now)
        )
        agency = agency or self.agency()
        person.memberships.append(Membership(agency_id=agency, started_on=started_on))
        if role is not None:
            holder = {"agency_id": agency} if role is Role.AGENCY_LEAD else {}
            holder = holder or {"partnership_id": partnership or self.partnership()}
            person.grants.append(RoleGrant(role=role, starts_on=started_on, **holder))
        return self._keep(person)

    def people(self, count: int, *, agency: int) -> list[int]:
        """Many people of one agency, in one transaction."""
        numbers = [next(self._number) for _ in range(count)]
        people = [
            Person(
                name=f"Person Number{number:03}",
                sort_name=f"number{number:03} person",
                created_at=self.now,
                emails=[PersonEmail(address=f"person{number}@agency.example")],
                memberships=[Membership(agency_id=agency, started_on=london_date(self.now))],
            )
            for number in numbers
        ]
        with transaction() as session:
            session.add_all(people)
            session.flush()
            return [person.id for person in people]

    def viewer(self, person: int) -> Viewer:
        """That person as signed in."""
        row = db.session.get_one(Person, person)
        return Viewer(
            person_id=row.id,
            name=row.name,
            session_key="test",
            email=row.emails[0].address,
            grants=tuple(Grant(g.role, g.partnership_id, g.agency_id) for g in row.grants),
            agency_ids=tuple(m.agency_id for m in row.memberships if m.agency_id),
        )

    def coordinator(self, name: str = "Idris Larkspur", **facts: Any) -> int:
        return self.person(name, role=Role.COORDINATOR, **facts)

    def course(
        self,
        title: str = "Disguised Compliance and Safeguarding Children",
        *,
        outcomes: Iterable[str] = ("Recognise when nothing changes", "Ask the questions that test"),
        partnership: int | None = None,
        **facts: Any,
    ) -> int:
        course = Course(
            partnership_id=partnership or self.partnership(),
            title=title,
            slug=title.lower().replace(" ", "-"),
            **{"level": 2, "aims": "How to see it, test it, and act on it together.", **facts},
        )
        course.outcomes += [
            LearningOutcome(position=place, text=text) for place, text in enumerate(outcomes)
        ]
        return self._keep(course)

    def own_question(self, stage: Stage = Stage.PRE, **facts: Any) -> int:
        """A question in the draft of a stage, for every event."""
        partnership = self.partnership()
        words = {"kind": QuestionKind.SCALE, "low": "Not at all", "high": "Completely", **facts}
        question = OwnQuestion(
            partnership_id=partnership,
            made_at=self.now,
            **{"wording": "How relevant was it?", "measures": Measure.REACTION, **words},
        )
        draft = Questionnaire(
            partnership_id=partnership, stage=stage, number=1, made_at=self.now, items=[]
        )
        draft.items.append(QuestionnaireItem(question=question, position=1))
        return self._keep(question, draft)

    def venue(self, name: str = "Lantern House, Bloxwich", **facts: Any) -> int:
        """A venue of the partnership that seats 30, unless said otherwise."""
        defaults = {
            "partnership_id": self.partnership(),
            "address": "12 High Street, Bloxwich WS3 2AA",
            "access": "Step-free, with a hearing loop.",
            "seats": 30,
        }
        return self._keep(Venue(name=name, **{**defaults, **facts}))

    def event(
        self,
        title: str = "Disguised Compliance and Safeguarding Children",
        *,
        starts_at: datetime | None = None,
        hours: float = 7,
        days: int = 1,
        capacity: int = 30,
        partnership: int | None = None,
        course: int | None = None,
        trainers: Iterable[int] = (),
        **facts: Any,
    ) -> int:
        """A published event, three weeks from now at 9:30 for a day, unless said otherwise."""
        starts_at = starts_at or self.now.replace(hour=9, minute=30) + timedelta(days=21)
        sessions = [
            EventSession(starts_at=begin, ends_at=begin + timedelta(hours=hours))
            for begin in (starts_at + timedelta(days=day) for day in range(days))
        ]
        event = Event(
            reference=f"EV-{next(self._number):04}",
            partnership_id=partnership or self.partnership(),
            course_id=course,
            title=title,
            capacity=capacity,
            created_at=self.now,
            starts_at=sessions[0].starts_at,
            ends_at=sessions[-1].ends_at,
            sessions=sessions,
            **{
                "kind": EventKind.COURSE,
                "level": 2,
                "mode": EventMode.IN_PERSON,
                "state": EventState.PUBLISHED,
                "venue": "Beacon Hall, Walsall",
                "published_at": self.now,
                **facts,
            },
        )
        event.trainers += [
            EventTrainer(person_id=person, position=place) for place, person in enumerate(trainers)
        ]
        return self._keep(event)

    def booking(
        self,
        event: int,
        person: int | None = None,
        *,
        state: BookingState = BookingState.CONFIRMED,
        requested_at: datetime | None = None,
        **facts: Any,
    ) -> int:
        """A booking with the one move that made it."""
        person = person or self.person()
        at = requested_at or self.now
        with transaction() as session:
            ticket = take_ticket(session, Event, event)
            agency = _agency_of(session, person)
            booking = Booking(
                reference=f"WSP-T{next(self._number):03}-22",
                event_id=event,
                person_id=person,
                state=state,
                ticket=ticket,
                requested_at=at,
                confirmed_at=at if state is BookingState.CONFIRMED else None,
                **{
                    "agency_id": agency.id if agency else None,
                    "sector": agency.sector if agency else None,
                    "area_id": session.get_one(Event, event).partnership_id,
                    "origin": Origin.OWN,
                    "job_role": "Family support worker",
                    **facts,
                },
            )
            booking.moves.append(
                BookingMove(from_state=None, to_state=state, at=at, by_what="delegate")
            )
            session.add(booking)
            session.flush()
            return booking.id

    def material(self, **facts: Any) -> int:
        """A small file beside an event or a course."""
        key = f"2027/01/18/{next(self._number)}"
        the_store().put(key, io.BytesIO(PDF))
        file = StoredFile(
            key=key,
            name="Slides.pdf",
            content_type="application/pdf",
            size=len(PDF),
            fingerprint="",
            stored_at=self.now,
        )
        return self._keep(
            Material(**{"file": file, "title": "Slides", "added_at": self.now, **facts})
        )

    def charge(self, booking: int, **facts: Any) -> int:
        """A charge of £90 that is proposed for one who left late."""
        defaults = {
            "reason": ChargeReason.LATE_CANCELLATION,
            "state": ChargeState.PROPOSED,
            "pence": 9000,
            "proposed_at": self.now,
        }
        return self._keep(Charge(booking_id=booking, **{**defaults, **facts}))

    def certificate(self, booking: int, **facts: Any) -> str:
        """A certificate that was issued for a booking; its code."""
        row = db.session.get_one(Booking, booking)
        defaults = {
            "partnership_id": row.event.partnership_id,
            "code": f"K7PM-4QXD-{next(self._number):04}",
            "issued_at": self.now,
            "name": row.name,
            "title": row.event.title,
            "level": row.event.level,
            "minutes": 420,
            "first_on": london_date(self.now),
            "last_on": london_date(self.now),
            "teaches": "Recognise when nothing changes",
            "issued_by": row.event.partnership.title,
            "signed_by": row.event.partnership.contact_name,
        }
        said = {"booking_id": booking, **defaults, **facts}
        self._keep(Certificate(**said))
        return str(said["code"])

    def statement(
        self, booking: int, said: str = "It helped", question: str = "comment", **facts: Any
    ) -> int:
        """A text of a booking's post form that waits to be read; quoted with the role, if nothing
        else is said of `consent`."""
        consent = facts.pop("consent", QuoteConsent.WITH_JOB_ROLE)
        with transaction() as session:
            form = session.query(Evaluation).filter_by(booking_id=booking, stage=Stage.POST).first()
            form = form or Evaluation(booking_id=booking, stage=Stage.POST)
            form.answered_at = form.answered_at or self.now
            form.quote_consent = consent
            form.answers.append(Answer(question=question, words=said))
            session.add(form)
            session.flush()
            defaults = {"state": StatementState.WAITING, "words": ""}
            row = Statement(evaluation_id=form.id, question=question, **{**defaults, **facts})
            session.add(row)
            session.flush()
            return row.id

    def cohort(self, *addresses: str, **facts: Any) -> int:
        """A cohort that lists those addresses; else one of 40 people."""
        defaults = {
            "partnership_id": self.partnership(),
            "name": "Newly qualified social workers",
            "counted_on": london_date(self.now),
            "number": None if addresses else 40,
            "changed_at": self.now,
            "members": [CohortMember(address=address) for address in addresses],
        }
        return self._keep(Cohort(**{**defaults, **facts}))

    def improvement(self, course: int, **facts: Any) -> int:
        """What changed in a course because of its evaluations."""
        defaults = {
            "you_said": "12 of 40 of you wanted more time for questions",
            "we_did": "The afternoon has half an hour more for them",
            "changed_on": london_date(self.now),
            "made_at": self.now,
        }
        return self._keep(Improvement(course_id=course, **{**defaults, **facts}))

    def outside_figure(
        self,
        value: int = 1123,
        *,
        measure: Elsewhere = Elsewhere.E_LEARNING,
        agency: int | None = None,
        **facts: Any,
    ) -> int:
        """A figure of the last complete reporting year that another system holds."""
        share = facts.pop("share", None)
        figure = OutsideFigure(
            measure=measure,
            agency_id=agency,
            **{"partnership_id": self.partnership(), "year": 2025, "course": "", **facts},
        )
        by = self._keep(Person(name="Enid Terrell", sort_name="terrell enid", created_at=self.now))
        figure.entries.append(
            OutsideEntry(value=value, share=share, entered_at=self.now, entered_by_person_id=by)
        )
        return self._keep(figure)


def _agency_of(session: Session, person: int) -> Agency | None:
    memberships = session.get_one(Person, person).memberships
    return memberships[0].agency if memberships else None
