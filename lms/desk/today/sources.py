"""Where the lines of Today come from: each slice is asked what waits for whoever runs a programme.

A source is given the viewer and the time, and yields needs; none writes, and each makes a number of
statements that does not grow with what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from lms.access import Viewer
from lms.attendance.queries import list_registers
from lms.attendance.rules import chased_at
from lms.booking.queries.approvals import to_be_decided_here
from lms.booking.queries.charges import list_charges
from lms.booking.queries.decisions import events_in_doubt
from lms.booking.rules import ChargeState
from lms.booking.rules.decisions import is_to_be_asked
from lms.certificates.queries.waiting import list_proposed_revocations, list_waiver_decisions
from lms.clock import DAY, at_london, london_date
from lms.desk.matching import list_unmatched_names
from lms.desk.queries import ComingEvent, coming_events
from lms.desk.today.rules import A_WEEK, Need
from lms.evaluation.queries.concerns import list_concerns, without_a_lead
from lms.evaluation.queries.statements import count_texts, count_unquoted
from lms.evaluation.rules import StatementState
from lms.words import count, day, moment, pounds, sentence_case

A_FORTNIGHT = timedelta(days=14)
MANY_WAITING = 3

Source = Callable[[Viewer, datetime], Iterator[Need]]


def approvals(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """What a coordinator is to decide: nobody else does, or nobody has for four days (B10)."""
    for asked in to_be_decided_here(viewer, now):
        booking = asked.booking
        agency = f" ({booking.agency_name})" if booking.agency_name else ""
        is_late = asked.deadlines.is_to_be_warned_of(now)
        why = "Nobody has answered for four working days." if is_late else "Yours to decide."
        yield Need(
            "approval",
            asked.approval.id,
            f"Approve or decline: {booking.name}, {booking.event.title}",
            f"{asked.approval.kind.label}{agency}. {why}",
            "Decide",
            f"/manage/approvals/{asked.approval.id}",
            ends_at=asked.deadlines.lapses_at,
            deadline=f"Ends {moment(asked.deadlines.lapses_at)}.",
        )


def registers(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Registers of what has ended; overdue once two working days have passed (A3)."""
    for register in list_registers(viewer, now).to_close:
        is_overdue = now >= chased_at(register.ends_at)
        held = day(london_date(register.starts_at))
        yield Need(
            "register",
            register.event_id,
            f"Close the register: {register.title}",
            f"Held {held}, {count(register.people, 'name')}.",
            "Close",
            f"/manage/events/{register.event_id}/register",
            deadline="Two working days have passed." if is_overdue else "",
            is_soon=True,
            is_overdue=is_overdue,
        )


def events(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Events of the next two weeks without a trainer, or with many who wait."""
    for event in coming_events(viewer, now, now + A_FORTNIGHT):
        yield from _of_event(event, now)


def _of_event(event: ComingEvent, now: datetime) -> Iterator[Need]:
    on, places = day(london_date(event.starts_at)), event.places
    if not event.has_trainer:
        told_at = event.instructions_at
        yield Need(
            "trainer",
            event.id,
            f"Name a trainer: {event.title}",
            f"{on}, {_booked(places.confirmed)}.",
            "Name",
            f"/manage/events/{event.id}/edit",
            ends_at=told_at if told_at > now else None,
            deadline=_instructions_go(told_at, now),
            is_soon=event.starts_at <= now + A_WEEK,
        )
    if places.is_full and places.waiting >= MANY_WAITING:
        waiting = sentence_case(count(places.waiting, "person", "people"))
        yield Need(
            "waiting",
            event.id,
            f"More places? {waiting} wait for {event.title}",
            f"{on}. All {places.capacity} places are spoken for.",
            "Look",
            f"/manage/events/{event.id}/capacity",
        )


def _booked(confirmed: int) -> str:
    return f"{count(confirmed, 'person', 'people')} booked" if confirmed else "nobody booked yet"


def _instructions_go(told_at: datetime, now: datetime) -> str:
    """'Joining instructions go Wednesday 20 January.', or have gone."""
    if told_at <= now:
        return "Joining instructions have gone without one."
    return f"Joining instructions go {day(london_date(told_at))}."


def doubts(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Events with fewer people than they need, until it is decided that they run (B18)."""
    for doubt in events_in_doubt(viewer, now):
        minimum, event = doubt.minimum, doubt.event
        if event.starts_at is None or not is_to_be_asked(minimum, london_date(now)):
            continue
        yield Need(
            "doubt",
            event.id,
            f"Run it or not? {event.title} has {minimum.booked} of the {minimum.places} it needs",
            f"{day(london_date(event.starts_at))}.",
            "Look",
            f"/manage/events/{event.id}",
            ends_at=at_london(minimum.decide_on + DAY, time()),
            deadline=f"Decide by {day(minimum.decide_on)}.",
        )


def certificates(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Certificates no longer earned, and forms that closed unanswered (A6)."""
    for proposed in list_proposed_revocations(viewer):
        became = proposed.outcome.words if proposed.outcome else "no longer there"
        yield Need(
            "revocation",
            proposed.certificate_id,
            f"Revoke {proposed.name}’s certificate? {proposed.title}",
            f"{day(proposed.held_on)}. The register was corrected: {became}.",
            "Decide",
            f"/manage/events/{proposed.event_id}/certificates",
            is_soon=True,
        )
    for decision in list_waiver_decisions(viewer, now):
        people = sentence_case(count(decision.people, "person", "people"))
        yield Need(
            "waiver",
            decision.event_id,
            f"{people} came to {decision.title} and did not evaluate it",
            "Their form has closed: waive it for a certificate, or leave it.",
            "Look",
            f"/manage/events/{decision.event_id}/certificates",
        )


def charges(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Charges that are proposed, all in one line: nothing ends."""
    del now
    proposed = [each for each in list_charges(viewer) if each.state is ChargeState.PROPOSED]
    if not proposed:
        return
    known = [each.pence for each in proposed if each.pence is not None]
    in_all = f", {pounds(sum(known))} in all" if len(known) == len(proposed) else ""
    yield Need(
        "charges",
        0,
        f"Confirm or waive {count(len(proposed), 'charge')}{in_all}",
        "For places given up late or not used.",
        "Decide",
        "/manage/charges",
    )


def names(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Agencies' names that match none we know."""
    del now
    for unmatched in list_unmatched_names(viewer):
        people = count(max(unmatched.people, unmatched.bookings), "person", "people")
        yield Need(
            "name",
            0,
            f"“{unmatched.name}” is no agency we know",
            f"Typed by {people}.",
            "Match",
            "/manage/people/unmatched",
            is_soon=True,
        )


def texts(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """What may be quoted once it was read, all in one line; and what waits for want of a lead."""
    waiting = count_texts(viewer)[StatementState.WAITING]
    if waiting:
        yield Need(
            "texts",
            0,
            f"Read {count(waiting, 'comment')} before anyone is quoted",
            "Their writers agreed to it. Who they are is shown to nobody.",
            "Read",
            "/manage/statements",
        )
    unquoted = count_unquoted(viewer)
    if unquoted:
        yield Need(
            "unquoted texts",
            0,
            f"Read {count(unquoted, 'comment')} that nobody may quote",
            "To learn from, and lest one shows somebody at risk.",
            "Read",
            "/manage/statements?show=not-for-quoting",
            is_soon=True,
        )
    for partnership, many in without_a_lead(viewer, now):
        yield Need(
            "no lead",
            partnership.id,
            f"Name a safeguarding lead: {partnership.name}",
            f"Nobody can act on {count(many, 'text')} that show{'s' if many == 1 else ''} "
            "somebody at risk.",
            "Name",
            "/manage/people",
            is_overdue=True,
        )


def concerns(viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Texts that show somebody at risk, for a coordinator who is safeguarding lead too."""
    del now
    for concern in list_concerns(viewer):
        if concern.settled_at is None:
            yield Need(
                "concern",
                concern.id,
                f"Somebody may be at risk: a text about {concern.title}",
                f"Sent to you on {day(london_date(concern.flagged_at))}.",
                "Read",
                f"/manage/concerns/{concern.id}",
                is_overdue=True,
            )


SOURCES: tuple[Source, ...] = (
    approvals,
    registers,
    events,
    doubts,
    certificates,
    charges,
    names,
    texts,
    concerns,
)
ENDING: tuple[Source, ...] = (approvals, events)
"""Those whose needs may end by themselves. An event in doubt may too, but tells of itself (B18)."""
