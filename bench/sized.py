"""The reports on a database of ten years, one process for each database: `python -m bench.sized`.

Prints JSON: how long each took, at best of three, what it took of memory, and the bare statements
between them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.sites import application
from lms.clock import london_date
from lms.db import db
from lms.reporting.annual.asked import annual_report
from lms.reporting.attendance.queries import attendance_report, crossed_report, list_rows
from lms.reporting.attendance.views.bookings import COLUMNS, file_row
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.programme.rules import ProgrammeBy
from lms.reporting.programme.views.picture import programme_picture
from lms.reporting.queries import Asked, Scope, scope_of
from lms.reporting.reach.rules import ReachBy
from lms.reporting.reach.views.picture import reach_picture
from lms.reporting.rules import By, Period, Traced, last_complete_year
from lms.tables import csv_lines

TIMES = 3
ROWS = 100_000
HAD_PLACE = "b.origin <> 'walk_in'"
CAME = "b.outcome IN ('attended', 'part_attended')"
WALKED_IN = f"b.origin = 'walk_in' AND b.state <> 'cancelled' AND (b.outcome IS NULL OR {CAME})"
GIVEN_UP = f"""{HAD_PLACE} AND b.state = 'cancelled' AND NOT b.is_unnamed AND NOT EXISTS
  (SELECT 1 FROM booking s WHERE s.replaces_id = b.id AND s.confirmed_at IS NOT NULL)"""
CONDITIONS = (
    f"{HAD_PLACE} AND b.counts_as_confirmed_at_start",
    f"{HAD_PLACE} AND b.outcome IS NOT NULL AND b.counts_as_confirmed_at_start IS NULL",
    *(
        f"{HAD_PLACE} AND b.outcome = '{outcome}'"
        for outcome in ("attended", "part_attended", "did_not_attend", "excused")
    ),
    GIVEN_UP,
    f"{GIVEN_UP} AND b.is_late_cancellation",
    WALKED_IN,
)


def bare(scope: Scope) -> Callable[[], None]:
    """The one statement that answers attendance by agency, without its totals."""
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in CONDITIONS)
    period = scope.period
    dates = f"AND e.starts_at >= '{period.first}' AND e.starts_at < '{period.last}'"
    statement = f"""SELECT b.agency_id, {counts}, count(DISTINCT b.person_id) FILTER
        (WHERE {HAD_PLACE} AND {CAME} OR {WALKED_IN})
      FROM booking b JOIN event e ON e.id = b.event_id
      WHERE e.partnership_id IN ({", ".join(map(str, scope.partnership_ids))})
      {dates if period.first else ""} GROUP BY b.agency_id"""
    return lambda: db.session.execute(text(statement)).all() and None


def main(url: str) -> None:
    """Measure each in turn, and the bare ones beside what they are yardsticks of."""
    now = datetime.now(UTC)
    with application(url), db.session.no_autoflush:
        ten = scope_of(Asked(), None)
        last = last_complete_year(london_date(now), ten.start_month)
        year = replace(ten, period=Period(last.first, last.last + timedelta(days=1)))
        one = replace(ten, period=Period(last.first, last.last))
        found: dict[str, dict[str, float]] = {}
        for name, what in _tasks(one, ten, bare(year), bare(ten), last.label, now).items():
            found[name] = _best(what)
        found["csv"] = _csv(ten)
    print(json.dumps(found))


def _tasks(
    year: Scope,
    ten: Scope,
    bare_year: Callable[[], None],
    bare_ten: Callable[[], None],
    label: str,
    now: datetime,
) -> dict[str, Callable[[], Any]]:
    return {
        "bare, one year": bare_year,
        "attendance by agency, one year": lambda: attendance_report(By.AGENCY, year, now),
        "bare, ten years": bare_ten,
        "attendance by agency, ten years": lambda: attendance_report(By.AGENCY, ten, now),
        "agency crossed with quarter, one year": lambda: crossed_report(
            By.AGENCY, By.QUARTER, year, now
        ),
        "agency crossed with level, ten years": lambda: crossed_report(
            By.AGENCY, By.LEVEL, ten, now
        ),
        "evaluation by agency, one year": lambda: evaluation_report(By.AGENCY, year),
        "evaluation by agency, ten years": lambda: evaluation_report(By.AGENCY, ten),
        "reach, one year": lambda: reach_picture(ReachBy.AGENCY, year, now),
        "reach, ten years": lambda: reach_picture(ReachBy.AGENCY, ten, now),
        "programme, one year": lambda: programme_picture(ProgrammeBy.COURSE, year, now),
        "programme, ten years": lambda: programme_picture(ProgrammeBy.COURSE, ten, now),
        "annual report": lambda: annual_report(label, "", None, now),
    }


def _best(what: Callable[[], Any]) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(TIMES):
        before = _peak_from_here()
        started, worked = time.perf_counter(), time.process_time()
        what()
        taken = {
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - worked,
            "megabytes": _memory("VmHWM"),
            "more": _memory("VmHWM") - before,
        }
        db.session.remove()
        if not best or taken["seconds"] < best["seconds"]:
            best = taken
        if best["seconds"] > 10:
            break
    return best


def _csv(scope: Scope) -> dict[str, float]:
    """The file of bookings as its page sends it, until 100,000 rows are out."""
    before = _peak_from_here()
    started, worked, first = time.perf_counter(), time.process_time(), 0.0
    written = 0
    rows = map(file_row, list_rows(Traced.ATTENDED, scope))
    for lines, line in enumerate(csv_lines(COLUMNS, rows)):
        written += len(line.encode())
        if lines == 1:
            first = time.perf_counter() - started
        if lines == ROWS:
            break
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - worked,
        "first": first,
        "megabytes": _memory("VmHWM"),
        "more": _memory("VmHWM") - before,
        "rows": lines,
    }


def _peak_from_here() -> float:
    """Let the process's peak of memory begin anew; what it holds now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
