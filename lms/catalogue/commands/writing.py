"""What the verbs of courses and events share: outcomes, chosen rows, refusing faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.catalogue.models import LearningOutcome
from lms.catalogue.rules import Fault, OutcomeDetails
from lms.db import Base
from lms.errors import Refused

Row = TypeVar("Row", bound=Base)


def write_outcomes(
    rows: list[LearningOutcome], wanted: Sequence[OutcomeDetails], on: date
) -> list[tuple[str, str]]:
    """Bring the outcomes to what is wanted, in its order; returns what was reworded.

    A row keeps its identity under other words, since answers hang on it; one that is no longer
    wanted is retired, never deleted (E5).
    """
    by_id = {row.id: row for row in rows}
    kept = {outcome.id for outcome in wanted}
    reworded = []
    for place, outcome in enumerate(wanted):
        row = by_id.get(outcome.id) if outcome.id else None
        if row is None:
            row = LearningOutcome(text=outcome.text.strip())
            rows.append(row)
        elif row.text != outcome.text.strip():
            reworded.append((row.text, outcome.text.strip()))
            row.text = outcome.text.strip()
        row.position = place
        row.retired_on = (row.retired_on or on) if outcome.is_retired else None
    for row in by_id.values():
        if row.id not in kept:
            row.position, row.retired_on = len(wanted), row.retired_on or on
    return reworded


def chosen(session: Session, kind: type[Row], ids: Iterable[int]) -> list[Row]:
    """The rows of these ids, each once, in their order."""
    return [session.get_one(kind, row_id) for row_id in dict.fromkeys(ids)]


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Raise the first of what cannot be."""
    if faults:
        raise Refused(faults[0].sentence, field=faults[0].field)
