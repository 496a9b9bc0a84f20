"""When two records may be made one, and which bookings cannot both be one person's.

B2 and B8 hold for the person that is left: of two live bookings at one event one ends, and so does
one of two places on one course to come, or at one time, unless both are kept as an override (B14).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lms.booking.rules import CAME, BookingState, Outcome, overlap
from lms.errors import Refused

BOTH = "both"
LETTERS_ALIKE = 2  # of first names: Ben and Benedict, Kate and Kathryn
Period = tuple[datetime, datetime]


class Why(Enum):
    """Why one person cannot have both bookings."""

    SAME_EVENT = "Both are for the same event."
    SAME_COURSE = "A person holds one place per course among the dates to come."
    SAME_TIME = "They are at the same time."


@dataclass(frozen=True)
class Held:
    """A live booking of one of the two, as far as it can stand in another's way."""

    id: int
    reference: str
    event_id: int
    course_id: int | None
    title: str
    sessions: tuple[Period, ...]
    state: BookingState
    outcome: Outcome | None
    requested_at: datetime

    @property
    def starts_at(self) -> datetime | None:
        return min((start for start, _ in self.sessions), default=None)

    def is_place_at(self, now: datetime) -> bool:
        """Whether it is a confirmed place at what has not ended."""
        ends_at = max((end for _, end in self.sessions), default=None)
        return self.state is BookingState.CONFIRMED and ends_at is not None and ends_at > now

    @property
    def weight(self) -> tuple[int, float]:
        """The larger, the more is lost with it: having come, a place, the earlier request."""
        came = (self.outcome in CAME) * 2 + (self.outcome is not None)
        state = WEIGHT.index(self.state)
        return came * 10 + state, -self.requested_at.timestamp()


WEIGHT = (
    *(BookingState.WAITING, BookingState.REQUESTED, BookingState.OFFERED, BookingState.CONFIRMED),
    *(BookingState.DECLINED, BookingState.LAPSED, BookingState.CANCELLED),
)


@dataclass(frozen=True)
class Clash:
    """Two bookings, one of each record, that one person cannot both have."""

    why: Why
    kept: Held  # of the record that is kept
    dropped: Held  # of the one that goes

    @property
    def name(self) -> str:
        return f"clash-{self.kept.id}-{self.dropped.id}"

    @property
    def recommended(self) -> str:
        """The booking of which more would be lost: what stays unless somebody says otherwise."""
        return str(max((self.kept, self.dropped), key=lambda held: held.weight).id)

    @property
    def choices(self) -> tuple[str, ...]:
        both = () if self.why is Why.SAME_EVENT else (BOTH,)
        return (str(self.kept.id), str(self.dropped.id), *both)


def clashes(kept: Iterable[Held], dropped: Sequence[Held], now: datetime) -> list[Clash]:
    """Every pair of bookings that cannot both be one person's, in the order of their dates."""
    found = []
    for one in kept:
        for other in dropped:
            why = _why(one, other, now)
            if why is not None:
                found.append(Clash(why, one, other))
    return sorted(found, key=lambda clash: (clash.kept.event_id, clash.dropped.event_id))


def _why(one: Held, other: Held, now: datetime) -> Why | None:
    if one.event_id == other.event_id:
        return Why.SAME_EVENT
    if not (one.is_place_at(now) and other.is_place_at(now)):
        return None
    starts = [held.starts_at for held in (one, other) if held.starts_at]
    if one.course_id is not None and one.course_id == other.course_id and min(starts) > now:
        return Why.SAME_COURSE
    if any(overlap(mine, theirs) for mine in one.sessions for theirs in other.sessions):
        return Why.SAME_TIME
    return None


@dataclass(frozen=True)
class Resolved:
    """What becomes of the clashes: which booking ends beside which; which pairs both stay."""

    ends: Mapping[int, int]
    both: tuple[Clash, ...]


def recommended(found: Iterable[Clash]) -> dict[str, str]:
    """What is chosen where nobody is asked: the booking of which more would be lost stays."""
    return {clash.name: clash.recommended for clash in found}


def resolved(found: Iterable[Clash], chosen: Mapping[str, str]) -> Resolved:
    """Which bookings end, as chosen. Raises Refused where a clash has no answer."""
    ends: dict[int, int] = {}
    both = []
    for clash in found:
        choice = chosen.get(clash.name, "")
        if choice not in clash.choices:
            raise Refused(f"Choose which booking for {clash.kept.title} stays", field=clash.name)
        if choice == BOTH:
            both.append(clash)
            continue
        pair = (clash.kept.id, clash.dropped.id)
        stays, gone = pair if choice == str(clash.kept.id) else pair[::-1]
        ends[gone] = stays
    return Resolved({gone: _last(stays, ends) for gone, stays in ends.items()}, tuple(both))


def _last(stays: int, ends: Mapping[int, int]) -> int:
    """The booking that is left in the end, where one that stays beside another ends for a third."""
    seen = {stays}
    while stays in ends and ends[stays] not in seen:
        stays = ends[stays]
        seen.add(stays)
    return stays


@dataclass(frozen=True)
class RoleFact:
    """A role that one of the two holds or will hold; `is_yours` where who asks may give it."""

    words: str
    is_yours: bool


@dataclass(frozen=True)
class RecordFact:
    """One of the two records, as far as it decides whether they may be joined."""

    id: int
    name: str
    was_joined: bool
    is_own: bool  # of whoever asks
    roles: tuple[RoleFact, ...] = ()
    approves_own: str = ""  # the event whose booking this person would be asked to approve (B10)


def refuse_to_join(keep: RecordFact, drop: RecordFact) -> None:
    """Raise Refused, with what to do instead, where two records must not be made one."""
    if keep.id == drop.id:
        raise Refused("This is one and the same record. Choose the other one.")
    for record in (keep, drop):
        if record.was_joined:
            raise Refused(f"{record.name} has been joined with another record already.")
    for record in (keep, drop):
        if record.is_own:
            raise Refused(
                "One of the records is yours. Ask a colleague to join them: nobody takes over "
                "another’s record by their own hand."
            )
        foreign = next((role for role in record.roles if not role.is_yours), None)
        if foreign is not None:
            raise Refused(
                f"{record.name} is {foreign.words}. Joining gives that role to whoever signs in "
                "with either address, so ask an administrator there to do it."
            )
        if record.approves_own:
            raise Refused(
                f"One of the two is being asked to approve the other’s booking at "
                f"{record.approves_own}. Nobody approves themselves: answer that first."
            )


def refuse_to_take_apart(keep: RecordFact) -> None:
    """Raise Refused, with what to do instead, where a merge must not be taken back now."""
    if keep.was_joined:
        raise Refused(
            f"The record of {keep.name} has itself been joined with another since. "
            "Take that apart first."
        )
    if keep.is_own:
        raise Refused("This record is yours. Ask a colleague to take it apart.")
    foreign = next((role for role in keep.roles if not role.is_yours), None)
    if foreign is not None:
        raise Refused(f"{keep.name} is {foreign.words}. Ask an administrator there to do it.")


def tells_of_both(local: str, one: str, other: str) -> bool:
    """Whether the letters before an @ speak for one person rather than for two of one surname.

    `one` and `other` are names by surname. An initial with the surname is what Bartholomew and
    Benedict Appleyard both have, so it counts only where their first names begin alike.
    """
    surname = "".join(filter(str.isalpha, one.partition(" ")[0]))
    if len(local.replace(surname, "", 1)) > 1:  # more than an initial
        return True
    first, second = (name.partition(" ")[2][:LETTERS_ALIKE] for name in (one, other))
    return first.startswith(second) or second.startswith(first)


def likeness(*, is_same_name: bool, share_agency: bool, share_address: bool) -> str:
    """Why two records with one surname are likely to be one person's; empty where they are not."""
    if is_same_name and share_agency and share_address:
        return "Same name, same agency, and alike addresses"
    if is_same_name and share_agency:
        return "Same name, same agency"
    if is_same_name and share_address:
        return "Same name, and alike addresses"
    if share_address:
        return "Same surname, and alike addresses"
    return ""
