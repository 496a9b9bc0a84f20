"""Random years of answers, as the groups that every view of the impact report would publish."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms.reporting.disclosure.groups import Breakdown, Family, Group

SECTORS = (
    *("local authority", "health", "education", "police", "voluntary", "probation"),
    *("housing", "independent", "faith", "fire", "family justice", "other"),
)
VIEWS = ("course", "priority", "level", "remit", "sector", "quarter")
Cell = tuple[str, int, str, int]  # year, event, sector, month from which the reply counts


@dataclass
class YearOfAnswers:
    """One partnership's year: who replied where, and how many of them say yes to something."""

    label: str
    replies: dict[Cell, int] = field(default_factory=dict)
    said_yes: dict[Cell, int] = field(default_factory=dict)
    seen_in: dict[Cell, list[tuple[str, object]]] = field(default_factory=dict)

    def family(self, until_month: int) -> Family:
        """All groups that the report's pages, charts, files and drill-downs show by then."""
        cells = {cell: n for cell, n in self.replies.items() if cell[3] <= until_month}
        found: dict[object, set[Cell]] = {}
        course_of: dict[object, object] = {}
        for cell in cells:
            course = dict(self.seen_in[cell])["course"]
            course_of[cell[1]] = course
            for view, value in [("year", self.label), ("event", cell[1]), *self.seen_in[cell]]:
                found.setdefault((self.label, view, value), set()).add(cell)
        groups = [
            Group(key, frozenset(parts), {"year": 0, "event": 2}.get(key[1], 1))
            for key, parts in found.items()
            if isinstance(key, tuple)
        ]
        year = (self.label, "year", self.label)
        breakdowns = [Breakdown(year, tuple(self._keys(found, view))) for view in VIEWS]
        breakdowns += [
            Breakdown(
                (self.label, "course", course),
                tuple((self.label, "event", e) for e, its in course_of.items() if its == course),
            )
            for course in sorted(set(course_of.values()), key=str)
        ]
        return Family(cells, tuple(groups), tuple(breakdowns))

    def _keys(self, found: Iterable[object], view: str) -> list[object]:
        return [key for key in found if isinstance(key, tuple) and key[1] == view]


def year_of_answers(
    seed: int, *, events: int | None = None, courses: int | None = None, months: int = 1
) -> YearOfAnswers:
    """A year drawn by lot: from a dozen small events to a busy programme."""
    lot = random.Random(seed)  # noqa: S311
    events = events or lot.choice([8, 15, 25, 52])
    courses = courses or lot.randint(2, max(3, events // 3))
    year = YearOfAnswers(f"year {seed}")
    priorities = range(lot.choice([2, 5, 10]))
    sectors = SECTORS[: lot.choice([1, 4, 8, 12])]
    yes = lot.choice([0.02, 0.3, 0.6, 0.9, 0.99])
    about = [
        [("course", course), ("level", lot.randrange(4)), ("remit", lot.randrange(3))]
        + [("priority", p) for p in lot.sample(priorities, min(len(priorities), lot.randint(1, 3)))]
        for course in range(courses)
    ]
    typical = lot.choice([3, 7, 12, 16])
    for event in range(events):
        course = about[lot.randrange(courses)]
        month = event * months // events
        came = Counter(
            (sector, month + (lot.random() < 0.1 and month + 1 < months))
            for sector in lot.choices(
                sectors,
                [1 / (place + 1) for place in range(len(sectors))],
                k=max(0, round(lot.gauss(typical, typical / 2))),
            )
        )
        for (sector, counts_from), n in sorted(came.items()):
            cell = (year.label, event, sector, counts_from)
            year.replies[cell] = n
            year.said_yes[cell] = sum(lot.random() < yes for _ in range(n))
            year.seen_in[cell] = [*course, ("sector", sector), ("quarter", event * 4 // events)]
    return year
