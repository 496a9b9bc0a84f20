"""Which figures of shown groups must stay out because bounds would settle a withheld one.

R4  Results for fewer than policy [5] replies are withheld, everywhere.

Where all of a group said yes, so did everyone in it; and where ten of ten improved in all but the
withheld event of a course, what is left over may be none or all. No combination of sums is needed
for that: a count lies between none and all. So for each figure apart: what is known are the groups
shown, what they leave over when the groups inside them are taken off, and so on; whatever of it is
*settled* (nobody, everybody) settles its parts. If the parts of a withheld group are all settled,
the figure of the smallest group that was taken off is held back, until they no longer are.

`disclosure` has decided before which groups are shown at all.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lms.reporting.rules.disclosure import Disclosure, Family, Group, Key, Part
from lms.reporting.rules.leeway import Leeway

Sums = tuple[int, int]


@dataclass(frozen=True)
class Figure:
    """What is published of every group that is shown: a sum over its parts.

    Each reply adds from `least` to `most`: 0 to 1 for a count of people, 1 to 5 for an answer, -4
    to 4 for a change. `squares`, the sums of their squares, only where an interval is published.
    """

    sums: Mapping[Part, int]
    least: int = 0
    most: int = 1
    squares: Mapping[Part, int] | None = None

    def of(self, part: Part) -> Sums:
        """The sums of one part: of its replies and of their squares."""
        return self.sums[part], self.squares[part] if self.squares else 0

    def is_settled(self, n: int, sums: Sums) -> bool:
        """Whether the sums of n replies leave only one answer that each can have given."""
        total, squares = sums
        if total in (self.least * n, self.most * n):
            return True
        return self.squares is not None and n * squares == total**2


def held_back(
    families: Sequence[Family], disclosures: Sequence[Disclosure], *figures: Figure
) -> tuple[frozenset[Key], ...]:
    """For each month: the groups that are shown, but without these figures.

    Figures that add up to one another or to the replies (improved, same and worse; done, partly,
    not yet and no longer relevant) go together: what is held back of one is of all. What was shown
    in an earlier month stays shown; a group whose figures are those of an earlier month keeps what
    was decided then.
    """
    found = [frozenset[Key]() for _ in families]
    for figure in figures:
        shown = _Shown(figure)
        for month, (family, disclosure) in enumerate(zip(families, disclosures, strict=True)):
            found[month] |= shown.next_month(family, disclosure, month)
    return tuple(found)


@dataclass(frozen=True)
class _Known:
    """A set of parts whose replies and sums are known, and the rows by which they are."""

    mask: int
    n: int
    sums: Sums
    by: frozenset[int] = frozenset()

    def without(self, other: "_Known") -> "_Known":
        left = self.sums[0] - other.sums[0], self.sums[1] - other.sums[1]
        return _Known(self.mask & ~other.mask, self.n - other.n, left, self.by | other.by)

    def holds(self, other: "_Known") -> bool:
        return other.mask & ~self.mask == 0 and other.mask != self.mask


@dataclass(frozen=True)
class _Row:
    """A group as it was published in some month."""

    key: Key
    tier: int
    known: _Known


class _Shown:
    """All rows published so far, for one figure."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._rows: list[_Row] = []
        self._bits: dict[Part, int] = {}
        self._replies: list[int] = []
        self._parts: list[Part] = []
        self._lacks: dict[Key, bool] = {}

    def next_month(self, family: Family, disclosure: Disclosure, month: int) -> frozenset[Key]:
        """Holds back what must be of one family; says which groups lack the figure."""
        known = {group.key: self._known(group, family) for group in family.groups}
        before = {(row.key, row.known.mask) for row in self._rows}
        fresh = [group for group in family.groups if disclosure.as_at.get(group.key) == month]
        new = [
            _Row(group.key, group.tier, known[group.key])
            for group in fresh
            if (group.key, known[group.key].mask) not in before
        ]
        cells = {one.total: frozenset(one.cells) for one in family.breakdowns}
        held = self._hold(new, [known[key].mask for key in disclosure.withheld], cells)
        self._rows += [row for row in new if row.key not in held]
        for group in fresh:
            self._lacks[group.key] = group.key in held
        return frozenset(key for key in disclosure.as_at if self._lacks[key])

    def _known(self, group: Group, family: Family) -> _Known:
        mask, n = 0, 0
        for part in group.parts:
            replies = family.replies.get(part)
            if replies:
                if part not in self._bits:
                    self._bits[part] = len(self._bits)
                    self._parts.append(part)
                    self._replies.append(replies)
                mask |= 1 << self._bits[part]
                n += replies
        return _Known(mask, n, self._sums_of(mask))

    def _bits_of(self, mask: int) -> Iterator[int]:
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest

    def _sums_of(self, mask: int) -> Sums:
        held = [self._figure.of(self._parts[bit]) for bit in self._bits_of(mask)]
        return sum(one[0] for one in held), sum(one[1] for one in held)

    def _rest(self, known: _Known, settled: int) -> _Known:
        both = known.mask & settled
        n = sum(self._replies[bit] for bit in self._bits_of(both))
        return known.without(_Known(both, n, self._sums_of(both))) if both else known

    def _hold(
        self, new: Sequence[_Row], withheld: Sequence[int], cells: Mapping[Key, Collection[Key]]
    ) -> set[Key]:
        """The keys of those new rows that are held back."""
        held: set[Key] = set()
        doubtful = withheld  # what is open once stays so: rows only go
        while True:
            rows = self._rows + [row for row in new if row.key not in held]
            free = set(range(len(self._rows), len(rows)))
            steps = self._settled(left_over(rows, cells))
            more = set()
            for mask in withheld:
                touching = [step for step in steps if step.mask & mask]
                if _union(touching) & mask == mask:
                    more |= self._first_to_go(rows, touching, free)
            if not more:
                doubtful = self._settled_by_several([row.known.mask for row in rows], doubtful)
                more = self._next_to_go(rows, doubtful, free)
            if not more:
                return held
            held |= more

    def _next_to_go(
        self, rows: Sequence[_Row], settled: Sequence[int], free: Collection[int]
    ) -> set[Key]:
        """For each withheld group that several sums together settle, a row that touches it: one
        that holds all of it before one that does not, the smallest first, the year last. Where
        all that touch it are of earlier months, any other that can be held back."""
        found = set()
        for mask in settled:
            new = [rows[at] for at in sorted(free)]
            touching = [row for row in new if row.known.mask & mask]
            if touching or new:
                row = min(
                    touching or new,
                    key=lambda row: (row.tier == 0, mask & ~row.known.mask != 0, row.known.n),
                )
                found.add(row.key)
        return found

    def _settled_by_several(self, rows: Sequence[int], withheld: Sequence[int]) -> list[int]:
        """Those of the withheld groups whose figure no answer that fits the rows can change."""
        held: dict[tuple[int, ...], int] = {}
        sets = [*rows, *withheld]
        inside: dict[int, list[int]] = {}
        for at, mask in enumerate(sets):
            for bit in self._bits_of(mask):
                inside.setdefault(bit, []).append(at)
        for bit, memberships in inside.items():
            held[tuple(memberships)] = held.get(tuple(memberships), 0) | 1 << bit
        classes: list[list[int]] = [[] for _ in sets]
        below, above = {}, {}
        for number, (within, mask) in enumerate(held.items()):
            n = sum(self._replies[bit] for bit in self._bits_of(mask))
            total, _ = self._sums_of(mask)
            below[number] = total - self._figure.least * n
            above[number] = self._figure.most * n - total
            for at in within:
                classes[at].append(number)
        sums, wanted = classes[: len(rows)], classes[len(rows) :]
        leeway = Leeway(map(frozenset, sums), below, above)
        return [mask for mask, one in zip(withheld, wanted, strict=True) if leeway.is_settled(one)]

    def _settled(self, known: Sequence[_Known]) -> list[_Known]:
        """What of it is settled, each with the rows by which it is; until no more follows."""
        steps: list[_Known] = []
        settled, before = 0, -1
        while settled != before:
            before = settled
            for one in known:
                rest = self._rest(one, settled)
                if rest.mask and self._figure.is_settled(rest.n, rest.sums):
                    steps.append(rest)
                    settled |= rest.mask
        return steps

    def _first_to_go(
        self, rows: Sequence[_Row], steps: Sequence[_Known], free: Collection[int]
    ) -> set[Key]:
        """The most detailed, smallest row that may be held back: one not settled itself, if any,
        since to hold that back leaves something open at once."""
        for step in reversed(steps):
            may = [at for at in step.by if at in free]
            if may:
                return {rows[min(may, key=lambda at: self._order(rows[at]))].key}
        return set()

    def _order(self, row: _Row) -> tuple[bool, int, int]:
        return self._figure.is_settled(row.known.n, row.known.sums), -row.tier, row.known.n


def _union(steps: Iterable[_Known]) -> int:
    found = 0
    for step in steps:
        found |= step.mask
    return found


def left_over(rows: Sequence[_Row], cells: Mapping[Key, Collection[Key]]) -> list[_Known]:
    """The sets known by a published row, and by taking published rows off it."""
    numbered = [replace(row.known, by=frozenset([at])) for at, row in enumerate(rows)]
    detailed = sorted(range(len(rows)), key=lambda at: (-rows[at].tier, -rows[at].known.n))
    found = {known.mask: known for known in numbered}
    ends: dict[int, _Known] = {}
    for at, row in enumerate(rows):
        inside = [other for other in detailed if numbered[at].holds(numbered[other])]
        end = _packed(numbered[at], [numbered[other] for other in inside])
        ends.setdefault(end.mask, end)
        own = cells.get(row.key, ())
        for first in (
            [other for other in inside if rows[other].key in own],
            [other for other in inside if rows[other].key == row.key],
        ):
            if first:
                left = _packed(numbered[at], [numbered[other] for other in first + inside])
                found.setdefault(left.mask, left)
    return [*found.values(), *(known for mask, known in ends.items() if mask not in found)]


def _packed(known: _Known, inside: Iterable[_Known]) -> _Known:
    """What is left when as many as possible are taken off, those that come first before others."""
    for other in inside:
        if other.mask & ~known.mask == 0:
            known = known.without(other)
    return known
