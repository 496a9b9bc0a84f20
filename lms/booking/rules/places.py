"""B3: who may have a place. Every count of places goes through here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lms.booking.rules.facts import (
    BookingFact,
    Claim,
    EventSnapshot,
    Rule,
    Share,
    ShareKind,
)
from lms.booking.rules.overrides import Override
from lms.booking.rules.states import BookingState
from lms.words import Word, count, of_them, short_day


class WaitKind(Word):
    """Why a claim has no place."""

    OBSTACLE = "obstacle"
    APPROVAL = "approval"
    AT_CAP = "at_cap"
    RESERVED = "reserved"
    FULL = "full"
    SPOKEN_FOR = "spoken_for"
    IN_TURN = "in_turn"
    IN_MIX = "in_mix"
    UNDATED = "undated"


@dataclass(frozen=True)
class WaitReason:
    """Why a claim waits: its kind, and the figures and the share behind it."""

    kind: WaitKind
    places: int = 0
    share: Share | None = None
    obstacle: str = ""

    @property
    def sentence(self) -> str:
        """To the one who waits, to follow a colon: 'your agency has its 4 places'."""
        if self.kind is WaitKind.AT_CAP and self.share is not None:
            return f"your {self.share.group_word} has {_places_of(self.share)}"
        return self._plain_sentence

    @property
    def note(self) -> str:
        """To the coordinator, to follow a colon: 'West Midlands Police has its 3 places'."""
        if self.kind is WaitKind.AT_CAP and self.share is not None:
            return f"{self.share.name} has {_places_of(self.share)}"
        return of_them(self._plain_sentence)

    @property
    def _plain_sentence(self) -> str:
        return {
            WaitKind.OBSTACLE: self.obstacle,
            WaitKind.APPROVAL: "the booking is not approved yet",
            WaitKind.RESERVED: _reserved_sentence(self.places, self.share),
            WaitKind.FULL: _full_sentence(self.places),
            WaitKind.IN_MIX: _mix_sentence(self.places),
            WaitKind.IN_TURN: "a place is free, and those who wait are asked in turn",
            WaitKind.UNDATED: "the event is postponed and has no date yet",
        }.get(self.kind, "the free places are for those who already wait")


@dataclass(frozen=True)
class Place:
    """A place for the claim; `overrode` is what an override had to lift for it, if anything."""

    overrode: WaitReason | None = None

    @property
    def is_beyond_limits(self) -> bool:
        """Whether it exceeds capacity, a cap or what is held back for others: the booking is then
        marked `is_override`."""
        kind = self.overrode and self.overrode.kind
        return kind in (WaitKind.FULL, WaitKind.AT_CAP, WaitKind.RESERVED)


@dataclass(frozen=True)
class Wait:
    """No place for the claim: it waits, and this is why."""

    reason: WaitReason


Decision = Place | Wait


def place_for(
    snapshot: EventSnapshot, claim: Claim, now: datetime, override: Override | None = None
) -> Decision:
    """Whether a new request has a place or joins the waiting list (B3).

    An override of B3 gives a place all the same and says what it lifted (B14).
    """
    reason = why_no_place(snapshot, claim, now) or _spoken_for(snapshot, claim, now)
    if reason is None:
        return Place()
    return Place(reason) if override and override.lifts(Rule.B3) else Wait(reason)


def why_no_place(snapshot: EventSnapshot, claim: Claim, now: datetime) -> WaitReason | None:
    """What keeps a claim from a place that nobody else is waiting for; None where it fits."""
    side = snapshot.side_of(claim)
    return _over_cap(side, claim, now) or _over_capacity(side, claim, now)


def is_eligible(snapshot: EventSnapshot, waiting: BookingFact, now: datetime) -> bool:
    """Whether someone on the waiting list could have a place now."""
    return why_not_eligible(snapshot, waiting, now) is None


def why_not_eligible(
    snapshot: EventSnapshot, waiting: BookingFact, now: datetime
) -> WaitReason | None:
    """What makes a free place pass over someone on the list; None where nothing does (B5)."""
    if waiting.obstacle is not None:
        return WaitReason(WaitKind.OBSTACLE, obstacle=waiting.obstacle)
    if not waiting.is_approved:
        return WaitReason(WaitKind.APPROVAL)
    return why_no_place(snapshot, waiting, now)


# --- Counting -------------------------------------------------------------------------------


def unfilled_reserved(
    snapshot: EventSnapshot, now: datetime, holders: Iterable[Claim] | None = None
) -> dict[Share, int]:
    """How many places of each reservation in force nobody of its group has taken yet."""
    filled = fillers(snapshot, now, holders)
    return {share: share.places - len(those) for share, those in filled.items()}


def fillers(
    snapshot: EventSnapshot, now: datetime, holders: Iterable[Claim] | None = None
) -> dict[Share, list[Claim]]:
    """Who fills each reservation in force."""
    shares = [s for s in snapshot.shares if s.kind is ShareKind.RESERVATION and s.holds_at(now)]
    return filled_by(shares, snapshot.held if holders is None else holders)


def filled_by(shares: Iterable[Share], holders: Iterable[Claim]) -> dict[Share, list[Claim]]:
    """Who of the holders fills each of the reservations.

    A holder fills one reservation only, that of the narrowest group first; where that leaves a
    later holder none, an earlier one moves to another: as many are filled as can be, in whatever
    order people came.
    """
    filled: dict[Share, list[Claim]] = {share: [] for share in shares}
    if filled:
        for holder in holders:
            _fill(filled, holder, set())
    return filled


def _fill(filled: dict[Share, list[Claim]], holder: Claim, tried: set[Share]) -> bool:
    """Let a holder fill a reservation, by moving another one along if need be."""
    own = [share for share in filled if share not in tried and share.covers(holder)]
    for share in sorted(own, key=lambda s: (len(filled[s]) >= s.places, _breadth(s, holder))):
        if share in tried:
            continue
        tried.add(share)
        if len(filled[share]) < share.places:
            filled[share].append(holder)
            return True
        for place, other in enumerate(filled[share]):
            if _fill(filled, other, tried):
                filled[share][place] = holder
                return True
    return False


def caps_in_force(side: EventSnapshot, now: datetime) -> list[Share]:
    """The caps that hold at present."""
    return [s for s in side.shares if s.kind is ShareKind.CAP and s.holds_at(now)]


def places_of_group(side: EventSnapshot, share: Share) -> int:
    """How many places the group of a share has."""
    return sum(map(share.covers, side.held))


def free_places(snapshot: EventSnapshot, now: datetime) -> int:
    """How many places anybody could have: neither taken nor reserved; both sides together."""
    return sum(max(0, _free(side, now)) for side in snapshot.sides())


def places_left(snapshot: EventSnapshot, now: datetime) -> int:
    """How many places a newcomer could have: none where someone eligible waits for them (B3)."""
    return sum(
        max(0, _free(side, now))
        for side in snapshot.sides()
        if not any(is_eligible(side, waiting, now) for waiting in side.waiting)
    )


def places_for(snapshot: EventSnapshot, claim: Claim, now: datetime) -> int:
    """How many more places a group could have now, each member claiming like the one given."""
    more = 0
    while isinstance(place_for(snapshot, claim, now), Place):
        more += 1
        snapshot = _with_one_more(snapshot, claim)
    return more


def _with_one_more(snapshot: EventSnapshot, claim: Claim) -> EventSnapshot:
    held = BookingFact(
        agency_ids=claim.agency_ids,
        sector=claim.sector,
        partnership_id=claim.partnership_id,
        side=claim.side,
        state=BookingState.CONFIRMED,
    )
    return replace(snapshot, bookings=(*snapshot.bookings, held))


def _free(side: EventSnapshot, now: datetime) -> int:
    return unheld(side.capacity, len(side.held), sum(unfilled_reserved(side, now).values()))


def unheld(capacity: int, held: int, reserved: int = 0) -> int:
    """What is left of a capacity; negative beyond it."""
    return capacity - held - reserved


def _breadth(share: Share, claim: Claim) -> tuple[int, int]:
    if share.agency_id is not None:
        return 0, claim.agency_ids.index(share.agency_id)
    return (1, 0) if share.sector is not None else (2, 0)


# --- The two limits -------------------------------------------------------------------------


def _over_cap(side: EventSnapshot, claim: Claim, now: datetime) -> WaitReason | None:
    caps = (cap for cap in caps_in_force(side, now) if cap.covers(claim))
    cap = next((cap for cap in caps if places_of_group(side, cap) >= cap.places), None)
    return WaitReason(WaitKind.AT_CAP, cap.places, cap) if cap else None


def _over_capacity(side: EventSnapshot, claim: Claim, now: datetime) -> WaitReason | None:
    after = (*side.held, claim)
    if len(after) > side.capacity:
        return WaitReason(WaitKind.FULL, side.capacity)
    unfilled = unfilled_reserved(side, now, after)
    if len(after) + sum(unfilled.values()) <= side.capacity:
        return None
    if sum(unfilled.values()) < sum(unfilled_reserved(side, now).values()):
        return None  # what is held back for them, where more is held back than is left
    largest = max(unfilled, key=lambda share: (unfilled[share], share.name))
    return WaitReason(WaitKind.RESERVED, side.capacity - len(side.held), largest)


def _spoken_for(snapshot: EventSnapshot, claim: Claim, now: datetime) -> WaitReason | None:
    side = snapshot.side_of(claim)
    if any(is_eligible(side, waiting, now) for waiting in side.waiting):
        return WaitReason(WaitKind.SPOKEN_FOR)
    return None


# --- Words ----------------------------------------------------------------------------------


def _until(share: Share) -> str:
    return f" until {short_day(share.ends_on)}" if share.ends_on else ""


def _places_of(share: Share) -> str:
    places = {0: "no places", 1: "its one place"}.get(share.places, f"its {share.places} places")
    return places + _until(share)


def _full_sentence(places: int) -> str:
    if places > 2:
        return f"all {places} places are taken"
    return ("there are no places", "the one place is taken", "both places are taken")[places]


def _mix_sentence(places: int) -> str:
    if not places:
        return "agencies with the fewest places here go first, then those who joined first"
    return f"your agency has {count(places, 'place')} here, and agencies with fewer go first"


def _reserved_sentence(places: int, share: Share | None) -> str:
    if share is None:
        return _full_sentence(places)
    left = "the one place left is" if places == 1 else f"the {places} places left are"
    return f"{left} held for {share.name}{_until(share)}"
