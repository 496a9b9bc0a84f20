"""The strip under a report's finding: what else can be asked for, and the same as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lms.clock import ReportingYear

Option = tuple[str, str, bool]
"""Its words, its address, and whether it is the one that is shown."""
Strip = list[tuple[str, list[Option]]]

MOST_YEARS = 6
TABLES = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))


def strip_of_parts(*parts: tuple[str, list[Option]]) -> Strip:
    """The parts in which there is something to choose."""
    return [(label, options) for label, options in parts if options]


def years_to_choose(
    years: Sequence[ReportingYear], shown: str, address: Callable[[str], str]
) -> list[Option]:
    """The latest years, by their labels."""
    return [(year.label, address(year.label), year.label == shown) for year in years[:MOST_YEARS]]


def partnerships_to_choose(
    names: Sequence[str], shown: str, address: Callable[[str], str]
) -> list[Option]:
    """Whose report it may be; nothing where somebody reads of one alone."""
    return [(name, address(name), name == shown) for name in names] if len(names) > 1 else []


def files_to_take(
    address: Callable[[str], str], endings: Sequence[tuple[str, str]] = TABLES
) -> list[Option]:
    """The report as files; `address` is given what it ends in: '.csv'."""
    return [(words, address(f".{ending}"), False) for words, ending in endings]
