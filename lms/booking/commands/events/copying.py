"""The same event on other days: a copy of last term's, or a whole series, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.events.publishing import get_event, publish_within
from lms.booking.commands.events.who_can_book import write_terms_within
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.booking.queries.who_can_book import terms_of
from lms.booking.rules.who_can_book import moved_terms
from lms.catalogue.commands import add_event_within, copy_materials_within
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import SessionDetails, copied, first_day
from lms.clock import london_date
from lms.db import transaction
from lms.errors import Refused
from lms.tokens import reference_from
from lms.words import count, day


@dataclass(frozen=True)
class Copies:
    """The events that were made, and what could not be taken over with them."""

    event_ids: tuple[int, ...]
    left_out: tuple[str, ...] = ()


def copy_event(
    event_id: int,
    days: Sequence[Sequence[SessionDetails]],
    *,
    key: str,
    by: Viewer | None,
    now: datetime,
    publishes: bool = False,
) -> Copies:
    """Make the same event once for each entry of `days`: also who may book it and on what terms.

    Drafts, or published at once; all or nothing. Under the same `key` they are made only once: a
    second press finds them. Raises NotFound, or Refused for what cannot be.
    """
    with transaction() as session:
        lock_event(session, event_id)
        source = get_event(session, event_id)
        references = _references(source, days, key)
        made = _made_before(session, source, references)
        if made:
            return Copies(made)
        copies, left_out = [], dict[str, None]()
        for reference, sessions in zip(references, days, strict=True):
            copy, lost = _copy(session, source, sessions, reference, now)
            left_out |= dict.fromkeys(lost)
            if publishes:
                _publish(session, copy, by, now)
            copies.append(copy)
        what = count(len(copies), "time", "times") if len(copies) > 1 else "once"
        record_act(session, source, "copy event", f"copied {source.title} {what}", by, now)
        return Copies(tuple(copy.id for copy in copies), tuple(left_out))


def _references(source: Event, days: Sequence[Sequence[SessionDetails]], key: str) -> list[str]:
    """By which the events are known again when the same is asked for under the same key."""
    asked = "/".join(f"{block.starts_at:%Y%m%d%H%M}" for each in days for block in each)
    return [
        reference_from("EV", f"{source.id}/{key}/{asked}/{number}") for number in range(len(days))
    ]


def _made_before(session: Session, source: Event, references: list[str]) -> tuple[int, ...]:
    found = session.scalars(
        select(Event.id)
        .where(Event.partnership_id == source.partnership_id, Event.reference.in_(references))
        .order_by(Event.id)
    )
    return tuple(found)


def _copy(
    session: Session,
    source: Event,
    sessions: Sequence[SessionDetails],
    reference: str,
    now: datetime,
) -> tuple[Event, list[str]]:
    details = details_of(source)
    copy = add_event_within(session, copied(details, sessions), now=now, reference=reference)
    before, after = first_day(details.sessions), first_day(sessions)
    shift = after - before if before and after else None
    terms, left_out = moved_terms(terms_of(source), shift, london_date(now))
    write_terms_within(session, copy, terms)
    lenders = {trainer.person_id: trainer.lent_by_id for trainer in source.trainers}
    for trainer in copy.trainers:
        trainer.lent_by_id = lenders.get(trainer.person.id)
    session.flush()
    copy_materials_within(session, source, copy, now=now)
    return copy, left_out


def _publish(session: Session, copy: Event, by: Viewer | None, now: datetime) -> None:
    try:
        publish_within(session, copy, by=by, now=now)
    except Refused as refusal:
        on = f"{day(london_date(copy.starts_at))}: " if copy.starts_at else ""
        raise Refused(f"Nothing was made. {on}{refusal.sentence}.") from refusal
