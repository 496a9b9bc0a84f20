"""What becomes of what people wrote: read, released, held back, sent on, acted upon."""

from __future__ import annotations

import random
from datetime import datetime
from functools import partial

from sqlalchemy import exists, select

from lms.access import Viewer
from lms.booking.models import Booking
from lms.booking.rules import CAME
from lms.catalogue.commands.improvements import ImprovementDetails, add_improvement
from lms.catalogue.models import Event
from lms.catalogue.rules import Stage
from lms.clock import DAY, london_date
from lms.db import db
from lms.demo.living import World
from lms.demo.programme import Planned
from lms.demo.replies import answer_form
from lms.demo.sayings import IMPROVEMENTS, OF_RISK
from lms.evaluation.commands.concerns import send_to_lead
from lms.evaluation.commands.statements import (
    collect_texts,
    hold_back_text,
    release_text,
    tick_off_text,
)
from lms.evaluation.models import Evaluation
from lms.evaluation.queries.statements import list_texts, list_unquoted
from lms.evaluation.rules import StatementState

LEFT, LEFT_UNQUOTED = 8, 5  # the latest, which wait for the visitor
STANDS_FOR = {
    "Juniper": "[the trainer]",
    "In Bloxwich": "[There]",
    " in Bloxwich": "",
    "Palfrey": "[a place]",
    " on 14 May": "",
}


def plan_reading(world: World, recent: Planned, read_at: datetime, sent_at: datetime) -> None:
    """The coordinator reads what there is, and leaves the latest for the visitor. One who came to
    `recent` writes late, and of somebody at risk: that is sent on shortly before the visit."""
    world.timeline.at(read_at, partial(_read, world))
    world.timeline.at(recent.ends_at + 26 * DAY, partial(_write_of_a_risk, world, recent))
    world.timeline.at(sent_at, partial(_send_on, world.here.coordinator))


def plan_improvements(world: World, told_at: datetime) -> None:
    """You said, we did: in the year that the reports open with."""
    for number, (title, you_said, we_did) in enumerate(IMPROVEMENTS):
        when = told_at + number * DAY
        course_id = world.here.course_ids[title]
        details = ImprovementDetails(you_said, we_did, london_date(when))
        world.timeline.at(when, partial(_improve, course_id, details, world.here.coordinator))


def _improve(course_id: int, details: ImprovementDetails, by: Viewer, now: datetime) -> None:
    add_improvement(course_id, details, by=by, now=now)


def _write_of_a_risk(world: World, recent: Planned, now: datetime) -> None:
    is_answered = exists().where(
        Evaluation.booking_id == Booking.id,
        Evaluation.stage == Stage.POST,
        Evaluation.answered_at.is_not(None),
    )
    writer = db.session.scalar(
        select(Booking.id)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Event.starts_at == recent.starts_at,
            Booking.outcome.in_(CAME),
            Booking.person_id != world.here.practitioner.id,
            ~is_answered,
        )
        .order_by(Booking.id)
        .limit(1)
    )
    db.session.rollback()
    if writer is not None:
        says = {"comment": OF_RISK, "quote_consent": "no"}
        own = random.Random(f"risk {writer}")  # noqa: S311 - a story
        answer_form(writer, Stage.POST, own, now, says)


def _read(world: World, now: datetime) -> None:
    """Both lists, the oldest event first."""
    collect_texts(now)
    by = world.here.coordinator
    own = random.Random("reading")  # noqa: S311 - a story
    waiting, unquoted = list_texts(by, StatementState.WAITING), list_unquoted(by)
    db.session.rollback()
    for text in unquoted[:-LEFT_UNQUOTED]:
        tick_off_text(text.id, by=by, now=now)
    themes, quoted = list(world.here.theme_ids.values()), set[str]()
    for text in sorted(waiting[:-LEFT], key=lambda text: not text.role):
        if text.original in quoted:  # once is enough: where a role may stand, that one
            hold_back_text(text.id, by=by, now=now)
        else:
            about = own.sample(themes, 1)
            release_text(text.id, _redacted(text.original), about, by=by, now=now)
        quoted.add(text.original)


def _send_on(by: Viewer, now: datetime) -> None:
    collect_texts(now)
    of_risk = [text.id for text in list_unquoted(by) if text.original == OF_RISK]
    db.session.rollback()
    for statement_id in of_risk:
        send_to_lead(statement_id, by=by, now=now)


def _redacted(original: str) -> str:
    """What could tell who, where or when taken out."""
    words = original
    for told, put in STANDS_FOR.items():
        words = words.replace(told, put)
    return words
