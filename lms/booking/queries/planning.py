"""Who is free when an event is planned, what its room is taken up with, what else to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select

from lms.access import Permission, Viewer
from lms.accounts.models import Person, TimeAway
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.booking.rules.facts import Period
from lms.booking.rules.planning import Away, Engagement, hindrance, holidays_among
from lms.catalogue.models import Event, EventSession, EventTrainer
from lms.catalogue.queries import list_venues
from lms.catalogue.rules import (
    EventDetails,
    EventMode,
    EventState,
    KnownVenue,
    SessionDetails,
    seats_short,
)
from lms.clock import london_date
from lms.db import db
from lms.words import listed

NOT_PLANNED = (EventState.CANCELLED, EventState.POSTPONED)


def what_to_look_at(details: EventDetails, event_id: int | None, viewer: Viewer) -> list[str]:
    """What stands in the way of an event as it is planned, in sentences; nothing is refused for it.

    Trainers who give or attend something else then or are away, a venue that is taken or too
    small, bank holidays, and that nobody gives it.
    """
    periods = periods_of(details.sessions)
    clashes = why_not_free(details.trainer_ids, periods, event_id, viewer)
    names = names_of(clashes)
    found = [f"{names[at]} {why}." for at, why in clashes.items() if at in names]
    venue = _venue_of(details)
    if venue is not None:
        found += [f"{venue.name} {why}." for why in _taken(venue.id, periods, event_id)]
        short = seats_short(venue, details.capacity)
        found += [f"{short}."] if short else []
    found += holidays_among(periods)
    if not details.trainer_ids and not details.provider:
        found.append("No trainer is named yet.")
    return found


def periods_of(sessions: Iterable[SessionDetails]) -> list[Period]:
    """When the sessions are."""
    return [(block.starts_at, block.ends_at) for block in sessions]


def why_not_free(
    person_ids: Collection[int], periods: Sequence[Period], event_id: int | None, viewer: Viewer
) -> dict[int, str]:
    """What keeps people from being anywhere else at these times, by person; who is free is not
    among them. `event_id` is the event that is planned itself."""
    if not person_ids or not periods:
        return {}
    gives = _given(person_ids, periods, event_id, viewer)
    attends = _attended(person_ids, periods, event_id, viewer)
    away = _away(person_ids, periods)
    found = {
        at: hindrance(periods, [*gives[at], *attends[at]], away[at])
        for at in dict.fromkeys(person_ids)
    }
    return {at: why for at, why in found.items() if why}


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """The names of people, by surname."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(list(person_ids)))
        .order_by(Person.sort_name, Person.id)
    )
    return dict(rows.all())


def _given(
    person_ids: Collection[int], periods: Sequence[Period], event_id: int | None, viewer: Viewer
) -> dict[int, list[Engagement]]:
    rows = db.session.execute(
        select(EventTrainer.person_id, Event, EventSession.starts_at, EventSession.ends_at)
        .join(Event, Event.id == EventTrainer.event_id)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(EventTrainer.person_id.in_(person_ids), _is_then(periods), _is_another(event_id))
        .order_by(EventSession.starts_at, EventSession.id)
    )
    found: dict[int, list[Engagement]] = defaultdict(list)
    for person_id, event, starts_at, ends_at in rows:
        what = f"gives {_called(event, viewer)}"
        found[person_id].append(Engagement(what, (starts_at, ends_at)))
    return found


def _attended(
    person_ids: Collection[int], periods: Sequence[Period], event_id: int | None, viewer: Viewer
) -> dict[int, list[Engagement]]:
    rows = db.session.execute(
        select(Booking.person_id, Event, EventSession.starts_at, EventSession.ends_at)
        .join(Event, Event.id == Booking.event_id)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(Booking.person_id.in_(person_ids), Booking.state == BookingState.CONFIRMED)
        .where(_is_then(periods), _is_another(event_id))
        .order_by(EventSession.starts_at, EventSession.id)
    )
    found: dict[int, list[Engagement]] = defaultdict(list)
    for person_id, event, starts_at, ends_at in rows:
        what = f"has a place at {_called(event, viewer)}"
        found[person_id or 0].append(Engagement(what, (starts_at, ends_at)))
    return found


def _away(person_ids: Collection[int], periods: Sequence[Period]) -> dict[int, list[Away]]:
    days = [london_date(moment) for period in periods for moment in period]
    rows = db.session.execute(
        select(TimeAway.person_id, TimeAway.from_on, TimeAway.until_on)
        .where(TimeAway.person_id.in_(person_ids))
        .where(TimeAway.from_on <= max(days), TimeAway.until_on >= min(days))
        .order_by(TimeAway.from_on, TimeAway.id)
    )
    found: dict[int, list[Away]] = defaultdict(list)
    for person_id, from_on, until_on in rows:
        found[person_id].append(Away(from_on, until_on))
    return found


def _is_then(periods: Sequence[Period]) -> ColumnElement[bool]:
    """Whether a session shares a moment with one of these times."""
    return or_(
        false(),
        *(
            and_(EventSession.starts_at < end, EventSession.ends_at > start)
            for start, end in periods
        ),
    )


def _is_another(event_id: int | None) -> ColumnElement[bool]:
    return and_(Event.state.not_in(NOT_PLANNED), Event.id != (event_id or 0))


def _called(event: Event, viewer: Viewer) -> str:
    """Its title, where the viewer may know of it (another partnership's draft is 'an event')."""
    runs = viewer.can(Permission.RUN_PROGRAMME, event.partnership_id)
    is_hidden = event.is_by_invitation or event.state is EventState.DRAFT
    return event.title if runs or not is_hidden else "an event of another partnership"


# --- The room -------------------------------------------------------------------------------


def _venue_of(details: EventDetails) -> KnownVenue | None:
    if details.venue_id is None or details.mode is EventMode.ONLINE:
        return None
    venues = list_venues([details.partnership_id], details.venue_id)
    return next((venue for venue in venues if venue.id == details.venue_id), None)


def _taken(venue_id: int, periods: Sequence[Period], event_id: int | None) -> list[str]:
    """'is taken by Safer Recruitment on Monday 8 February, 9:30am to 4:30pm'; drafts are said."""
    rows = db.session.execute(
        select(Event.title, Event.state, EventSession.starts_at, EventSession.ends_at)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(Event.venue_id == venue_id, Event.mode != EventMode.ONLINE)
        .where(_is_then(periods), _is_another(event_id))
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return [
        Engagement(f"is taken by {_draft(state)}{title}", (start, end)).sentence
        for title, state, start, end in rows
    ]


def _draft(state: EventState) -> str:
    return "the draft of " if state is EventState.DRAFT else ""


# --- For the form and the lists -------------------------------------------------------------


def said_of_trainers(
    person_ids: Sequence[int],
    givers: Collection[int],
    periods: Sequence[Period],
    event_id: int | None,
    viewer: Viewer,
) -> dict[int, str]:
    """What stands under each trainer in the form: whether they give the course, and are free."""
    busy = why_not_free(person_ids, periods, event_id, viewer)
    return {at: _said(at, givers, busy, is_dated=bool(periods)) for at in person_ids}


def _said(at: int, givers: Collection[int], busy: dict[int, str], *, is_dated: bool) -> str:
    parts = ["Can give this course"] if at in givers else []
    if at in busy:
        parts.append(busy[at])
    elif is_dated:
        parts.append("free then")
    said = listed(parts)
    return said[:1].upper() + said[1:] + "." if said else ""
