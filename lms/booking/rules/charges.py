"""B11: what a place that was not used costs."""

from lms.words import Word


class ChargeReason(Word):
    LATE_CANCELLATION = "late_cancellation"
    NON_ATTENDANCE = "non_attendance"


class ChargeState(Word):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"  # what it was proposed for turned out not to be so
