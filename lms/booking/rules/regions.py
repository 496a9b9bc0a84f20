"""B17: what an event that several partnerships share means for its places."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from lms.booking.rules.charges import half_and_full_days
from lms.booking.rules.facts import Period, Share, ShareKind


def shares_of_allocation(
    partnership_id: int, name: str, places: int, release_on: date | None
) -> tuple[Share, Share]:
    """What a partnership is allocated, as B3 counts it: its people have at most so many places,
    and so many are held for them. Both until the release: then what is left is free for all."""
    return (
        _of_partnership(ShareKind.CAP, partnership_id, name, places, release_on),
        _of_partnership(ShareKind.RESERVATION, partnership_id, name, places, release_on),
    )


def area_booked_for(host_id: int, partners: Collection[int], served: Collection[int]) -> int:
    """For which partnership's area somebody books where nobody says: the host's if their agency
    serves it or none, else one that has a part in the event, else the first that it serves."""
    if not served or host_id in served:
        return host_id
    return next((area for area in served if area in partners), next(iter(served)))


def _of_partnership(
    kind: ShareKind, partnership_id: int, name: str, places: int, release_on: date | None
) -> Share:
    return Share(kind, places, partnership_id=partnership_id, name=name, ends_on=release_on)


# --- The ledger -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What one partnership gave another at one event: places of its own, or days of a trainer."""

    giver_id: int
    taker_id: int
    places: int = 0
    used: int = 0
    trainer_days: float = 0

    @property
    def unused(self) -> int:
        """Places that were given and that nobody of the taker's had; never less than none."""
        return max(0, self.places - self.used)


@dataclass(frozen=True)
class Account:
    """All that one partnership gave another; the balances are against what it had from there."""

    giver_id: int
    taker_id: int
    places: int
    used: int
    unused: int
    trainer_days: float
    balance_of_places: int
    balance_of_days: float


def ledger(given: Iterable[Given]) -> list[Account]:
    """Who gave whom how much, both ways for every two that gave each other anything."""
    by_pair: dict[tuple[int, int], list[Given]] = {}
    for each in given:
        by_pair.setdefault((each.giver_id, each.taker_id), []).append(each)
        by_pair.setdefault((each.taker_id, each.giver_id), [])
    return [
        _account(giver, taker, by_pair[giver, taker], by_pair[taker, giver])
        for giver, taker in by_pair
    ]


def _account(giver: int, taker: int, there: list[Given], back: list[Given]) -> Account:
    used, days = sum(each.used for each in there), sum(each.trainer_days for each in there)
    return Account(
        giver_id=giver,
        taker_id=taker,
        places=sum(each.places for each in there),
        used=used,
        unused=sum(each.unused for each in there),
        trainer_days=days,
        balance_of_places=used - sum(each.used for each in back),
        balance_of_days=days - sum(each.trainer_days for each in back),
    )


def trainer_days(sessions: Iterable[Period]) -> float:
    """How many days of a trainer an event takes: a London date is half a day or a full one."""
    halves, fulls = half_and_full_days(sessions)
    return fulls + halves / 2
