"""Evaluation: how many were invited at each stage, and how many answered (R2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, func, select

from lms.catalogue.rules import Stage
from lms.db import db
from lms.evaluation.queries.replies import reply_rows
from lms.reporting.queries.groups import Grouping, grouping
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import By, ReplyCounts


@dataclass(frozen=True)
class EvaluationRow:
    """One stage of one group."""

    label: str
    counts: ReplyCounts


@dataclass(frozen=True)
class EvaluationReport:
    """Three rows a group, one for each stage; the total's rows apart."""

    by: By
    scope: Scope
    rows: tuple[EvaluationRow, ...]
    total: tuple[ReplyCounts, ...]

    @property
    def groups(self) -> list[tuple[str, tuple[ReplyCounts, ...]]]:
        """Each group's name and its stages, in order; two groups may bear one name."""
        rows = [self.rows[at : at + len(Stage)] for at in range(0, len(self.rows), len(Stage))]
        return [(own[0].label, tuple(row.counts for row in own)) for own in rows]


Found = dict[tuple[Any, Stage], ReplyCounts]


def evaluation_report(by: By, scope: Scope) -> EvaluationReport:
    """The evaluation report, in a number of statements that its size does not change."""
    group = grouping(by, scope)
    found = _found(scope, group)
    total = _found(scope, None) if group.is_multiple else _added(found)
    keys = sorted({key for key, _ in found}, key=lambda key: _order(key, group.label(key)))
    return EvaluationReport(
        by=by,
        scope=scope,
        rows=tuple(
            EvaluationRow(group.label(key), found.get((key, stage), ReplyCounts(stage)))
            for key in keys
            for stage in Stage
        ),
        total=tuple(total.get((None, stage), ReplyCounts(stage)) for stage in Stage),
    )


def _order(key: Any, label: str) -> tuple[bool, str, str]:
    return key is None, label.casefold(), str(key)


def _added(found: Found) -> Found:
    """Of all, where everybody stands in one group: numbers of forms can be added."""
    parts: dict[Stage, list[ReplyCounts]] = {}
    for (_, stage), counts in found.items():
        parts.setdefault(stage, []).append(counts)
    return {
        (None, stage): ReplyCounts(
            stage,
            sum(each.invited for each in own),
            sum(each.answered for each in own),
            any(each.is_provisional for each in own),
        )
        for stage, own in parts.items()
    }


def _found(scope: Scope, group: Grouping | None) -> Found:
    replies = reply_rows(*scope.of_bookings)
    if group:
        replies = group.join(replies.add_columns(group.key.label("key")))
    rows = replies.subquery()
    by = [rows.c.key] if group else []
    statement = select(
        *by,
        rows.c.stage,
        func.count().label("invited"),
        func.sum(cast(rows.c.answered, Integer)).label("answered"),
        func.max(cast(rows.c.is_provisional, Integer)).label("provisional"),
    ).group_by(*by, rows.c.stage)
    return {
        (row.key if group else None, row.stage): ReplyCounts(
            row.stage, row.invited, row.answered, bool(row.provisional)
        )
        for row in db.session.execute(statement)
    }
