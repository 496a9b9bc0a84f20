"""Saying who can book an event and on what terms; whoever fits now is placed or asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.events.capacity import mark_those_beyond
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages.inviting import news_of_parts
from lms.booking.models import Booking
from lms.booking.models import Share as ShareRow
from lms.booking.queries.events import snapshots_of
from lms.booking.queries.who_can_book import frame_of, terms_of
from lms.booking.rules import (
    ConfirmNow,
    EventSnapshot,
    InviteAll,
    Share,
    Step,
    WhoCanBook,
    over_caps,
    places_of_group,
    steps_to_come,
    who_can_book_faults,
)
from lms.catalogue.models import Event, Invitee, SharedWith
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue_all


def set_who_can_book(event_id: int, terms: WhoCanBook, *, by: Viewer | None, now: datetime) -> None:
    """Bring an event to these terms; nobody loses a place, and those who fit now get one (B5).

    Raises NotFound, or Refused for terms that cannot be and for an event that is cancelled.
    """
    with transaction() as session:
        event = _write(session, event_id, terms, now)
        session.flush()
        mark_those_beyond(session, event, now, "Who may have how many places was changed.")
        sentence = f"changed who can book {event.title}"
        record_act(session, event, "change who can book", sentence, by, now)
        enqueue_all(session, news_of_parts(event), now)
        is_open = event.state is EventState.PUBLISHED
    if is_open:
        fill_after(event_id, now)


@dataclass(frozen=True)
class Following:
    """What new terms would do at once, in names; nothing of it has been done.

    `beyond` are the caps that are below what their group has, with how many that is: they keep
    their places.
    """

    confirmed: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    beyond: tuple[tuple[Share, int], ...] = ()


def what_would_follow(event_id: int, terms: WhoCanBook, *, now: datetime) -> Following:
    """What `set_who_can_book` would do, tried on the event and taken back. Raises as it does."""
    with transaction() as session:
        event = _write(session, event_id, terms, now)
        session.flush()
        seen = snapshots_of(session, [event], now).get(event_id)
        following = _following(session, seen, now) if seen else Following()
        session.rollback()
    return following


def _write(session: Session, event_id: int, terms: WhoCanBook, now: datetime) -> Event:
    lock_event(session, event_id)
    event = get_event(session, event_id)
    if event.state is EventState.CANCELLED:
        raise Refused(f"{event.title} is cancelled: nobody can book it any more.")
    known, frame = terms_of(event), frame_of(event, now)
    for fault in who_can_book_faults(terms, frame, london_date(now), known):
        raise Refused(fault.sentence, field=fault.field)
    write_terms_within(session, event, terms)
    return event


def write_terms_within(session: Session, event: Event, terms: WhoCanBook) -> None:
    """Bring an event to these terms within a command that holds its lock and has checked them."""
    known = terms_of(event)
    event.opens_at, event.list_order = terms.opens_at, terms.order
    event.approved_by, event.unnamed_places = terms.approved_by, terms.unnamed_places
    event.is_by_invitation = terms.is_by_invitation
    _write_invitees(event, terms)
    _write_allocations(event, terms)
    if terms.shares != known.shares:
        session.execute(delete(ShareRow).where(ShareRow.event_id == event.id))
        session.add_all(_row(event.id, share) for share in terms.shares)


def _row(event_id: int, share: Share) -> ShareRow:
    return ShareRow(
        event_id=event_id,
        kind=share.kind,
        agency_id=share.agency_id,
        sector=share.sector,
        partnership_id=share.partnership_id,
        side=share.side,
        places=share.places,
        release_on=share.ends_on,
    )


def _write_invitees(event: Event, terms: WhoCanBook) -> None:
    """Bring the list to what is wanted; who is on it already keeps the row."""
    known = {(row.agency_id, row.address): row for row in event.invitees}
    wanted: list[tuple[int | None, str | None]] = [
        *((agency_id, None) for agency_id in terms.invited_agency_ids),
        *((None, address) for address in terms.invited_addresses),
    ]
    event.invitees = [
        known.get(key) or Invitee(agency_id=key[0], address=key[1]) for key in dict.fromkeys(wanted)
    ]


def _write_allocations(event: Event, terms: WhoCanBook) -> None:
    known = {row.partnership_id: row for row in event.shared_with}
    rows = []
    for part in terms.allocations:
        row = known.get(part.partnership_id) or SharedWith(partnership_id=part.partnership_id)
        row.places, row.release_on = part.places, part.release_on
        rows.append(row)
    event.shared_with = rows


# --- What would follow ----------------------------------------------------------------------


def _following(session: Session, seen: EventSnapshot, now: datetime) -> Following:
    confirmed: list[str] = []
    offered: list[str] = []
    invited: list[str] = []
    for step in steps_to_come(seen, now):
        if isinstance(step, InviteAll):
            invited += _names(session, step) if step.leaves_at <= now else []
        else:
            (confirmed if isinstance(step, ConfirmNow) else offered).extend(_names(session, step))
    return Following(
        tuple(confirmed),
        tuple(offered),
        tuple(invited),
        tuple(
            (cap, places_of_group(side, cap))
            for side in seen.sides()
            for cap in over_caps(side, now)
        ),
    )


def _names(session: Session, step: Step) -> list[str]:
    facts = step.bookings if isinstance(step, InviteAll) else (step.booking,)
    return [session.get_one(Booking, fact.id).name for fact in facts]
