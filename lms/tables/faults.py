"""What is wrong with a file: where, and what would put it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from lms.errors import Refused

HEADER_LINE = 1


@dataclass(frozen=True, order=True)
class Fault:
    """`line` counts from 1, the header's; `column` is empty where the whole line is at fault."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


class FaultyFile(Refused):
    """A file with faults, all of them: nothing of it was written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        things = "One thing" if len(self.faults) == 1 else f"{len(self.faults):,} things"
        super().__init__(f"{things} to put right. Nothing was written.")


class Faults:
    """Collects faults while a file is read, so that all can be told at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, line: int, column: str, message: str) -> None:
        self._found.append(Fault(line, column, message))

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(set(self._found)))

    def __bool__(self) -> bool:
        return bool(self._found)

    def refuse_any(self) -> None:
        """Raise FaultyFile where any fault was found."""
        if self._found:
            raise FaultyFile(self._found)


def nearest(name: str, known: Iterable[str]) -> str:
    """' Did you mean X?' for the known name that is most like `name`, or nothing."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[found[0]]}?" if found else ""
