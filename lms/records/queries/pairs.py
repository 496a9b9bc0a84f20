"""Two records that may be one person's: what each holds, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from lms.access import Permission, Role, Viewer
from lms.accounts.models import Person, RoleGrant
from lms.agencies.models import Agency, Partnership
from lms.booking.models import Approval, Booking
from lms.booking.queries.known import is_known_to
from lms.booking.rules import LIVE, ApprovalKind
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound, Refused
from lms.records.models import Merge
from lms.records.references import ACTS, COUNTED
from lms.records.rules import Clash, Held, RecordFact, RoleFact, clashes, refuse_to_join

FILLED = {
    "job_role": "Job role",
    "line_manager_email": "Line manager’s e-mail",
    "phone": "Telephone",
    "works_on": "Days in",
    "access_needs": "Access needs",
    "dietary_needs": "Dietary needs",
}
UNSEEN = frozenset({"access_needs", "dietary_needs"})  # P1: taken over, and shown to nobody else


# --- Who they are ------------------------------------------------------------------------------


def get_known(person_id: int, viewer: Viewer) -> Person:
    """A record that the viewer may see and that was not joined with another. Raises NotFound."""
    query = select(Person).where(
        Person.id == person_id, Person.merged_into_id.is_(None), is_known_to(viewer)
    )
    found = db.session.scalars(query.options(selectinload(Person.emails))).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_joined_into(person_id: int) -> int | None:
    """The record with which this one was joined, if it was."""
    return db.session.scalar(select(Person.merged_into_id).where(Person.id == person_id))


def ids_of_one(person_id: int) -> list[int]:
    """A record and all that were ever joined with it: the trail names each as it was then."""
    joined = select(Merge.dropped_id).where(Merge.kept_id == person_id, Merge.undone_at.is_(None))
    into = select(Person.id).where(Person.merged_into_id == person_id)
    return sorted({person_id, *db.session.scalars(joined), *db.session.scalars(into)})


def fact_of(
    session: Session, person_id: int, beside: int, viewer: Viewer | None, now: datetime
) -> RecordFact:
    """One of two records as the rules see it. Raises NotFound."""
    person = session.get(Person, person_id, options=[selectinload(Person.emails)])
    if person is None:
        raise NotFound
    return RecordFact(
        id=person.id,
        name=person.name,
        was_joined=person.merged_into_id is not None,
        is_own=viewer is not None and viewer.person_id == person.id,
        roles=tuple(_roles(session, person_id, viewer, now)),
        approves_own=_approves_other(session, person, beside),
    )


def refusal_of(keep_id: int, drop_id: int, viewer: Viewer, now: datetime) -> Refused | None:
    """Why the two must not be joined, for the page that compares them; None where they may be."""
    session = db.session()
    try:
        refuse_to_join(
            fact_of(session, keep_id, drop_id, viewer, now),
            fact_of(session, drop_id, keep_id, viewer, now),
        )
    except Refused as refusal:
        return refusal
    return None


def _roles(
    session: Session, person_id: int, viewer: Viewer | None, now: datetime
) -> list[RoleFact]:
    """Roles held or to come, and whether whoever asks could give them: None may all."""
    today = london_date(now)
    names = {
        partnership.id: partnership.name for partnership in session.scalars(select(Partnership))
    }
    rows = session.execute(
        select(RoleGrant, Agency)
        .outerjoin(Agency, Agency.id == RoleGrant.agency_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.ends_on.is_(None) | (RoleGrant.ends_on > today),
        )
        .order_by(RoleGrant.id)
    ).all()
    return [
        RoleFact(
            f"{grant.role.words} for {names.get(grant.partnership_id or 0) or agency.name}",
            viewer is None or _is_theirs_to_give(grant, agency, viewer),
        )
        for grant, agency in rows
    ]


def _is_theirs_to_give(grant: RoleGrant, agency: Agency | None, viewer: Viewer) -> bool:
    """A coordinator's or administrator's role only where the viewer administers; others where they
    run the programme, of which these are a part."""
    is_staff = grant.role in {Role.COORDINATOR, Role.ADMINISTRATOR}
    own = viewer.partnerships(Permission.ADMINISTER if is_staff else Permission.RUN_PROGRAMME)
    if agency is not None:
        return any(partnership.id in own for partnership in agency.partnerships)
    return grant.partnership_id in own


def _approves_other(session: Session, person: Person, beside: int) -> str:
    """The event at which this person is asked to approve the other's booking (B10)."""
    addresses = [email.address for email in person.emails]
    return (
        session.scalar(
            select(Event.title)
            .join(Booking, Booking.event_id == Event.id)
            .join(Approval, Approval.booking_id == Booking.id)
            .where(
                Booking.person_id == beside,
                Approval.kind == ApprovalKind.LINE_MANAGER,
                Approval.ended_at.is_(None),
                Approval.approver_address.in_(addresses),
            )
            .limit(1)
        )
        or ""
    )


# --- What stands in the way --------------------------------------------------------------------


def event_ids_of(session: Session, keep_id: int, drop_id: int) -> list[int]:
    """The events at which either has a live booking: what is to be locked."""
    live = select(Booking.event_id).where(
        Booking.person_id.in_([keep_id, drop_id]), Booking.state.in_(LIVE)
    )
    return sorted(set(session.scalars(live)))


def clashes_of(session: Session, keep_id: int, drop_id: int, now: datetime) -> list[Clash]:
    """The bookings of the two that one person cannot both have."""
    query = (
        select(Booking)
        .where(Booking.person_id.in_([keep_id, drop_id]), Booking.state.in_(LIVE))
        .options(selectinload(Booking.event).selectinload(Event.sessions))
        .order_by(Booking.id)
    )
    rows = list(session.scalars(query))
    held = {keep_id: [_held(b) for b in rows if b.person_id == keep_id]}
    held[drop_id] = [_held(b) for b in rows if b.person_id == drop_id]
    return clashes(held[keep_id], held[drop_id], now)


def _held(booking: Booking) -> Held:
    event = booking.event
    return Held(
        id=booking.id,
        reference=booking.reference,
        event_id=event.id,
        course_id=event.course_id,
        title=event.title,
        sessions=tuple((block.starts_at, block.ends_at) for block in event.sessions),
        state=booking.state,
        outcome=booking.outcome,
        requested_at=booking.requested_at,
    )


# --- What will be joined -----------------------------------------------------------------------


@dataclass(frozen=True)
class Joining:
    """What joining two records would do, for somebody to read before it is done."""

    keep: Person
    drop: Person
    counts: dict[str, tuple[int, int]]  # words → how many of the kept, of the one that goes
    acts: int
    fills: list[tuple[str, str]]
    clashes: list[Clash]
    roles: list[str]
    ends_manager: bool

    @property
    def moves(self) -> list[tuple[int, str]]:
        """What comes over, in words: 'bookings' with how many."""
        return [(gone, words) for words, (_, gone) in self.counts.items() if gone]


def what_would_join(keep: Person, drop: Person, now: datetime) -> Joining:
    """What joining them would do; constant statements."""
    counts = _counts(keep.id, drop.id)
    fills = [
        (words, "" if name in UNSEEN else str(getattr(drop, name)))
        for name, words in FILLED.items()
        if not getattr(keep, name) and getattr(drop, name)
    ]
    addresses = {email.address for email in (*keep.emails, *drop.emails)}
    manager = keep.line_manager_email or drop.line_manager_email
    session = db.session()
    return Joining(
        keep=keep,
        drop=drop,
        counts={words: counts[words] for words in counts if any(counts[words])},
        acts=_acts(drop.id),
        fills=fills,
        clashes=clashes_of(session, keep.id, drop.id, now),
        roles=[role.words for role in _roles(session, drop.id, None, now)],
        ends_manager=manager in addresses,
    )


def _counts(keep_id: int, drop_id: int) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for each in COUNTED:
        of = dict(
            db.session.execute(
                select(each.names, func.count())
                .where(each.names.in_([keep_id, drop_id]))
                .group_by(each.names)
            ).all()
        )
        found[each.many] = (of.get(keep_id, 0), of.get(drop_id, 0))
    return found


def _acts(drop_id: int) -> int:
    """How much that person did in the records of others."""
    counted = [
        select(func.count()).select_from(each.row).where(each.names == drop_id).scalar_subquery()
        for each in ACTS
    ]
    return sum(db.session.execute(select(*counted)).one())


# --- What was joined ---------------------------------------------------------------------------


def list_joined(person_id: int) -> list[tuple[Merge, str]]:
    """The merges that made this record what it is, the latest first, with whom each took in."""
    rows = db.session.execute(
        select(Merge, Person.name)
        .join(Person, Person.id == Merge.dropped_id)
        .where(Merge.kept_id == person_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
    )
    return [(merge, name) for merge, name in rows]


def audit_joined(now: datetime) -> list[str]:
    """Nothing that belongs to a person names a record that was joined with another."""
    del now
    gone = select(Person.id).where(Person.merged_into_id.is_not(None))
    faults = []
    for each in COUNTED:
        left = db.session.scalar(select(func.count()).where(each.names.in_(gone)))
        if left:
            faults.append(f"{left} {each.many} belong to records that were joined with others.")
    return faults
