"""What happens by itself: this week's mail and offers; and what was done already, to be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from lms.access import Viewer
from lms.booking.queries.by_itself import Automatic, count_automatic, list_automatic
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import Stage
from lms.clock import at_london, london_date
from lms.desk.queries import forms_gone_since, forms_to_go, reminders_to_go, running_offers
from lms.desk.today.notes import Note
from lms.desk.today.rules import A_WEEK
from lms.evaluation.queries import list_events_with_replies
from lms.evaluation.rules import OPEN_DAYS
from lms.words import clock_time, count, day, listed, moment, sentence_case

LOOKS_BACK = timedelta(days=14)
MOST_LISTED = 200
MOST_FOLLOWED = 3
FORMS = {
    Stage.PRE: ("form before an event", "forms before an event"),
    Stage.POST: ("form at the end", "forms at the end"),
    Stage.IMPACT: ("eight-week form", "eight-week forms"),
}


def by_itself_this_week(viewer: Viewer, now: datetime) -> Iterator[Note]:
    """Offers that run, forms and reminders that went today or go within a week; what was done."""
    yield from _offers(viewer, now)
    midnight = at_london(london_date(now), time())
    for stage, title, how_many, at in forms_gone_since(viewer, midnight):
        yield Note(f"{_forms(stage, how_many)} went at {clock_time(at)}", f"{title}.")
    yield from _replies(viewer, now)
    until = now + A_WEEK
    for stage, found in forms_to_go(viewer, now, until).items():
        yield Note(_forms(stage, sum(found.values())), _days(found))
    reminders = reminders_to_go(viewer, now, until)
    if reminders:
        yield Note(sentence_case(count(sum(reminders.values()), "reminder")), _days(reminders))
    done = count_automatic(viewer, now - A_WEEK)
    if done:
        were = "was" if done == 1 else "were"
        yield Note(
            sentence_case(f"{count(done, 'booking')} {were} moved"),
            "Since last week, each by a rule.",
            "See why, or undo",
            "/manage/by-itself",
        )


def _replies(viewer: Viewer, now: datetime) -> Iterator[Note]:
    """Of the events that have lately ended, the latest first: how many have answered so far."""
    lately = Event.ends_at.between(now - timedelta(days=OPEN_DAYS), now)
    counted = ((e, e.count(Stage.POST)) for e in list_events_with_replies(viewer, lately))
    waiting = [(event, post) for event, post in counted if post.answered < post.invited]
    for event, post in waiting[:MOST_FOLLOWED]:
        yield Note(
            f"{post.answered} of {post.invited} have evaluated",
            f"{event.title}, {day(london_date(event.starts_at))}.",
            "Who has not",
            f"/manage/events/{event.id}/evaluations",
        )


def _forms(stage: Stage, how_many: int) -> str:
    """'28 eight-week forms'."""
    return sentence_case(count(how_many, *FORMS[stage]))


def _offers(viewer: Viewer, now: datetime) -> Iterator[Note]:
    offers = running_offers(viewer, now)
    if offers:
        first = offers[0]
        rest = f" The next of them ends {moment(first.ends_at)}."
        titles = Counter(offer.title for offer in offers)
        at = listed([f"{title} ({n})" if n > 1 else title for title, n in titles.items()])
        yield Note(
            sentence_case(f"{count(len(offers), 'offer')} {'runs' if len(offers) == 1 else 'run'}"),
            f"{at}.{rest}",
            "See them",
            f"/manage/events/{first.event_id}",
        )


def _days(found: Counter[datetime]) -> str:
    """'Wednesday 20 January and Thursday 21 January.'"""
    days = sorted({london_date(at) for at in found})
    return f"{listed([day(on) for on in days])}."


# --- What was done --------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """One act that nobody did: what it was, why, and how it is undone if it still can be."""

    at: datetime
    title: str
    why: str
    event_title: str
    event_href: str
    undo: str
    undo_href: str


@dataclass(frozen=True)
class DoneByItself:
    """The last fortnight's acts by day, the latest first; `in_all` counts those not listed too."""

    days: list[tuple[date, list[Done]]]
    listed: int
    in_all: int


def done_by_itself(viewer: Viewer, now: datetime) -> DoneByItself:
    """What rules did to bookings in the last two weeks at the viewer's events."""
    since = now - LOOKS_BACK
    found = [_done(act) for act in list_automatic(viewer, since, limit=MOST_LISTED)]
    days = [(on, list(acts)) for on, acts in groupby(found, lambda each: london_date(each.at))]
    return DoneByItself(days, len(found), count_automatic(viewer, since))


HAPPENED = {
    BookingState.OFFERED: "{} was offered a place",
    BookingState.CONFIRMED: "{} was given a place",
    BookingState.WAITING: "{} went to the end of the waiting list",
    BookingState.LAPSED: "{} is off the list",
}


def _done(act: Automatic) -> Done:
    booking, undo = act.booking, _undoing(act)
    happened = HAPPENED.get(act.move.to_state, "{} is now " + act.move.to_state.words)
    return Done(
        at=act.move.at,
        title=sentence_case(happened.format(booking.name)),
        why=sentence_case(f"{act.move.why}."),
        event_title=booking.event.title,
        event_href=f"/manage/events/{booking.event_id}",
        undo=undo[0],
        undo_href=undo[1],
    )


def _undoing(act: Automatic) -> tuple[str, str]:
    """The verb that puts it right, and where; nothing once the booking went on from there."""
    booking = act.booking
    if not act.is_as_it_was_left:
        return "", ""
    if booking.state is BookingState.OFFERED:
        return "Take it back", f"/manage/bookings/{booking.reference}/take-back"
    if booking.state is BookingState.CONFIRMED:
        return "Take it away", f"/bookings/{booking.reference}/cancel"
    if booking.state is BookingState.WAITING:
        return "Put them first", f"/manage/bookings/{booking.reference}/priority"
    if booking.state is BookingState.LAPSED and booking.person_id is not None:
        return "Book them again", f"/manage/events/{booking.event_id}/book/{booking.person_id}"
    return "", ""
