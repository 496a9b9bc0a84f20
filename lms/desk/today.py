"""Today: what needs whoever runs a programme, what happens by itself, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from lms.access import Viewer
from lms.attendance.queries import RegisterInList, list_registers
from lms.attendance.rules import chased_at
from lms.booking.queries.approvals import to_be_decided_here
from lms.booking.queries.charges import count_proposed
from lms.catalogue.rules import Stage
from lms.clock import at_london, london_date
from lms.desk.people import list_unmatched_names
from lms.desk.queries import (
    ComingEvent,
    coming_events,
    forms_gone_since,
    forms_to_go,
    reminders_to_go,
)
from lms.desk.queries import running_offers as find_running_offers
from lms.jobs import job_reports
from lms.messaging import queries as messages
from lms.messaging.models import Message
from lms.messaging.queries import MessageFilters
from lms.messaging.rules import MessageState
from lms.words import clock_time, count, day, listed, moment, number, sentence_case

A_WEEK = timedelta(days=7)
A_FORTNIGHT = timedelta(days=14)
FORMS = {
    Stage.PRE: ("form before an event", "forms before an event"),
    Stage.POST: ("form at the end", "forms at the end"),
    Stage.IMPACT: ("eight-week form", "eight-week forms"),
}
FEW_OF_CAPACITY = 3  # fewer than a third of the places is few
MANY_WAITING = 3
MOST_SHOWN = 5


class When(StrEnum):
    """How soon something is to be done; the headings of the list, in order."""

    OVERDUE = "Overdue"
    THIS_WEEK = "This week"
    WHEN_YOU_CAN = "When you can"


@dataclass(frozen=True)
class Need:
    """A line: what to do, why, until when (only a real deadline), and the verb that leads there."""

    when: When
    title: str
    text: str
    verb: str
    href: str
    deadline: str = ""


@dataclass(frozen=True)
class Note:
    """A fact in a side card, with the page that shows it."""

    head: str
    text: str
    link: str = ""
    href: str = ""


@dataclass(frozen=True)
class Today:
    """The page: needs by when, what went wrong, what happens by itself."""

    needs: dict[When, list[Need]]
    wrong: list[Note]
    wrong_in_all: int
    by_itself: list[Note]
    lead: str


def today_of(viewer: Viewer, now: datetime) -> Today:
    """All of it, from the product's own tables, in a number of statements that is constant."""
    events = coming_events(viewer, now, now + A_FORTNIGHT)
    needs = [
        *_registers(viewer, now),
        *_approvals(viewer, now),
        *_events(events, now),
        *_charges(viewer),
        *_names(viewer),
    ]
    failed = messages.count_by_state(viewer, MessageFilters(state=MessageState.FAILED))
    jobs = list(_jobs(now))
    grouped = {when: [need for need in needs if need.when is when] for when in When}
    return Today(
        needs={when: found for when, found in grouped.items() if found},
        wrong=[*jobs, *_failed(viewer)],
        wrong_in_all=len(jobs) + sum(failed.values()),
        by_itself=list(_by_itself(viewer, now)),
        lead=_lead(viewer, grouped, len(needs)),
    )


def _lead(viewer: Viewer, grouped: dict[When, list[Need]], total: int) -> str:
    name = viewer.name.split()[0]
    if not total:
        return f"Nothing needs you today, {name}."
    needs = "needs" if total == 1 else "need"
    said = f"{sentence_case(count(total, 'thing'))} {needs} you, {name}."
    overdue = len(grouped[When.OVERDUE])
    if not overdue:
        return said
    return f"{said} {sentence_case(number(overdue))} {'is' if overdue == 1 else 'are'} overdue."


# --- What needs somebody --------------------------------------------------------------------


def _registers(viewer: Viewer, now: datetime) -> Iterator[Need]:
    for register in list_registers(viewer, now).to_close:
        if register.ends_at <= now:
            yield _register(register, now)


def _register(register: RegisterInList, now: datetime) -> Need:
    until = chased_at(register.ends_at)
    is_overdue = now >= until
    since = "Two working days have passed." if is_overdue else ""
    names = count(register.people, "name")
    return Need(
        When.OVERDUE if is_overdue else When.THIS_WEEK,
        f"Close the register: {register.title}",
        f"Held {day(london_date(register.starts_at))}, {names}.",
        "Close",
        f"/manage/events/{register.event_id}/register",
        since,
    )


def _events(events: list[ComingEvent], now: datetime) -> Iterator[Need]:
    for event in events:
        yield from _of_event(event, now)


def _of_event(event: ComingEvent, now: datetime) -> Iterator[Need]:
    on, places = day(london_date(event.starts_at)), event.places
    is_soon = event.starts_at <= now + A_WEEK
    when = When.THIS_WEEK if is_soon else When.WHEN_YOU_CAN
    here = f"/manage/events/{event.id}"
    if not event.has_trainer:
        text = f"{on}, {count(places.confirmed, 'person', 'people')} booked."
        yield Need(when, f"Name a trainer: {event.title}", text, "Name", f"{here}/edit")
    if places.confirmed * FEW_OF_CAPACITY < places.capacity:
        title = f"Run it or not? {event.title} has {places.confirmed} of {places.capacity}"
        yield Need(when, title, f"{on}.", "Look", here)
    if places.is_full and places.waiting >= MANY_WAITING:
        waiting = sentence_case(count(places.waiting, "person", "people"))
        title = f"More places? {waiting} wait for {event.title}"
        text = f"{on}. All {places.capacity} places are spoken for."
        yield Need(When.WHEN_YOU_CAN, title, text, "Look", here)


def _charges(viewer: Viewer) -> Iterator[Need]:
    proposed = count_proposed(viewer)
    if proposed:
        are = "is" if proposed == 1 else "are"
        yield Need(
            When.WHEN_YOU_CAN,
            f"{sentence_case(count(proposed, 'charge'))} {are} proposed",
            "For places given up late or not used: confirm or waive.",
            "Decide",
            "/manage/charges",
        )


def _approvals(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """What a coordinator is to decide: nobody else does, or nobody has for four days (B10)."""
    for asked in to_be_decided_here(viewer, now):
        booking = asked.booking
        agency = f" ({booking.agency_name})" if booking.agency_name else ""
        is_late = asked.deadlines.is_to_be_warned_of(now)
        why = "Nobody has answered for four working days." if is_late else "Yours to decide."
        yield Need(
            When.THIS_WEEK,
            f"Approve or decline: {booking.name}, {booking.event.title}",
            f"{asked.approval.kind.label}{agency}. {why}",
            "Decide",
            f"/manage/approvals/{asked.approval.id}",
            f"Ends {moment(asked.deadlines.lapses_at)}.",
        )


def _names(viewer: Viewer) -> Iterator[Need]:
    for unmatched in list_unmatched_names(viewer):
        people = count(max(unmatched.people, unmatched.bookings), "person", "people")
        yield Need(
            When.WHEN_YOU_CAN,
            f"“{unmatched.name}” is no agency we know",
            f"Typed by {people}.",
            "Match",
            "/manage/people/unmatched",
        )


# --- What went wrong ------------------------------------------------------------------------


def _failed(viewer: Viewer) -> Iterator[Note]:
    filters = MessageFilters(state=MessageState.FAILED)
    for message in messages.list_messages(viewer, filters, limit=MOST_SHOWN):
        yield Note(
            f"A message to {message.to_name or message.to_address} {_what_happened(message)}",
            f"“{message.subject}”.",
            "See the message",
            f"/manage/messages/{message.id}",
        )


def _what_happened(message: Message) -> str:
    return "came back" if message.was_refused else "was not sent"


def _jobs(now: datetime) -> Iterator[Note]:
    for report in job_reports(now):
        what = report.job.describes or report.job.name
        if report.is_silent:
            last = f"Last on {moment(report.last_at)}." if report.last_at else "It has never run."
            yield Note(f"Nothing runs: {what}", last, "See what runs", "/manage/jobs")
        elif report.failed_in_a_week:
            times = count(report.failed_in_a_week, "time")
            yield Note(
                f"Failed: {what}", f"{sentence_case(times)} in a week.", "See why", "/manage/jobs"
            )


# --- What happens by itself -----------------------------------------------------------------


def _by_itself(viewer: Viewer, now: datetime) -> Iterator[Note]:
    yield from _offers(viewer, now)
    midnight = at_london(london_date(now), time())
    for stage, title, how_many, at in forms_gone_since(viewer, midnight):
        yield Note(f"{_forms(stage, how_many)} went at {clock_time(at)}", f"{title}.")
    until = now + A_WEEK
    for stage, found in forms_to_go(viewer, now, until).items():
        yield Note(_forms(stage, sum(found.values())), _days(found))
    reminders = reminders_to_go(viewer, now, until)
    if reminders:
        yield Note(sentence_case(count(sum(reminders.values()), "reminder")), _days(reminders))


def _forms(stage: Stage, how_many: int) -> str:
    """'28 eight-week forms'."""
    return sentence_case(count(how_many, *FORMS[stage]))


def _offers(viewer: Viewer, now: datetime) -> Iterator[Note]:
    offers = find_running_offers(viewer, now)
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
