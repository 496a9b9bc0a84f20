"""The e-mail itself: headers, words, invitation; read back as a mail program would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.config import Settings
from lms.messaging.claims import Envelope, Letter
from lms.messaging.letters import as_email
from lms.messaging.rules import MessageFacts
from lms.tokens import KeyRing

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
KEYS = KeyRing(("a key of thirty-two characters or so",))
SETTINGS = Settings(
    secret_key="a secret that only the tests know, long enough",
    base_url="https://training.wsp.example",
    mail_from="training@wsp.example",
)
LETTER = Letter(
    id=1,
    facts=MessageFacts("test", 1, "0", NOW),
    to_address="m.pettifer@pool-hayes.example",
    to_name="Marigold Pettifer",
    from_name="Walsall Safeguarding Partnership",
    reply_to="idris@wsp.example",
    subject="You have a place: Disguised Compliance, Monday 8 February",
    body="Hello,\n\n\fYou have a place.\n[[link /places place 12]]\n\n\fIdris\n\n\fBooked.\n",
    calendar=None,
    calendar_method=None,
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Café – Zoë\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def read(*letters: Letter) -> EmailMessage:
    """As it arrives at the other end."""
    sent = as_email(Envelope("<abc@wsp.example>", letters), SETTINGS, KEYS, NOW)
    read_back = message_from_bytes(
        sent.as_bytes(policy=sent.policy.clone(linesep="\n")), policy=default
    )
    assert isinstance(read_back, EmailMessage)
    return read_back


def test_headers() -> None:
    mail = read(LETTER)
    assert mail["From"] == "Walsall Safeguarding Partnership <training@wsp.example>"
    assert mail["To"] == "Marigold Pettifer <m.pettifer@pool-hayes.example>"
    assert mail["Reply-To"] == "Walsall Safeguarding Partnership <idris@wsp.example>"
    assert mail["Subject"] == "You have a place: Disguised Compliance, Monday 8 February"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<abc@wsp.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_plain_words_stay_plain() -> None:
    mail = read(LETTER)
    assert mail.get_content_type() == "text/plain"
    assert mail["Content-Transfer-Encoding"] == "7bit"
    assert mail.get_content() == (
        "Hello,\n\nYou have a place.\n"
        f"https://training.wsp.example/places/{KEYS.token('place', '12')}\n\nIdris\n\nBooked.\n"
    )


def test_other_letters_and_long_lines_arrive_as_written() -> None:
    words = "Zoë’s café – £45 " + "long " * 300
    assert read(replace(LETTER, body=words)).get_content() == words.strip() + "\n"


def test_a_long_subject_stays_on_its_line() -> None:
    subject = "On Thursday 28 January: Introduction to Domestic Violence and Abuse (and one more)"
    sent = as_email(
        Envelope("<a@b>", (replace(LETTER, subject=subject),)), SETTINGS, KEYS, NOW
    ).as_bytes()
    assert f"Subject: {subject}\r\n".encode() in sent


def test_a_long_subject_with_other_letters_arrives_as_written() -> None:
    subject = "On Thursday: Zoë’s Introduction to Domestic Violence and Abuse " * 2
    mail = read(replace(LETTER, subject=subject))
    assert mail["Subject"] == subject.strip()


def test_an_invitation_is_an_alternative_and_a_file() -> None:
    mail = read(replace(LETTER, calendar=CALENDAR, calendar_method="REQUEST"))
    assert mail.get_content_type() == "multipart/mixed"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "You have a place." in body.get_content()
    found = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert found.get_param("method") == "REQUEST"
    assert found.get_content_charset() == "utf-8"
    assert found.get_payload(decode=True) == CALENDAR.encode()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "invitation.ics"
    assert attached.get_content_type() == "application/ics"
    assert attached.get_payload(decode=True) == CALENDAR.encode()


def test_the_same_message_is_byte_for_byte_the_same() -> None:
    one, other = (as_email(Envelope("<a@b>", (LETTER,)), SETTINGS, KEYS, NOW) for _ in range(2))
    assert one.as_bytes() == other.as_bytes()


EVIL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60).map(
    lambda text: f"{text}\r\nBcc: everyone@agency.example\n{text}"
)


@given(EVIL)
def test_no_line_break_gets_into_a_header(evil: str) -> None:
    mail = read(replace(LETTER, subject=evil, to_name=evil, from_name=evil))
    assert mail["Bcc"] is None
    assert set(mail.keys()) == set(read(LETTER).keys())
    assert mail["To"].addresses[0].addr_spec == "m.pettifer@pool-hayes.example"


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d", "no address", "a@b, c@d", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        read(replace(LETTER, to_address=address))
