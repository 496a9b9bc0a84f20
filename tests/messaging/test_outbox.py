"""Queue, claim, check, send, mark: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms.clock import FixedClock
from lms.db import db, transaction
from lms.messaging import claims, commands
from lms.messaging.commands import Calendar, enqueue, enqueue_all
from lms.messaging.models import Message
from lms.messaging.rules import LEASE, MessageState
from lms.messaging.sender import send_due
from lms.messaging.transports import NotSentError, RecipientRefusedError
from tests.messaging.conftest import Truth, draft, message
from tests.support.mail import KeptMail

Post = Callable[..., bool]
DOMAIN = "wsp.example"


def test_what_is_queued_is_sent_once(post: Post, clock: FixedClock, mailer: KeptMail) -> None:
    assert post(1)
    assert send_due(clock.now()) == 1
    assert send_due(clock.now()) == 0
    assert mailer.subjects() == ["Subject 1"]
    assert message().state is MessageState.SENT
    assert message().ended_at == clock.now()


def test_a_key_is_queued_once(post: Post) -> None:
    assert post(1)
    assert not post(1)
    assert post(1, occurrence="1")


def test_a_key_that_is_there_does_not_break_the_callers_transaction(
    truth: Truth, clock: FixedClock
) -> None:
    with transaction() as session:
        assert enqueue(session, draft(1), clock.now())
        assert not enqueue(session, draft(1), clock.now())
        assert enqueue(session, draft(2), clock.now())
    assert db.session.query(Message).count() == 2


def test_many_are_queued_at_once(truth: Truth, clock: FixedClock) -> None:
    with transaction() as session:
        assert enqueue(session, draft(3), clock.now())
        assert enqueue_all(session, [draft(n) for n in range(1, 6)], clock.now()) == 4


def test_what_the_caller_rolls_back_was_never_queued(truth: Truth, clock: FixedClock) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        enqueue(session, draft(1), clock.now())
        raise ZeroDivisionError
    assert send_due(clock.now()) == 0


def test_a_purpose_that_no_slice_answers_for_is_refused(truth: Truth, clock: FixedClock) -> None:
    with pytest.raises(LookupError), transaction() as session:
        enqueue(session, draft(1, purpose="nobody's"), clock.now())


def test_a_message_waits_for_its_time(post: Post, clock: FixedClock, mailer: KeptMail) -> None:
    post(1, send_at=clock.now() + timedelta(hours=1))
    assert send_due(clock.now()) == 0
    clock.advance(timedelta(hours=1))
    assert send_due(clock.now()) == 1


def test_the_urgent_go_first(post: Post, clock: FixedClock, mailer: KeptMail) -> None:
    post(1)
    clock.advance(timedelta(seconds=1))
    post(2, is_urgent=True)
    send_due(clock.now())
    assert mailer.subjects() == ["Subject 2", "Subject 1"]


def test_the_untrue_is_dropped_with_a_record_and_frees_its_key(
    post: Post, truth: Truth, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    truth.untrue.add(1)
    send_due(clock.now())
    assert mailer.sent == []
    assert (message().state, message().key) == (MessageState.DROPPED, None)
    truth.untrue.clear()
    assert post(1)
    send_due(clock.now())
    assert mailer.subjects() == ["Subject 1"]


def test_a_failure_is_tried_again_under_the_same_message_id(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    mailer.fault = NotSentError("The mail server said 450 greylisted")
    send_due(clock.now())
    envelope = message().envelope
    assert (message().state, message().attempts) == (MessageState.QUEUED, 1)
    assert "450" in (message().last_error or "")
    mailer.fault = None
    assert send_due(clock.now()) == 0
    clock.advance(timedelta(minutes=1))
    assert send_due(clock.now()) == 1
    assert mailer.sent[0]["Message-ID"] == envelope
    assert message().last_error is None


def test_a_message_that_never_leaves_fails_visibly(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    mailer.fault = NotSentError("no")
    started = clock.now()
    while message().state is MessageState.QUEUED:
        clock.set(message().next_attempt_at)
        send_due(clock.now())
    assert message().state is MessageState.FAILED
    assert timedelta(hours=95) < clock.now() - started <= timedelta(hours=96)
    assert not post(1), "a message that failed is not told anew by itself"


def test_a_refused_recipient_is_final_at_once(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    mailer.fault = RecipientRefusedError("The mail server said 550 no such mailbox")
    send_due(clock.now())
    assert (message().state, message().was_refused) == (MessageState.FAILED, True)


def test_one_poison_message_delays_no_other(
    post: Post, truth: Truth, clock: FixedClock, mailer: KeptMail
) -> None:
    for number in range(1, 6):
        post(number)
    post(6, to_address="not an address")
    post(7)
    truth.poison.add(2)
    send_due(clock.now())
    assert mailer.subjects() == [f"Subject {n}" for n in (1, 3, 4, 5, 7)]
    assert "poison 2" in (message(2).last_error or "")
    assert message(6).state is MessageState.QUEUED
    assert message(6).attempts == 1


def test_digestible_messages_to_one_address_share_an_envelope(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    for number in (1, 2, 3):
        post(number, to_address="m@agency.example", is_digestible=number != 3)
    post(4, to_address="other@agency.example", is_digestible=True)
    send_due(clock.now())
    assert mailer.subjects() == ["Subject 1 (and one more)", "Subject 3", "Subject 4"]
    text = mailer.sent[0].get_content()
    assert text == ("Hello,\n\nBody 1.\n\n----\n\nBody 2.\n\nIdris\n\nBecause 1.\nBecause 2.\n")
    assert message(1).envelope == message(2).envelope != message(3).envelope
    assert {message(n).state for n in (1, 2, 3, 4)} == {MessageState.SENT}


def test_in_a_digest_each_message_keeps_its_own_mark(
    post: Post, truth: Truth, clock: FixedClock, mailer: KeptMail
) -> None:
    for number in (1, 2):
        post(number, to_address="m@agency.example", is_digestible=True)
    truth.untrue.add(1)
    send_due(clock.now())
    assert mailer.subjects() == ["Subject 2"]
    assert message(1).state is MessageState.DROPPED
    assert message(2).state is MessageState.SENT


def test_an_envelope_stays_together_over_retries(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    for number in (1, 2):
        post(number, to_address="m@agency.example", is_digestible=True)
    mailer.fault = NotSentError("no")
    send_due(clock.now())
    envelope = message(1).envelope
    mailer.fault = None
    clock.advance(timedelta(minutes=1))
    post(3, to_address="m@agency.example", is_digestible=True)
    send_due(clock.now())
    assert mailer.subjects() == ["Subject 1 (and one more)", "Subject 3"]
    assert mailer.sent[0]["Message-ID"] == envelope == message(2).envelope


def test_a_message_with_an_invitation_travels_alone(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    invitation = Calendar("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "REQUEST")
    for number in (1, 2):
        post(number, to_address="m@agency.example", is_digestible=True, calendar=invitation)
    send_due(clock.now())
    assert len(mailer.sent) == 2


def test_a_lease_keeps_others_away_until_it_ends(
    post: Post, app: Flask, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    held = claims.claim("dead:1", clock.now(), clock.now(), domain=DOMAIN)
    assert len(held) == 1
    assert claims.claim("alive:2", clock.now(), clock.now(), domain=DOMAIN) == []
    assert commands.free_lost_leases(clock.now() + LEASE) == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert commands.free_lost_leases(clock.now()) == 1
    send_due(clock.now())
    assert mailer.sent[0]["Message-ID"] == held[0].message_id


def test_what_a_dead_worker_held_is_free_at_once(
    post: Post, clock: FixedClock, mailer: KeptMail
) -> None:
    post(1)
    claims.claim("dead:1", clock.now(), clock.now(), domain=DOMAIN)
    assert commands.free_lost_leases(clock.now(), dead=["other:1"]) == 0
    assert commands.free_lost_leases(clock.now(), dead=["dead:1"]) == 1
    assert send_due(clock.now()) == 1


def test_a_worker_that_lost_its_lease_cannot_call_it_a_failure(
    post: Post, clock: FixedClock
) -> None:
    post(1)
    held = claims.claim("slow:1", clock.now(), clock.now(), domain=DOMAIN)
    commands.free_lost_leases(clock.now(), dead=["slow:1"])
    claims.claim("quick:2", clock.now(), clock.now(), domain=DOMAIN)
    commands.mark_failed(held[0].ids, "slow:1", "too late", clock.now())
    assert message().state is MessageState.SENDING
    commands.mark_sent(held[0].ids, clock.now())
    assert message().state is MessageState.SENT, "what was sent was sent, whoever says so"


def test_what_was_not_tried_goes_back_as_it_was(post: Post, clock: FixedClock) -> None:
    post(1)
    held = claims.claim("worker:1", clock.now(), clock.now(), domain=DOMAIN)
    commands.release(held[0].ids, "worker:1")
    assert (message().state, message().attempts) == (MessageState.QUEUED, 0)
    assert message().next_attempt_at == clock.now()
