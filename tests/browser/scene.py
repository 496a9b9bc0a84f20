"""A partnership on Monday 18 January 2027 in which every page has something to show."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.accounts.commands import make_sign_in_link
from lms.accounts.models import KeptForm, Membership
from lms.agencies.rules import Sector
from lms.attendance.check_in.commands import check_in
from lms.attendance.meetings.commands import import_meeting_file, stage_meeting_file
from lms.booking.commands import fill_places, hold_places, request_place
from lms.booking.models import Approval, Booking, Offer
from lms.booking.rules import BookingState, Outcome
from lms.catalogue.models import EventSession, Invitee, LearningOutcome, Prerequisite, SharedWith
from lms.catalogue.rules import ApprovedBy, CancelReason, EventState, Stage
from lms.certificates.commands import revoke, waive
from lms.certificates.models import Certificate
from lms.certificates.queries import get_event_certificates
from lms.certificates.rules import Standing
from lms.clock import FixedClock, london_date
from lms.db import db, transaction
from lms.demo.models import Demonstration
from lms.evaluation.commands import Opened, answer, stop_reminders
from lms.evaluation.models import CorroborationRequest
from lms.evaluation.rules import QuoteConsent, StatementState
from lms.jobs import run_all
from lms.messaging.models import Message
from tests.evaluation.conftest import came, close_register
from tests.journeys.people import Someone, World
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.meetings import Attendee, at_minutes, teams_report, zoom_joins
from tests.support.snapshots import at

NOW = at("2027-01-18 10:00")
PROMISE = "Ask to see the child’s bedroom at every home visit"
LONG_NAME = "Black Country Women’s Aid and Families Community Interest Partnership"


class Scene:
    """Who is there (`people`), and what the addresses of pages are made of (`names`)."""

    def __init__(self, app: Flask, clock: FixedClock, mailer: KeptMail) -> None:
        self.app, self.clock, self.mailer = app, clock, mailer
        self.make = Make(clock)
        self.people: dict[str, int] = {}
        self.names: dict[str, object] = {}
        clock.set(NOW)
        self._lay_foundations()
        self._plan_events()
        self._let_people_book()
        self._ask_for_approval()
        self._hold_events()
        self._let_somebody_check_in()
        self._meet_online()
        self._ask_and_answer()
        self._send_mail()
        self._hand_out_certificates()

    def address(self, pattern: str) -> str:
        return pattern.format(**self.names)

    def token(self, purpose: str, subject: object) -> str:
        return str(self.app.extensions["lms.keys"].token(purpose, str(subject)))

    def newcomer(self, address: str, *, proven: bool) -> Someone:
        """Somebody who has asked for a code, and has typed it in if it is `proven`."""
        someone = Someone(World(self.app, self.clock, self.mailer), "Ann Other", address)
        if proven:
            someone.sign_in(on_the_way_to="/account")
            return someone
        page = someone.browser.get("/sign-in")
        someone.browser.submit(page, {"email": address}, form="Send me a code")
        return someone

    def _lay_foundations(self) -> None:
        make = self.make
        make.agency("West Midlands Police", Sector.POLICE, domains=["wmp.example"])
        agency = make.agency(LONG_NAME, Sector.VOLUNTARY_AND_COMMUNITY, domains=["bcwa.example"])
        self.people |= {
            "delegate": make.person("Marigold Pettifer", "marigold@bcwa.example", agency=agency),
            "coordinator": make.coordinator("Idris Larkspur", email="idris@wsp.example"),
            "trainer": make.person("Juniper Oakes", role=Role.TRAINER),
            "agency lead": make.person("Leander Osei", agency=agency, role=Role.AGENCY_LEAD),
            "safeguarding lead": make.person("Tamsin Quill", role=Role.SAFEGUARDING_LEAD),
            "PLD member": make.person("Rosalind Yarrow", role=Role.PLD_MEMBER),
            "administrator": make.person("Wilf Harker", role=Role.ADMINISTRATOR),
        }
        course = make.course(audience="Everyone who visits families at home.", level=3)
        secret = make_sign_in_link(self.people["trainer"], now=NOW)
        self.names |= {"agency": agency, "course": course, "sign_in": secret}
        self.names["questionnaire"] = f"/manage/questionnaires/{make.partnership()}/pre"
        self.names["own_question"] = make.own_question()
        self.names["cohort"] = make.cohort("marigold@bcwa.example", "nobody@wmp.example")
        self.names |= {"venue": make.venue(), "trainer": self.people["trainer"]}
        self.names["person"] = self.people["delegate"]
        self.names["pack"] = self.token("pack", self.people["PLD member"])
        self.names["outside_figure"] = make.outside_figure(agency=agency)
        of_delegate = Membership.person_id == self.people["delegate"]
        self.names["membership"] = db.session.scalar(select(Membership.id).where(of_delegate))
        db.session.rollback()
        self.names["double"] = make.person(
            "Marigold Pettifer", "marigold@home.example", agency=agency
        )
        db.session.rollback()

    def _plan_events(self) -> None:
        make, trainers = self.make, [self.people["trainer"]]
        course = self.names["course"]
        own = {
            "aims": "How to see it, and act on it together.",
            "venue_access": "Lift, hearing loop.",
        }
        self.names |= {
            "open": make.event(course=course, trainers=trainers, unnamed_places=3, **own),
            "full": make.event("Safer Recruitment", capacity=2, starts_at=later(30)),
            "waited": make.event("Bullying Awareness", capacity=1, starts_at=later(31)),
            "offering": make.event("Advanced Child Protection", capacity=1, starts_at=later(32)),
            "shared": self._shared_by_another(),
            "invited": self._by_invitation(),
            "doubtful": make.event(
                "Honour-based abuse", starts_at=later(35), minimum_places=8, price=45, cost=600
            ),
            "draft": make.event("All-age exploitation forum", state=EventState.DRAFT),
            "cancelled": make.event(
                "Working with fathers",
                starts_at=later(40),
                state=EventState.CANCELLED,
                cancelled_at=NOW,
                cancelled_because=CancelReason.TRAINER_ILL,
            ),
            "today": make.event(
                "Neglect", starts_at=at("2027-01-18 09:30"), hours=3, trainers=trainers
            ),
            "past": make.event(starts_at=at("2027-01-14 09:30"), course=course, trainers=trainers),
            "old": make.event("Domestic abuse", starts_at=at("2026-11-19 09:30"), course=course),
        }

        self._lay_out_materials()

    def _lay_out_materials(self) -> None:
        event, course = self.number("open"), self.number("course")
        self.names["material"] = self.make.material(event_id=event)
        self.make.material(event_id=event, title="The cases, with answers", is_after=True)
        self.make.material(course_id=course, title="Seven-minute briefing")
        self.names["improvement"] = self.make.improvement(course)

    def _shared_by_another(self) -> int:
        make = self.make
        host, own = make.partnership("Sandwell"), make.partnership("Walsall")
        shared = make.event("Neglect across the region", partnership=host, starts_at=later(33))
        with transaction() as session:
            release_on = london_date(later(20))
            session.add(
                SharedWith(event_id=shared, partnership_id=own, places=4, release_on=release_on)
            )
        make.booking(shared, area_id=own)
        make.booking(shared, area_id=own, state=BookingState.WAITING)
        return shared

    def _by_invitation(self) -> int:
        event = self.make.event("A day for the Women’s Aid", is_by_invitation=True)
        with transaction() as session:
            session.add(Invitee(event_id=event, agency_id=self.names["agency"]))
            session.add(Invitee(event_id=event, address="chair@bcwa.example"))
        return event

    def _let_people_book(self) -> None:
        make, marigold = self.make, self.people["delegate"]
        for event in ("full", "full", "waited", "today", "past", "old", "old"):
            make.booking(self.number(event), access_needs="Step-free route")
        kept = {
            "confirmed": make.booking(self.number("open"), marigold),
            "cancelled_booking": make.booking(
                self.number("full"), marigold, state=BookingState.CANCELLED
            ),
            "waiting": make.booking(self.number("waited"), marigold, state=BookingState.WAITING),
            "offered": make.booking(self.number("offering"), marigold, state=BookingState.WAITING),
            "here": make.booking(self.number("today"), marigold, dietary_needs="Halal"),
            "attended": make.booking(self.number("past"), marigold),
            "long_ago": make.booking(self.number("old"), marigold),
        }
        make.booking(self.number("full"), state=BookingState.WAITING)
        make.booking(self.number("open"), agency_id=None, agency_typed="Bread Club")
        fill_places(self.number("offering"), NOW)
        lead = make.viewer(self.people["agency lead"])
        agency = self.number("agency")
        [held] = hold_places(self.number("open"), agency, 1, by=lead, now=NOW)
        kept["held"] = held
        db.session.rollback()
        references = {row.id: row.reference for row in db.session.scalars(select(Booking))}
        offer = db.session.scalars(select(Offer.id)).one()
        db.session.rollback()
        self.names |= {name: references[booking] for name, booking in kept.items()}
        self.names |= {f"{name}_id": booking for name, booking in kept.items()}
        self.names["charge"] = make.charge(kept["cancelled_booking"])
        self.names |= {
            "offer": self.token("offer", offer),
            "place": self.token("place", kept["confirmed"]),
            "list_place": self.token("place", kept["waiting"]),
            "used_place": self.token("place", kept["cancelled_booking"]),
        }

    def _ask_for_approval(self) -> None:
        """One asks a line manager and one the lead, and one has not learnt what comes first."""
        make, agency = self.make, self.number("agency")
        advanced = make.course("Leading on neglect")
        with transaction() as session:
            required = self.number("course")
            session.add(
                Prerequisite(course_id=advanced, required_course_id=required, within_months=24)
            )
        by_manager = make.event(
            "Signs of safety", starts_at=later(34), approved_by=ApprovedBy.LINE_MANAGER
        )
        by_lead = make.event(
            "Child sexual abuse", starts_at=later(35), approved_by=ApprovedBy.AGENCY_LEAD
        )
        said = {"agency_id": agency, "line_manager_email": "head@bcwa.example"}
        manager = request_place(by_manager, self.people["delegate"], **said, by=None, now=NOW)
        colleague = make.person("Tamsin Quillfeather", agency=agency)
        lead = request_place(by_lead, colleague, **said, by=None, now=NOW)
        db.session.rollback()
        approvals = dict(db.session.execute(select(Approval.booking_id, Approval.id)).all())
        db.session.rollback()
        self.names |= {
            "approved": by_manager,
            "requested": manager.reference,
            "approval": self.token("approval", approvals[manager.booking_id]),
            "approval_id": approvals[manager.booking_id],
            "led_approval_id": approvals[lead.booking_id],
            "advanced": make.event("Leading on neglect", course=advanced, starts_at=later(36)),
        }

    def number(self, name: str) -> int:
        return int(str(self.names[name]))

    def _hold_events(self) -> None:
        with transaction() as session:
            for event in ("past", "old"):
                for row in session.scalars(
                    select(Booking).where(Booking.event_id == self.number(event))
                ):
                    row.counts_as_confirmed_at_start = True
                    row.outcome = Outcome.ATTENDED
        close_register(self.number("past"), at("2027-01-14 17:00"))
        close_register(self.number("old"), at("2026-11-19 17:00"))
        came(self.number("attended_id"), Outcome.ATTENDED)

    def _let_somebody_check_in(self) -> None:
        """One has a place today and is here; the codes of today and of a day to come."""
        keys = self.app.extensions["lms.keys"]
        sessions = {
            name: db.session.scalars(
                select(EventSession.id).where(EventSession.event_id == self.number(event))
            ).one()
            for name, event in (("code", "today"), ("early_code", "open"))
        }
        db.session.rollback()
        here = self.people["administrator"]
        self.make.booking(self.number("today"), here)
        check_in(sessions["code"], by=self.make.viewer(here), now=NOW)
        db.session.rollback()
        self.names |= {name: keys.code("check-in", at) for name, at in sessions.items()}

    def _meet_online(self) -> None:
        """Two files of a meeting: one imported, with a name to match, and one only looked at."""
        event, starts_at = self.number("today"), at("2027-01-18 09:30")
        by = self.make.viewer(self.people["coordinator"])
        guests = [("Marigold P. (iPad)", ""), ("read.ai meeting notes", "")]
        people = [
            Attendee(name, email, at_minutes(starts_at, (0, 20), (22, 29)))
            for name, email in guests
        ]
        for name, write in (("meeting", teams_report), ("other_meeting", zoom_joins)):
            sent = write(people)
            staged = stage_meeting_file(event, f"{name}.csv", sent, by=by, now=NOW)
            self.names[name] = staged.file_id
        import_meeting_file(
            event, self.number("meeting"), session_id=None, confirmed={}, by=by, now=NOW
        )

    def _ask_and_answer(self) -> None:
        """The forms of one who came eight weeks ago: two answered, the third open now."""
        booking, when = self.number("long_ago_id"), at("2026-11-19 17:00")
        posted = {f"confidence_{outcome}": ["4"] for outcome in self._outcomes()}
        answer(Opened(booking, Stage.POST, when), {**posted, "commitment_1": [PROMISE]}, now=when)
        for stage, name in (("pre", "confirmed"), ("post", "attended"), ("impact", "long_ago")):
            self.names[stage] = self.token("evaluation", f"{self.names[name + '_id']}-{stage}")
        self.names["answered_link"] = self.token("evaluation", f"{booking}-post")
        stop_reminders(booking, Stage.IMPACT, now=NOW)
        self._write_texts(booking)

    def _write_texts(self, booking: int) -> None:
        """One waits to be read, one may be quoted, one shows somebody at risk, one is not for
        quoting."""
        silent = self.make.booking(self.number("old"), self.people["trainer"])
        self.names["unquoted"] = self.make.statement(silent, "More tea", consent=QuoteConsent.NO)
        make, released = self.make, "The seven-minute briefing […] is now on our wall"
        self.names["text"] = make.statement(booking, f"I asked Dr Osei at Bloxwich. {PROMISE}")
        self.names["released_text"] = make.statement(
            booking, released, "example", state=StatementState.RELEASED, words=released
        )
        self.names["concern"] = make.statement(
            booking,
            "One of the mothers said that she is afraid to go home",
            "difference",
            state=StatementState.HELD_BACK,
            is_concern=True,
            flagged_at=NOW,
            flagged_by_person_id=self.people["coordinator"],
        )
        with transaction() as session:
            asked = [
                CorroborationRequest(
                    booking_id=self.number(name),
                    address="head@bcwa.example",
                    consented_at=NOW,
                    is_answered=name != "attended_id",
                )
                for name in ("attended_id", "confirmed_id")
            ]
            session.add_all(asked)
            session.flush()
            open_, answered = [self.token("corroboration", each.id) for each in asked]
            answered_id = asked[1].id
        self.names |= {
            "corroboration": open_,
            "corroborated": answered,
            "corroborated_id": answered_id,
        }

    def _outcomes(self) -> list[int]:
        found = list(db.session.scalars(select(LearningOutcome.id)))
        db.session.rollback()
        return found

    def _send_mail(self) -> None:
        kept = KeptForm(
            person_id=self.people["delegate"],
            address="/account/needs",
            fields='[["access_needs", "Hearing loop"]]',
            kept_at=NOW,
        )
        with transaction() as session:
            session.add_all([Demonstration(as_of=date(2027, 1, 18), built_at=NOW), kept])
            session.flush()
            self.names["kept"] = kept.id
        self.newcomer("marigold@bcwa.example", proven=False)
        run_all(NOW)
        db.session.rollback()
        self.names["message"] = db.session.scalars(select(Message.id).limit(1)).one()
        db.session.rollback()

    def _hand_out_certificates(self) -> None:
        """One was issued by itself; of those who did not answer, one got theirs and lost it."""
        by = self.make.viewer(self.people["coordinator"])
        old = self.number("old")
        silent = get_event_certificates(old, by, NOW).of(Standing.FORM_CLOSED)[0].booking_id
        waive(old, [silent], "Filled in on paper, and lost", by=by, now=NOW)
        revoke(old, silent, "It was somebody else of that name", by=by, now=NOW)
        codes = {row.booking_id: row.code for row in db.session.scalars(select(Certificate))}
        db.session.rollback()
        self.names |= {
            "certificate": codes[self.number("long_ago_id")],
            "revoked_certificate": codes[silent],
        }


def later(days: int) -> datetime:
    """Half past nine, so many days from now."""
    return NOW.replace(hour=9, minute=30) + timedelta(days=days)
