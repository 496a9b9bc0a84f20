"""Who claims which place, how that came about, and what it came to."""

from lms.booking.models.announcements import Announcement
from lms.booking.models.approvals import Approval, KnownApprover, PriorLearning
from lms.booking.models.bookings import Booking, BookingMove, Invitation
from lms.booking.models.charges import Charge
from lms.booking.models.demand import Demand
from lms.booking.models.places import Offer, Share

__all__ = [
    "Announcement",
    "Approval",
    "Booking",
    "BookingMove",
    "Charge",
    "Demand",
    "Invitation",
    "KnownApprover",
    "Offer",
    "PriorLearning",
    "Share",
]
