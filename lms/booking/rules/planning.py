"""What stands in the way of an event as it is planned: shown first, never a refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lms.booking.rules.clashes import overlap
from lms.booking.rules.facts import Period
from lms.clock import bank_holidays, london_date
from lms.words import day, span


@dataclass(frozen=True)
class Engagement:
    """What somebody, or a room, is taken up with at a time; `what` goes on after their name."""

    what: str
    period: Period

    @property
    def sentence(self) -> str:
        """'gives Safer Recruitment on Monday 8 February, 9:30am to 4:30pm'."""
        starts_at, ends_at = self.period
        return f"{self.what} on {day(london_date(starts_at))}, {span(starts_at, ends_at)}"


@dataclass(frozen=True)
class Away:
    """Days on which somebody does not work, both included."""

    from_on: date
    until_on: date


def hindrance(
    periods: Sequence[Period], engagements: Iterable[Engagement], away: Iterable[Away] = ()
) -> str:
    """The first thing that keeps somebody from these times, such as 'is away on Monday 8
    February'; nothing where they are free."""
    taken = [each for each in engagements if any(overlap(p, each.period) for p in periods)]
    if taken:
        return min(taken, key=lambda each: each.period).sentence
    days = sorted({london_date(start) for start, _ in periods})
    off = [on for on in days if any(each.from_on <= on <= each.until_on for each in away)]
    return f"is away on {day(off[0])}" if off else ""


def holidays_among(periods: Iterable[Period]) -> list[str]:
    """'Monday 3 May is a bank holiday.' for each day that is one."""
    days = sorted({london_date(start) for start, _ in periods})
    return [f"{day(on)} is a bank holiday." for on in days if on in bank_holidays(on.year)]
