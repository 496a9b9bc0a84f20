"""What comes back: bounces and calendars' answers are read, everything else is harmless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lms.clock import FixedClock
from lms.db import db
from lms.messaging.inbound import Bounce, CalendarReply, read_mail
from lms.messaging.mailboxes import MOST_BYTES, FolderMailbox, ImapMailbox, from_url
from lms.messaging.models import InboundMail, Message
from lms.messaging.receiving import receive_mail
from lms.messaging.rules import CalendarAnswer
from lms.messaging.sender import send_due
from tests.support.imap import Inbox, serving
from tests.support.returned import calendar_reply, plain_report, report

Post = Callable[..., bool]
OURS = f"<{'0a' * 16}@wsp.example>"


@pytest.mark.parametrize(
    "raw",
    [
        report(OURS),
        report(OURS, returned="message/rfc822"),
        report(OURS, status="4.4.7"),  # given up after days of trying
        plain_report(OURS),
    ],
)
def test_a_mail_that_came_back_for_good_names_the_message(raw: bytes) -> None:
    found = read_mail(raw)
    assert isinstance(found, Bounce)
    assert OURS in found.message_ids
    assert "5.1.1" in found.said


@pytest.mark.parametrize(
    "raw",
    [
        report(OURS, action="delayed", status="4.4.1"),
        report(OURS, action="delivered", status="2.0.0"),
        plain_report(OURS, said="451 4.7.1 try again later"),
        plain_report(OURS).replace(b"Mailer-Daemon@", b"marigold@").replace(b"X-Failed", b"X-No"),
        calendar_reply(1, 2, "m@agency.example", method="REQUEST"),
        calendar_reply(1, 2, "m@agency.example", answer="DELEGATED"),
        calendar_reply(1, 2, "m@agency.example").replace(b"BEGIN:VEVENT", b"BEGIN:NONSENSE"),
        b"",
        b"\x00\xff\xfe nonsense",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status",
        b"From: =?utf-8?b?gg=?= <a@b>\nSubject: \xff\n\nHello " + OURS.encode(),
    ],
)
def test_what_is_delayed_or_odd_or_no_business_of_ours_says_nothing(raw: bytes) -> None:
    found = read_mail(raw)
    assert found is None


def test_a_calendars_answer_is_read() -> None:
    for said, answer in (("DECLINED", CalendarAnswer.DECLINED), ("ACCEPTED", "accepted")):
        found = read_mail(calendar_reply(7, 9, "Marigold@agency.example", said))
        uid = "booking-7-session-9@127.0.0.1"
        assert found == CalendarReply("marigold@agency.example", uid, CalendarAnswer(answer))


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    app.extensions["lms.mailbox"] = FolderMailbox(tmp_path)
    yield tmp_path
    app.extensions["lms.mailbox"] = None


def the_message() -> Message:
    db.session.rollback()
    return db.session.query(Message).one()


def sent(post: Post, clock: FixedClock) -> str:
    post(1)
    send_due(clock.now())
    return str(the_message().envelope)


def test_a_bounce_marks_its_message_once_and_delays_no_other_mail(
    post: Post, clock: FixedClock, folder: Path
) -> None:
    envelope = sent(post, clock)
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    )
    (folder / "1-poison.eml").write_bytes(nested)
    (folder / "2-huge.eml").write_bytes(report(OURS) + b"x" * (2 * MOST_BYTES))
    (folder / "3-foreign.eml").write_bytes(report(f"<{'ff' * 16}@elsewhere.example>"))
    (folder / "4-bounce.eml").write_bytes(report(envelope))
    (folder / "5-again.eml").write_bytes(report(envelope))
    assert receive_mail(clock.now()) == 1
    message = the_message()
    assert (message.state, message.was_refused) == ("failed", True)
    assert message.last_error == "550 5.1.1 No such user here"
    assert list(folder.glob("*.eml")) == []
    assert len(list((folder / "seen").glob("*.eml"))) == 5
    assert receive_mail(clock.now()) == 0


def test_a_delay_is_no_failure(post: Post, clock: FixedClock, folder: Path) -> None:
    envelope = sent(post, clock)
    (folder / "delay.eml").write_bytes(report(envelope, action="delayed", status="4.4.1"))
    assert receive_mail(clock.now()) == 0
    assert the_message().state == "sent"


def test_an_answer_from_where_we_never_wrote_is_not_kept(
    post: Post, clock: FixedClock, folder: Path
) -> None:
    sent(post, clock)
    (folder / "forged.eml").write_bytes(calendar_reply(1, 1, "stranger@elsewhere.example"))
    assert receive_mail(clock.now()) == 0
    assert db.session.query(InboundMail).count() == 0


def test_a_mailbox_is_read_by_imap_and_each_mail_marked_as_seen(
    app: Flask, post: Post, clock: FixedClock
) -> None:
    envelope, inbox = sent(post, clock), Inbox()
    for mail in (b"poison", report(envelope), plain_report(envelope)):
        inbox.put(mail)
    with serving(inbox) as port:
        app.extensions["lms.mailbox"] = from_url(f"imap://idris:open%20sesame@127.0.0.1:{port}")
        assert receive_mail(clock.now()) == 1
        assert inbox.seen == {1, 2, 3}
        assert receive_mail(clock.now()) == 0
    assert the_message().state == "failed"


def test_a_wrong_password_or_folder_is_a_fault_that_the_job_shows(clock: FixedClock) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        for url, fault in (
            (f"imap://idris:wrong@127.0.0.1:{port}", "wrong password"),
            (f"imap://idris:open%20sesame@127.0.0.1:{port}/Bounces", "no folder Bounces"),
        ):
            with pytest.raises(Exception, match=fault):
                ImapMailbox(urlsplit(url)).visit(lambda _: True, 1)


def test_a_mail_that_is_not_done_with_is_shown_again(tmp_path: Path) -> None:
    inbox = Inbox()
    inbox.put(b"one")
    (tmp_path / "1.eml").write_bytes(b"one")
    with serving(inbox) as port:
        by_imap = ImapMailbox(urlsplit(f"imap://idris:open%20sesame@127.0.0.1:{port}"))
        for mailbox in (FolderMailbox(tmp_path), by_imap):
            shown: list[bytes] = []
            for is_done in (False, True, True):
                mailbox.visit(lambda raw, done=is_done, to=shown: to.append(raw) or done, 5)  # type: ignore[misc, func-returns-value]
            assert shown == [b"one", b"one"]
