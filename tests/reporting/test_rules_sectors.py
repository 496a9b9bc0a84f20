"""How a table of agencies is set: nobody is left out, and each stands under its sector."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import Sector
from lms.reporting.rules.sectors import placed_by_sector


@dataclass(frozen=True)
class Row:
    label: str
    sector: Sector | None
    n: int


def size(row: Row) -> int:
    return row.n


def test_a_sector_of_one_agency_is_one_row_and_those_without_an_agency_come_last() -> None:
    sectors = [
        Row("no agency", None, 9),
        Row("police", Sector.POLICE, 5),
        Row("fire", Sector.FIRE, 7),
    ]
    agencies = [
        Row("West Midlands Police", Sector.POLICE, 5),
        Row("North Fire", Sector.FIRE, 3),
        Row("South Fire", Sector.FIRE, 4),
        Row("No agency", None, 9),
    ]
    placed = placed_by_sector(sectors, agencies, size)
    assert [(row.kind, row.head, row.name) for row in placed] == [
        ("group", "", "Fire"),
        ("inside", "", "South Fire"),
        ("inside", "", "North Fire"),
        ("single", "Police", "West Midlands Police"),
        ("single", "No agency given", ""),
    ]


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.sampled_from(Sector), st.integers(0, 9))))
def test_every_agency_stands_once_below_its_own_sector(
    known: dict[str, tuple[Sector, int]],
) -> None:
    agencies = [Row(name, sector, n) for name, (sector, n) in sorted(known.items())]
    here = sorted({row.sector for row in agencies if row.sector})
    sectors = [
        Row(str(one), one, sum(row.n for row in agencies if row.sector is one)) for one in here
    ]
    placed = placed_by_sector(sectors, agencies, size)
    assert sorted(row.row.label for row in placed if not row.is_sector) == sorted(known)
    over = None
    for row in placed:
        over = row.row.sector if row.kind != "inside" else over
        assert row.row.sector is over
    sizes = [row.row.n for row in placed if row.kind == "group"]
    assert sizes == sorted(sizes, reverse=True)
