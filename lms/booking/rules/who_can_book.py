"""Who can book an event and on what terms (B1, B3, B7), and which terms cannot be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lms.booking.rules.facts import Share, ShareKind, Side
from lms.catalogue.rules import ApprovedBy, Fault, ListOrder, shifted
from lms.clock import london_date
from lms.words import count, day, moment, short_day


@dataclass(frozen=True)
class Allocation:
    """Another partnership's part of an event's places; what it has not used on `release_on` is
    free for all."""

    partnership_id: int
    places: int
    release_on: date | None = None


@dataclass(frozen=True)
class WhoCanBook:
    """All that an event says about who can book it. A page, a command and an audit compare two.

    Invitees count only while the event is by invitation; they are kept meanwhile.
    """

    opens_at: datetime | None = None
    order: ListOrder = ListOrder.FIRST_COME
    approved_by: ApprovedBy = ApprovedBy.NOBODY
    is_by_invitation: bool = False
    invited_agency_ids: tuple[int, ...] = ()
    invited_addresses: tuple[str, ...] = ()
    unnamed_places: int = 0
    shares: tuple[Share, ...] = ()
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What the terms must fit into: the event's places by side, its first day, its closing."""

    capacities: dict[Side, int]
    first_day: date | None = None
    closes_at: datetime | None = None


def who_can_book_faults(
    terms: WhoCanBook, frame: Frame, today: date, known: WhoCanBook
) -> list[Fault]:
    """What cannot be, each with its field, such as 'shares-2-places'; what is `known` already is
    not held against anyone again, such as a reservation whose day has passed since."""
    return [
        *_opening_faults(terms, frame),
        *_invitation_faults(terms),
        *_unnamed_faults(terms, frame),
        *_twice(terms),
        *_release_faults(terms, frame, today, known),
        *_too_many_reserved(terms, frame, today),
        *_cap_below_reservation(terms),
    ]


def _opening_faults(terms: WhoCanBook, frame: Frame) -> Iterator[Fault]:
    if terms.opens_at is None:
        return
    if frame.closes_at is not None and terms.opens_at >= frame.closes_at:
        yield Fault("opens_on", f"Enter a day before booking closes on {moment(frame.closes_at)}")
    elif frame.first_day is not None and london_date(terms.opens_at) > frame.first_day:
        yield Fault("opens_on", f"Enter a day before the event on {day(frame.first_day)}")


def _invitation_faults(terms: WhoCanBook) -> Iterator[Fault]:
    if terms.is_by_invitation and not (terms.invited_agency_ids or terms.invited_addresses):
        yield Fault("invited_agencies", "Name an agency or an address that is invited")


def _unnamed_faults(terms: WhoCanBook, frame: Frame) -> Iterator[Fault]:
    places = sum(frame.capacities.values())
    if terms.unnamed_places > places:
        yield Fault("unnamed_places", f"Enter {places} or less: there are no more places")


def _twice(terms: WhoCanBook) -> Iterator[Fault]:
    seen = Counter[tuple[object, ...]]()
    for place, share in enumerate(terms.shares):
        key = (share.kind, share.side, *share.group)
        if seen[key]:
            yield Fault(f"shares-{place}-group", f"Enter {share.name} once: it has a row already")
        seen[key] += 1
    shared = {allocation.partnership_id for allocation in terms.allocations}
    for place, share in enumerate(terms.shares):
        if share.partnership_id in shared:
            said = f"Take {share.name} out: its part of the places stands further down"
            yield Fault(f"shares-{place}-group", said)


def _release_faults(
    terms: WhoCanBook, frame: Frame, today: date, known: WhoCanBook
) -> Iterator[Fault]:
    ends = [
        (f"shares-{place}-ends_on", share.ends_on)
        for place, share in enumerate(terms.shares)
        if share not in known.shares
    ]
    ends += [
        (f"partners-{place}-release_on", allocation.release_on)
        for place, allocation in enumerate(terms.allocations)
        if allocation not in known.allocations
    ]
    for field, ends_on in ends:
        if ends_on is None:
            continue
        if frame.first_day is not None and ends_on > frame.first_day:
            yield Fault(field, f"Enter a day that is not after the event on {day(frame.first_day)}")
        elif ends_on <= today:
            yield Fault(field, f"Enter a day to come: {short_day(ends_on)} has begun already")


def _too_many_reserved(terms: WhoCanBook, frame: Frame, today: date) -> Iterator[Fault]:
    """More held back than there are places: named once, where the sum first goes beyond."""
    for side, places in frame.capacities.items():
        held = 0
        for field, share_side, reserved, ends_on in _reserved(terms):
            if share_side is not side or (ends_on is not None and ends_on <= today):
                continue
            held += reserved
            if held > places:
                said = f"Enter fewer: {held} would be held back, and there {_are(places)}"
                yield Fault(field, said)
                break


def _reserved(terms: WhoCanBook) -> Iterator[tuple[str, Side, int, date | None]]:
    for place, share in enumerate(terms.shares):
        if share.kind is ShareKind.RESERVATION:
            yield f"shares-{place}-places", share.side, share.places, share.ends_on
    for place, part in enumerate(terms.allocations):
        yield f"partners-{place}-places", Side.ROOM, part.places, part.release_on


def _are(places: int) -> str:
    return f"{'is' if places == 1 else 'are'} {count(places, 'place')}"


def _cap_below_reservation(terms: WhoCanBook) -> Iterator[Fault]:
    reserved = {
        (share.side, *share.group): share.places
        for share in terms.shares
        if share.kind is ShareKind.RESERVATION
    }
    for place, share in enumerate(terms.shares):
        held = reserved.get((share.side, *share.group), 0)
        if share.kind is ShareKind.CAP and share.places < held:
            said = f"Enter {held} or more: so many are held back for {share.name}"
            yield Fault(f"shares-{place}-places", said)


# --- The terms of a copy --------------------------------------------------------------------


def moved_terms(
    terms: WhoCanBook, shift: timedelta | None, today: date
) -> tuple[WhoCanBook, list[str]]:
    """The terms of an event as those of a copy so much later, and what does not come with it.

    What is held back until a day is held back until as long before the copy; where that day has
    come, or there is none to reckon from, it is left out and said.
    """
    kept_shares, gone = [], []
    for share in terms.shares:
        ends_on = _moved_day(share.ends_on, shift)
        if _is_past_use(share.ends_on, ends_on, today):
            gone.append(_left_out(share.places, share.name))
        else:
            kept_shares.append(replace(share, ends_on=ends_on))
    kept_parts = []
    for part in terms.allocations:
        release_on = _moved_day(part.release_on, shift)
        if _is_past_use(part.release_on, release_on, today):
            gone.append(_left_out(part.places, "another partnership"))
        else:
            kept_parts.append(replace(part, release_on=release_on))
    opens_at = shifted(terms.opens_at, shift) if terms.opens_at and shift is not None else None
    copied = replace(
        terms, opens_at=opens_at, shares=tuple(kept_shares), allocations=tuple(kept_parts)
    )
    return copied, gone


def _moved_day(on: date | None, shift: timedelta | None) -> date | None:
    return on + shift if on is not None and shift is not None else None


def _is_past_use(before: date | None, after: date | None, today: date) -> bool:
    return before is not None and (after is None or after <= today)


def _left_out(places: int, name: str) -> str:
    said = f"{count(places, 'place')} for {name}"
    return f"Not copied: {said}, since they would be free for all by now."
