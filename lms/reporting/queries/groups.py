"""What a report's rows are: the column to group by, what to join, and how each row is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from lms.catalogue.models import Event
from lms.clock import at_london, london_date, quarter
from lms.db import db
from lms.reporting.queries.dimensions import DIMENSIONS
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import By, quarters_between

Label = Callable[[Any], str]


@dataclass(frozen=True)
class Grouping:
    """`key` is grouped by; `join` adds what it needs to a selection of bookings and events.

    `is_multiple`: an event may stand in several rows, so that rows do not add up to the total.
    """

    by: By
    key: Any
    join: Callable[[Select[Any]], Select[Any]]
    label: Label
    is_multiple: bool = False


def grouping(by: By, scope: Scope) -> Grouping:
    """How to group by that column."""
    if by is By.QUARTER:
        return _quarter(scope)
    dimension = DIMENSIONS[by]
    return Grouping(by, dimension.column, dimension.join, dimension.label(), dimension.is_multiple)


def _plain(select_: Select[Any]) -> Select[Any]:
    return select_


def _quarter(scope: Scope) -> Grouping:
    """Quarters are London's: each is a span between two instants, named in a CASE."""
    first, last = db.session.execute(
        select(func.min(Event.starts_at), func.max(Event.starts_at)).where(*scope.conditions)
    ).one()
    if first is None or last is None:
        return Grouping(By.QUARTER, Event.id, _plain, str)  # no event, so no row
    spans = quarters_between(london_date(first), london_date(last), scope.start_month)
    whens = [
        (
            Event.starts_at < at_london(day_after, time()),
            literal(quarter(begins, scope.start_month)),
        )
        for begins, day_after in spans
    ]
    return Grouping(By.QUARTER, case(*whens), _plain, str)
