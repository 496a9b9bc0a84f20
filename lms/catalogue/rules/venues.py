"""A venue that is known: what it fills in for an event, and what it holds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from lms.agencies.rules import folded_name
from lms.catalogue.rules.details import MOST_PLACES, EventDetails, Fault
from lms.words import count


@dataclass(frozen=True)
class VenueDetails:
    """All that is kept of a venue; `seats` None where nobody counted."""

    partnership_id: int
    name: str
    address: str = ""
    access: str = ""
    directions: str = ""
    seats: int | None = None

    @property
    def told(self) -> str:
        """What somebody who comes must know, as an event says it: address, access, the way."""
        parts = (self.address, self.access, self.directions)
        return "\n\n".join(part.strip() for part in parts if part.strip())


@dataclass(frozen=True)
class KnownVenue:
    """A venue to choose; `told` is what it says of getting there."""

    id: int
    partnership_id: int
    name: str
    told: str = ""
    seats: int | None = None
    ended_on: date | None = None


def venue_faults(details: VenueDetails) -> list[Fault]:
    """What is wrong with a venue as it stands."""
    faults = []
    if not details.name.strip():
        faults.append(Fault("name", "Enter the venue’s name"))
    if details.seats is not None and not 0 < details.seats <= MOST_PLACES:
        faults.append(Fault("seats", f"Enter seats from 1 to {MOST_PLACES:,}, or nothing"))
    return faults


def venue_named(name: str, known: Iterable[KnownVenue]) -> KnownVenue | None:
    """The venue that is meant by a name, its capitals and spaces aside."""
    wanted = folded_name(name)
    return next((venue for venue in known if wanted and folded_name(venue.name) == wanted), None)


def held_at(
    details: EventDetails,
    chosen: KnownVenue | None,
    known: Iterable[KnownVenue],
    before: EventDetails | None = None,
) -> EventDetails:
    """An event as it stands at the venue chosen, else at the place that is typed.

    A venue's own words fill in how to get there, unless something else was typed for this event;
    words that were said of the place `before` do not stay when the place changes. An event that
    stays at its venue keeps the name under which it was told.
    """
    venues = list(known)
    if chosen is None and not _is_place_of(details.venue, before):
        chosen = venue_named(details.venue, venues)
    if chosen is None:
        is_stale = before is not None and before.venue_id is not None
        told = "" if is_stale and _says_as(details, before) else details.venue_access
        return replace(details, venue_id=None, venue_access=told)
    if before is not None and before.venue_id == chosen.id:
        told = details.venue_access or chosen.told
        return replace(details, venue_id=chosen.id, venue=before.venue, venue_access=told)
    moves = not _is_place_of(chosen.name, before)
    is_stale = moves and _says_as(details, before)
    is_of_another = details.venue_access in {venue.told for venue in venues}
    told = chosen.told if is_stale or is_of_another else details.venue_access or chosen.told
    return replace(details, venue_id=chosen.id, venue=chosen.name, venue_access=told)


def _is_place_of(name: str, before: EventDetails | None) -> bool:
    return before is not None and folded_name(before.venue) == folded_name(name)


def _says_as(details: EventDetails, before: EventDetails | None) -> bool:
    return before is not None and details.venue_access == before.venue_access


def seats_short(venue: KnownVenue, capacity: int) -> str:
    """'Beacon Hall seats 30, and there are 40 places'; nothing where all can sit."""
    if venue.seats is None or capacity <= venue.seats:
        return ""
    return f"{venue.name} seats {venue.seats}, and there are {count(capacity, 'place')} in the room"
