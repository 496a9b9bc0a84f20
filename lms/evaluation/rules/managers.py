"""E8: what a line manager is asked with the delegate's consent, until when, and by which mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lms.booking.rules.approvals import NoApprover
from lms.clock import (
    add_working_days,
    at_london,
    is_working_day,
    london,
    london_date,
    next_working_day_on_or_after,
)
from lms.evaluation.rules.answers import Answer
from lms.evaluation.rules.questionnaire import Question, QuestionKind, Section, Seen
from lms.words import Word

CONSENT, ADDRESS = "manager_consent", "manager_address"
REMINDED_AFTER_DAYS = 7
CLOSES_AFTER_DAYS = 28
LEAVES_UNTIL = time(18)

SEEN: dict[Word, str] = {
    Seen.IN_PRACTICE: "Yes, I have seen it",
    Seen.NOT_SEEN: "No, I have not seen it",
    Seen.TOO_EARLY: "It is too early to say",
}


# --- On the delegate's form -----------------------------------------------------------------


def manager_section() -> Section:
    """Consent to asking the line manager, and their address; both may be left out."""
    return Section(
        "May we ask your line manager one question?",
        (
            Question(
                CONSENT,
                QuestionKind.YES_NO,
                "May we ask whether they have seen you use what you learnt?",
                hint=(
                    "We tell them that you came to this event, and nothing that you have answered "
                    "here. They choose one of three: seen, not seen, too early to say. Their "
                    "answer is kept without your name and theirs, and only counted. You can "
                    "withdraw until they have answered; an answer already given cannot be taken "
                    "out, since nobody knows whose it was."
                ),
                hint_to_staff=(
                    "Yes only where the delegate wrote so on the paper, with the address; keep the "
                    "paper. Left open, nobody is asked. They see what was keyed in, and withdraw "
                    "it, by the link in our e-mail or from My learning."
                ),
            ),
            Question(
                ADDRESS,
                QuestionKind.SHORT_TEXT,
                "Your line manager’s e-mail",
                hint="Only if you say yes.",
            ),
        ),
    )


def is_of_managers(question: Question) -> bool:
    """Whether a question asks for consent; such answers are kept apart from all others."""
    return question.key in (CONSENT, ADDRESS)


def manager_named(given: Mapping[str, Answer]) -> str | None:
    """The address that the delegate consents to, '' where they left it out; None without consent.

    Only a yes is consent: an address alone, which was filled in for them, is not.
    """
    return str(given.get(ADDRESS, "")) if given.get(CONSENT) is True else None


def why_not_asked(why: NoApprover, address: str, agency: str, domains: Sequence[str]) -> str:
    """What is said beside the address of somebody who cannot be asked."""
    if why is NoApprover.OWN:
        return "This is your own address. Enter your line manager’s, or choose No"
    endings = " or ".join(f"@{domain}" for domain in domains)
    enter = f"Enter one that ends in {endings}, or choose No" if endings else "Choose No"
    return f"We cannot tell that {address} is of {agency}. {enter}"


# --- Until when -----------------------------------------------------------------------------


class RequestState(Word):
    """How far asking a line manager has come."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True)
class RequestFacts:
    """All that decides whether a line manager is asked now.

    `is_asked` is whether the delegate is still asked at impact: not where the register says now
    that they never came. `hour` is when messages about evaluations leave, by policy.
    `asked_at` is when the question was queued; None before.
    """

    consented_at: datetime
    is_withdrawn: bool
    is_answered: bool
    is_asked: bool = True
    hour: int = 9
    asked_at: datetime | None = None


def request_state(facts: RequestFacts, now: datetime) -> RequestState:
    """What the manager's link leads to now."""
    if facts.is_answered:
        return RequestState.ANSWERED
    if facts.is_withdrawn or not facts.is_asked:
        return RequestState.WITHDRAWN
    return RequestState.OPEN if now < request_closes_at(facts) else RequestState.CLOSED


def request_closes_at(facts: RequestFacts) -> datetime:
    """Four weeks after the consent, at that time of day; at that moment it is closed."""
    closes_on = london_date(facts.consented_at) + timedelta(days=CLOSES_AFTER_DAYS)
    return at_london(closes_on, london(facts.consented_at).time())


def due_to_manager(facts: RequestFacts, now: datetime) -> int | None:
    """The mail that the manager should have by now: 0 the question, 1 the one reminder.

    The same answer says whether a queued one is still true. The reminder counts from the day on
    which the question was queued, so that it neither overtakes nor doubles a late question.
    """
    if request_state(facts, now) is not RequestState.OPEN or now < _leaves_at(facts):
        return None
    if facts.asked_at is None:
        return 0
    return int(now >= _reminder_at(london_date(facts.asked_at), facts.hour))


def _leaves_at(facts: RequestFacts) -> datetime:
    """At once within working hours, else when the next begin: delegates answer at night too."""
    on, at = london_date(facts.consented_at), london(facts.consented_at).time()
    if is_working_day(on) and time(facts.hour) <= at < LEAVES_UNTIL:
        return facts.consented_at
    is_before = is_working_day(on) and at < time(facts.hour)
    return at_london(on if is_before else add_working_days(on, 1), time(facts.hour))


def _reminder_at(asked_on: date, hour: int) -> datetime:
    due_on = asked_on + timedelta(days=REMINDED_AFTER_DAYS)
    return at_london(next_working_day_on_or_after(due_on), time(hour))


def month_of(answered_at: datetime) -> date:
    """What is kept of when a manager answered: the first day of its month, which the figures go
    by, so that no day stands beside that of a mail or of a visit (decision 0038)."""
    return london_date(answered_at).replace(day=1)
