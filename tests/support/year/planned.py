"""What happens in the year, drawn by lot beforehand: who books, comes, answers, and when."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, time

from lms.catalogue.rules import EventKind
from lms.clock import at_london
from tests.support.year.cast import (
    AT_THE_DOOR,
    ATTENDED,
    COURSES,
    DAY,
    EVENTS,
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    PEOPLE,
    REPLIES,
    Delegate,
    Planned,
    Presence,
    is_worked,
    worked_before,
    worked_on_or_after,
)
from tests.support.year.replies import plan_replies

SMALL = 10  # and yet everything that may happen happens at some of them


def plan_year(
    seed: int, events: int = EVENTS, attended: int = ATTENDED, replies: float = REPLIES
) -> list[Planned]:
    """The first so many events of a year, with all that happens at each; two more are called off.

    `replies` is the share of those who answer nearly every time; the others nearly never do.
    """
    dice = random.Random(seed)  # noqa: S311 - a test's seed, no secret
    days = [day for n in range((LAST - FIRST).days) if is_worked(day := FIRST + DAY * n)]
    days = [day for day in days if day.month != 8][8:]
    year = [
        _event(number, days[int((number + 0.5) * len(days) / EVENTS)], size, dice)
        for number, size in enumerate(_sizes(events, attended, dice))
    ]
    year += [_called_off(year[events // 4], days_before=1), _called_off(year[-2], days_before=4)]
    free = {course: dice.sample(range(PEOPLE), PEOPLE) for course in range(COURSES)}
    for event in year:
        event.delegates = _delegates(event, free[event.course], dice)
    plan_replies([one for event in year for one in event.delegates], replies, dice)
    return year


def _sizes(events: int, attended: int, dice: random.Random) -> list[int]:
    """So many parts that add up: at least half the usual size, and at most twice that."""
    usual = attended // events
    sizes = [usual] * events
    sizes[0] += attended - usual * events
    for place in range(0, events - 1, 2):
        shift = dice.randint(0, usual // 2)
        sizes[place] += shift
        sizes[place + 1] -= shift
    return sizes


def _event(number: int, day: date, size: int, dice: random.Random) -> Planned:
    kinds = {5: EventKind.WEBINAR, 12: EventKind.LAUNCH, 31: EventKind.BRIEFING}
    starts_at = at_london(day, dice.choice((time(9, 30), time(13))))
    days = 2 if number % 13 == 7 else 1
    last_day = day + DAY
    while not is_worked(last_day):
        last_day += DAY
    ends_at = at_london(last_day if days == 2 else day, time(16, 30))
    event = Planned(
        number=number,
        course=number % COURSES,
        kind=kinds.get(number, EventKind.COURSE),
        starts_at=starts_at,
        ends_at=ends_at,
        attended=size,
        closed_at=ends_at + dice.choice((HOUR, 3 * HOUR, 20 * HOUR, 4 * DAY)),
        days=days,
        full=number % 10 == 3,
    )
    if number % 13 == 11:  # the register is closed long after all was due
        event.closed_at = ends_at + 63 * DAY
    if number % 13 == 9:  # moved by two weeks, in the afternoon after all were asked
        event.moved_at = at_london(worked_before(day), time(14, 30))
        new_day = worked_on_or_after(day + 14 * DAY)
        event.later = at_london(new_day, time()) - at_london(day, time())
        event.closed_at += event.later
    return event


def _called_off(like: Planned, days_before: int) -> Planned:
    """One on the same day, called off in the afternoon: a day before, when all were asked."""
    off_at = at_london(worked_before(like.starts_at.date(), days_before), time(15))
    return Planned(
        number=like.number + 100,
        course=like.course,
        kind=EventKind.COURSE,
        starts_at=like.starts_at + HOUR // 2,
        ends_at=like.ends_at,
        attended=8,
        closed_at=like.closed_at,
        off_at=off_at,
    )


def _delegates(event: Planned, free: list[int], dice: random.Random) -> list[Delegate]:
    is_small = event.attended < SMALL
    walk_ins = 0 if event.off_at else max(1 + event.number % 2 * is_small, event.attended // 20)
    halves = max(event.number % 3 // 2 * is_small, event.attended // 15)
    counts = {
        Presence.CAME: event.attended - walk_ins - halves,
        Presence.LEFT_AT_HALF_TIME: halves,
        Presence.WALKED_IN: (walk_ins + 1) // 2,
        Presence.ONLY_COUNTED: walk_ins // 2,
        Presence.SEEN_ABSENT: event.number % 2,
        Presence.ABSENT: 1 + event.attended // 20,
        Presence.EXCUSED: event.number % 3 == 0,
        Presence.GAVE_UP: 1 + event.attended // 25,
        Presence.WAITED: 2 * event.full,
    }
    found = [
        _delegate(event, presence, free, dice)
        for presence, count in counts.items()
        for _ in range(count)
    ]
    if event.full:
        _let_some_wait(found)
    return sorted(found, key=lambda one: one.booked_at)


def _delegate(event: Planned, presence: Presence, free: list[int], dice: random.Random) -> Delegate:
    person = None if presence is Presence.ONLY_COUNTED else free.pop()
    if presence in AT_THE_DOOR:
        at = event.starts(event.closed_at)
        return Delegate(event, person, presence, at, confirmed_at=at)
    day_before = worked_before(event.starts_at.date())
    if presence is Presence.CAME and dice.random() < 0.06 and not event.full:
        at = at_london(day_before, time(11, dice.randrange(60)))  # pre is sent at once
    else:
        at = event.starts_at - dice.uniform(9, 30) * DAY
    if presence is Presence.WAITED:
        at = event.starts_at - 8 * DAY + dice.random() * HOUR
    gave_up_at = None
    if presence is Presence.GAVE_UP:
        late = at_london(day_before, time(13, dice.randrange(60)))  # after pre was sent
        early = event.starts_at - dice.uniform(7, 7.9) * DAY
        gave_up_at = early if event.full or dice.random() < 0.6 else late
    is_placed = presence is not Presence.WAITED
    return Delegate(event, person, presence, at, at if is_placed else None, gave_up_at)


def _let_some_wait(delegates: Iterable[Delegate]) -> None:
    """The last who came to have a place had waited for one that was given up, in their order."""
    gave_up = sorted(one.gave_up_at for one in delegates if one.gave_up_at)
    came = [one for one in delegates if one.presence is Presence.CAME][: len(gave_up)]
    first = min(one.booked_at for one in delegates if one.presence is Presence.WAITED)
    for number, (one, free_at) in enumerate(zip(came, gave_up, strict=True)):
        one.booked_at = first - (len(came) - number) * MINUTE
        one.confirmed_at = free_at
