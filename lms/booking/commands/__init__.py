"""The verbs of places: each is one transaction, under the lock on its event and its persons.

A folder for each theme; docs/architecture.md says which verb lives where.
"""

from lms.booking.commands.approving.answering import answer_approval
from lms.booking.commands.approving.chasing import (
    end_lapsed_approvals,
    remind_of_approvals,
    warn_of_approvals,
)
from lms.booking.commands.approving.vouching import forget_approver, vouch_for_approver
from lms.booking.commands.asking.colleagues import NewColleague
from lms.booking.commands.asking.requesting import AlreadyBooked, request_place
from lms.booking.commands.asking.requesting_group import (
    GroupRefused,
    GroupResult,
    Hindrance,
    Member,
    TooFewPlaces,
    request_places,
)
from lms.booking.commands.asking.unnamed import (
    end_unnamed_places,
    hold_places,
    name_place,
    warn_of_unnamed_places,
)
from lms.booking.commands.bringing_in.import_programme import import_programme
from lms.booking.commands.bringing_in.importing import import_bookings
from lms.booking.commands.bringing_in.matching import match_agency_name, unmatch_agency_name
from lms.booking.commands.charging.deciding import (
    amend_charge,
    confirm_charges,
    record_file_of_charges,
    waive_charge,
)
from lms.booking.commands.charging.proposing import review_charges
from lms.booking.commands.events.capacity import change_capacity, set_priority
from lms.booking.commands.events.changing import change_event
from lms.booking.commands.events.copying import Copies, copy_event
from lms.booking.commands.events.deciding import go_ahead, warn_of_few
from lms.booking.commands.events.inviting import tell_invited
from lms.booking.commands.events.lending import lend_trainers
from lms.booking.commands.events.listing import record_file_of_people
from lms.booking.commands.events.postponing import postpone_event
from lms.booking.commands.events.publishing import cancel_event, publish_event
from lms.booking.commands.events.who_can_book import Following, set_who_can_book, what_would_follow
from lms.booking.commands.passing_on.cancelling import cancel_booking
from lms.booking.commands.passing_on.handing_over import hand_over_booking
from lms.booking.commands.passing_on.leaving import leave_agency
from lms.booking.commands.passing_on.switching import switch_side
from lms.booking.commands.passing_on.transferring import transfer_booking
from lms.booking.commands.results import BookingResult
from lms.booking.commands.telling.announcing import Announced, ToWhom, announce, send_trial
from lms.booking.commands.telling.announcing import checked as checked_announcement
from lms.booking.commands.telling.demanding import ask_to_be_told, stop_telling, tell_of_new_dates
from lms.booking.commands.telling.questioning import ask_who_declined
from lms.booking.commands.telling.reminding import send_due_reminders
from lms.booking.commands.waiting.filling import fill_places
from lms.booking.commands.waiting.giving import give_place
from lms.booking.commands.waiting.lapsing import end_lapsed_offers, pass_on_refused_offers
from lms.booking.commands.waiting.offering import accept_offer, decline_offer
from lms.booking.commands.waiting.taking_back import take_back_offer
from lms.booking.commands.waiting.ticking import set_confirm_at_once

__all__ = [
    "AlreadyBooked",
    "Announced",
    "BookingResult",
    "Copies",
    "Following",
    "GroupRefused",
    "GroupResult",
    "Hindrance",
    "Member",
    "NewColleague",
    "ToWhom",
    "TooFewPlaces",
    "accept_offer",
    "amend_charge",
    "announce",
    "answer_approval",
    "ask_to_be_told",
    "ask_who_declined",
    "cancel_booking",
    "cancel_event",
    "change_capacity",
    "change_event",
    "checked_announcement",
    "confirm_charges",
    "copy_event",
    "decline_offer",
    "end_lapsed_approvals",
    "end_lapsed_offers",
    "end_unnamed_places",
    "fill_places",
    "forget_approver",
    "give_place",
    "go_ahead",
    "hand_over_booking",
    "hold_places",
    "import_bookings",
    "import_programme",
    "leave_agency",
    "lend_trainers",
    "match_agency_name",
    "name_place",
    "pass_on_refused_offers",
    "postpone_event",
    "publish_event",
    "record_file_of_charges",
    "record_file_of_people",
    "remind_of_approvals",
    "request_place",
    "request_places",
    "review_charges",
    "send_due_reminders",
    "send_trial",
    "set_confirm_at_once",
    "set_priority",
    "set_who_can_book",
    "stop_telling",
    "switch_side",
    "take_back_offer",
    "tell_invited",
    "tell_of_new_dates",
    "transfer_booking",
    "unmatch_agency_name",
    "vouch_for_approver",
    "waive_charge",
    "warn_of_approvals",
    "warn_of_few",
    "warn_of_unnamed_places",
    "what_would_follow",
]
