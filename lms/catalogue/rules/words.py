"""The vocabulary: what an event is, how it is held, where it stands, and what follows it."""

from collections.abc import Iterable
from datetime import date, time
from typing import Protocol, TypeVar

from lms.words import Word

CLOSING_TIME = time(17)
"""Of a day on which bookings close, or from which a cancellation is late, where none is said."""


class EventKind(Word):
    COURSE = "course"
    LEARNING_EVENT = "learning_event"
    CONFERENCE = "conference"
    WEBINAR = "webinar"
    WORKSHOP = "workshop"
    PRACTICE_REFLECTION_WORKSHOP = "practice_reflection_workshop"
    BRIEFING = "briefing"
    FORUM = "forum"
    LAUNCH = "launch"


class EventMode(Word):
    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


def mode_of_place(event_mode: EventMode, chosen: EventMode | None) -> EventMode:
    """How one with a place takes part: as the event is held; in a hybrid one as they chose."""
    if event_mode is not EventMode.HYBRID:
        return event_mode
    return EventMode.ONLINE if chosen is EventMode.ONLINE else EventMode.IN_PERSON


class ListOrder(Word):
    """In which order those who wait are asked (B7)."""

    FIRST_COME = "first_come"
    MIX = "mix"


class ApprovedBy(Word):
    """Whose yes a booking needs before it counts (B10)."""

    NOBODY = "nobody"
    LINE_MANAGER = "line_manager"
    AGENCY_LEAD = "agency_lead"


class EventState(Word):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


EVENT_MOVES: dict[EventState, frozenset[EventState]] = {
    EventState.DRAFT: frozenset({EventState.PUBLISHED, EventState.CANCELLED}),
    EventState.PUBLISHED: frozenset({EventState.CANCELLED, EventState.POSTPONED}),
    EventState.POSTPONED: frozenset({EventState.PUBLISHED, EventState.CANCELLED}),
    EventState.CANCELLED: frozenset(),
}


def may_become(before: EventState, after: EventState) -> bool:
    """Whether an event may go from one state to the other."""
    return after in EVENT_MOVES[before]


class CancelReason(Word):
    """Why an event is cancelled, in the words of the form."""

    TRAINER_ILL = "trainer_ill"
    TOO_FEW = "too_few"
    VENUE = "venue"
    OTHER = "other"

    @property
    def question_label(self) -> str:
        """The choice as the coordinator reads it."""
        return _CANCEL_LABELS[self]

    @property
    def told(self) -> str:
        """How those concerned are told; empty where only the note says it."""
        return _CANCEL_TOLD[self]


_CANCEL_LABELS = {
    CancelReason.TRAINER_ILL: "The trainer is ill",
    CancelReason.TOO_FEW: "Too few people",
    CancelReason.VENUE: "The venue",
    CancelReason.OTHER: "Something else",
}
_CANCEL_TOLD = {
    CancelReason.TRAINER_ILL: "The trainer is ill",
    CancelReason.TOO_FEW: "Too few people had booked",
    CancelReason.VENUE: "The venue cannot be used",
    CancelReason.OTHER: "",
}


def reason_told(because: str | None) -> CancelReason:
    """Which reason stands behind what people were told; *other* for words of somebody's own."""
    said = (because or "").casefold()
    known = (reason for reason in CancelReason if reason.told)
    return next((r for r in known if said.startswith(r.told.casefold())), CancelReason.OTHER)


class Remit(Word):
    CHILDREN = "children"
    ADULTS = "adults"
    WHOLE_FAMILY = "whole_family"


LEVELS_WRITTEN = {"": None, "none": None, "no level": None, "1": 1, "2": 2, "3": 3}


def level_written(text: str) -> int | None:
    """The level that is meant by '2', 'Level 2' or 'none'. Raises ValueError."""
    written = text.casefold().removeprefix("level ").strip()
    if written not in LEVELS_WRITTEN:
        raise ValueError("Write the level as 1, 2 or 3, or leave it empty")
    return LEVELS_WRITTEN[written]


# --- How an event is followed up ------------------------------------------------------------


class Stage(Word):
    """When delegates are asked: before, at the end, eight weeks after."""

    PRE = "pre"
    POST = "post"
    IMPACT = "impact"


ALL_STAGES = frozenset(Stage)

DEFAULT_STAGES: dict[EventKind, frozenset[Stage]] = {
    **dict.fromkeys(EventKind, ALL_STAGES),
    EventKind.WEBINAR: frozenset({Stage.POST}),
    EventKind.BRIEFING: frozenset({Stage.POST}),
    EventKind.FORUM: frozenset(),
    EventKind.LAUNCH: frozenset(),
}


def stages_in_force(kind: EventKind, chosen: str | None) -> frozenset[Stage]:
    """Those chosen for an event, such as "pre;post", else those of its kind (E1)."""
    if chosen is None:
        return DEFAULT_STAGES[kind]
    return frozenset(Stage(part) for part in chosen.split(";") if part)


def stages_with_questions(stages: frozenset[Stage], *, has_outcomes: bool) -> frozenset[Stage]:
    """The stages that have something to ask: before the event that is the outcomes alone (E5)."""
    return stages if has_outcomes else stages - {Stage.PRE}


class HasRetirement(Protocol):
    """A learning outcome, as far as it matters here."""

    @property
    def retired_on(self) -> date | None: ...


Outcome = TypeVar("Outcome", bound=HasRetirement)


def outcomes_asked(own: Iterable[Outcome], of_course: Iterable[Outcome], on: date) -> list[Outcome]:
    """What delegates of an event that starts on a day are asked about (E5).

    Its own outcomes, where it has any in force, else those of its course.
    """
    taught = [outcome for outcome in own if is_taught_on(outcome.retired_on, on)]
    return taught or [o for o in of_course if is_taught_on(o.retired_on, on)]


def is_taught_on(retired_on: date | None, on: date) -> bool:
    """Whether a learning outcome is asked about at an event that starts on that day (E5).

    One that is retired between an event and its evaluation eight weeks later is asked all the same.
    """
    return retired_on is None or on < retired_on
