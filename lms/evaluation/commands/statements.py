"""Free texts: collected, read, released or held back, and taken back by whoever wrote them.

Two who decide on one text at the same moment: the row moves from its state only once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.booking.models import Booking
from lms.catalogue.models import Event, Theme
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.evaluation.commands.inviting import insert_of
from lms.evaluation.models import Evaluation, Statement
from lms.evaluation.queries.texts import (
    HOLDS_CONSENT,
    Consent,
    is_agreed_to,
    may_be_read,
    originals_of,
    uncollected,
)
from lms.evaluation.rules import QuoteConsent, Stage, StatementState
from lms.evaluation.rules.statements import (
    Decision,
    consents,
    redacted,
    state_after,
    state_on_consent,
)


def collect_texts(now: datetime) -> int:
    """Give a row to each text that has none, whether or not it may be quoted; how many.

    In no order, so that the rows do not tell which texts are of one writer.
    """
    del now
    session = db.session()
    found = {tuple(row) for query in uncollected() for row in session.execute(query)}
    if not found:
        return 0
    rows = [
        {
            "evaluation_id": evaluation_id,
            "question": question,
            "state": StatementState.WAITING,
            "words": "",
            "is_concern": False,
        }
        for evaluation_id, question in found
    ]
    secrets.SystemRandom().shuffle(rows)
    with transaction() as writing:
        insert = insert_of(writing)(Statement.__table__).on_conflict_do_nothing(
            index_elements=["evaluation_id", "question"]
        )
        writing.execute(insert, rows)
    return len(rows)


# --- Reading ---------------------------------------------------------------------------------


class Read(NamedTuple):
    """A text under decision, the event that it was written about, and its writer's wish."""

    statement: Statement
    event: Event
    may_be_quoted: bool


def release_text(
    statement_id: int, words: str, theme_ids: Sequence[int], *, by: Viewer, now: datetime
) -> str:
    """Let a text be quoted in these words; returns them, with a mark where something is missing.

    Raises NotFound, or Refused where words stand there that were not written.
    """
    with transaction() as session:
        read = _read(session, statement_id, by)
        original = originals_of(session, [read.statement])[statement_id]
        shown = redacted(original, words)
        _move(session, read, Decision.RELEASE, by, now)
        read.statement.words = shown
        read.statement.themes = _themes(session, theme_ids, read.event.partnership_id)
        _record(session, "release_text", "released a text to be quoted", read, by, now)
    return shown


def hold_back_text(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Let a text be quoted by nobody."""
    with transaction() as session:
        read = _read(session, statement_id, by)
        _move(session, read, Decision.HOLD_BACK, by, now)
        _record(session, "hold_back_text", "held back a text", read, by, now)


def tick_off_text(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Say that a text that may not be quoted has been read. Refused where it may be by now."""
    with transaction() as session:
        read = _read(session, statement_id, by)
        _move(session, read, Decision.HAVE_READ, by, now)
        _record(session, "read_text", "read a text that may not be quoted", read, by, now)


def read_text_again(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a decision back: the text waits to be read, and is quoted no more meanwhile."""
    with transaction() as session:
        read = _read(session, statement_id, by)
        _move(session, read, Decision.READ_AGAIN, by, now)
        _record(session, "read_text_again", "put a text back to be read", read, by, now)


def _read(session: Session, statement_id: int, by: Viewer) -> Read:
    """A text at an event that `by` runs, unless its writer took it back. Raises NotFound.

    Its row is locked before its writer's wish is read: who withdraws at the same moment has either
    been heard by now, or finds what was decided and ends it.
    """
    session.execute(select(Statement.id).where(Statement.id == statement_id).with_for_update())
    row = session.execute(
        select(Statement, Event, is_agreed_to().label("may_be_quoted"))
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Consent, HOLDS_CONSENT)
        .where(Statement.id == statement_id, may_be_read())
    ).one_or_none()
    if row is None or not by.can(Permission.RUN_PROGRAMME, row.Event.partnership_id):
        raise NotFound
    return Read(row.Statement, row.Event, bool(row.may_be_quoted))


def _move(session: Session, read: Read, decision: Decision, by: Viewer, now: datetime) -> None:
    statement, before = read.statement, read.statement.state
    after = state_after(
        before, decision, may_be_quoted=read.may_be_quoted, is_concern=statement.is_concern
    )
    moved = session.execute(
        update(Statement)
        .where(Statement.id == statement.id, Statement.state == before)
        .values(
            state=after,
            decided_at=now,
            decided_by_person_id=by.person_id,
        )
        .returning(Statement.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is None:
        raise Refused("Somebody else has seen to this text.", way_out="Look at the list once more.")
    session.refresh(statement)


def _themes(session: Session, ids: Sequence[int], partnership_id: int) -> list[Theme]:
    of_it = select(Theme).where(Theme.id.in_(ids), Theme.partnership_id == partnership_id)
    return list(session.scalars(of_it.order_by(Theme.name, Theme.id)))


def _record(
    session: Session, act: str, words: str, read: Read, by: Viewer, now: datetime, **more: Any
) -> None:
    """Names no writer; nor, of one who does not wish to be quoted, the event (R4)."""
    audit.record(
        session,
        act,
        f"{words}, from {read.event.title}" if read.may_be_quoted else words,
        by=by,
        now=now,
        about=("statement", read.statement.id),
        partnership_id=read.event.partnership_id,
        **more,
    )


# --- Whoever wrote them ----------------------------------------------------------------------


def set_quote_consent(booking_id: int, consent: QuoteConsent, *, now: datetime) -> int:
    """Write down whether the writer of a booking's texts may be quoted; how many quotes end.

    The caller has made sure that it is the writer who says so. Holds from this moment.
    """
    del now
    with transaction() as session:
        _keep_consent(session, booking_id, consent)
        return follow_consent(session, booking_id, consent)


def follow_consent(session: Session, booking_id: int, consent: QuoteConsent) -> int:
    """Let what a booking's person wrote so far follow their wish, within the caller's transaction;
    how many quotes end. What was read as not for quoting is read anew once it may be quoted."""
    ended = 0
    for statement in _statements_of(session, booking_id):
        before = statement.state
        after = state_on_consent(before, consent, is_concern=statement.is_concern)
        ended += before is StatementState.RELEASED and after is not before
        if not consents(consent):
            _forget(statement)
        statement.state = after
    return ended


def take_back_quote(booking_id: int, statement_id: int, *, now: datetime) -> None:
    """End one quote for its writer, and leave the others. Raises NotFound for another's."""
    del now
    with transaction() as session:
        found = {each.id: each for each in _statements_of(session, booking_id)}
        if statement_id not in found:
            raise NotFound
        _forget(found[statement_id])


def _forget(statement: Statement) -> None:
    """Withdraw it, and let go of the words in which it was quoted."""
    statement.state = StatementState.WITHDRAWN
    statement.words = ""
    statement.themes = []


def _keep_consent(session: Session, booking_id: int, consent: QuoteConsent) -> None:
    values = insert_of(session)(Evaluation).values(
        booking_id=booking_id, stage=Stage.POST, quote_consent=consent, is_baseline=True
    )
    session.execute(
        values.on_conflict_do_update(
            index_elements=["booking_id", "stage"], set_={"quote_consent": consent}
        )
    )


def _statements_of(session: Session, booking_id: int) -> list[Statement]:
    return list(
        session.scalars(
            select(Statement)
            .join(Evaluation, Evaluation.id == Statement.evaluation_id)
            .where(Evaluation.booking_id == booking_id)
            .order_by(Statement.id)
            .with_for_update(of=Statement)
        )
    )
