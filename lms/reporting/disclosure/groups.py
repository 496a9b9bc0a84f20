"""Which groups of replies may be shown, decided for all views together.

R4  Results for fewer than policy [5] replies are withheld, everywhere: page, chart, file,
    drill-down. If one cell of a shown total is withheld, so is the next smallest.

The family of all groups that any view shows (year, course, priority, event, ...) is judged at
once. A group is shown only if afterwards no combination of everything shown, now or in an earlier
month, yields the results of a guarded group: one with too few replies, one withheld as the next
smallest, or *any* set of so few replies, whether or not it has a name (what course and priority
leave over, who came in since last month). So no group that is withheld follows from those shown.

What is protected are results: what people said. How many replied is no secret. Not protected:
what a respondent knows of themselves and of those beside them; what coordinators see; what a
group as a whole said, where all said the same.

Source: docs/domain.md, Reports; docs/decisions/0034.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import combinations

from lms.agencies.rules import DEFAULT_POLICIES, PolicyKey
from lms.reporting.disclosure.spans import PRIME, Frame, Span, Vector
from lms.words import Word

FEWEST_REPLIES = DEFAULT_POLICIES[PolicyKey.WITHHOLD_BELOW]

Key = Hashable
Part = Hashable


class Withheld(Word):
    """Why a group is not shown."""

    TOO_FEW = "too_few"
    PROTECTS_OTHERS = "protects_others"

    @property
    def sentence(self) -> str:
        """As a page says it in the place of a figure."""
        return _WITHHELD[self]


_WITHHELD: Mapping[Withheld, str] = {
    Withheld.TOO_FEW: "Too few to say.",
    Withheld.PROTECTS_OTHERS: "Not shown: the answers of a few people would follow from it.",
}


@dataclass(frozen=True)
class Group:
    """A group of replies that some view shows: its parts (such as event and sector) as a set.

    Where not all can be shown, a lower tier goes first, within it the larger group. Published once,
    totals before their cells (0 the year, 1 courses and all else, 2 events) hides least; published
    month by month: 0 the year, 1 courses, 2 events, 3 all else (docs/decisions/0034).
    """

    key: Key
    parts: frozenset[Part]
    tier: int = 0


@dataclass(frozen=True)
class Breakdown:
    """A total and the cells that a view shows below it, both by their keys."""

    total: Key
    cells: tuple[Key, ...]


@dataclass(frozen=True)
class Family:
    """All groups that exist at one moment, and how many replied in each of their parts.

    A part never gains replies: whoever answers later is in a part of its own (name it after the
    event, the sector and the month from which it counts).
    """

    replies: Mapping[Part, int]
    groups: tuple[Group, ...]
    breakdowns: tuple[Breakdown, ...] = ()

    def size(self, group: Group) -> int:
        """How many replied in a group."""
        return sum(self.replies.get(part, 0) for part in group.parts)


@dataclass(frozen=True)
class Disclosure:
    """What is shown of a family. A group that nobody replied in is neither shown nor withheld.

    `as_at` says for each group that is shown which family (0 the first) its figures are those of:
    an earlier one where the few replies since would otherwise stand alone.
    """

    as_at: Mapping[Key, int] = field(default_factory=dict)
    withheld: Mapping[Key, Withheld] = field(default_factory=dict)


def decide(family: Family, fewest: int = FEWEST_REPLIES) -> Disclosure:
    """Which groups of one family are shown, where nothing was shown before."""
    return decide_over_time([family], fewest)[0]


def decide_over_time(
    families: Sequence[Family], fewest: int = FEWEST_REPLIES
) -> tuple[Disclosure, ...]:
    """Which groups are shown in each month, given what had been shown in those before.

    The same months give the same answer, so that it need not be stored; nothing once shown is
    taken back, and a later month never changes what an earlier one said.
    """
    found = [Disclosure() for _ in families]
    for together in _apart(families):
        history = _History(together, fewest)
        for month, before in enumerate(found):
            now = history.next_month(month)
            found[month] = Disclosure(
                {**before.as_at, **now.as_at}, {**before.withheld, **now.withheld}
            )
    return tuple(found)


def _apart(families: Sequence[Family]) -> list[list[Family]]:
    """The families cut into those that share no part and can betray nothing of each other."""
    leader: dict[Key, Key] = {}

    def led_by(one: Key) -> Key:
        while leader.setdefault(one, one) != one:
            leader[one] = one = leader[leader[one]]
        return one

    first_with: dict[Part, Key] = {}
    for family in families:
        for group in family.groups:
            for part in group.parts:
                if family.replies.get(part):
                    leader[led_by(group.key)] = led_by(first_with.setdefault(part, group.key))
    places: dict[Key, int] = {}
    for family in families:
        for group in family.groups:
            places.setdefault(led_by(group.key), len(places))
    return [
        list(column)
        for column in zip(
            *(_cut(family, len(places), lambda key: places[led_by(key)]) for family in families),
            strict=True,
        )
    ]


def _cut(family: Family, into: int, place_of: Callable[[Key], int]) -> list[Family]:
    groups: list[list[Group]] = [[] for _ in range(into)]
    for group in family.groups:
        groups[place_of(group.key)].append(group)
    breakdowns: list[list[Breakdown]] = [[] for _ in range(into)]
    for breakdown in family.breakdowns:
        breakdowns[place_of(breakdown.total)].append(breakdown)
    return [
        Family(family.replies, tuple(g), tuple(b)) for g, b in zip(groups, breakdowns, strict=True)
    ]


class _History:
    """The months so far: what has been shown, and from when."""

    def __init__(self, families: Sequence[Family], fewest: int) -> None:
        self._families, self._fewest = families, fewest
        self._rows: list[dict[Key, list[int]]] = []
        memberships = self._memberships()
        self._frame = Frame(memberships)
        self._replies = self._by_class()
        self._blocks = self._frame.blocks(self._replies, fewest)
        self._as_at: dict[Key, int] = {}
        self._known = Span()
        for block in self._blocks:
            self._known.guard(self._frame.set_of(block))

    def _memberships(self) -> dict[Part, list[int]]:
        """Which parts lie in which rows: a row is a group, or what it gained since last month."""
        found: dict[Part, list[int]] = {}
        before: dict[Key, frozenset[Part]] = {}
        number = 0
        for family in self._families:
            rows: dict[Key, list[int]] = {}
            for group in family.groups:
                parts = frozenset(part for part in group.parts if family.replies.get(part))
                had = before.get(group.key, frozenset())
                has_only_grown = had <= parts
                gained = parts - had if has_only_grown else parts
                rows[group.key] = list(self._rows[-1][group.key]) if had and has_only_grown else []
                if gained:
                    rows[group.key].append(number)
                    for part in gained:
                        found.setdefault(part, []).append(number)
                    number += 1
                before[group.key] = parts
            before = {group.key: before[group.key] for group in family.groups}
            self._rows.append(rows)
        return found

    def _by_class(self) -> list[int]:
        replies: dict[Part, int] = {}
        for family in self._families:
            replies.update(family.replies)
        return [sum(replies[part] for part in parts) for parts in self._frame.classes]

    def _vector(self, month: int, key: Key) -> Vector:
        found: Vector = {}
        for row in self._rows[month][key]:
            for at, value in self._frame.row(row).items():
                found[at] = (found.get(at, 0) + value) % PRIME
        return {at: value for at, value in found.items() if value}

    def next_month(self, number: int) -> Disclosure:
        """Shows as much as may be shown of the next family."""
        month = _Month.of(self._families[number], self._fewest, self._as_at)
        vectors = {key: self._vector(number, key) for key in month.sizes}
        for key in month.too_few:
            self._known.guard(vectors[key])
        blocks = self._blocks_until(number)
        while True:
            known = self._known.copy()
            shown = {key for key in month.in_order if known.show(vectors[key])}
            guard = [vectors[key] for key in month.next_smallest(shown)]
            guard += [self._frame.set_of(one) for one in self._betrayed(known, blocks)]
            if not guard:
                break
            for vector in guard:
                self._known.guard(vector)
        self._known = known
        self._as_at |= dict.fromkeys(shown, number)
        return month.disclosure(self._as_at)

    def _blocks_until(self, number: int) -> list[frozenset[int]]:
        """The blocks whose replies had come in by then."""
        known = self._families[number].replies
        come = {at for at, parts in enumerate(self._frame.classes) if known.get(parts[0])}
        return [block for block in self._blocks if block <= come]

    def _betrayed(self, known: Span, blocks: Sequence[frozenset[int]]) -> list[frozenset[int]]:
        """Sets of several blocks, with too few replies, whose results would follow."""
        change = self._frame.unseen_change(known)
        found = [
            _Block(block, sum(self._replies[at] for at in block), sum(change[at] for at in block))
            for block in blocks
        ]
        return [one.classes for one in _that_add_up(found, self._fewest)]


@dataclass(frozen=True)
class _Block:
    """A set of classes, its replies, and what an unseen change adds up to over it."""

    classes: frozenset[int]
    replies: int
    change: int

    def joined(self, other: "_Block") -> "_Block":
        return _Block(
            self.classes | other.classes,
            self.replies + other.replies,
            (self.change + other.change) % PRIME,
        )


def _that_add_up(blocks: Sequence[_Block], fewest: int) -> list[_Block]:
    """The joins of up to four blocks, with fewer replies than that, whose changes cancel."""
    small = [block for block in blocks if block.replies <= fewest - 2]
    pairs = [
        one.joined(other)
        for one, other in combinations(small, 2)
        if one.replies + other.replies < fewest and not one.classes & other.classes
    ]
    by_change: dict[int, list[_Block]] = {}
    for block in [*small, *(pair for pair in pairs if pair.replies <= fewest - 3)]:
        by_change.setdefault(block.change % PRIME, []).append(block)
    found = {pair.classes: pair for pair in pairs if pair.change == 0}
    for pair in pairs:
        for other in by_change.get(-pair.change % PRIME, ()):
            if pair.replies + other.replies < fewest and not pair.classes & other.classes:
                joined = pair.joined(other)
                found.setdefault(joined.classes, joined)
    return list(found.values())


@dataclass(frozen=True)
class _Month:
    """One family as it is judged: sizes, who has too few, and who comes first."""

    family: Family
    sizes: Mapping[Key, int]
    too_few: tuple[Key, ...]
    in_order: tuple[Key, ...]
    shown_before: frozenset[Key]

    @classmethod
    def of(cls, family: Family, fewest: int, as_at: Mapping[Key, int]) -> "_Month":
        sizes = {group.key: family.size(group) for group in family.groups}
        enough = [group for group in family.groups if sizes[group.key] >= fewest]
        enough.sort(key=lambda group: (group.tier, -sizes[group.key]))
        return cls(
            family,
            sizes,
            too_few=tuple(key for key, size in sizes.items() if 0 < size < fewest),
            in_order=tuple(group.key for group in enough),
            shown_before=frozenset(as_at),
        )

    def next_smallest(self, shown: AbstractSet[Key]) -> list[Key]:
        """R4: the cells to withhold because they stand alone beside one that is withheld."""
        found = []
        for breakdown in self.family.breakdowns:
            if breakdown.total not in shown:
                continue
            cells = [key for key in breakdown.cells if self.sizes.get(key)]
            hidden = [key for key in cells if key not in shown and key not in self.shown_before]
            open_ = [key for key in cells if key in shown and key not in self.shown_before]
            if len(hidden) == 1 and open_:
                found.append(min(open_, key=lambda key: self.sizes[key]))
        return found

    def disclosure(self, as_at: Mapping[Key, int]) -> Disclosure:
        """What is shown of this family, and why the rest is not."""
        return Disclosure(
            as_at={key: as_at[key] for key in self.sizes if key in as_at},
            withheld={
                key: Withheld.TOO_FEW if key in self.too_few else Withheld.PROTECTS_OTHERS
                for key, size in self.sizes.items()
                if size and key not in as_at
            },
        )
