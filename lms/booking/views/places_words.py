"""An event's places in sentences, for those who run it."""

from __future__ import annotations

from collections.abc import Iterator

from lms.booking.queries.event_places import EventPlaces, ListedPerson
from lms.booking.queries.events import side_of
from lms.booking.queries.places import PlacesSummary
from lms.booking.rules import BookingState, Side
from lms.booking.views.terms_words import APPROVERS, ORDERS
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, EventState
from lms.words import count, listed, moment, number, pounds, sentence_case


def of_places(managed: EventPlaces, *, is_over: bool) -> str:
    """'All 30 places are spoken for: 25 confirmed, 2 offered, 3 held. 5 people wait.'"""
    places = managed.places
    if managed.event.state is EventState.CANCELLED:
        return "It does not take place: every booking has ended."
    if places is None:
        return "There is no date yet, so nobody can book."
    if managed.event.state is EventState.POSTPONED:
        return _postponed(places)
    if is_over:
        had = "person had a place" if places.confirmed == 1 else "people had a place"
        return f"It has taken place. {sentence_case(number(places.confirmed))} {had}."
    return f"{_taken(managed)} {_waiting(places.waiting)}".strip()


def _postponed(places: PlacesSummary) -> str:
    keep = "person keeps a place" if places.confirmed == 1 else "people keep their places"
    kept = f"{sentence_case(number(places.confirmed))} {keep}. " if places.confirmed else ""
    return f"It is postponed and has no date yet. {kept}{_waiting(places.waiting)}"


def _taken(managed: EventPlaces) -> str:
    places = managed.places
    if places is None:
        return ""
    parts = (
        (places.confirmed, "confirmed"),
        (places.offered, "offered"),
        (places.requested, "asked for"),
        (places.reserved, "held"),
    )
    said = ", ".join(f"{n} {word}" for n, word in parts if n)
    free = places.unclaimed
    if managed.over:
        return f"{_all(places.capacity)} taken, and {number(managed.over)} beyond: {said}."
    if not said:
        return f"{_all(places.capacity)} free."
    if not free:
        return f"{_all(places.capacity)} spoken for: {said}."
    return f"{free} of {places.capacity} places {'is' if free == 1 else 'are'} free: {said}."


def _all(places: int) -> str:
    """'All 30 places are', 'Both places are', 'The one place is'."""
    few = ("No places are", "The one place is", "Both places are")
    return few[places] if places < len(few) else f"All {places} places are"


def _waiting(waiting: int) -> str:
    if not waiting:
        return "Nobody waits."
    return f"{sentence_case(number(waiting))} {'person waits' if waiting == 1 else 'people wait'}."


def pictures(managed: EventPlaces) -> list[tuple[str, PlacesSummary]]:
    """What is drawn: the places of the room and online apart, each with its heading; else all."""
    places = managed.places
    if places is None:
        return []
    sides = [(_of_side(part, side), part) for side, part in places.parts.items()]
    return sides or [("", places)]


def _of_side(places: PlacesSummary, side: Side) -> str:
    """'In the room: 2 of 6 places are free'."""
    are = "place is" if places.capacity == 1 else "places are"
    return f"{sentence_case(side.where)}: {places.unclaimed} of {places.capacity} {are} free"


def of_line(managed: EventPlaces) -> str:
    """When offers end, who is first in line, and by which order."""
    if managed.snapshot is None:
        return ""
    return " ".join([*_of_offers(managed), *_of_order(managed)])


def _of_offers(managed: EventPlaces) -> Iterator[str]:
    held = [moment(offer.ends_at) for offer in managed.offers if offer.holds_place]
    if len(held) == 1:
        yield f"One offer ends on {held[0]}."
    elif len(set(held)) == 1:
        yield f"{sentence_case(count(len(held), 'offer'))} end on {held[0]}."
    elif held:
        ends = [f"{number(held.count(end))} on {end}" for end in dict.fromkeys(held)]
        yield f"{sentence_case(count(len(held), 'offer'))} run, and end: {listed(ends)}."
    asked = len(managed.offers) - len(held)
    if asked:
        have = "person has" if asked == 1 else "people have"
        yield f"{sentence_case(number(asked))} {have} been asked: the first to accept has it."


def _of_order(managed: EventPlaces) -> Iterator[str]:
    if managed.snapshot is None:
        return
    yield from (f"First in line{_first(person, managed)}." for person in managed.first_in_line)
    order = ORDERS[managed.snapshot.order]
    goes_first = [p for p in managed.people if p.state is BookingState.WAITING]
    if any(person.booking.priority for person in goes_first):
        order = f"priority, then {order}"
    yield f"Order: {order}."
    if managed.event.is_by_invitation:
        yield "Only those invited see it, and can book."
    if managed.event.approved_by is not ApprovedBy.NOBODY:
        yield f"{sentence_case(APPROVERS[managed.event.approved_by])} approves each booking."


def _first(person: ListedPerson, managed: EventPlaces) -> str:
    booking = person.booking
    is_hybrid = managed.places is not None and managed.places.parts
    where = f" {side_of(booking.mode).where}" if is_hybrid else ""
    agency = f", {booking.agency_name}" if booking.agency_name else ""
    return f"{where}: {booking.name}{agency}"


def of_money(event: Event) -> str:
    """'A place costs £45. The event costs you £600.', for those who run it; nothing where free."""
    price = f"A place costs {pounds(round(event.price * 100))}." if event.price else ""
    cost = f"The event costs you {pounds(round(event.cost * 100))}." if event.cost else ""
    return f"{price} {cost}".strip()
