"""What a course and an event are, what is said of them, and what they lack.

B1   Bookings are taken once an event is published: what it must say by then (publishing).
B15  A change of a session's time or place is told; only a draft changes unseen (changing).
B18  An event may need a minimum, decided by a day: which of the two cannot be (details).
E1   Each kind of event has default stages of evaluation, which one event may change (words).
E5   A learning outcome stays the same item while it is reworded, and is retired, never deleted
     (outcomes).
R7   Planned, run, cancelled and postponed events are counted apart (in reporting's rules).

Source: docs/domain.md, Words, Booking and Evaluation.
"""

from lms.catalogue.rules.details import (
    CourseDetails,
    EventDetails,
    Fault,
    OutcomeDetails,
    PrerequisiteDetails,
    SessionDetails,
    capacity_faults,
    course_faults,
    event_faults,
    other_course_faults,
    publishing_faults,
    slug_of,
)
from lms.catalogue.rules.repeating import (
    Occurrence,
    Rhythm,
    copied,
    days_of,
    first_day,
    series,
    series_faults,
    sessions_from,
    shifted,
)
from lms.catalogue.rules.venues import (
    KnownVenue,
    VenueDetails,
    held_at,
    seats_short,
    venue_faults,
    venue_named,
)
from lms.catalogue.rules.words import (
    ALL_STAGES,
    CLOSING_TIME,
    DEFAULT_STAGES,
    EVENT_MOVES,
    ApprovedBy,
    CancelReason,
    EventKind,
    EventMode,
    EventState,
    ListOrder,
    Remit,
    Stage,
    is_taught_on,
    level_written,
    may_become,
    mode_of_place,
    outcomes_asked,
    reason_told,
    stages_in_force,
    stages_with_questions,
)

__all__ = [
    "ALL_STAGES",
    "CLOSING_TIME",
    "DEFAULT_STAGES",
    "EVENT_MOVES",
    "ApprovedBy",
    "CancelReason",
    "CourseDetails",
    "EventDetails",
    "EventKind",
    "EventMode",
    "EventState",
    "Fault",
    "KnownVenue",
    "ListOrder",
    "Occurrence",
    "OutcomeDetails",
    "PrerequisiteDetails",
    "Remit",
    "Rhythm",
    "SessionDetails",
    "Stage",
    "VenueDetails",
    "capacity_faults",
    "copied",
    "course_faults",
    "days_of",
    "event_faults",
    "first_day",
    "held_at",
    "is_taught_on",
    "level_written",
    "may_become",
    "mode_of_place",
    "other_course_faults",
    "outcomes_asked",
    "publishing_faults",
    "reason_told",
    "seats_short",
    "series",
    "series_faults",
    "sessions_from",
    "shifted",
    "slug_of",
    "stages_in_force",
    "stages_with_questions",
    "venue_faults",
    "venue_named",
]
