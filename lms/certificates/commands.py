"""The verbs: issue, waive, revoke, issue anew, hand out as a file.

Each locks its event first, as the register's own do, so that what is decided is true when it is
written: two workers, or a worker and a coordinator, issue one certificate and not two. The unique
index on the certificates in force stands behind that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.agencies.models import Partnership
from lms.catalogue.models import Event
from lms.catalogue.queries import outcomes_asked_at
from lms.certificates.messages import issued_draft, revoked_draft
from lms.certificates.models import Certificate, Waiver
from lms.certificates.queries import (
    EventCertificates,
    Line,
    certificates_in_force,
    certificates_within,
    events_with_due,
)
from lms.certificates.rules import MAY_BE_WAIVED, Standing, may_issue_anew, new_code
from lms.clock import london_date
from lms.db import db, take_ticket, transaction
from lms.errors import NotFound, Refused
from lms.jobs import done_for_each
from lms.messaging.commands import enqueue_all
from lms.words import count


def issue_all_due(now: datetime) -> int:
    """Issue every certificate that is due, an event at a time; returns how many."""
    due = events_with_due(db.session(), now)
    return done_for_each(partial(_issue_due_of, now=now), due)


def _issue_due_of(event_id: int, now: datetime) -> int:
    with transaction() as session:
        known = _lock(session, event_id, None, now)
        return _issue(session, known.event, known.of(Standing.DUE), now)


def issue_due(event_id: int, *, by: Viewer, now: datetime) -> int:
    """Issue at once what is due at one event, however long ago; how many. Raises NotFound."""
    with transaction() as session:
        known = _lock(session, event_id, by, now)
        issued = _issue(session, known.event, known.of(Standing.DUE), now)
        if issued:
            sentence = f"issued {count(issued, 'certificate')} of {known.event.title}"
            _record(session, known.event, "issue certificates", sentence, by=by, now=now)
        return issued


def waive(
    event_id: int, booking_ids: Collection[int], reason: str, *, by: Viewer, now: datetime
) -> int:
    """Let certificates not wait for the evaluation, and issue them; for how many people.

    Whoever has answered or been waived meanwhile is passed over. Raises NotFound or Refused.
    """
    if not reason.strip():
        raise Refused("Enter why the evaluation is waived", field="reason")
    with transaction() as session:
        known = _lock(session, event_id, by, now)
        lines = [known.line(booking_id) for booking_id in dict.fromkeys(booking_ids)]
        waived = [line for line in lines if line.standing in MAY_BE_WAIVED]
        for line in waived:
            session.add(
                Waiver(
                    booking_id=line.booking_id,
                    waived_at=now,
                    waived_by_person_id=by.person_id,
                    reason=reason.strip(),
                )
            )
            sentence = f"waived the evaluation of {known.event.title} for {line.name}"
            _record(
                session,
                known.event,
                "waive evaluation",
                sentence,
                by=by,
                now=now,
                booking_id=line.booking_id,
                reason=reason,
            )
        session.flush()
        again = certificates_within(session, known.event, now)
        _issue(session, known.event, again.of(Standing.DUE), now)
        return len(waived)


def revoke(event_id: int, booking_id: int, reason: str, *, by: Viewer, now: datetime) -> None:
    """Revoke the certificate of a booking, and tell its holder why. Raises NotFound or Refused."""
    with transaction() as session:
        known = _lock(session, event_id, by, now)
        line = known.line(booking_id)
        _revoke(session, known.event, line, reason, by=by, now=now)
        partnership = session.get_one(Partnership, known.event.partnership_id)
        if line.certificate is not None:
            enqueue_all(session, revoked_draft(line, line.certificate, partnership), now)


def issue_anew(
    event_id: int,
    booking_id: int,
    reason: str,
    *,
    instead_of: str | None = None,
    by: Viewer,
    now: datetime,
) -> None:
    """Issue another certificate, as things stand now, in place of one that is or was revoked.

    `instead_of` is the code of the one that was seen: where another has taken its place meanwhile,
    nothing happens, so that a double click issues one. Raises NotFound, or Refused where none is
    earned or none was issued before.
    """
    if not reason.strip():
        raise Refused("Enter why it is issued anew", field="reason")
    with transaction() as session:
        known = _lock(session, event_id, by, now)
        line = known.line(booking_id)
        if instead_of and line.certificate is not None and line.certificate.code != instead_of:
            return
        if not may_issue_anew(line.facts):
            raise Refused(
                f"{line.name} has no certificate that could be issued anew.",
                way_out="A certificate is issued by itself once it is earned.",
            )
        if line.facts.is_in_force:
            _revoke(session, known.event, line, reason, by=by, now=now)
        _issue(session, known.event, [line], now)
        sentence = f"issued the certificate of {line.name}, {known.event.title}, anew"
        _record(
            session,
            known.event,
            "issue certificate anew",
            sentence,
            by=by,
            now=now,
            booking_id=booking_id,
            reason=reason,
        )


def hand_out(event_id: int, form: str, *, by: Viewer, now: datetime) -> list[Certificate]:
    """The certificates of an event that are in force, by surname, for a file with names (P3).

    That somebody asked for the file is kept. Raises NotFound, or Refused where there are none.
    """
    with transaction() as session:
        known = _lock(session, event_id, by, now)
        found = [
            line.certificate
            for line in known.of(Standing.ISSUED, Standing.TO_REVOKE)
            if line.certificate is not None
        ]
        if not found:
            raise Refused("No certificate of this event has been issued yet.")
        sentence = f"took {count(len(found), 'certificate')} of {known.event.title} as {form}"
        _record(session, known.event, "download certificates", sentence, by=by, now=now)
        session.flush()
        session.expunge_all()
        return found


# --- What they share ------------------------------------------------------------------------


def _lock(session: Session, event_id: int, by: Viewer | None, now: datetime) -> EventCertificates:
    """Lock an event and read its certificates. Raises NotFound where `by` does not run it."""
    try:
        take_ticket(session, Event, event_id)
    except LookupError:
        raise NotFound from None
    event = session.get_one(Event, event_id)
    if by is not None and not by.can(Permission.RUN_PROGRAMME, event.partnership_id):
        raise NotFound
    if event.starts_at is None:
        raise NotFound
    return certificates_within(session, event, now)


def _issue(session: Session, event: Event, lines: Sequence[Line], now: datetime) -> int:
    """Write what each certificate says from now on, and tell whoever can be reached."""
    if not lines:
        return 0
    partnership = session.get_one(Partnership, event.partnership_id)
    same = _what_all_say(event, partnership)
    rows = [
        {
            "booking_id": line.booking_id,
            "code": new_code(),
            "name": line.name,
            "issued_at": now,
            **same,
        }
        for line in lines
    ]
    session.execute(insert(Certificate), rows)
    issued = certificates_in_force([line.booking_id for line in lines])
    told = [(line, issued[line.booking_id]) for line in lines]
    enqueue_all(session, [d for pair in told for d in issued_draft(*pair, partnership)], now)
    return len(rows)


def _what_all_say(event: Event, partnership: Partnership) -> dict[str, object]:
    lengths = (block.ends_at - block.starts_at for block in event.sessions)
    return {
        "partnership_id": partnership.id,
        "title": event.title,
        "level": event.level,
        "minutes": sum(int(length.total_seconds()) for length in lengths) // 60,
        "first_on": london_date(event.sessions[0].starts_at),
        "last_on": london_date(event.sessions[-1].starts_at),
        "teaches": "\n".join(" ".join(one.text.split()) for one in outcomes_asked_at(event)),
        "issued_by": partnership.title,
        "signed_by": partnership.contact_name,
    }


def _revoke(
    session: Session, event: Event, line: Line, reason: str, *, by: Viewer, now: datetime
) -> None:
    if not reason.strip():
        raise Refused("Enter why the certificate is revoked", field="reason")
    if line.certificate is None or line.certificate.revoked_at is not None:
        raise Refused(f"{line.name} has no certificate that is in force.")
    line.certificate.revoked_at = now
    line.certificate.revoked_because = reason.strip()
    line.certificate.revoked_by_person_id = by.person_id
    session.flush()
    _record(
        session,
        event,
        "revoke certificate",
        f"revoked the certificate of {line.certificate.name}, {line.certificate.title}",
        by=by,
        now=now,
        booking_id=line.booking_id,
        reason=reason,
    )


def _record(
    session: Session,
    event: Event,
    act: str,
    sentence: str,
    *,
    by: Viewer,
    now: datetime,
    booking_id: int | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        act,
        sentence,
        by=by,
        now=now,
        about=("booking", booking_id) if booking_id else ("event", event.id),
        partnership_id=event.partnership_id,
        reason=reason.strip() or None,
    )
