"""What falls due, through real rows on both databases: the job asks, the rule decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind, MarkSource
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventKind, EventState
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.commands import ask_all_due
from lms.evaluation.jobs import JOBS
from lms.evaluation.messages.to_delegates import is_still_true
from lms.evaluation.models import Evaluation
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts, MessageState
from tests.evaluation.conftest import came, close_register
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.statements import count_statements

STARTS = at("2027-02-08 09:30")
DAY = timedelta(days=1)


@pytest.fixture
def event(make: Make, clock: FixedClock) -> int:
    clock.set(at("2027-01-18 10:00"))
    return make.event(starts_at=STARTS, course=make.course())


def marked(booking_id: int, *kinds: MarkKind, is_current: bool = True) -> None:
    """What the register says of a booking at the event's first sessions."""
    with transaction() as session:
        event = session.get_one(Booking, booking_id).event
        session.add_all(
            Mark(
                booking_id=booking_id,
                event_session_id=held.id,
                kind=kind,
                source=MarkSource.TRAINER,
                made_at=STARTS,
                is_current=is_current,
            )
            for held, kind in zip(event.sessions, kinds, strict=False)
        )


def answered(booking_id: int, stage: str, when: datetime) -> None:
    with transaction() as session:
        form = session.scalars(
            select(Evaluation).filter_by(booking_id=booking_id, stage=stage)
        ).one()
        form.answered_at = when


def occurrences() -> list[tuple[int, str]]:
    """Which booking has which message, in the order of queueing."""
    db.session.rollback()
    rows = db.session.execute(select(Message.subject_id, Message.occurrence).order_by(Message.id))
    return [tuple(row) for row in rows]


def told(booking_id: int) -> list[str]:
    return [occurrence for subject, occurrence in occurrences() if subject == booking_id]


def run(now: str) -> int:
    return JOBS[0].run(at(now))


# --- E1, E2 ---------------------------------------------------------------------------------


def test_E2_pre_goes_at_nine_on_the_working_day_before(make: Make, event: int) -> None:
    booking = make.booking(event)
    assert run("2027-02-05 08:59") == 0
    assert run("2027-02-05 09:00") == 1
    assert run("2027-02-05 09:01") == 0, "asked once"
    message = db.session.scalars(select(Message)).one()
    assert (message.purpose, message.subject_id, message.occurrence) == (
        "evaluation",
        booking,
        "pre-0",
    )
    assert message.is_digestible
    assert db.session.scalars(select(Evaluation)).one().invited_at == at("2027-02-05 09:00")


def test_E2_one_confirmed_later_is_asked_at_once_and_nobody_after_the_start(
    make: Make, event: int, clock: FixedClock
) -> None:
    clock.set(at("2027-02-07 20:00"))
    make.booking(event)
    assert run("2027-02-07 20:00") == 1
    clock.set(at("2027-02-08 09:29"))
    make.booking(event)
    assert run("2027-02-08 09:30") == 0


def test_E1_move_the_event_and_what_is_due_moves_but_pre_is_not_sent_twice(
    make: Make, event: int
) -> None:
    booking = make.booking(event)
    run("2027-02-05 09:00")
    with transaction() as session:
        row = session.get_one(Event, event)
        row.starts_at, row.ends_at = STARTS + 7 * DAY, STARTS + 7 * DAY + timedelta(hours=7)
        for block in session.scalars(select(EventSession).filter_by(event_id=event)):
            block.ends_at += 7 * DAY
            block.starts_at += 7 * DAY
    assert run("2027-02-08 16:30") == 0, "post moved too"
    assert run("2027-02-12 09:00") == 0, "the message about the move carries the link of pre"
    assert run("2027-02-15 16:30") == 1
    assert told(booking) == ["pre-0", "post-0"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (EventKind.WEBINAR, ["post-0"]),
        (EventKind.FORUM, []),
        (EventKind.CONFERENCE, ["pre-0", "post-0", "impact-0"]),
    ],
)
def test_E1_the_kind_of_event_says_which_stages(
    make: Make, kind: EventKind, expected: list[str]
) -> None:
    event_id = make.event(starts_at=STARTS, kind=kind, course=make.course())
    booking = make.booking(event_id)
    run("2027-02-05 09:00")
    run("2027-02-08 16:30")
    came(booking)
    close_register(event_id, at("2027-02-08 17:00"))
    run("2027-04-05 09:00")
    assert told(booking) == expected


def test_E1_an_event_may_choose_its_stages(make: Make) -> None:
    event_id = make.event(starts_at=STARTS, stages="post", course=make.course())
    booking = make.booking(event_id)
    run("2027-02-05 09:00")
    run("2027-02-08 16:30")
    assert told(booking) == ["post-0"]


def test_E5_an_event_without_outcomes_asks_nothing_before(make: Make) -> None:
    make.booking(make.event(starts_at=STARTS))
    assert run("2027-02-05 09:00") == 0


def test_E1_those_without_a_place_and_cancelled_events_are_asked_nothing(
    make: Make, event: int
) -> None:
    make.booking(event, state=BookingState.WAITING)
    make.booking(event, state=BookingState.CANCELLED)
    make.booking(make.event(starts_at=STARTS, state=EventState.CANCELLED, course=make.course("B")))
    assert run("2027-02-05 09:00") == 0
    assert run("2027-02-08 16:30") == 0


# --- E3 -------------------------------------------------------------------------------------


def test_E3_post_goes_at_the_end_and_reminds_twice(make: Make, event: int) -> None:
    booking = make.booking(event)
    for now in ("2027-02-08 16:29", "2027-02-08 16:30", "2027-02-10 16:29", "2027-02-10 16:30"):
        run(now)
    assert told(booking) == ["post-0", "post-1"]
    run("2027-02-15 16:30")
    run("2027-02-20 16:30")
    assert told(booking) == ["post-0", "post-1", "post-2"]
    assert run("2027-03-08 16:30") == 0


def test_E3_answered_stops_reminders_at_once(make: Make, event: int) -> None:
    booking = make.booking(event)
    run("2027-02-08 16:30")
    answered(booking, "post", at("2027-02-10 16:29"))
    assert run("2027-02-10 16:30") == 0
    assert run("2027-02-15 16:30") == 0


def test_E3_whoever_was_absent_throughout_is_not_asked_and_an_outcome_voids(
    make: Make, event: int
) -> None:
    absent, excused, present = (make.booking(event) for _ in range(3))
    marked(absent, MarkKind.ABSENT)
    marked(present, MarkKind.PRESENT)
    came(excused, Outcome.EXCUSED)
    run("2027-02-08 16:30")
    assert occurrences() == [(present, "post-0")]


def test_E3_whoever_was_at_one_of_two_sessions_is_asked_as_the_marks_that_count_say(
    make: Make,
) -> None:
    event = make.event(starts_at=STARTS, days=2)
    at_none, at_one, put_right = (make.booking(event) for _ in range(3))
    marked(at_none, MarkKind.ABSENT, MarkKind.ABSENT)
    marked(at_one, MarkKind.ABSENT, MarkKind.LATE)
    marked(put_right, MarkKind.ABSENT)
    marked(put_right, MarkKind.ABSENT, MarkKind.ABSENT, is_current=False)  # and said otherwise
    run("2027-02-09 16:30")
    assert occurrences() == [(at_one, "post-0"), (put_right, "post-0")]


def test_E3_a_scheduler_that_was_off_asks_once_and_does_not_remind_twice(
    make: Make, event: int
) -> None:
    booking = make.booking(event)
    run("2027-02-11 12:00")
    assert told(booking) == ["post-0"]
    run("2027-02-13 12:00")
    assert told(booking) == ["post-0"], "two days after the invitation, at the hour of the end"
    run("2027-02-19 12:00")
    run("2027-02-19 12:01")
    assert told(booking) == ["post-0", "post-2"], "the first reminder was overtaken"


# --- E4 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        ("2027-02-08", "2027-04-05"),
        ("2027-02-01", "2027-03-30"),
        ("2026-10-30", "2026-12-29"),
        ("2027-09-06", "2027-11-01"),
    ],
)
def test_E4_the_dates_through_the_real_job_across_both_clock_changes(
    make: Make, clock: FixedClock, ended: str, due: str
) -> None:
    clock.set(at(f"{ended} 09:30") - 20 * DAY)
    event_id = make.event(starts_at=at(f"{ended} 09:30"), course=make.course(), stages="impact")
    booking = make.booking(event_id)
    came(booking)
    close_register(event_id, at(f"{ended} 17:00"))
    assert run(f"{due} 08:59") == 0
    assert run(f"{due} 09:00") == 1
    assert told(booking) == ["impact-0"]


def test_E4_nine_in_london_is_eight_utc_in_summer(make: Make, event: int) -> None:
    booking = make.booking(event)
    came(booking)
    close_register(event, at("2027-02-08 17:00"))
    assert ask_all_due(datetime(2027, 4, 5, 7, 59, tzinfo=UTC)) == 0
    assert ask_all_due(datetime(2027, 4, 5, 8, 0, tzinfo=UTC)) == 1


def test_E4_only_those_who_came_and_reminders_after_7_and_14_days(make: Make, event: int) -> None:
    whole, part, missed, unknown = (make.booking(event) for _ in range(4))
    came(whole)
    came(part, Outcome.PART_ATTENDED)
    came(missed, Outcome.DID_NOT_ATTEND)
    close_register(event, at("2027-02-08 17:00"))
    for now in ("2027-04-05", "2027-04-12", "2027-04-19", "2027-04-26"):
        run(f"{now} 09:00")
    assert told(whole) == told(part) == ["impact-0", "impact-1", "impact-2"]
    assert told(missed) == told(unknown) == []
    assert run("2027-05-03 09:00") == 0


def test_E4_a_register_closed_late_makes_it_due_the_next_working_day(
    make: Make, event: int
) -> None:
    booking = make.booking(event)
    run("2027-05-28 12:00")
    came(booking)
    close_register(event, at("2027-05-28 15:00"))
    assert run("2027-05-28 16:00") == 0
    assert run("2027-06-01 08:59") == 0, "Monday 31 May is a bank holiday"
    assert run("2027-06-01 09:00") == 1


@pytest.mark.parametrize(("imported", "expected"), [("2027-03-01", 1), ("2027-04-06", 0)])
def test_E4_imported_events_take_part_if_their_interval_still_ran(
    make: Make, imported: str, expected: int
) -> None:
    event_id = _imported(make, at(f"{imported} 10:00"))
    booking = make.booking(event_id, origin=Origin.IMPORT)
    came(booking)
    close_register(event_id, at("2027-02-08 17:00"))
    assert run("2027-02-10 09:00") == 0, "no post"
    assert run("2027-04-06 12:00") == expected


def _imported(make: Make, when: datetime) -> int:
    event_id = make.event(starts_at=STARTS, course=make.course(), is_imported=True)
    with transaction() as session:
        session.get_one(Event, event_id).created_at = when
    return event_id


# --- A4 -------------------------------------------------------------------------------------


def test_A4_walk_ins_with_an_address_are_asked_after_and_those_without_only_counted(
    make: Make, event: int
) -> None:
    walked_in = make.booking(event, origin=Origin.WALK_IN)
    nameless = make.booking(event, origin=Origin.WALK_IN)
    with transaction() as session:
        row = session.get_one(Booking, nameless)
        row.person_id, row.name_as_given = None, "Somebody Else"
    run("2027-02-05 09:00")
    run("2027-02-08 16:30")
    for booking in (walked_in, nameless):
        came(booking)
    close_register(event, at("2027-02-08 17:00"))
    run("2027-04-05 09:00")
    assert occurrences() == [(walked_in, "post-0"), (walked_in, "impact-0")]


# --- Once, whoever asks ---------------------------------------------------------------------


def test_E1_two_workers_at_once_ask_everybody_once(app: Flask, make: Make, event: int) -> None:
    bookings = [make.booking(event) for _ in range(12)]
    barrier, asked = Barrier(2), []

    def work() -> None:
        with app.app_context():
            barrier.wait()
            asked.append(ask_all_due(at("2027-02-05 09:00")))
            db.session.remove()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(asked) == 12
    assert sorted(occurrences()) == [(booking, "pre-0") for booking in sorted(bookings)]


def test_E1_still_true_is_the_same_as_due(make: Make, event: int) -> None:
    booking = make.booking(event)
    run("2027-02-08 16:30")

    def facts(occurrence: str) -> MessageFacts:
        return MessageFacts("evaluation", booking, occurrence, at("2027-02-08 16:30"))

    assert is_still_true(facts("post-0"), at("2027-02-08 18:00"))
    assert not is_still_true(facts("pre-0"), at("2027-02-08 18:00")), "the event has begun"
    assert not is_still_true(facts("post-0"), at("2027-02-10 16:30")), "the reminder took over"
    came(booking, Outcome.DID_NOT_ATTEND)
    assert not is_still_true(facts("post-0"), at("2027-02-08 18:00"))


def test_E1_what_was_dropped_as_untrue_is_asked_again_when_it_is_true_again(
    make: Make, event: int
) -> None:
    booking = make.booking(event)
    run("2027-02-08 16:30")
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.key, message.state = None, MessageState.DROPPED
    assert run("2027-02-08 17:00") == 1
    assert told(booking) == ["post-0", "post-0"]


# --- Cost -----------------------------------------------------------------------------------


def test_the_number_of_statements_does_not_grow_with_the_bookings(make: Make, event: int) -> None:
    def cost() -> int:
        with count_statements() as asked:
            assert run("2027-02-05 09:00") > 0
        return sum(not text.startswith(("PRAGMA", "BEGIN", "SET ")) for text in asked.texts)

    make.booking(event)
    few = cost()
    for _ in range(25):
        make.booking(event)
    assert cost() == few
