"""What the figures of a report mean: counts in, rates and sentences out.

R2  Every rate names its denominator; an unknown denominator gives "unknown", never 0 or 100%.
R3  The headline "attended" is attended + part attended + walk-ins.
R7  Events count by the London date of their first session, in the reporting year and quarter
    in which it lies; planned, run, cancelled and postponed are counted apart; "evaluations
    completed" are post + impact, by the date answered.

Source: docs/domain.md, Reports.
"""

from lms.reporting.rules.figures import (
    AttendanceCounts,
    AttendanceFact,
    By,
    Figure,
    ReplyCounts,
    Traced,
    added,
    came,
    counted,
    counts_as_completed,
    fill_rate,
    four_decimals,
    rate,
    share_of_total,
    traced_by,
)
from lms.reporting.rules.periods import (
    ALL_YEARS,
    Against,
    EventCounts,
    Period,
    count_events,
    last_complete_year,
    period_asked,
    quarter_a_year_later,
    quarter_of,
    quarters_begun,
    quarters_between,
    refuse_to_come,
    year_of,
    years_in_words,
)

__all__ = [
    "ALL_YEARS",
    "Against",
    "AttendanceCounts",
    "AttendanceFact",
    "By",
    "EventCounts",
    "Figure",
    "Period",
    "ReplyCounts",
    "Traced",
    "added",
    "came",
    "count_events",
    "counted",
    "counts_as_completed",
    "fill_rate",
    "four_decimals",
    "last_complete_year",
    "period_asked",
    "quarter_a_year_later",
    "quarter_of",
    "quarters_begun",
    "quarters_between",
    "rate",
    "refuse_to_come",
    "share_of_total",
    "traced_by",
    "year_of",
    "years_in_words",
]
