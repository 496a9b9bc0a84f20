"""Mails that come back, as mail servers and calendars write them."""

from __future__ import annotations

from lms.booking.calendar import uid_of

REPORT = """\
From: MAILER-DAEMON@mx.agency.example (Mail Delivery System)
To: training@wsp.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.agency.example
Arrival-Date: Mon, 18 Jan 2027 10:00:00 +0000

Final-Recipient: rfc822; person@agency.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such user here

--=_b
Content-Type: {returned}

From: training@wsp.example
To: person@agency.example
Message-ID: {message_id}
Subject: A place has come up for you

--=_b--
"""

PLAIN = """\
From: Mail Delivery System <Mailer-Daemon@mx.agency.example>
To: training@wsp.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: person@agency.example
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

A message that you sent could not be delivered to one or more of its recipients.
  person@agency.example
    host mx.agency.example: {said}

------ This is a copy of the message's headers. ------
Message-ID: {message_id}
Subject: A place has come up for you
"""

REPLY = """\
From: Marigold Pettifer <{from_address}>
To: training@wsp.example
Subject: Declined: Neglect
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_c"

--=_c
Content-Type: text/plain; charset=utf-8

Sorry, cannot make it.

--=_c
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
PRODID:-//Somebody//Calendar//EN
VERSION:2.0
METHOD:{method}
BEGIN:VEVENT
UID:{uid}
SEQUENCE:0
DTSTAMP:20270118T100000Z
DTSTART:20270208T093000Z
ATTENDEE;PARTSTAT={answer};CN=Marigold Pettifer:mailto:{from_address}
ORGANIZER:mailto:training@wsp.example
SUMMARY:Declined: Neglect
END:VEVENT
END:VCALENDAR

--=_c--
"""


def report(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "text/rfc822-headers",
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    said = {"action": action, "status": status, "returned": returned, "message_id": message_id}
    return REPORT.format(**said).replace("\n", "\r\n").encode()


def plain_report(message_id: str, said: str = "550 5.1.1 no such user") -> bytes:
    """What servers send that do not follow the standard."""
    return PLAIN.format(message_id=message_id, said=said).encode()


def calendar_reply(
    booking_id: int,
    session_id: int,
    from_address: str,
    answer: str = "DECLINED",
    *,
    host: str = "127.0.0.1",
    method: str = "REPLY",
) -> bytes:
    """The answer of somebody's calendar to an invitation."""
    uid = uid_of(booking_id, session_id, host)
    text = REPLY.format(uid=uid, from_address=from_address, answer=answer, method=method)
    return text.replace("\n", "\r\n").encode()
