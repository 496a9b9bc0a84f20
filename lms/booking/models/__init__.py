"""Who claims which place, how that came about, and what it came to."""

from lms.booking.models.announcements import Announcement
from lms.booking.models.approvals import KnownApprover, PriorLearning
from lms.booking.models.bookings import Approval, Booking, BookingMove, Invitation, Offer
from lms.booking.models.charges import Charge
from lms.booking.models.demand import Demand
from lms.booking.models.places import Share

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
