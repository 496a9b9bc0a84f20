"""What somebody else must say yes to before a booking counts."""

from lms.words import Word


class ApprovalKind(Word):
    """Who is asked: the line manager or agency lead about the booking, whoever checks learning
    done elsewhere about the declaration."""

    LINE_MANAGER = "line_manager"
    AGENCY_LEAD = "agency_lead"
    PRIOR_LEARNING = "prior_learning"
