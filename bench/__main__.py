"""`make bench`: every figure beside its target and its yardstick, as a table in Markdown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench.bookings import measure_bookings
from bench.evaluations import measure_evaluations
from bench.figures import Figure, as_table
from bench.pages import measure_pages

MEASUREMENTS: dict[str, Callable[[str], list[Figure]]] = {
    "pages": measure_pages,
    "bookings": measure_bookings,
    "evaluations": measure_evaluations,
}


def main() -> None:
    """Take the measurements that are asked for, on the databases that are asked for."""
    arguments = argparse.ArgumentParser(prog="python -m bench")
    arguments.add_argument("--only", choices=MEASUREMENTS, action="append")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = arguments.parse_args()
    figures = []
    for name in chosen.only or MEASUREMENTS:
        for kind in chosen.database or ("sqlite", "postgresql"):
            print(f"measuring {name} on {kind}", file=sys.stderr)
            figures += MEASUREMENTS[name](kind)
    print(as_table(figures))


main()
