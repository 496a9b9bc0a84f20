"""Who should have been asked what, and when: E1 to E4 said once more, in plain Python.

Nothing here is taken from the product but the names of the stages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.catalogue.rules import Stage
from tests.support.year.cast import (
    AT_THE_DOOR,
    DAY,
    Delegate,
    Planned,
    Presence,
    impact_due_at,
    worked_before,
)

LONDON = ZoneInfo("Europe/London")
REMINDED_AFTER = {Stage.PRE: (), Stage.POST: (2, 7), Stage.IMPACT: (7, 14)}
MISSED = {Presence.SEEN_ABSENT, Presence.ABSENT, Presence.EXCUSED}
Asked = tuple[int, str, datetime]
"""A booking, what it is asked ("post-1" is the first reminder), and when that is queued."""


def wall_clock(moment: datetime, days: int, at: datetime) -> datetime:
    """So many days after `moment`, at the wall-clock time of `at`, in London."""
    on = moment.astimezone(LONDON).date() + timedelta(days=days)
    return datetime.combine(on, at.astimezone(LONDON).time(), LONDON)


def reckon(year: Sequence[Planned], ticks: Sequence[datetime]) -> list[Asked]:
    """All that should stand in the outbox, if the worker looks at those moments."""
    return sorted(
        asked for event in year for one in event.delegates for asked in _of(one, event, ticks)
    )


def _of(one: Delegate, event: Planned, ticks: Sequence[datetime]) -> Iterator[Asked]:
    if one.person is None:
        return
    told: dict[Stage, int] = {}
    invited: dict[Stage, datetime] = {}
    for tick in _ticks_that_matter(event, ticks):
        for stage in event.stages:
            number = _number_due(one, event, stage, tick, invited)
            if number is not None and number > told.get(stage, -1):
                told[stage] = number
                invited.setdefault(stage, tick)
                yield one.booking, f"{stage.value}-{number}", tick


def _ticks_that_matter(event: Planned, ticks: Sequence[datetime]) -> Iterator[datetime]:
    ends_at, due_at = event.ends(event.closed_at), impact_due_at(event)
    spans = [(event.starts_at - 8 * DAY, ends_at + 30 * DAY), (due_at, due_at + 30 * DAY)]
    seen = 0
    for first, last in spans:
        begin, end = bisect_left(ticks, first), bisect_right(ticks, last)
        yield from ticks[max(begin, seen) : end]
        seen = end


def _number_due(
    one: Delegate, event: Planned, stage: Stage, at: datetime, invited: dict[Stage, datetime]
) -> int | None:
    """0 where the invitation is due, 1 or 2 a reminder; None where nothing is, at that moment."""
    if not _has_a_place(one, event, at) or _before(one.answers.get(stage), at):
        return None
    if _before(one.opted_out.get(stage), at) or not _is_of_those(one, event, stage, at):
        return None
    goes_at, until = _span(one, event, stage, at)
    if not goes_at <= at < until:
        return None
    if stage not in invited:
        return 0
    days = REMINDED_AFTER[stage]
    return sum(wall_clock(invited[stage], n, goes_at) <= at for n in days)


def _before(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at


def _has_a_place(one: Delegate, event: Planned, at: datetime) -> bool:
    is_off = _before(event.off_at, at) or _before(one.gave_up_at, at)
    return _before(one.confirmed_at, at) and not is_off


def _is_of_those(one: Delegate, event: Planned, stage: Stage, at: datetime) -> bool:
    """Before: all but those at the door. At the end: who was not marked absent. Later: who came."""
    is_closed = event.closed_at <= at
    if stage is Stage.PRE:
        return one.presence not in AT_THE_DOOR
    if stage is Stage.IMPACT:
        return is_closed and one.presence not in MISSED
    if one.presence is Presence.SEEN_ABSENT:
        return False
    return not (is_closed and one.presence in MISSED)


def _span(one: Delegate, event: Planned, stage: Stage, at: datetime) -> tuple[datetime, datetime]:
    starts_at, ends_at = event.starts(at), event.ends(at)
    if stage is Stage.PRE:
        day_before = worked_before(starts_at.astimezone(LONDON).date())
        in_time = datetime.combine(day_before, time(9), LONDON)
        return max(in_time, one.confirmed_at or in_time), starts_at
    if stage is Stage.POST:
        return ends_at, wall_clock(ends_at, 28, ends_at)
    due_at = impact_due_at(event)
    return due_at, wall_clock(due_at, 28, due_at)


def reply_counts(
    year: Sequence[Planned], asked: Sequence[Asked]
) -> Counter[tuple[int, Stage, str]]:
    """R2: by event and stage, how many were asked and how many of those answered."""
    asked_at = {(booking, Stage(what.split("-")[0])) for booking, what, _ in asked}
    found: Counter[tuple[int, Stage, str]] = Counter()
    for event in year:
        for one in event.delegates:
            for stage in event.stages:
                is_asked = (one.booking, stage) in asked_at or stage in one.answers
                if not is_asked or not _counts(one, event, stage):
                    continue
                found[event.id, stage, "asked"] += 1
                found[event.id, stage, "answered"] += stage in one.answers
    return found


def _counts(one: Delegate, event: Planned, stage: Stage) -> bool:
    if stage is Stage.PRE:  # and confirmed at the start
        return one.gave_up_at is None and event.off_at is None
    return one.presence not in MISSED


def has_baseline(one: Delegate, event: Planned) -> bool:
    """E2: begun no later than half an hour into the first session."""
    at = one.answers.get(Stage.PRE)
    return at is not None and at <= event.starts(event.closed_at) + timedelta(minutes=30)
