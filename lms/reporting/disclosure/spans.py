"""Which sums follow from which others: exact linear algebra over a prime field, sparse.

A published figure of a group is a sum over its parts, so whoever reads several knows every
combination of them. A group is a vector with a 1 for each part that it holds; what is known is the
span of the vectors shown. All is computed modulo the prime 2⁶¹ - 1: a combination over the
rationals is one modulo a prime too, unless the prime divides its denominator, which for sums of
groups is a small number.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count

PRIME = 2**61 - 1

Vector = dict[int, int]
Form = tuple[tuple[int, int], ...]


def _less(vector: Vector, factor: int, other: Vector) -> None:
    """Takes `factor` times the other vector off, in place."""
    for at, value in other.items():
        left = (vector.get(at, 0) - factor * value) % PRIME
        if left:
            vector[at] = left
        else:
            vector.pop(at, None)


def _scaled(vector: Vector, at: int) -> Vector:
    """The vector scaled so that it has 1 at that place."""
    inverse = pow(vector[at], -1, PRIME)
    return {place: value * inverse % PRIME for place, value in vector.items()}


def direction(vector: Vector) -> Form:
    """The same for two vectors if and only if one is a multiple of the other."""
    return tuple(sorted(_scaled(vector, min(vector)).items())) if vector else ()


def drawn(number: int) -> int:
    """A number of the field that looks drawn by lot, and is the same in every run."""
    return int.from_bytes(blake2b(number.to_bytes(8), digest_size=8).digest()) % PRIME


def _first_not_zero(
    chosen: Iterable[int], touching: Mapping[int, Sequence[Vector]]
) -> Vector | None:
    for at in chosen:
        for change in touching.get(at, ()):
            if sum(change.get(one, 0) for one in chosen) % PRIME:
                return change
    return None


class Frame:
    """Coordinates in which a family of groups is written as short vectors.

    `parts` are told apart only as far as some group tells them apart: the parts that lie in the
    same groups are one *class*. Columns are eliminated by their rarest group, so that a group that
    nothing divides (an event) gets a single coordinate.
    """

    def __init__(self, memberships: Mapping[Hashable, Iterable[int]]) -> None:
        self.classes: list[list[Hashable]] = []
        columns: dict[frozenset[int], int] = {}
        for part, groups in memberships.items():
            held = frozenset(groups)
            at = columns.setdefault(held, len(columns))
            if at == len(self.classes):
                self.classes.append([])
            self.classes[at].append(part)
        self._rank_rows(columns)
        self._leads: dict[int, tuple[int, Vector, Vector]] = {}
        self._loose: list[Vector] = []  # changes of the parts that no group of the family shows
        for held, at in columns.items():
            self._eliminate({self._place[group]: 1 for group in held}, {at: 1})
        self._rows: dict[int, Vector] = {}
        for coordinate, column, _ in self._leads.values():
            for place, value in column.items():
                self._rows.setdefault(self._group[place], {})[coordinate] = value
        self._part_of: dict[int, Vector] = {}  # each class in these coordinates
        for coordinate, _, made_of in self._leads.values():
            for at, value in made_of.items():
                self._part_of.setdefault(at, {})[coordinate] = value

    def _rank_rows(self, columns: Iterable[frozenset[int]]) -> None:
        size: dict[int, int] = {}
        for held in columns:
            for group in held:
                size[group] = size.get(group, 0) + 1
        self._group = sorted(size, key=lambda group: (size[group], group))
        self._place = {group: place for place, group in enumerate(self._group)}

    def _eliminate(self, column: Vector, made_of: Vector) -> None:
        while column:
            lead = min(column)
            if lead not in self._leads:
                inverse = pow(column[lead], -1, PRIME)
                made = {at: value * inverse % PRIME for at, value in made_of.items()}
                self._leads[lead] = (len(self._leads), _scaled(column, lead), made)
                return
            _, other, other_made_of = self._leads[lead]
            factor = column[lead]
            _less(column, factor, other)
            _less(made_of, factor, other_made_of)
        self._loose.append(made_of)

    def row(self, group: int) -> Vector:
        """A group in these coordinates; nothing where it holds no part."""
        return self._rows.get(group, {})

    def set_of(self, classes: Iterable[int]) -> Vector:
        """A set of classes that is a combination of groups, in these coordinates."""
        found: Vector = {}
        for at in classes:
            _less(found, PRIME - 1, self._part_of.get(at, {}))
        return found

    def blocks(self, replies: Sequence[int], fewest: int) -> list[frozenset[int]]:
        """The smallest sets of classes, with fewer replies than that, that sums of groups can tell
        from the rest; every such set is made of these, none of which overlap within it.
        """
        touching: dict[int, list[Vector]] = {}
        for change in self._loose:
            for at in change:
                touching.setdefault(at, []).append(change)
        found: set[frozenset[int]] = set()
        tried: set[frozenset[int]] = set()
        waiting = [frozenset([at]) for at, n in enumerate(replies) if 0 < n < fewest]
        while waiting:
            chosen = waiting.pop()
            if chosen in tried:
                continue
            tried.add(chosen)
            betrays = _first_not_zero(chosen, touching)
            if betrays is None:
                found.add(chosen)
                continue
            room = fewest - 1 - sum(replies[at] for at in chosen)
            waiting += [
                chosen | {at} for at in betrays if at not in chosen and 0 < replies[at] <= room
            ]
        return sorted(found, key=sorted)

    def unseen_change(self, shown: "Span", seed: int = 0) -> list[int]:
        """A change of the classes' figures, as if by lot, that no shown sum betrays.

        What a set of classes adds up to follows from the sums shown if and only if this change
        adds up to nothing over the set (save once in 2⁶¹).
        """
        lots = count(seed << 32)
        values = shown.unseen({at: drawn(next(lots)) for at in range(len(self._leads))})
        change = [0] * len(self.classes)
        made = [(values[at], made_of) for at, _, made_of in self._leads.values()]
        made += [(drawn(next(lots)), made_of) for made_of in self._loose]
        for factor, made_of in made:
            for at, value in made_of.items():
                change[at] = (change[at] + factor * value) % PRIME
        return change


@dataclass
class Span:
    """All that follows from the sums shown, and what must not follow: the guarded vectors."""

    _basis: list[tuple[int, Vector]] = field(default_factory=list)
    _guarded: dict[Form, Vector] = field(default_factory=dict)

    def copy(self) -> "Span":
        """Another that may go on by itself."""
        return Span(list(self._basis), dict(self._guarded))

    def left_of(self, vector: Vector) -> Vector:
        """What is left of a vector once all that is known is taken off; nothing if it follows."""
        left = dict(vector)
        for pivot, row in self._basis:
            factor = left.get(pivot)
            if factor:
                _less(left, factor, row)
        return left

    def follows(self, vector: Vector) -> bool:
        """Whether the vector is a combination of those shown."""
        return not self.left_of(vector)

    def guard(self, vector: Vector) -> bool:
        """From now on this must not follow; False where it does already, so that it is too late."""
        left = self.left_of(vector)
        if left:
            self._guarded[direction(left)] = left
        return bool(left)

    def show(self, vector: Vector) -> bool:
        """Shows the vector, unless something guarded would follow; says whether it is shown."""
        left = self.left_of(vector)
        if not left:
            return True
        if direction(left) in self._guarded:
            return False
        self._add(left)
        return True

    def _add(self, left: Vector) -> None:
        used: dict[int, int] = {}
        for guarded in self._guarded.values():
            for at in guarded:
                used[at] = used.get(at, 0) + 1
        pivot = min(left, key=lambda at: (used.get(at, 0), at))
        row = _scaled(left, pivot)
        self._basis.append((pivot, row))
        if pivot not in used:
            return
        for form, guarded in list(self._guarded.items()):
            factor = guarded.get(pivot)
            if factor:
                changed = dict(guarded)
                _less(changed, factor, row)
                del self._guarded[form]
                self._guarded[direction(changed)] = changed

    def unseen(self, values: Mapping[int, int]) -> dict[int, int]:
        """Values of the coordinates, changed where they must be for every shown sum to be 0."""
        found = dict(values)
        for pivot, row in reversed(self._basis):
            total = sum(value * found[at] for at, value in row.items() if at != pivot)
            found[pivot] = -total % PRIME
        return found
