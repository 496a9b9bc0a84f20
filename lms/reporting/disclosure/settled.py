"""Which figures of shown groups stay out because bounds would settle one of a withheld group.

R4  Results for fewer than policy [5] replies are withheld, everywhere.

Where all of a group said yes, so did everyone in it; where all but a withheld event of a course
leave nobody over who got better, nobody there did. A count lies between none and all and an answer
between 1 and 5, so a figure may follow though no combination of sums yields it.

So each figure that is published is asked whether the answers could have been others: by how much
that of a withheld group can differ while every published sum stays as it is (`leeway`). Where that
is by nothing, the figure of a shown group is held back, the smallest first, until every withheld
group is *open* by a whole unit.

`disclosure` has decided before which groups are shown at all. Source: docs/decisions/0040.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.reporting.disclosure.groups import FEWEST_REPLIES, Disclosure, Family, Key, Part
from lms.reporting.disclosure.leeway import Leeway

Name = Hashable
KNOWN = 60  # other answers that are tried before new ones are sought


@dataclass(frozen=True)
class Change:
    """A figure, and by how much it could be less or more in each part."""

    name: Name
    less: Mapping[Any, float]
    more: Mapping[Any, float]


@dataclass(frozen=True)
class Figures:
    """All figures of the same people that are published together.

    Those `of_one_piece` stand or go together. Those that add up to all are counts of people of whom
    each is in one: where a single one of them were held back it would follow, so another goes too.
    Where not all can be said, those that are `rather` said stay before those that count most.
    A count of fewer than `at_least` is not said in any case, and what was only said in some parts
    (`said_in`) not of groups with others.
    """

    changes: tuple[Change, ...]
    of_one_piece: bool = False
    add_up: bool = False
    at_least: int = 0
    rather: tuple[Name, ...] = ()
    said_in: frozenset[Any] | None = None

    @property
    def names(self) -> tuple[Name, ...]:
        """What may be held back: each figure, or all of them under the name of the first."""
        found = tuple(dict.fromkeys(change.name for change in self.changes))
        return found[:1] if self.of_one_piece else found


def sum_of(
    name: Name, sums: Mapping[Any, int], n: Mapping[Any, int], most: int, *, at_least: int = 0
) -> Figures:
    """A sum to which each reply adds from nothing to `most` whole units."""
    room = {part: most * n[part] - total for part, total in sums.items()}
    return Figures((Change(name, sums, room),), at_least=at_least)


def counts_of(counts: Mapping[Any, Mapping[Any, int]]) -> Figures:
    """Counts of people of whom each is counted once."""
    all_of_them = {
        part: sum(one[part] for one in counts.values()) for part in next(iter(counts.values()), {})
    }
    return Figures(
        tuple(
            Change(name, own, {part: all_of_them[part] - n for part, n in own.items()})
            for name, own in counts.items()
        ),
        add_up=True,
    )


def together(figures: Iterable[Figures]) -> Figures:
    """Figures that stand or go as one."""
    return Figures(tuple(c for one in figures for c in one.changes), of_one_piece=True)


@dataclass(frozen=True)
class _Row:
    """A group as it was published in some month, as the set of its classes."""

    key: Key
    tier: int
    n: int
    classes: frozenset[int]
    number: int


@dataclass
class _Month:
    """The rows that a month adds, the groups that must stay open, and the classes that have come.

    Those with too few replies stay so in all later months, though they grow or are shown by then.
    """

    rows: list[_Row]
    withheld: list[frozenset[int]]
    come: list[int]


class Published:
    """What is published of a population, month by month, and what is not: for all its figures.

    Parts are told apart only as far as a row or a withheld group does: those alike are one class.
    Where only some groups have these figures (`keys`), the others that are withheld count too.
    """

    def __init__(
        self,
        families: Sequence[Family],
        disclosures: Sequence[Disclosure],
        keys: Collection[Key] | None = None,
        fewest: int = FEWEST_REPLIES,
    ) -> None:
        sets = list(_sets(families, disclosures, keys))
        self.classes, held = _classes([parts for *_, parts in sets])
        self._months = [_Month([], [], []) for _ in families]
        for number, (month, row, parts) in enumerate(sets):
            if row is None:
                is_for_good = sum(families[month].replies[part] for part in parts) < fewest
                for later in self._months[month : None if is_for_good else month + 1]:
                    later.withheld.append(held[number])
            else:
                key, tier, n = row
                self._months[month].rows.append(_Row(key, tier, n, held[number], number))
        for month, family in enumerate(families):
            self._months[month].come = [
                at for at, parts in enumerate(self.classes) if family.replies.get(parts[0])
            ]

    def held_back(self, figures: Figures) -> dict[Name, frozenset[Key]]:
        """For each figure the groups that are shown without it, as of the last month."""
        return _Holding(self, figures).result(self._months)

    def leeway(
        self,
        month: int,
        columns: Sequence["_Column"],
        known: Iterable[dict[int, float]],
        before: Leeway | None,
    ) -> Leeway:
        """How far answers can differ from the true ones in all that is shown until that month.

        Several columns are counts that add up to all in each class; a class has a place in each.
        """
        come, width = self._months[month].come, len(columns)
        rows = [row for one in self._months[: month + 1] for row in one.rows]
        sums = [
            frozenset(at * width + place for at in row.classes)
            for place, column in enumerate(columns)
            for row in rows
            if row.number not in column.hidden
        ]
        if width > 1:
            sums += [frozenset(range(at * width, at * width + width)) for at in come]
        places = [(at * width + place, at, one) for place, one in enumerate(columns) for at in come]
        return Leeway(
            sums,
            {place: column.less[at] for place, at, column in places},
            {place: column.more[at] for place, at, column in places},
            known,
            before,
        )


Found = tuple[int, tuple[Key, int, int] | None, list[Part]]


def _sets(
    families: Sequence[Family], disclosures: Sequence[Disclosure], keys: Collection[Key] | None
) -> Iterator[Found]:
    """All that is published, with its key, tier and size, and all that is withheld, by month."""
    before: dict[Key, list[Part]] = {}
    for month, (family, found) in enumerate(zip(families, disclosures, strict=True)):
        for group in family.groups:
            parts = [part for part in group.parts if family.replies.get(part)]
            if group.key in found.withheld:
                if parts:
                    yield month, None, parts
            elif keys is not None and group.key not in keys:
                continue
            elif found.as_at.get(group.key) == month and before.get(group.key) != parts:
                before[group.key] = parts
                yield month, (group.key, group.tier, family.size(group)), parts


def _classes(sets: Sequence[Iterable[Part]]) -> tuple[list[list[Part]], list[frozenset[int]]]:
    """The parts that lie in the same sets, and which of these classes each set is made of."""
    inside: dict[Part, list[int]] = {}
    for number, parts in enumerate(sets):
        for part in parts:
            inside.setdefault(part, []).append(number)
    classes: dict[tuple[int, ...], list[Part]] = {}
    for part, numbers in inside.items():
        classes.setdefault(tuple(numbers), []).append(part)
    held: list[set[int]] = [set() for _ in sets]
    for at, within in enumerate(classes):
        for number in within:
            held[number].add(at)
    return list(classes.values()), [frozenset(one) for one in held]


@dataclass(frozen=True)
class _Column:
    """A figure by classes, and the rows that are published without it."""

    name: Name
    less: Sequence[float]
    more: Sequence[float]
    hidden: set[int]


def _summed(by_part: Mapping[Any, float], classes: Sequence[Sequence[Part]]) -> list[float]:
    return [sum(by_part[part] for part in parts) for parts in classes]


class _Holding:
    """What is held back of some figures, month by month."""

    def __init__(self, published: Published, figures: Figures) -> None:
        self._published, self._figures = published, figures
        self._hidden: dict[Name, set[int]] = {name: set() for name in figures.names}
        self._columns = [
            _Column(
                name := figures.names[0] if figures.of_one_piece else change.name,
                _summed(change.less, published.classes),
                _summed(change.more, published.classes),
                self._hidden[name],
            )
            for change in figures.changes
        ]
        self._said_in = None
        if figures.said_in is not None:
            said_in = figures.said_in
            self._said_in = frozenset(
                at for at, parts in enumerate(published.classes) if said_in.issuperset(parts)
            )
        self._lacks: dict[Name, dict[Key, bool]] = {name: {} for name in figures.names}
        self._leeways: dict[Hashable, Leeway] = {}
        self._asked: dict[int, Leeway] = {}  # by column, the last that was asked,
        self._open: dict[int, Leeway] = {}  # and the last that left all open
        # other answers that fitted before, by the column judged, or for all that add up
        self._known: dict[int, list[dict[int, float]]] = {}

    def result(self, months: Sequence[_Month]) -> dict[Name, frozenset[Key]]:
        """Goes through the months; what an earlier one decided stands."""
        for number, month in enumerate(months):
            self._decide(number, month)
            for name, hidden in self._hidden.items():
                for row in month.rows:
                    self._lacks[name][row.key] = row.number in hidden
        return {
            name: frozenset(key for key, lacks in found.items() if lacks)
            for name, found in self._lacks.items()
        }

    def _decide(self, number: int, month: _Month) -> None:
        """Shows all rows if nothing is settled by them; else one by one, the most wanted first."""
        rows = self._to_be_said(month)
        closed = [
            (place, group)
            for group in dict.fromkeys(month.withheld)
            if self._is_said_in(group)
            for place in range(len(self._columns))
            if not self._is_open(number, place, group)
        ]
        if not closed:
            return
        for hidden in self._hidden.values():
            hidden |= {row.number for row in rows}
        for row in sorted(rows, key=lambda row: (row.tier, -row.n, row.number)):
            for names in self._choices(row):
                for name in names:
                    self._hidden[name].discard(row.number)
                if self._are_open(number, closed):
                    break
                for name in names:
                    self._hidden[name].add(row.number)

    def _are_open(self, number: int, doubtful: list[tuple[int, frozenset[int]]]) -> bool:
        """Whether all are; one that is not comes first the next time, for it will be in the way."""
        for one in doubtful:
            if not self._is_open(number, *one):
                doubtful.remove(one)
                doubtful.insert(0, one)
                return False
        self._open |= self._asked
        return True

    def _to_be_said(self, month: _Month) -> list[_Row]:
        """The rows that are not left out already: not all said it there, or too few are counted."""
        if self._said_in is None and not self._figures.at_least:
            return month.rows
        (name,) = self._hidden
        out = [
            row
            for row in month.rows
            if not self._is_said_in(row.classes) or self._count(name, row) < self._figures.at_least
        ]
        self._hidden[name] |= {row.number for row in out}
        return [row for row in month.rows if row not in out]

    def _is_said_in(self, group: frozenset[int]) -> bool:
        return self._said_in is None or group <= self._said_in

    def _count(self, name: Name, row: _Row) -> float:
        column = next(column for column in self._columns if column.name == name)
        return sum(column.less[at] for at in row.classes)

    def _choices(self, row: _Row) -> Iterator[list[Name]]:
        """Which figures a row may have: all, or fewer; of those that add up never all but one."""
        by_size = sorted(self._hidden, key=lambda name: -self._count(name, row))
        yield by_size
        if self._figures.add_up:
            if self._figures.rather:
                yield list(self._figures.rather)
            yield from (by_size[:most] for most in range(len(by_size) - 2, 0, -1))

    def _is_open(self, number: int, place: int, group: frozenset[int]) -> bool:
        """Whether the figure in that place could be another for the group."""
        if self._figures.add_up:
            judged, columns, width = 0, self._columns, len(self._columns)
        else:
            judged, columns, width = place, self._columns[place : place + 1], 1
            place = 0
        shown = tuple(frozenset(column.hidden) for column in columns)
        known = self._known.setdefault(judged, [])
        key = number, shown, judged
        if key not in self._leeways:
            self._leeways[key] = self._published.leeway(
                number, columns, known[-KNOWN:], self._open.get(judged)
            )
        leeway = self._asked[judged] = self._leeways[key]
        before = len(leeway.found)
        is_settled = leeway.is_settled([at * width + place for at in group])
        known += leeway.found[before:]
        return not is_settled
