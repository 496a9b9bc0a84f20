"""B8: sessions that overlap, and one confirmed place per course."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.booking.rules.facts import EventSnapshot, Period, Rule
from lms.booking.rules.overrides import Refusal
from lms.clock import london_date
from lms.words import day, span


@dataclass(frozen=True)
class OtherPlace:
    """A confirmed place that the person holds at another event."""

    event_id: int
    title: str
    sessions: tuple[Period, ...]
    course_id: int | None = None
    booking_id: int = 0

    @property
    def starts_at(self) -> datetime:
        """When the other event's first session starts."""
        return min(start for start, _ in self.sessions)


def beside(others: Iterable[OtherPlace], replaced_id: int | None) -> tuple[OtherPlace, ...]:
    """The places that a booking must fit beside: not the one that ends when it is confirmed."""
    return tuple(place for place in others if place.booking_id != replaced_id)


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a moment; ends that touch do not."""
    return one[0] < other[1] and other[0] < one[1]


def first_clash(
    sessions: Iterable[Period], others: Iterable[OtherPlace]
) -> tuple[OtherPlace, Period] | None:
    """The earliest session elsewhere that overlaps one of these, with its event."""
    mine = list(sessions)
    clashing = [
        (other, theirs)
        for other in others
        for theirs in other.sessions
        if any(overlap(own, theirs) for own in mine)
    ]
    return min(clashing, key=lambda found: (found[1], found[0].event_id), default=None)


def clash_refusal(snapshot: EventSnapshot, others: Iterable[OtherPlace]) -> Refusal | None:
    """Refuses a booking that overlaps a confirmed one, and names it."""
    elsewhere = [other for other in others if other.event_id != snapshot.id]
    found = first_clash(snapshot.sessions, elsewhere)
    if found is None:
        return None
    other, (starts_at, ends_at) = found
    sentence = (
        f"You have a place at {other.title} at the same time: "
        f"{day(london_date(starts_at))}, {span(starts_at, ends_at)}"
    )
    return Refusal(Rule.B8, sentence, way_out="Give up that place first, or choose another date.")


def course_refusal(
    snapshot: EventSnapshot, others: Iterable[OtherPlace], now: datetime
) -> Refusal | None:
    """Refuses a second confirmed place on a course among events to come."""
    if snapshot.course_id is None:
        return None
    same = [
        other
        for other in others
        if other.course_id == snapshot.course_id
        and other.event_id != snapshot.id
        and other.starts_at > now
    ]
    if not same:
        return None
    other = min(same, key=lambda other: (other.starts_at, other.event_id))
    sentence = (
        f"You have a place on this course already: {other.title}, "
        f"{day(london_date(other.starts_at))}"
    )
    return Refusal(Rule.B8, sentence, way_out="Give up that place first to have one here.")


def obstacle(
    snapshot: EventSnapshot,
    others: Iterable[OtherPlace],
    now: datetime,
    replaced_id: int | None = None,
) -> str | None:
    """What keeps someone who waits from any place here at present: BookingFact.obstacle.

    The place that a transfer gives up (`replaced_id`) is none.
    """
    places = beside(others, replaced_id)
    refusal = clash_refusal(snapshot, places) or course_refusal(snapshot, places, now)
    return refusal.sentence[0].lower() + refusal.sentence[1:] if refusal else None
