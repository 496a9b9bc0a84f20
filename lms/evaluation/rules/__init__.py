"""What delegates are asked before, at the end and eight weeks after, of whom, and when.

E1   Due work is derived from facts; each kind of event has default stages.
E2   Pre: open from confirmation, sent at 09:00 the working day before or at once; a form first
     opened over 30 minutes into the first session is no baseline.
E3   Post: opens 15 minutes before the end, sent at the end, reminders after 2 and 7 days,
     closes after 28; an outcome "did not attend" or "excused" voids it.
E4   Impact: [56] days after the last session at 09:00 on a working day, for those who came;
     reminders after 7 and 14 days, closes 28 days after it fell due.
E5   Every stage asks how confident the delegate is of each learning outcome.
E6   Post asks for up to three commitments; impact plays them back and asks what came of them.
E9   A stage is answered once; what its link leads to follows from the facts.
E10  A quote needs consent: none, without name, with job role.
R2   Reply rate counts those invited, for pre also confirmed at the start.

Source: docs/domain.md, Evaluation.
"""

from lms.catalogue.rules import (
    ALL_STAGES,
    DEFAULT_STAGES,
    Stage,
    stages_in_force,
    stages_with_questions,
)
from lms.evaluation.rules.answers import (
    Answer,
    AnswerFault,
    CheckedAnswers,
    CommitmentAnswer,
    check_answers,
    commitments_in,
    kept_draft,
    quote_consent_in,
)
from lms.evaluation.rules.due import (
    MISSED,
    OPEN_DAYS,
    REMINDER_DAYS,
    DueMessage,
    EvaluationFacts,
    LinkState,
    Window,
    counts_as_baseline,
    counts_in_reply_rate,
    due_message,
    due_messages,
    impact_due_at,
    invitation_at,
    is_asked,
    is_due,
    is_invited,
    is_provisional,
    is_void,
    link_state,
    played_back_on,
    window,
)
from lms.evaluation.rules.questionnaire import (
    BARRIERS,
    CONFIDENCE_HEADINGS,
    HELPS,
    MOST_COMMITMENTS,
    NAME_NO_ONE,
    QUOTE_CONSENTS,
    RESULTS,
    Barrier,
    CommitmentFact,
    CommitmentResult,
    Help,
    Option,
    OutcomeFact,
    Question,
    QuestionKind,
    QuoteConsent,
    Section,
    confidence_key,
    core_sections,
    on_paper,
    questions_of,
)

__all__ = [
    "ALL_STAGES",
    "BARRIERS",
    "CONFIDENCE_HEADINGS",
    "DEFAULT_STAGES",
    "HELPS",
    "MISSED",
    "MOST_COMMITMENTS",
    "NAME_NO_ONE",
    "OPEN_DAYS",
    "QUOTE_CONSENTS",
    "REMINDER_DAYS",
    "RESULTS",
    "Answer",
    "AnswerFault",
    "Barrier",
    "CheckedAnswers",
    "CommitmentAnswer",
    "CommitmentFact",
    "CommitmentResult",
    "DueMessage",
    "EvaluationFacts",
    "Help",
    "LinkState",
    "Option",
    "OutcomeFact",
    "Question",
    "QuestionKind",
    "QuoteConsent",
    "Section",
    "Stage",
    "Window",
    "check_answers",
    "commitments_in",
    "confidence_key",
    "core_sections",
    "counts_as_baseline",
    "counts_in_reply_rate",
    "due_message",
    "due_messages",
    "impact_due_at",
    "invitation_at",
    "is_asked",
    "is_due",
    "is_invited",
    "is_provisional",
    "is_void",
    "kept_draft",
    "link_state",
    "on_paper",
    "played_back_on",
    "questions_of",
    "quote_consent_in",
    "stages_in_force",
    "stages_with_questions",
    "window",
]
