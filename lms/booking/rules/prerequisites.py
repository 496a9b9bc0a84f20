"""B9: what must have been learnt before, and learning elsewhere that stands for it."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lms.booking.rules.facts import Rule
from lms.booking.rules.overrides import Refusal
from lms.booking.rules.states import Outcome
from lms.words import count, day_and_year, listed

MONTHS = 12
LEARNT = frozenset({Outcome.ATTENDED})  # who came for a part has not learnt it all


@dataclass(frozen=True)
class Prerequisite:
    """A course that must have been attended before, `within_months` of the event if given."""

    course_id: int
    title: str
    slug: str = ""
    within_months: int | None = None

    @property
    def words(self) -> str:
        """'Working Together', 'Working Together (in the 24 months before)'."""
        months = self.within_months
        return f"{self.title} (in the {count(months, 'month')} before)" if months else self.title


@dataclass(frozen=True)
class Learnt:
    """A course attended, or learning elsewhere that was confirmed in its place, on a day."""

    course_id: int
    on: date


@dataclass(frozen=True)
class Declared:
    """Learning elsewhere that somebody says stands for a course; nobody has confirmed it yet."""

    course_id: int
    provider: str
    completed_on: date


def is_met(prerequisite: Prerequisite, learnt: Iterable[Learnt], event_on: date | None) -> bool:
    """Whether it was learnt before an event, and not too long before."""
    return any(
        each.course_id == prerequisite.course_id and is_recent(prerequisite, each.on, event_on)
        for each in learnt
    )


def is_recent(prerequisite: Prerequisite, learnt_on: date, event_on: date | None) -> bool:
    """Whether a day lies within the period, counted back from the event's first day.

    While an event is postponed (None) nothing can be too long ago.
    """
    if event_on is None:
        return True
    months = prerequisite.within_months
    since = months_before(event_on, months) if months else date.min
    return since <= learnt_on <= event_on


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month where it has no such day."""
    year, month = divmod(on.year * MONTHS + on.month - 1 - months, MONTHS)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def unmet(
    prerequisites: Iterable[Prerequisite], learnt: Iterable[Learnt], event_on: date | None
) -> tuple[Prerequisite, ...]:
    """The prerequisites of an event that somebody does not meet, in their order."""
    known = list(learnt)
    return tuple(each for each in prerequisites if not is_met(each, known, event_on))


def undeclared(
    missing: Iterable[Prerequisite], declared: Iterable[Declared]
) -> tuple[Prerequisite, ...]:
    """Those of what is missing for which nothing learnt elsewhere is declared."""
    spoken_for = {each.course_id for each in declared}
    return tuple(each for each in missing if each.course_id not in spoken_for)


def prerequisite_refusal(
    missing: Iterable[Prerequisite], declared: Iterable[Declared] = ()
) -> Refusal | None:
    """Refuses a booking without what must have been learnt before, saying which."""
    left = undeclared(missing, declared)
    if not left:
        return None
    sentence = f"You can book this once you have attended {listed([each.words for each in left])}"
    way_out = "Book a date of it, or tell us where you learnt the same elsewhere."
    return Refusal(Rule.B9, sentence, way_out=way_out)


def declaration_fault(
    prerequisite: Prerequisite, completed_on: date, event_on: date | None, today: date
) -> str | None:
    """What is wrong with the day of learning done elsewhere."""
    if completed_on > today:
        return "Enter a day that has passed: what is still to come cannot be confirmed"
    if event_on is None or is_recent(prerequisite, completed_on, event_on):
        return None
    since = months_before(event_on, prerequisite.within_months or 0)
    return f"It has to have been on or after {day_and_year(since)} to count for this event"


def declaration_refusals(
    missing: Iterable[Prerequisite],
    declared: Iterable[Declared],
    event_on: date | None,
    today: date,
) -> list[Refusal]:
    """Refuses what is declared and cannot stand for what is missing."""
    said = {each.course_id: each for each in declared}
    faults = [
        _declaration_fault(each, said[each.course_id], event_on, today)
        for each in missing
        if each.course_id in said
    ]
    return [Refusal(Rule.B9, fault, field="declared") for fault in faults if fault]


def _declaration_fault(
    prerequisite: Prerequisite, declared: Declared, event_on: date | None, today: date
) -> str | None:
    if not declared.provider.strip():
        return "Enter who gave the training"
    return declaration_fault(prerequisite, declared.completed_on, event_on, today)
