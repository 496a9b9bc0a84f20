"""What training did: confidence of the same people, commitments, barriers, what managers saw.

E5  The item is the same in all three stages, so answers are matched by person.
R4  Which groups are shown is decided once, for all views of a year together.
R5  Change is reported from matched answers, with n, the reply rate and a range for those silent;
    commitments kept use every impact answer.
R7  Impact belongs to its event's year.

Source: docs/domain.md, Evaluation and Reports; docs/decisions/0035.
"""

from lms.reporting.impact.rules.confidence import ConfidenceFigures, MeanChange, PairFigures
from lms.reporting.impact.rules.facts import (
    ALL,
    AskedFact,
    Dimension,
    EventFact,
    ImpactFacts,
    ManagerFact,
    Moved,
    OwnFact,
    OwnKind,
    OwnQuestion,
    ReplyFact,
    View,
    closes_on,
    counts_from,
    month_of,
)
from lms.reporting.impact.rules.figures import (
    CommitmentFigures,
    ImpactFigures,
    ManagerFigures,
    OwnFigures,
    ReasonFigures,
    Replies,
    impact_figures,
)
from lms.reporting.impact.rules.finding import (
    commitments_caption,
    confidence_caption,
    impact_finding,
    managers_caption,
    reasons_caption,
    which_answers_count,
)
from lms.reporting.impact.rules.shown import Shown, decide_shown

__all__ = [
    "ALL",
    "AskedFact",
    "CommitmentFigures",
    "ConfidenceFigures",
    "Dimension",
    "EventFact",
    "ImpactFacts",
    "ImpactFigures",
    "ManagerFact",
    "ManagerFigures",
    "MeanChange",
    "Moved",
    "OwnFact",
    "OwnFigures",
    "OwnKind",
    "OwnQuestion",
    "PairFigures",
    "ReasonFigures",
    "Replies",
    "ReplyFact",
    "Shown",
    "View",
    "closes_on",
    "commitments_caption",
    "confidence_caption",
    "counts_from",
    "decide_shown",
    "impact_figures",
    "impact_finding",
    "managers_caption",
    "month_of",
    "reasons_caption",
    "which_answers_count",
]
