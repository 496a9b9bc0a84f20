"""Who may have a place, who is next, and what ends a booking: facts in, answer out.

B1   Bookings are taken while the event is published, between opening and closing, from those
     it is for (opening, audience).
B2   One live booking per person and event (opening).
B3   A request has a place if it fits capacity, reservations and caps, and no one eligible is
     waiting (places).
B4   Otherwise it waits, by priority, then by joining, and is told why (waiting).
B5   A free place goes to the next eligible; who is passed over keeps the position (waiting).
B6   It goes to them at once, by an offer with an end, or by asking all in the last hours
     (offers).
B7   The order in force is first come or the mix of agencies (waiting).
B8   A booking may not clash with a confirmed one; one confirmed place per course (clashes),
     which may be exchanged for one on another date (transfers).
B9   What must have been learnt before, or is declared to have been elsewhere (prerequisites).
B10  Who approves, until when, and what follows: nobody approves themselves (approvals).
B11  Cancelling is possible until the first session starts, and late after the cut-off
     (cancelling). Late or not at all: a charge is proposed by the sector's terms (charges).
B12  A confirmed place may be handed to a colleague of the same agency (handing_over).
B13  An agency lead books several at once, and may hold places without a name until the naming
     date (groups).
B14  A coordinator may lift B1, B3, B8 and B9 with a reason; over capacity means beyond capacity
     plus overrides (overrides, places).
B15  Cancelling an event ends its live bookings; postponing keeps them, undated; a change of time
     or place is told (cancelling).
B17  A partnership's allocation is a cap and a reservation until its release; a ledger
     says who gave whom how many places and trainer days (regions).
B18  An event may need a minimum of people: by a day those who run it decide whether it goes ahead
     (decisions).
R2   Confirmed at start is the state replayed from the moves (states).

Source: docs/domain.md, Booking.
"""

from lms.booking.rules.approvals import ApprovalKind
from lms.booking.rules.audience import Audience, Somebody, is_for, may_invite
from lms.booking.rules.cancelling import (
    Whereabouts,
    cancelling_until,
    is_late,
    is_to_be_retold,
    late_after,
    may_call_off,
    may_cancel,
    may_postpone,
    with_terms,
)
from lms.booking.rules.charges import (
    ChargeReason,
    ChargeState,
    Lateness,
    Owed,
    Unused,
    charge_reason,
    owed,
)
from lms.booking.rules.clashes import (
    OtherPlace,
    beside,
    clash_refusal,
    course_refusal,
    first_clash,
    obstacle,
    overlap,
)
from lms.booking.rules.facts import (
    OVERRIDABLE,
    BookingFact,
    BookingPolicy,
    Claim,
    EventSnapshot,
    Rule,
    Share,
    ShareKind,
    Side,
)
from lms.booking.rules.groups import (
    GroupChoice,
    naming_until,
    naming_warning_at,
    naming_warning_is_due,
    unnamed_lapse,
    unnamed_left,
)
from lms.booking.rules.handing_over import (
    Colleague,
    Workplace,
    may_be_handed_over,
    may_take_over,
)
from lms.booking.rules.ledger import Ended, OfferFact, what_became_of
from lms.booking.rules.limits import (
    over_capacity,
    over_caps,
    over_reservations,
    to_mark_as_overrides,
)
from lms.booking.rules.offers import (
    AfterLapse,
    ConfirmNow,
    InviteAll,
    MakeOffer,
    Step,
    accept_invitation,
    after_lapse,
    confirms_at_once,
    final_phase_begins_at,
    has_ended,
    is_final_phase,
    last_answer_at,
    next_step,
    offer_ends_at,
    steps_to_come,
    tick_counts,
    what_next,
)
from lms.booking.rules.opening import BookingRequest, closing_at, may_book
from lms.booking.rules.overrides import Override, Refusal, not_lifted
from lms.booking.rules.places import (
    Decision,
    Place,
    Wait,
    WaitKind,
    WaitReason,
    caps_in_force,
    free_places,
    is_eligible,
    place_for,
    places_for,
    places_left,
    places_of_group,
    unfilled_reserved,
    unheld,
    why_no_place,
    why_not_eligible,
)
from lms.booking.rules.regions import (
    Account,
    Given,
    area_booked_for,
    ledger,
    shares_of_allocation,
    trainer_days,
)
from lms.booking.rules.reminders import (
    Reminder,
    last_reminder_words,
    reminded_of,
    reminder_at,
    reminder_is_due,
    reminders_to_come,
    told_of,
)
from lms.booking.rules.states import (
    CAME,
    LIVE,
    MOVES,
    BookingState,
    BrokenHistory,
    CancelledBy,
    Move,
    Origin,
    Outcome,
    may_move,
    replay,
    state_at,
)
from lms.booking.rules.switching import may_switch, why_not_switch
from lms.booking.rules.transfers import may_be_transferred, transfer_refusal
from lms.booking.rules.waiting import (
    eligible_in_order,
    in_order,
    joining,
    next_waiting,
    places_are_passed_on,
    position_of,
    positions,
    standing,
    why_waiting,
)
from lms.booking.rules.who_can_book import Allocation, Frame, WhoCanBook, who_can_book_faults

__all__ = [
    "CAME",
    "LIVE",
    "MOVES",
    "OVERRIDABLE",
    "Account",
    "AfterLapse",
    "Allocation",
    "ApprovalKind",
    "Audience",
    "BookingFact",
    "BookingPolicy",
    "BookingRequest",
    "BookingState",
    "BrokenHistory",
    "CancelledBy",
    "ChargeReason",
    "ChargeState",
    "Claim",
    "Colleague",
    "ConfirmNow",
    "Decision",
    "Ended",
    "EventSnapshot",
    "Frame",
    "Given",
    "GroupChoice",
    "InviteAll",
    "Lateness",
    "MakeOffer",
    "Move",
    "OfferFact",
    "Origin",
    "OtherPlace",
    "Outcome",
    "Override",
    "Owed",
    "Place",
    "Refusal",
    "Reminder",
    "Rule",
    "Share",
    "ShareKind",
    "Side",
    "Somebody",
    "Step",
    "Unused",
    "Wait",
    "WaitKind",
    "WaitReason",
    "Whereabouts",
    "WhoCanBook",
    "Workplace",
    "accept_invitation",
    "after_lapse",
    "area_booked_for",
    "beside",
    "cancelling_until",
    "caps_in_force",
    "charge_reason",
    "clash_refusal",
    "closing_at",
    "confirms_at_once",
    "course_refusal",
    "eligible_in_order",
    "final_phase_begins_at",
    "first_clash",
    "free_places",
    "has_ended",
    "in_order",
    "is_eligible",
    "is_final_phase",
    "is_for",
    "is_late",
    "is_to_be_retold",
    "joining",
    "last_answer_at",
    "last_reminder_words",
    "late_after",
    "ledger",
    "may_be_handed_over",
    "may_be_transferred",
    "may_book",
    "may_call_off",
    "may_cancel",
    "may_invite",
    "may_move",
    "may_postpone",
    "may_switch",
    "may_take_over",
    "naming_until",
    "naming_warning_at",
    "naming_warning_is_due",
    "next_step",
    "next_waiting",
    "not_lifted",
    "obstacle",
    "offer_ends_at",
    "over_capacity",
    "over_caps",
    "over_reservations",
    "overlap",
    "owed",
    "place_for",
    "places_are_passed_on",
    "places_for",
    "places_left",
    "places_of_group",
    "position_of",
    "positions",
    "reminded_of",
    "reminder_at",
    "reminder_is_due",
    "reminders_to_come",
    "replay",
    "shares_of_allocation",
    "standing",
    "state_at",
    "steps_to_come",
    "tick_counts",
    "to_mark_as_overrides",
    "told_of",
    "trainer_days",
    "transfer_refusal",
    "unfilled_reserved",
    "unheld",
    "unnamed_lapse",
    "unnamed_left",
    "what_became_of",
    "what_next",
    "who_can_book_faults",
    "why_no_place",
    "why_not_eligible",
    "why_not_switch",
    "why_waiting",
    "with_terms",
]
