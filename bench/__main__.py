"""`make bench`: every figure beside its target and its yardstick, as a table in Markdown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench.bookings import measure_bookings
from bench.certificates import measure_certificates
from bench.disclosure import measure_disclosure, measure_reports
from bench.evaluations import measure_evaluations
from bench.figures import Figure, as_table
from bench.mail import measure_kills, measure_mail
from bench.pages import measure_pages
from bench.size import measure_size
from bench.storms import measure_storm
from bench.year import measure_year

MEASUREMENTS: dict[str, Callable[[str], list[Figure]]] = {
    "pages": measure_pages,
    "bookings": measure_bookings,
    "evaluations": measure_evaluations,
    "certificates": measure_certificates,
    "mail": measure_mail,
    "kills": measure_kills,
    "storm": measure_storm,
    "disclosure": measure_disclosure,
    "year": measure_year,
    "size": measure_size,
}

ONLY_WHEN_ASKED = {
    "kills",
    "storm",
    "disclosure",
    "year",
    "size",
}  # each takes many minutes: python -m bench --only storm


def main() -> None:
    """Take the measurements that are asked for, on the databases that are asked for."""
    arguments = argparse.ArgumentParser(prog="python -m bench")
    arguments.add_argument("--only", choices=MEASUREMENTS, action="append")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    arguments.add_argument(
        "--reports",
        nargs=2,
        type=int,
        metavar=("FIRST", "LAST"),
        help="attack the impact reports of these random years alone, the last left out",
    )
    chosen = arguments.parse_args()
    if chosen.reports:
        print(as_table(measure_reports(*chosen.reports)))
        return
    figures = []
    for name in chosen.only or [name for name in MEASUREMENTS if name not in ONLY_WHEN_ASKED]:
        for kind in chosen.database or ("sqlite", "postgresql"):
            print(f"measuring {name} on {kind}", file=sys.stderr)
            figures += MEASUREMENTS[name](kind)
    print(as_table(figures))


main()
