"""How a table of agencies is set: each sector with its agencies inside, the largest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from lms.agencies.rules import Sector
from lms.words import sentence_case

NO_AGENCY_GIVEN = "No agency given"


class OfSector(Protocol):
    """A row of a report, of an agency or of a whole sector; of None, where no agency was given."""

    @property
    def label(self) -> str: ...

    @property
    def sector(self) -> Sector | None: ...


Row = TypeVar("Row", bound=OfSector)


@dataclass(frozen=True)
class Placed(Generic[Row]):
    """A row in its place; `kind` says how it is set: group, inside, or single.

    `head` stands before its name where one row says both: the sector of its only agency.
    """

    kind: str
    head: str
    row: Row
    is_sector: bool

    @property
    def name(self) -> str:
        """What stands after the head."""
        if self.kind == "group":
            return sentence_case(self.row.label)
        return "" if self.is_sector else self.row.label


def placed_by_sector(
    sectors: Sequence[Row], agencies: Sequence[Row], size: Callable[[Row], int]
) -> list[Placed[Row]]:
    """Each sector with its agencies inside; one with a single agency is one row; none comes last.

    Rows of one size stay in the order in which they are given.
    """
    placed: list[Placed[Row]] = []
    for sector in sorted(sectors, key=lambda row: (row.sector is None, -size(row))):
        members = [row for row in agencies if row.sector is sector.sector]
        if sector.sector is None:
            placed.append(Placed("single", NO_AGENCY_GIVEN, sector, is_sector=True))
        elif len(members) == 1:
            head = sentence_case(sector.label)
            placed.append(Placed("single", head, members[0], is_sector=False))
        else:
            placed.append(Placed("group", "", sector, is_sector=True))
            members.sort(key=lambda row: -size(row))
            placed += [Placed("inside", "", row, is_sector=False) for row in members]
    return placed
