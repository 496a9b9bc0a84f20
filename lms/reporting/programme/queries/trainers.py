"""Who taught: the agencies whose people did, and for how many days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.accounts.models import Membership
from lms.agencies.models import Agency
from lms.agencies.rules import Sector
from lms.catalogue.models import Event, EventSession, EventTrainer
from lms.db import db
from lms.reporting.programme.queries.events import Programme
from lms.reporting.programme.rules import Belonged, Taught, TrainerDays, days_by_agency

NO_AGENCY = "No agency"


@dataclass(frozen=True)
class TrainersRow:
    """An agency's trainers; `sector` None for trainers of none."""

    label: str
    sector: Sector | None
    counts: TrainerDays


@dataclass(frozen=True)
class TrainersReport:
    """The agencies whose people taught, most days first; in the total each trainer counts once."""

    rows: tuple[TrainersRow, ...]
    total: TrainerDays


def trainers_report(programme: Programme) -> TrainersReport:
    """Days taught at events that ran, by the agency that the trainer belonged to on the day."""
    ran = [i for i, placed in programme.events.items() if placed.event.has_run(programme.now)]
    taught, belonged = _taught(programme, set(ran))
    days = days_by_agency(taught, belonged)
    agencies = agencies_named()
    rows = [
        TrainersRow(agencies[key][0], agencies[key][1], counts)
        for key, counts in days.items()
        if key is not None
    ]
    rows.sort(key=lambda row: (-row.counts.days, row.label.casefold()))
    if None in days:
        rows.append(TrainersRow(NO_AGENCY, None, days[None]))
    everyone = {one.person_id for one in taught}
    total = TrainerDays(len(everyone), sum(each.days for each in days.values()))
    return TrainersReport(tuple(rows), total)


def _taught(programme: Programme, ran: set[int]) -> tuple[list[Taught], list[Belonged]]:
    sessions: dict[tuple[int, int], list[Any]] = defaultdict(list)
    of_scope = (
        select(EventTrainer.person_id)
        .join(Event, Event.id == EventTrainer.event_id)
        .where(*programme.scope.conditions)
    )
    for event_id, person_id, starts_at, ends_at in db.session.execute(
        select(Event.id, EventTrainer.person_id, EventSession.starts_at, EventSession.ends_at)
        .join(EventTrainer, EventTrainer.event_id == Event.id)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(*programme.scope.conditions)
        .order_by(Event.id, EventTrainer.person_id, EventSession.starts_at)
    ):
        if event_id in ran:
            sessions[event_id, person_id].append((starts_at, ends_at))
    belonged = db.session.execute(
        select(
            Membership.person_id, Membership.agency_id, Membership.started_on, Membership.ended_on
        )
        .where(Membership.person_id.in_(of_scope))
        .order_by(Membership.id)
    )
    taught = [Taught(person_id, tuple(spans)) for (_, person_id), spans in sessions.items()]
    return taught, [Belonged(*row) for row in belonged]


def agencies_named() -> dict[int, tuple[str, Sector]]:
    """Every agency by id, with its sector; in order of its name."""
    rows = db.session.execute(
        select(Agency.id, Agency.name, Agency.sector).order_by(Agency.name, Agency.id)
    )
    return {agency_id: (name, sector) for agency_id, name, sector in rows}
