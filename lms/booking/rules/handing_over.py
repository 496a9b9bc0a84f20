"""B12: to whom a confirmed place may be handed, and until when."""

from dataclasses import dataclass
from datetime import datetime

from lms.booking.rules.clashes import OtherPlace, clash_refusal, course_refusal
from lms.booking.rules.facts import EventSnapshot, Rule
from lms.booking.rules.overrides import Refusal
from lms.booking.rules.prerequisites import Prerequisite, prerequisite_refusal
from lms.booking.rules.states import BookingState
from lms.catalogue.rules import EventState


@dataclass(frozen=True)
class Workplace:
    """An agency with those above it; one that is not matched is known by its folded name."""

    agency_ids: tuple[int, ...] = ()
    typed: str = ""

    def is_within(self, other: "Workplace") -> bool:
        """Whether this is the other agency, or a part of it."""
        if other.agency_ids:
            return other.agency_ids[0] in self.agency_ids
        return bool(other.typed) and self.typed == other.typed


@dataclass(frozen=True)
class Colleague:
    """Who is to take a place over: where they work, the places that they hold elsewhere, what they
    should have learnt before and have not, and whether the event is for them."""

    person_id: int
    name: str
    workplaces: tuple[Workplace, ...] = ()
    other_places: tuple[OtherPlace, ...] = ()
    unmet: tuple[Prerequisite, ...] = ()
    is_for_them: bool = True


def may_be_handed_over(snapshot: EventSnapshot, state: BookingState, now: datetime) -> bool:
    """Whether a booking in that state can be handed to a colleague at all (B12)."""
    is_on = snapshot.state is EventState.PUBLISHED and now < snapshot.starts_at
    return is_on and state is BookingState.CONFIRMED


def may_take_over(
    snapshot: EventSnapshot, place_of: Workplace, colleague: Colleague, now: datetime
) -> Refusal | None:
    """Why a colleague cannot take a place over that an agency has; None where they can (B12).

    They work for that agency or for a part of it; one who waits at the event leaves the list.
    """
    return (
        _from_elsewhere(place_of, colleague)
        or _has_a_place(snapshot, colleague)
        or _not_invited(colleague)
        or _hindered(snapshot, colleague, now)
    )


def _from_elsewhere(place_of: Workplace, colleague: Colleague) -> Refusal | None:
    if any(workplace.is_within(place_of) for workplace in colleague.workplaces):
        return None
    return Refusal(
        Rule.B12,
        "They are not known as a colleague at the agency that this place is for.",
        way_out="A place can go to a colleague of the same agency only.",
    )


def _has_a_place(snapshot: EventSnapshot, colleague: Colleague) -> Refusal | None:
    own = [b for b in snapshot.bookings if b.is_live and b.person_id == colleague.person_id]
    if all(booking.state is BookingState.WAITING for booking in own):
        return None
    sentence = f"{colleague.name} has a place at this event already, or is about to have one."
    return Refusal(Rule.B2, sentence, way_out="Choose another colleague.")


def _not_invited(colleague: Colleague) -> Refusal | None:
    """A place at an event by invitation goes to nobody who could not book it (B1)."""
    if colleague.is_for_them:
        return None
    sentence = f"{colleague.name} is not among those invited to this event."
    way_out = "Choose another colleague, or ask the training coordinator to invite them."
    return Refusal(Rule.B1, sentence, way_out=way_out)


def _hindered(snapshot: EventSnapshot, colleague: Colleague, now: datetime) -> Refusal | None:
    found = (
        prerequisite_refusal(colleague.unmet)
        or clash_refusal(snapshot, colleague.other_places)
        or course_refusal(snapshot, colleague.other_places, now)
    )
    if found is None:
        return None
    sentence = f"{colleague.name} cannot take the place. {found.note}."
    return Refusal(found.rule, sentence, way_out="Choose another colleague.")
