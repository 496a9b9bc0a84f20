"""Where bookings stand on their way to a certificate: few statements, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.rules import sort_name
from lms.agencies.models import Agency, Policy
from lms.agencies.queries import dated_policies
from lms.agencies.rules import PolicyEntry, PolicyKey, policy_at
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Outcome
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event
from lms.catalogue.rules import DEFAULT_STAGES, EventState, Stage
from lms.certificates.models import Certificate, Waiver
from lms.certificates.rules import CertificateFacts, Standing, may_issue_anew, standing_of
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation
from lms.evaluation.queries import BookingFacts, list_facts
from lms.evaluation.rules import EvaluationFacts, window

LATELY = timedelta(days=400)
"""How long after an event certificates are still issued by themselves; later, by a press."""

WITHOUT_POST = frozenset(
    kind for kind, stages in DEFAULT_STAGES.items() if Stage.POST not in stages
)


@dataclass(frozen=True)
class Line:
    """One booking of an event with its certificate, if there is or was one: the latest."""

    booking: BookingFacts
    agency: str
    facts: CertificateFacts
    standing: Standing
    certificate: Certificate | None
    waiver: Waiver | None

    @property
    def booking_id(self) -> int:
        return self.booking.booking_id

    @property
    def name(self) -> str:
        return self.booking.name

    @property
    def may_issue_anew(self) -> bool:
        return may_issue_anew(self.facts)

    @property
    def says_another_name(self) -> bool:
        """Whether the certificate was issued to a name that has been corrected since."""
        is_in_force = self.certificate is not None and self.certificate.revoked_at is None
        return is_in_force and self.certificate is not None and self.certificate.name != self.name


@dataclass(frozen=True)
class EventCertificates:
    """An event with all who stand on its register, by surname."""

    event: Event
    lines: tuple[Line, ...]
    register_closed_at: datetime | None
    needs_post: bool

    def of(self, *standings: Standing) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.standing in standings)

    def line(self, booking_id: int) -> Line:
        """One of them. Raises NotFound."""
        for line in self.lines:
            if line.booking_id == booking_id:
                return line
        raise NotFound


def get_event_certificates(event_id: int, viewer: Viewer, now: datetime) -> EventCertificates:
    """An event that the viewer runs, with its certificates. Raises NotFound."""
    event = get_event(event_id, viewer)
    if event.starts_at is None or event.state is EventState.DRAFT:
        raise NotFound
    return certificates_within(db.session(), event, now)


def certificates_within(session: Session, event: Event, now: datetime) -> EventCertificates:
    """An event's bookings and certificates as they stand in this transaction."""
    lines = list_lines(session, [Booking.event_id == event.id], now)
    register = session.get(Register, event.id)
    return EventCertificates(
        event=event,
        lines=tuple(sorted(lines, key=lambda line: (sort_name(line.name), line.booking_id))),
        register_closed_at=register.closed_at if register else None,
        needs_post=any(line.facts.needs_post for line in lines),
    )


def list_lines(
    session: Session, conditions: Iterable[ColumnElement[bool]], now: datetime
) -> list[Line]:
    """Confirmed bookings that meet the conditions (of Booking and Event), each with its standing.

    Six statements, whatever their number.
    """
    bookings = list_facts(
        session,
        [
            *conditions,
            Booking.state == BookingState.CONFIRMED,
            Event.state == EventState.PUBLISHED,
        ],
    )
    ids = [booking.booking_id for booking in bookings]
    policies = dated_policies(session, PolicyKey.CERTIFICATE_NEEDS_POST) if ids else {}
    issued, waivers = _latest(session, ids), _waivers(session, ids)
    agencies = _agencies(session, ids)
    lines = []
    for booking in bookings:
        certificates = issued.get(booking.booking_id, [])
        waiver = waivers.get(booking.booking_id)
        facts = _facts(booking, policies.get(booking.partnership_id, ()), certificates, waiver)
        lines.append(
            Line(
                booking=booking,
                agency=agencies.get(booking.booking_id, ""),
                facts=facts,
                standing=standing_of(facts, now),
                certificate=certificates[-1] if certificates else None,
                waiver=waiver,
            )
        )
    return lines


def _facts(
    booking: BookingFacts,
    policies: Collection[PolicyEntry],
    certificates: Collection[Certificate],
    waiver: Waiver | None,
) -> CertificateFacts:
    facts = booking.facts
    policy = policy_at(policies, PolicyKey.CERTIFICATE_NEEDS_POST, london_date(facts.starts_at))
    return CertificateFacts(
        outcome=facts.outcome,
        register_closed_at=facts.register_closed_at,
        needs_post=bool(policy) and Stage.POST in facts.stages,
        post_answered_at=facts.answered_at.get(Stage.POST),
        form_closes_at=form_closes_at(facts),
        waived_at=waiver.waived_at if waiver else None,
        is_imported=facts.imported_on is not None,
        is_in_force=any(one.revoked_at is None for one in certificates),
        was_revoked=any(one.revoked_at is not None for one in certificates),
    )


def form_closes_at(facts: EvaluationFacts) -> datetime | None:
    """Until when the post evaluation of a booking can be answered."""
    form = window(facts, Stage.POST)
    return form.closes_at if form else None


def _latest(session: Session, booking_ids: Collection[int]) -> Mapping[int, list[Certificate]]:
    """Each booking's certificates, the latest last."""
    found: dict[int, list[Certificate]] = {}
    rows = session.scalars(
        select(Certificate).where(Certificate.booking_id.in_(booking_ids)).order_by(Certificate.id)
    )
    for certificate in rows:
        found.setdefault(certificate.booking_id, []).append(certificate)
    return found


def _waivers(session: Session, booking_ids: Collection[int]) -> Mapping[int, Waiver]:
    rows = session.scalars(select(Waiver).where(Waiver.booking_id.in_(booking_ids)))
    return {waiver.booking_id: waiver for waiver in rows}


def _agencies(session: Session, booking_ids: Collection[int]) -> Mapping[int, str]:
    rows = session.execute(
        select(Booking.id, Agency.name, Booking.agency_typed)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .where(Booking.id.in_(booking_ids))
    )
    return {booking_id: name or typed for booking_id, name, typed in rows}


# --- What is due ----------------------------------------------------------------------------


def events_with_due(session: Session, now: datetime) -> list[int]:
    """The events at which somebody may be owed a certificate, in order; `standing_of` decides."""
    statement = (
        select(Event.id)
        .distinct()
        .join(Register, Register.event_id == Event.id)
        .join(Booking, Booking.event_id == Event.id)
        .where(
            *attended_without_certificate(),
            Event.ends_at > now - LATELY,
            or_(has_answered(), is_waived(), _may_need_no_post()),
        )
        .order_by(Event.id)
    )
    return list(session.scalars(statement))


def attended_without_certificate() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the closed register says that they attended, and none was ever issued for it."""
    return (
        Event.state == EventState.PUBLISHED,
        ~Event.is_imported,
        Register.closed_at.is_not(None),
        Booking.state == BookingState.CONFIRMED,
        Booking.outcome == Outcome.ATTENDED,
        ~exists().where(Certificate.booking_id == Booking.id),
    )


def has_answered() -> ColumnElement[bool]:
    """A condition: the post evaluation of the booking is answered."""
    return exists().where(
        Evaluation.booking_id == Booking.id,
        Evaluation.stage == Stage.POST,
        Evaluation.answered_at.is_not(None),
    )


def is_waived() -> ColumnElement[bool]:
    """A condition: the post evaluation of the booking is waived."""
    return exists().where(Waiver.booking_id == Booking.id)


def _may_need_no_post() -> ColumnElement[bool]:
    """The event has no such stage, or its partnership has at some time not asked for it."""
    return or_(
        and_(Event.stages.is_not(None), ~Event.stages.contains(Stage.POST.value)),
        and_(Event.stages.is_(None), Event.kind.in_(WITHOUT_POST)),
        exists().where(
            Policy.partnership_id == Event.partnership_id,
            Policy.key == PolicyKey.CERTIFICATE_NEEDS_POST,
            Policy.value == 0,
        ),
    )
