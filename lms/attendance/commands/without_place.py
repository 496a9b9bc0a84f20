"""Somebody who came without a place, however they got onto the register (A2, A4).

The event must be locked for each of these, and the person, where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.models import PersonEmail
from lms.agencies.models import Agency, Partnership
from lms.attendance.commands.locked import LockedRegister
from lms.booking.commands.ending import end_offers
from lms.booking.commands.moving import begin, booker, move
from lms.booking.models import Booking
from lms.booking.rules import LIVE, BookingState, Ended, Origin
from lms.catalogue.rules import EventMode
from lms.tokens import new_reference

CAME_WITHOUT = "came without a place"


@dataclass(frozen=True)
class Arrival:
    """Who came, as far as is known.

    `address` is one that nobody has verified, kept until the register is closed. Of two with the
    same key, the one that they came by, the database refuses the second: `written_key` where
    somebody wrote them down, `form_key` where they checked in by themselves.
    """

    name: str
    agency: Agency | None = None
    agency_typed: str = ""
    person_id: int | None = None
    job_role: str = ""
    address: str | None = None
    mode: EventMode | None = None
    written_key: str | None = None
    form_key: str | None = None


def put_down(
    session: Session,
    locked: LockedRegister,
    who: Arrival,
    *,
    by: Viewer | None,
    now: datetime,
    why: str = "",
) -> Booking:
    """Give them a booking as a walk-in: it stands on the register, and in no rate (A4)."""
    event, agency = locked.event, who.agency
    prefix = session.get_one(Partnership, event.partnership_id).reference_prefix
    booking = Booking(
        reference=new_reference(prefix),
        event_id=event.id,
        person_id=who.person_id,
        name_as_given=who.name,
        address_as_given=who.address,
        job_role=who.job_role,
        agency_id=agency.id if agency else None,
        agency_typed="" if agency else who.agency_typed.strip(),
        sector=agency.sector if agency else None,
        area_id=event.partnership_id,
        state=BookingState.CONFIRMED,
        origin=Origin.WALK_IN,
        mode=who.mode,
        ticket=locked.ticket,
        requested_at=now,
        counts_as_confirmed_at_start=False,
        import_key=who.written_key,
        form_key=who.form_key,
    )
    begin(session, booking, booker(Origin.WALK_IN, by), now, why)
    return booking


def owners_of(session: Session, addresses: Iterable[str]) -> dict[str, int]:
    """Whose each of these addresses is, of those that are anybody's."""
    rows = session.execute(
        select(PersonEmail.address, PersonEmail.person_id).where(
            PersonEmail.address.in_([address for address in addresses if address])
        )
    )
    return dict(rows.all())


def end_waiting(session: Session, booking: Booking, by: Viewer | None, now: datetime) -> None:
    """One who waited and came all the same waits no longer."""
    end_offers(session, booking, Ended.WITHDRAWN, now)
    move(session, booking, BookingState.LAPSED, booker(Origin.WALK_IN, by), now, CAME_WITHOUT)


def make_own(
    session: Session, claim: Booking, person_id: int, by: Viewer | None, now: datetime
) -> None:
    """Let what was claimed by name be a person's, who waits no longer; not one who has a place."""
    live = session.scalar(
        select(Booking).where(
            Booking.event_id == claim.event_id,
            Booking.person_id == person_id,
            Booking.state.in_(LIVE),
        )
    )
    if live is not None and live.state is BookingState.CONFIRMED:
        return
    if live is not None:
        end_waiting(session, live, by, now)
    claim.person_id, claim.address_as_given = person_id, None
