"""Who can book an event, as it stands and as it is typed: agencies, sectors and partnerships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.agencies.models import Partnership
from lms.agencies.queries import list_agencies, list_partnerships
from lms.agencies.rules import Sector, folded_name
from lms.booking.queries.events import shares_of, snapshots_of
from lms.booking.rules import (
    Allocation,
    EventSnapshot,
    Frame,
    Share,
    ShareKind,
    Side,
    WhoCanBook,
    closing_at,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode
from lms.clock import london_date
from lms.db import db
from lms.tables import nearest


def terms_of(event: Event) -> WhoCanBook:
    """What an event says at present about who can book it."""
    return WhoCanBook(
        opens_at=event.opens_at,
        order=event.list_order,
        approved_by=event.approved_by,
        is_by_invitation=event.is_by_invitation,
        invited_agency_ids=tuple(i.agency_id for i in event.invitees if i.agency_id is not None),
        invited_addresses=tuple(i.address for i in event.invitees if i.address is not None),
        unnamed_places=event.unnamed_places,
        shares=tuple(shares_of(db.session(), [event.id])[event.id]),
        allocations=tuple(
            Allocation(part.partnership_id, part.places, part.release_on)
            for part in event.shared_with
        ),
    )


def frame_of(event: Event, now: datetime) -> Frame:
    """What the terms of an event must fit into."""
    capacities = {Side.ROOM: event.capacity}
    if event.mode is EventMode.HYBRID and event.online_capacity is not None:
        capacities[Side.ONLINE] = event.online_capacity
    seen: EventSnapshot | None = snapshots_of(db.session(), [event], now).get(event.id)
    if seen is None or not seen.is_dated:
        return Frame(capacities)
    return Frame(capacities, london_date(seen.starts_at), closing_at(seen))


@dataclass(frozen=True)
class Groups:
    """All that a share can be for, by the name that is typed for it."""

    shares: dict[str, Share]
    names: tuple[str, ...]
    agency_names: dict[int, str]

    def find(self, typed: str) -> Share | None:
        """A share of no places yet, for the group of that name."""
        return self.shares.get(folded_name(typed))

    def did_you_mean(self, typed: str) -> str:
        """' Did you mean Early Help?', or nothing."""
        return nearest(typed, self.names)

    def find_agency(self, typed: str) -> int | None:
        """The agency of that name."""
        found = self.find(typed)
        return found.agency_id if found else None

    def did_you_mean_agency(self, typed: str) -> str:
        """' Did you mean Early Help?', or nothing."""
        return nearest(typed, self.agency_names.values())


def groups_for(event: Event, now: datetime) -> Groups:
    """The groups that places of an event can be kept or capped for.

    Every agency can be named; offered are the open ones of the event's partnership.
    """
    everywhere = {agency.id: agency.name for agency in list_agencies()}
    own = [agency.name for agency in list_agencies(event.partnership_id, on=london_date(now))]
    sectors = [_of_sector(sector) for sector in Sector]
    partnerships = [_of_partnership(partnership) for partnership in list_partnerships()]
    agencies = [_blank(agency_id=at, name=name) for at, name in everywhere.items()]
    # An agency that is called like a sector is what is meant by that name.
    by_bare_name = {folded_name(s.sector.label): s for s in sectors if s.sector}
    by_name = {folded_name(name_typed(share)): share for share in (*sectors, *partnerships)}
    by_name = by_bare_name | by_name | {folded_name(share.name): share for share in agencies}
    offered = (*(name_typed(share) for share in (*sectors, *partnerships)), *own)
    return Groups(by_name, offered, everywhere)


def name_typed(share: Share) -> str:
    """How a group is typed and shown in the form: 'Police sector', 'People of Dudley'."""
    if share.sector is not None:
        return f"{share.sector.label} sector"
    return f"People of {share.name}" if share.partnership_id is not None else share.name


def _of_sector(sector: Sector) -> Share:
    return _blank(sector=sector, name=f"the {sector.words} sector")


def _of_partnership(partnership: Partnership) -> Share:
    return _blank(partnership_id=partnership.id, name=partnership.name)


def _blank(
    *,
    agency_id: int | None = None,
    sector: Sector | None = None,
    partnership_id: int | None = None,
    name: str,
) -> Share:
    return Share(ShareKind.CAP, 0, agency_id, sector, partnership_id, name)
