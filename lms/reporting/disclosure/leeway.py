"""How far a count can differ from the true one while all published sums stay as they are.

A count lies between none and all of its class. By linear programmes: the simplex method, started
at the true answers, which fit, and stopped as soon as a count is found to be open by a whole reply.
"""

from collections.abc import Collection, Iterable, Mapping

ALMOST_NOTHING = 1e-9
MOST_STEPS = 300
ENOUGH = 1 - 1e-6

Row = dict[int, float]


class Leeway:
    """The published sums over classes, and each class's room below and above the true count."""

    def __init__(
        self,
        sums: Iterable[frozenset[int]],
        below: Mapping[int, float],
        above: Mapping[int, float],
        known: Iterable[Row] = (),
        before: "Leeway | None" = None,
    ) -> None:
        """`known` are other answers that once fitted: those that still do are tried first.
        What `before` has worked out of fewer sums of the same classes is not worked out again."""
        self._below = {at: float(room) for at, room in below.items()}
        self._above = {at: float(room) for at, room in above.items()}
        self._rows: dict[int, Row] = {}  # by the class that each gives from the others
        self._sums = frozenset(sums)
        self._is_eliminated: bool = False  # until it is needed, for it is long
        self._before: Leeway | None = before.nearest_eliminated() if before else None
        if self._before and not self._before._sums <= self._sums:
            self._before = None
        self._known = list(known)
        self._do_fit: dict[int, bool] = {}  # by the place in `known`
        self.found: list[Row] = []

    def nearest_eliminated(self) -> "Leeway | None":
        """This, or else what it could start from."""
        return self if self._is_eliminated else self._before

    def _fits(self, place: int) -> bool:
        """Whether all sums stay as they are where each class is that far from the true count."""
        if place not in self._do_fit:
            moved = self._known[place]
            self._do_fit[place] = all(
                abs(sum([moved[at] for at in moved.keys() & one])) < 1e-7 for one in self._sums
            )
        return self._do_fit[place]

    def _eliminate(self) -> None:
        if self._is_eliminated:
            return
        done: frozenset[frozenset[int]] = frozenset()
        if self._before is not None:
            done = self._before._sums
            self._rows = {at: dict(row) for at, row in self._before._rows.items()}
        for one in sorted(self._sums - done, key=lambda one: (len(one), sorted(one))):
            self._add(dict.fromkeys(sorted(one), 1.0))
        self._is_eliminated, self._before = True, None

    def _add(self, row: Row) -> None:
        for at in [at for at in row if at in self._rows]:
            _take(row, row[at], self._rows[at])
        if row:
            given = max(row, key=lambda at: (min(self._below[at], self._above[at]), -at))
            scale = row[given]
            self._give({at: value / scale for at, value in row.items()}, given)

    def _give(self, row: Row, given: int) -> None:
        for other in self._rows.values():
            factor = other.get(given)
            if factor:
                _take(other, factor, row)
        self._rows[given] = row

    def is_settled(self, wanted: Collection[int]) -> bool:
        """Whether the count of these classes together cannot be one more, nor one less."""
        if any(_moves(m, wanted) for m in self.found) or any(
            _moves(m, wanted) and self._fits(place) for place, m in enumerate(self._known)
        ):
            return False
        self._eliminate()
        return not any(self._can_move(dict.fromkeys(wanted, sign)) for sign in (1.0, -1.0))

    def _can_move(self, gain: Row) -> bool:
        search = _Search(self._rows, self._below, self._above, gain)
        can = search.run() >= ENOUGH
        if can:
            self.found.append({at: far for at, far in search.moved.items() if far})
        return can


class _Search:
    """One run of the simplex method; `moved` is how far each class is from the true count."""

    def __init__(
        self,
        rows: Mapping[int, Row],
        below: Mapping[int, float],
        above: Mapping[int, float],
        gain: Row,
    ) -> None:
        self._rows = {at: dict(row) for at, row in rows.items()}
        self._below, self._above = below, above
        self.moved: dict[int, float] = dict.fromkeys(below, 0.0)
        self._gain = gain
        for at in [at for at in gain if at in self._rows]:
            _take(gain, gain[at], self._rows[at])

    def run(self) -> float:
        """The greatest sum found, 0 where it cannot be told within the steps allowed."""
        found = 0.0
        for _ in range(MOST_STEPS):
            entering = self._entering()
            if entering is None or found >= ENOUGH:
                return found
            speed = self._gain[entering]
            sense = 1.0 if speed > 0 else -1.0
            length, leaving = self._first_to_stop(entering, sense)
            found += length * abs(speed)
            self.moved[entering] += sense * length
            for at, row in self._rows.items():
                if entering in row:
                    self.moved[at] -= sense * length * row[entering]
            if leaving is not None:
                self._exchange(leaving, entering)
        return found

    def _room(self, at: int, sense: float) -> float:
        moved = self.moved[at]
        return self._above[at] - moved if sense > 0 else self._below[at] + moved

    def _entering(self) -> int | None:
        """The first class whose change makes the sum grow (Bland's rule)."""
        return min(
            (
                at
                for at, speed in self._gain.items()
                if abs(speed) > ALMOST_NOTHING and self._room(at, speed) > ALMOST_NOTHING
            ),
            default=None,
        )

    def _first_to_stop(self, entering: int, sense: float) -> tuple[float, int | None]:
        best: tuple[float, int | None] = (self._room(entering, sense), None)
        for at in sorted(self._rows):
            speed = -sense * self._rows[at].get(entering, 0.0)
            if abs(speed) > ALMOST_NOTHING:
                room = max(self._room(at, speed), 0.0) / abs(speed)
                if room < best[0] - ALMOST_NOTHING:
                    best = (room, at)
        return best

    def _exchange(self, leaving: int, entering: int) -> None:
        row = self._rows.pop(leaving)
        scale = row[entering]
        row = {at: value / scale for at, value in row.items()}
        for other in [*self._rows.values(), self._gain]:
            factor = other.get(entering)
            if factor:
                _take(other, factor, row)
        self._rows[entering] = row


def _moves(moved: Row, wanted: Collection[int]) -> bool:
    return abs(sum([moved[at] for at in wanted if at in moved])) >= ENOUGH


def _take(row: Row, factor: float, other: Row) -> None:
    """Takes `factor` times the other row off, in place."""
    for at, value in other.items():
        left = row.get(at, 0.0) - factor * value
        if abs(left) < ALMOST_NOTHING:
            row.pop(at, None)
        else:
            row[at] = left
