"""Reports at any size: attendance by agency against bare SQL, the other pages, a file of rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from bench.decade import make_decade
from bench.figures import Figure
from bench.sites import database

SIZES = (10_000, 100_000, 1_000_000)
LARGEST = os.environ.get("BENCH_BOOKINGS", "")  # such as 10000000: that many more, by hand
A_FEW_SECONDS = 3.0
Found = dict[str, dict[str, float]]


def measure_size(kind: str) -> list[Figure]:
    """The curve, and every figure at each size; the targets are those of a million."""
    figures = []
    for bookings in (*SIZES, *([int(LARGEST)] if LARGEST else [])):
        with database(kind) as url:
            decade = make_decade(url, bookings, datetime.now(UTC))
            print(f"{bookings:,} made in {decade.seconds:.0f} s", file=sys.stderr)
            figures += figures_of(kind, bookings, measured(url))
    return figures


def measured(url: str) -> Found:
    """What a process of its own took for each report."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.sized", url], check=True, stdout=subprocess.PIPE
    )
    found: Found = json.loads(ran.stdout)
    return found


def figures_of(kind: str, bookings: int, found: Found) -> list[Figure]:
    """Each report as a line of the table."""
    csv = found.pop("csv")
    figures = [
        _attendance(kind, bookings, found, "one year", 2.0),
        _attendance(kind, bookings, found, "ten years", 1.2),
    ]
    for name, took in found.items():
        if not name.startswith(("bare", "attendance")):
            is_met = took["seconds"] < A_FEW_SECONDS and took["megabytes"] < 300
            figures.append(
                _figure(kind, bookings, name, _took(took), "a few seconds; < 300 MB", "", is_met)
            )
    sent = f"first row {csv['first']:.2f} s, all {csv['rows']:,.0f} {_took(csv)}"
    is_met = csv["first"] < 1 and csv["seconds"] < 5 and csv["more"] < 150
    target = "100,000 rows streamed, the first < 1 s, all < 5 s; < 150 MB"
    return [*figures, _figure(kind, bookings, "CSV of bookings", sent, target, "", is_met)]


def _attendance(kind: str, bookings: int, found: Found, period: str, most: float) -> Figure:
    took, bare = found[f"attendance by agency, {period}"], found[f"bare, {period}"]
    ratio = took["seconds"] / bare["seconds"]
    is_quick = period != "one year" or took["seconds"] < 0.3
    return _figure(
        kind,
        bookings,
        f"attendance by agency, {period}",
        f"{_took(took)}; {ratio:.2f} × bare",
        f"≤ {most:g} × bare SQL{' and < 300 ms' if period == 'one year' else ''}; < 300 MB",
        f"bare SQL {bare['seconds'] * 1000:,.0f} ms",
        ratio <= most and is_quick and took["megabytes"] < 300,
    )


def _figure(
    kind: str, bookings: int, name: str, took: str, target: str, yardstick: str, is_met: bool
) -> Figure:
    return Figure(f"{name}, of {bookings:,} bookings", kind, took, target, yardstick, is_met)


def _took(took: dict[str, Any]) -> str:
    own = f"{took['cpu'] * 1000:,.0f} ms of own CPU"
    return f"{took['seconds'] * 1000:,.0f} ms ({own}), {took['megabytes']:.0f} MB in all"
