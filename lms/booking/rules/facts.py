"""What the rules see: frozen pictures of an event, its bookings and the person who asks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from lms.agencies.rules import DEFAULT_POLICIES, DayKind, PolicyKey, Sector
from lms.booking.rules.states import LIVE, BookingState
from lms.catalogue.rules import CLOSING_TIME, EventMode, EventState, ListOrder
from lms.clock import add_working_days, at_london, london_date
from lms.words import Word


class ShareKind(Word):
    CAP = "cap"
    RESERVATION = "reservation"


class Side(Word):
    """Which of a hybrid event's two capacities a booking counts against."""

    ROOM = "room"
    ONLINE = "online"

    @property
    def mode(self) -> EventMode:
        """How one with a place there takes part."""
        return EventMode.IN_PERSON if self is Side.ROOM else EventMode.ONLINE

    @property
    def where(self) -> str:
        """As it stands after a number of places: 'in the room', 'online'."""
        return "in the room" if self is Side.ROOM else "online"


class Rule(StrEnum):
    """The rules that a refusal may come from."""

    B1 = "B1"
    B2 = "B2"
    B3 = "B3"
    B8 = "B8"
    B9 = "B9"
    B10 = "B10"
    B12 = "B12"


OVERRIDABLE = frozenset({Rule.B1, Rule.B3, Rule.B8, Rule.B9})

Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class BookingPolicy:
    """The figures of the dated policies that booking needs, as they hold for this event."""

    closing_working_days: int = DEFAULT_POLICIES[PolicyKey.CLOSING_WORKING_DAYS]
    late_cancel_days: int = DEFAULT_POLICIES[PolicyKey.LATE_CANCEL_DAYS]
    late_cancel_day_kind: DayKind = DayKind.WORKING
    offer_hours: int = DEFAULT_POLICIES[PolicyKey.OFFER_HOURS]
    tick_working_days: int = DEFAULT_POLICIES[PolicyKey.TICK_WORKING_DAYS]
    naming_working_days: int = DEFAULT_POLICIES[PolicyKey.NAMING_WORKING_DAYS]
    offers_from_hour: int = DEFAULT_POLICIES[PolicyKey.OFFERS_FROM_HOUR]
    offers_until_hour: int = DEFAULT_POLICIES[PolicyKey.OFFERS_UNTIL_HOUR]
    first_reminder_days: int = DEFAULT_POLICIES[PolicyKey.FIRST_REMINDER_DAYS]
    last_reminder_working_days: int = DEFAULT_POLICIES[PolicyKey.LAST_REMINDER_WORKING_DAYS]


@dataclass(frozen=True)
class Claim:
    """Who asks for a place, as the booking records them: the facts that shares look at.

    `agency_ids` begins with the person's own agency and goes on with those above it.
    """

    person_id: int | None = None
    agency_ids: tuple[int, ...] = ()
    sector: Sector | None = None
    partnership_id: int | None = None
    side: Side = Side.ROOM


@dataclass(frozen=True)
class Share:
    """Places of an event that a group may at most have (cap) or has held back (reservation).

    The group is one of an agency with its sub-agencies, a sector, or a partnership. `name` is
    how a sentence calls it; a share with `ends_on` holds until that day begins in London.
    """

    kind: ShareKind
    places: int
    agency_id: int | None = None
    sector: Sector | None = None
    partnership_id: int | None = None
    name: str = ""
    ends_on: date | None = None
    side: Side = Side.ROOM

    def covers(self, claim: Claim) -> bool:
        """Whether the one who claims belongs to the group."""
        if self.agency_id is not None:
            return self.agency_id in claim.agency_ids
        if self.sector is not None:
            return claim.sector is self.sector
        return self.partnership_id is not None and claim.partnership_id == self.partnership_id

    def holds_at(self, now: datetime) -> bool:
        """Whether the share is in force."""
        return self.ends_on is None or london_date(now) < self.ends_on

    @property
    def group(self) -> tuple[int | None, Sector | None, int | None]:
        """Whom it is for, to be compared."""
        return self.agency_id, self.sector, self.partnership_id

    @property
    def group_word(self) -> str:
        """What the group is to one of its members: 'agency', 'sector' or 'partnership'."""
        if self.agency_id is not None:
            return "agency"
        return "sector" if self.sector is not None else "partnership"


@dataclass(frozen=True)
class BookingFact(Claim):
    """A booking of the event as the rules see it.

    `ticket` is the event's revision under which it joined; a larger `priority` goes first.
    `obstacle` is the sentence of what keeps the person from any place here at present (B8),
    `replaces_id` is the booking that ends when this one is confirmed (B8),
    `is_override` says that the place is beyond capacity or a cap by an override or a cut (B14).
    Walk-ins come on the day and claim no place.
    """

    id: int = 0
    state: BookingState = BookingState.WAITING
    ticket: int = 0
    priority: int = 0
    lapses: int = 0
    confirm_at_once: bool = False
    holds_place: bool = False
    is_approved: bool = True
    is_override: bool = False
    is_walk_in: bool = False
    replaces_id: int | None = None
    obstacle: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether the booking has not ended."""
        return self.state in LIVE

    @property
    def has_place(self) -> bool:
        """Whether it takes one of the event's places: confirmed, offered, or held meanwhile."""
        if self.is_walk_in:
            return False
        if self.state is BookingState.REQUESTED:
            return self.holds_place
        return self.state in (BookingState.CONFIRMED, BookingState.OFFERED)


@dataclass(frozen=True)
class EventSnapshot:
    """An event with its bookings as they stand under the lock."""

    id: int
    capacity: int
    sessions: tuple[Period, ...]
    bookings: tuple[BookingFact, ...] = ()
    shares: tuple[Share, ...] = ()
    state: EventState = EventState.PUBLISHED
    mode: EventMode = EventMode.IN_PERSON
    order: ListOrder = ListOrder.FIRST_COME
    policy: BookingPolicy = BookingPolicy()
    online_capacity: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    course_id: int | None = None
    title: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether it has a session: a postponed event has none until it has a new date (B15)."""
        return bool(self.sessions)

    @property
    def starts_at(self) -> datetime:
        """When the first session starts; only of an event that has one."""
        return min(start for start, _ in self.sessions)

    @property
    def ends_at(self) -> datetime:
        """When the last session ends."""
        return max(end for _, end in self.sessions)

    @property
    def first_day(self) -> date | None:
        """The London date of the first session; None of an event that has none."""
        return london_date(self.starts_at) if self.is_dated else None

    def has_begun(self, now: datetime) -> bool:
        """Whether the first session has started; an event without a session has not."""
        return self.is_dated and self.starts_at <= now

    def is_over(self, now: datetime) -> bool:
        """Whether the last session has ended; an event without a session has not."""
        return bool(self.sessions) and self.ends_at <= now

    @cached_property
    def held(self) -> tuple[BookingFact, ...]:
        """The bookings that take a place."""
        return tuple(booking for booking in self.bookings if booking.has_place)

    @cached_property
    def waiting(self) -> tuple[BookingFact, ...]:
        """The bookings that wait, in no order."""
        return tuple(b for b in self.bookings if b.state is BookingState.WAITING)

    def side_of(self, claim: Claim) -> "EventSnapshot":
        """The part of the event that a claim counts against: the whole, or one of its sides."""
        return self.side(claim.side)

    def side(self, side: Side) -> "EventSnapshot":
        """Room or online alone, where the event has a capacity for each."""
        if self.online_capacity is None:
            return self
        return replace(
            self,
            capacity=self.online_capacity if side is Side.ONLINE else self.capacity,
            online_capacity=None,
            bookings=tuple(b for b in self.bookings if b.side is side),
            shares=tuple(s for s in self.shares if s.side is side),
        )

    def parts(self) -> "dict[Side | None, EventSnapshot]":
        """Each part of the event that has a capacity of its own, by its side; None: the whole."""
        if self.online_capacity is None:
            return {None: self}
        return {side: self.side(side) for side in Side}

    def sides(self) -> "Iterable[EventSnapshot]":
        """Each part of the event that has a capacity of its own."""
        return self.parts().values()


def days_before(starts_at: datetime, days: int, kind: DayKind = DayKind.WORKING) -> date:
    """The London date that many working or calendar days before an event's first session."""
    first = london_date(starts_at)
    if kind is DayKind.CALENDAR:
        return first - timedelta(days=days)
    return add_working_days(first, -days)


def at_closing_time(on: date) -> datetime:
    """17:00 on a London date."""
    return at_london(on, CLOSING_TIME)
