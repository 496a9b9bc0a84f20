"""A figure with its target and its yardstick, and the table that is printed of them."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Figure:
    """One line: what was measured on which database, what came out, what was wanted."""

    what: str
    database: str
    measured: str
    target: str
    yardstick: str
    is_met: bool


def as_table(figures: list[Figure]) -> str:
    """The figures in Markdown, with the machine and the day."""
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {_machine()}.",
        "",
        "| what | database | measured | target | yardstick in the same run | met |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.what} | {one.database} | {one.measured} | {one.target} | {one.yardstick}"
        f" | {'yes' if one.is_met else 'no'} |"
        for one in figures
    ]
    return "\n".join(lines)


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
