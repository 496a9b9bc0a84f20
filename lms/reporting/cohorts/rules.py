"""What a cohort may be: its list as pasted or from a file, or its number (R2)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from lms.agencies.rules import Sector
from lms.errors import Refused
from lms.words import count, is_address

MOST_MEMBERS = 10_000
MOST_PEOPLE = 1_000_000
LONGEST_NAME = 120
LARGEST_FILE = 2_000_000
HEADINGS = frozenset({"email", "e-mail", "email address", "e-mail address", "address"})
FEW = 3


@dataclass(frozen=True)
class CohortDetails:
    """A cohort as typed. `number` None: it is the list of `addresses`, in lower case, each once."""

    name: str
    counted_on: date
    number: int | None = None
    addresses: tuple[str, ...] = ()
    job_role: str = ""
    sector: Sector | None = None

    @property
    def is_list(self) -> bool:
        return self.number is None


def read_list(text: str) -> tuple[str, ...]:
    """The addresses of a pasted list: one a line, or with commas or semicolons between; 'Ida Bell
    <ida@example.org>' will do. Raises Refused, naming the first lines that are no address."""
    found: dict[str, None] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        for part in line.replace(";", ",").split(","):
            written = _inside(part)
            if not written:
                continue
            if is_address(written):
                found[written] = None
            else:
                faults.append(f"line {number}, “{part.strip()[:60]}”")
    if faults:
        more = f" and {len(faults) - FEW} more" if len(faults) > FEW else ""
        what = "This is no e-mail address" if len(faults) == 1 else "These are no e-mail addresses"
        raise Refused(f"{what}: {'; '.join(faults[:FEW])}{more}", field="addresses")
    return tuple(found)


def _inside(part: str) -> str:
    written = part.strip().lower()
    if written.endswith(">") and "<" in written:
        written = written[written.rindex("<") + 1 : -1].strip()
    return written.removeprefix("mailto:")


def read_file(content: bytes) -> str:
    """The addresses of a CSV file as a list to paste: its column named email, or its only one.

    Raises Refused where it is no such file.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise Refused(
            "Save the list as a CSV file (UTF-8) and send it again", field="file"
        ) from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise Refused("The file is empty: it needs a column named email", field="file")
    header = [cell.strip().casefold() for cell in rows[0]]
    at = next((place for place, name in enumerate(header) if name in HEADINGS), None)
    if at is None and max(len(row) for row in rows) > 1:
        raise Refused("The file needs a column named email", field="file")
    body = rows if at is None else rows[1:]
    place = at or 0
    return "\n".join(row[place].strip() for row in body if len(row) > place)


def refuse_unsound(details: CohortDetails, today: date) -> None:
    """Raises Refused where a cohort cannot be so."""
    if not details.name:
        raise Refused("Enter a name, such as Newly qualified social workers", field="name")
    if len(details.name) > LONGEST_NAME:
        raise Refused(f"Use {LONGEST_NAME} characters at most", field="name")
    if details.counted_on > today:
        raise Refused(
            "Enter a day that has come: the day for which this is right", field="counted_on"
        )
    if details.is_list and not details.addresses:
        raise Refused("Paste their e-mail addresses, or choose a file", field="addresses")
    if len(details.addresses) > MOST_MEMBERS:
        people = count(len(details.addresses), "person", "people")
        raise Refused(
            f"A list has {MOST_MEMBERS:,} people at most; this has {people}", field="addresses"
        )
    if details.number is not None and not 1 <= details.number <= MOST_PEOPLE:
        raise Refused("Enter how many people it is, such as 240", field="number")
