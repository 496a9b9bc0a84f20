"""Somebody who reads everything that is published and tries to work out what is not.

Written apart from the rule that it attacks: dense matrices and floating-point projections (numpy)
and linear programmes (scipy) where the rule eliminates sparse vectors modulo a prime.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import linprog

Part = Hashable
NOTHING = 1e-7


@dataclass
class Attacker:
    """Knows how many replied in every part, and the published sum of every group in `seen`."""

    replies: Mapping[Part, int]
    seen: Sequence[Collection[Part]]
    parts: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = [part for part, n in self.replies.items() if n]
        self._at = {part: at for at, part in enumerate(self.parts)}

    def _row(self, group: Collection[Part]) -> np.ndarray:
        row = np.zeros(len(self.parts))
        row[[self._at[part] for part in group if part in self._at]] = 1
        return row

    @cached_property
    def _matrix(self) -> np.ndarray:
        rows = [self._row(group) for group in self.seen]
        return np.array(rows).reshape(len(rows), len(self.parts))

    @cached_property
    def _unseen(self) -> np.ndarray:
        """A basis of the changes that leave every published sum as it is, one a row."""
        _, sizes, basis = np.linalg.svd(self._matrix)
        return basis[int((sizes > NOTHING).sum()) :]

    def recovers(self, group: Collection[Part]) -> bool:
        """Whether the group's sum is a combination of published sums."""
        return bool(np.abs(self._unseen @ self._row(group)).max(initial=0) < NOTHING)

    def small_sets(self, fewest: int) -> list[list[Part]]:
        """All sets of up to four parts, with fewer replies than that, whose sum follows."""
        n = np.array([self.replies[part] for part in self.parts])
        small = np.flatnonzero(n < fewest)
        lots = np.random.default_rng(7).normal(size=len(self._unseen))
        sums = (self._unseen.T @ lots)[small]
        first, second = np.triu_indices(len(small), 1)
        fits = n[small[first]] + n[small[second]] < fewest
        first, second = first[fits], second[fits]
        found = [[at] for at in np.flatnonzero(np.abs(sums) < NOTHING)]
        pairs = sums[first] + sums[second]
        found += [[first[at], second[at]] for at in np.flatnonzero(np.abs(pairs) < NOTHING)]
        for others, members in (
            (sums, [[at] for at in range(len(small))]),
            (pairs, list(zip(first, second, strict=True))),
        ):
            order = np.argsort(others)
            starts = np.searchsorted(others[order], -pairs - NOTHING)
            ends = np.searchsorted(others[order], -pairs + NOTHING)
            for at in np.flatnonzero(ends > starts):
                found += [
                    [first[at], second[at], *members[order[other]]]
                    for other in range(starts[at], ends[at])
                ]
        sets = {tuple(sorted({int(small[at]) for at in one})) for one in found}
        named = [[self.parts[at] for at in one] for one in sorted(sets)]
        return [
            one
            for one in named
            if sum(self.replies[part] for part in one) < fewest and self.recovers(one)
        ]

    def range_of(self, group: Collection[Part], published: Sequence[float]) -> tuple[float, float]:
        """The least and the most that a count (0 to 1 a reply) can be in the group, by linear
        programmes over all published counts; rounded inwards, as a count is whole."""
        wanted = self._row(group)
        limits = [(0, self.replies[part]) for part in self.parts]
        matrix, sums = (self._matrix, published) if len(self.seen) else (None, None)
        least = linprog(wanted, A_eq=matrix, b_eq=sums, bounds=limits, method="highs")
        most = linprog(-wanted, A_eq=matrix, b_eq=sums, bounds=limits, method="highs")
        assert least.success and most.success, (least.message, most.message)
        return float(np.ceil(least.fun - 1e-6)), float(np.floor(-most.fun + 1e-6))
