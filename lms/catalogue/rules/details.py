"""What a course or an event says, as form, import and command hand it over, and what it lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from lms.catalogue.rules.words import EventKind, EventMode, EventState, Remit
from lms.clock import london_date
from lms.words import day, ordinal, slug

MOST_PLACES = 2000
MOST_MINUTES = 200 * 60
LONGEST_SLUG = 80
YEARS = range(1980, 2101)


@dataclass(frozen=True)
class OutcomeDetails:
    """A learning outcome; `id` None for a new one. A retired one is asked about no more (E5)."""

    text: str
    id: int | None = None
    is_retired: bool = False


@dataclass(frozen=True)
class PrerequisiteDetails:
    """A course that comes first, within so many months of the event if a period is given."""

    course_id: int
    within_months: int | None = None


@dataclass(frozen=True)
class SessionDetails:
    """A dated block; `id` None for a new one."""

    starts_at: datetime
    ends_at: datetime
    id: int | None = None
    room: str = ""
    joining_link: str = ""


@dataclass(frozen=True)
class CourseDetails:
    """All that a course says. Outcomes, priorities and themes stand in order."""

    partnership_id: int
    title: str
    code: str = ""
    level: int | None = None
    remit: Remit = Remit.CHILDREN
    aims: str = ""
    audience: str = ""
    minutes: int | None = None
    outcomes: tuple[OutcomeDetails, ...] = ()
    prerequisites: tuple[PrerequisiteDetails, ...] = ()
    priority_ids: tuple[int, ...] = ()
    theme_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class EventDetails:
    """All that an event says. `stages` None: as its kind has them; `outcomes` are its own (E1)."""

    partnership_id: int
    title: str
    kind: EventKind
    mode: EventMode
    capacity: int
    course_id: int | None = None
    level: int | None = None
    remit: Remit = Remit.CHILDREN
    sessions: tuple[SessionDetails, ...] = ()
    venue_id: int | None = None
    venue: str = ""
    venue_access: str = ""
    joining_link: str = ""
    joining_instructions: str = ""
    trainer_ids: tuple[int, ...] = ()
    provider: str = ""
    online_capacity: int | None = None
    closes_at: datetime | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    minimum_places: int = 0
    decide_on: date | None = None
    stages: str | None = None
    aims: str = ""
    audience: str = ""
    outcomes: tuple[OutcomeDetails, ...] = ()
    priority_ids: tuple[int, ...] = ()
    theme_ids: tuple[int, ...] = ()

    @property
    def starts_at(self) -> datetime | None:
        """When the first session starts; None while there is none."""
        return min((session.starts_at for session in self.sessions), default=None)

    @property
    def ends_at(self) -> datetime | None:
        """When the last session ends; None while there is none."""
        return max((session.ends_at for session in self.sessions), default=None)


@dataclass(frozen=True)
class Fault:
    """What is missing or cannot be: the field and what to enter there."""

    field: str
    sentence: str


def slug_of(title: str) -> str:
    """A title as it stands in an address: lower-case letters and digits, joined by hyphens."""
    return slug(title.replace("’", ""))[:LONGEST_SLUG].rstrip("-") or "course"


# --- Faults ---------------------------------------------------------------------------------


def course_faults(details: CourseDetails, *, needs_outcomes: bool = True) -> list[Fault]:
    """What is wrong with a course as it stands; an empty list where nothing is."""
    faults = []
    if not details.title.strip():
        faults.append(Fault("title", "Enter the course’s title"))
    if details.minutes is not None and not 0 < details.minutes <= MOST_MINUTES:
        faults.append(Fault("hours", "Enter the taught hours, such as 6 or 3.5"))
    if needs_outcomes and all(outcome.is_retired for outcome in details.outcomes):
        faults.append(
            Fault("outcomes", "Enter at least one thing that people will be able to do afterwards")
        )
    required = [each.course_id for each in details.prerequisites]
    if len(required) != len(set(required)):
        faults.append(Fault("prerequisites", "Name each course that comes first only once"))
    return faults


def event_faults(details: EventDetails) -> list[Fault]:
    """What cannot be, in a draft as in a published event."""
    return [
        *_naming_faults(details),
        *session_faults(details.sessions),
        *_closing_faults(details),
        *_places_faults(details),
        *_minimum_faults(details),
    ]


def other_course_faults(partnership_id: int, course_partnership_id: int | None) -> list[Fault]:
    """An event is of a course of the partnership that runs it; None: of no course."""
    if course_partnership_id in (None, partnership_id):
        return []
    return [Fault("course", "Choose a course of the partnership that runs the event")]


def publishing_faults(
    details: EventDetails, now: datetime, state: EventState = EventState.DRAFT
) -> list[Fault]:
    """What an event must say before it may be booked; a past one can no longer be published.

    One that is postponed goes on without a date (B15).
    """
    faults = event_faults(details)
    if details.starts_at is None:
        if state is not EventState.POSTPONED:
            faults.append(Fault("sessions", "Enter the day and the times"))
    elif details.starts_at <= now and state is not EventState.PUBLISHED:
        faults.append(Fault("sessions", "Enter a day that is still to come"))
    if details.capacity < 1:
        faults.append(Fault("capacity", "Enter how many places there are"))
    if details.mode is EventMode.HYBRID and not details.online_capacity:
        faults.append(Fault("online_capacity", "Enter how many places there are online"))
    if details.mode is not EventMode.ONLINE and not details.venue.strip():
        faults.append(Fault("venue", "Enter where it takes place"))
    return faults


def session_faults(sessions: Sequence[SessionDetails]) -> list[Fault]:
    """Sessions of no year that anybody means, that end before they start, or that overlap."""
    return [*_beyond_all_calendars(sessions), *_backward(sessions), *_overlapping(sessions)]


def _naming_faults(details: EventDetails) -> Iterator[Fault]:
    if not details.title.strip():
        yield Fault("title", "Enter a title, or choose a course")


def _beyond_all_calendars(sessions: Sequence[SessionDetails]) -> Iterator[Fault]:
    """A year mistyped, such as 202 or 20270, before anything is reckoned from it."""
    for place, session in enumerate(sessions):
        if london_date(session.starts_at).year not in YEARS:
            said = f"Enter a day of the years {YEARS.start} to {YEARS.stop - 1}"
            yield Fault(f"sessions-{place}-starts", said)


def _backward(sessions: Sequence[SessionDetails]) -> Iterator[Fault]:
    for place, session in enumerate(sessions, start=1):
        if session.ends_at <= session.starts_at:
            which = "" if len(sessions) == 1 else f" of the {ordinal(place)} day"
            yield Fault(f"sessions-{place - 1}-ends", f"Enter an end{which} after its start")


def _overlapping(sessions: Sequence[SessionDetails]) -> Iterator[Fault]:
    in_order = sorted(enumerate(sessions), key=lambda pair: pair[1].starts_at)
    for (_, earlier), (place, later) in pairwise(in_order):
        if later.starts_at < earlier.ends_at:
            on = day(london_date(later.starts_at))
            yield Fault(f"sessions-{place}-starts", f"Enter times that do not overlap on {on}")


def _closing_faults(details: EventDetails) -> Iterator[Fault]:
    closes_at, ends_at = details.closes_at, details.ends_at
    if closes_at is not None and ends_at is not None and closes_at > ends_at:
        yield Fault("closes_on", "Enter a closing day that is not after the event")


def capacity_faults(capacity: int, field: str = "capacity") -> list[Fault]:
    """What is wrong with a number of places."""
    if 0 <= capacity <= MOST_PLACES:
        return []
    return [Fault(field, f"Enter a number of places from 0 to {MOST_PLACES:,}")]


def _places_faults(details: EventDetails) -> Iterator[Fault]:
    yield from capacity_faults(details.capacity)
    yield from capacity_faults(details.online_capacity or 0, "online_capacity")
    if details.price is not None and details.price < 0:
        yield Fault("price", "Enter a price of 0 or more")
    if details.cost is not None and details.cost < 0:
        yield Fault("cost", "Enter a cost of 0 or more")


def _minimum_faults(details: EventDetails) -> Iterator[Fault]:
    """A minimum that can never be reached, or a day of decision that decides nothing (B18)."""
    minimum, decide_on = details.minimum_places, details.decide_on
    places = details.capacity + (details.online_capacity or 0)
    if minimum < 0:
        yield Fault("minimum_places", "Enter how many must have booked, 0 for no minimum")
    elif minimum > places > 0:
        yield Fault("minimum_places", f"Enter {places} or fewer: there are no more places")
    if decide_on is None:
        return
    if not minimum:
        yield Fault("minimum_places", "Enter how many must have booked by the day of decision")
    if details.starts_at is not None and decide_on > london_date(details.starts_at):
        yield Fault("decide_on", "Enter a day of decision that is not after the event")
