"""An agency lead books several colleagues at once: everyone is heard before anyone is booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.agencies.queries import ids_under, lineages
from lms.booking.commands.asking.colleagues import NewColleague, colleague_within
from lms.booking.commands.asking.requesting import Asking, Heard, book_or_list, hear
from lms.booking.commands.locking import lock_event, lock_persons
from lms.booking.commands.results import BookingResult
from lms.booking.queries.events import event_in_force
from lms.booking.queries.handing_over import workplaces_of
from lms.booking.rules import GroupChoice, Origin, Refusal, Rule, Wait, Workplace, may_book
from lms.catalogue.rules import EventMode
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.words import count, number, sentence_case

NO_LINE_MANAGER = (
    "We know of no line manager who could approve it: ask them to book for themselves and name one"
)


@dataclass(frozen=True)
class Member:
    """One of a group: who, and for which of the lead's agencies."""

    whom: int | NewColleague
    agency_id: int


class Hindrance(NamedTuple):
    """Why one of a group cannot be booked; `whom` as they were asked for."""

    whom: int | NewColleague
    name: str
    sentence: str


@dataclass(frozen=True)
class GroupResult:
    """What became of a group; `left_out` have no booking, with the reason."""

    booked: tuple[BookingResult, ...]
    left_out: tuple[Hindrance, ...]


class GroupRefused(Refused):
    """Some of a group cannot be booked; nobody is, until the lead has said how to go on."""

    def __init__(self, sentence: str, hindrances: Sequence[Hindrance]) -> None:
        super().__init__(sentence)
        self.hindrances = tuple(hindrances)


class TooFewPlaces(GroupRefused):
    """There are not places for everyone, and it was to be all or nobody."""


def request_places(
    event_id: int,
    members: Sequence[Member],
    *,
    choice: GroupChoice,
    area_id: int | None = None,
    mode: EventMode | None = None,
    by: Viewer,
    now: datetime,
) -> GroupResult:
    """Book several people of the agencies that `by` leads, in one transaction (B13).

    Raises NotFound for an agency that they do not lead; GroupRefused, naming everyone who is not
    known or cannot be booked; TooFewPlaces where it was to be all or nobody.
    """
    with transaction() as session:
        _refuse_agencies_of_others(session, members, by)
        people, unknown = _people(session, members, by, now)
        first_ticket = lock_event(session, event_id, max(1, len(people)))
        lock_persons(session, *people)
        at = event_in_force(session, event_id, now)
        heard = [
            hear(session, at, _asking(session, person_id, member, area_id, mode), by, now)
            for person_id, member in people.items()
        ]
        if hindrances := [*unknown, *_hindrances(heard, list(people.values()), now)]:
            raise GroupRefused(_how_many_cannot(hindrances, members), hindrances)
        return _book(session, heard, first_ticket, choice, now)


def _refuse_agencies_of_others(session: Session, members: Sequence[Member], by: Viewer) -> None:
    led = set(session.scalars(ids_under(by.agencies(Permission.LEAD_AGENCY))))
    if not {member.agency_id for member in members} <= led:
        raise NotFound


def _people(
    session: Session, members: Sequence[Member], by: Viewer, now: datetime
) -> tuple[dict[int, Member], list[Hindrance]]:
    """Each person once, in the order given; those who are new are added, or said to be unknown."""
    found: dict[int, Member] = {}
    unknown: list[Hindrance] = []
    for member in members:
        whom = member.whom
        try:
            person_id = colleague_within(session, whom, member.agency_id, "", by, now)
        except Refused as refusal:
            name = _name_of(whom) if isinstance(whom, NewColleague) else ""
            unknown.append(Hindrance(whom, name, refusal.sentence))
        else:
            found.setdefault(person_id, member)
    return found, unknown


def _name_of(whom: NewColleague) -> str:
    return whom.name or whom.address


def _asking(
    session: Session, person_id: int, member: Member, area_id: int | None, mode: EventMode | None
) -> Asking:
    """What is asked for a colleague; what they keep of their needs goes with it, unseen (P1)."""
    person = session.get_one(Person, person_id)
    return Asking(
        person_id=person_id,
        agency_id=member.agency_id,
        agency_typed="",
        area_id=area_id,
        job_role=person.job_role,
        line_manager_email=person.line_manager_email,
        access_needs=person.access_needs,
        dietary_needs=person.dietary_needs,
        confirm_at_once=False,
        mode=mode,
        origin=Origin.AGENCY_LEAD,
        override_reason=None,
    )


def _hindrances(
    heard: Sequence[Heard], members: Collection[Member], now: datetime
) -> list[Hindrance]:
    above = lineages()
    found = []
    for one, member in zip(heard, members, strict=True):
        agency = Workplace(above[member.agency_id])
        works_at = workplaces_of(one.person.id, above, now)
        if not any(workplace.is_within(agency) for workplace in works_at):
            found.append(_stranger(member.whom))
        elif refusals := may_book(one.seen, one.request, now):
            found.append(Hindrance(member.whom, one.person.name, _why_not(refusals[0])))
    return found


def _why_not(refusal: Refusal) -> str:
    """Why a colleague cannot be booked; their line manager is theirs to name, not the lead's."""
    return NO_LINE_MANAGER if refusal.rule is Rule.B10 else refusal.note


def _stranger(whom: int | NewColleague) -> Hindrance:
    """One of another agency: no more is said of them than the lead wrote. Raises NotFound."""
    if isinstance(whom, int):
        raise NotFound
    return Hindrance(whom, _name_of(whom), "They are not known as a colleague at your agency")


def _how_many_cannot(hindrances: Sequence[Hindrance], members: Sequence[Member]) -> str:
    cannot = sentence_case(count(len(hindrances), "person", "people"))
    return f"{cannot} of {number(len(members))} cannot be booked, so nobody is booked yet."


def _book(
    session: Session, heard: Sequence[Heard], first_ticket: int, choice: GroupChoice, now: datetime
) -> GroupResult:
    """Give out places one after another, each decided on what the one before has left."""
    booked, left_out = [], []
    for place, early in enumerate(heard):
        one = replace(early, at=event_in_force(session, early.seen.id, now))
        decision = one.decision(now)
        if isinstance(decision, Wait) and choice is not GroupChoice.OTHERS_WAIT:
            note = sentence_case(decision.reason.note)
            left_out.append(Hindrance(one.person.id, one.person.name, note))
        else:
            booked.append(book_or_list(session, one, first_ticket + place, now))
    if left_out and choice is GroupChoice.ALL_OR_NOBODY:
        raise TooFewPlaces(_too_few(len(booked), len(heard)), left_out)
    return GroupResult(tuple(booked), tuple(left_out))


def _too_few(fit: int, asked: int) -> str:
    whom = "them" if asked == 1 else f"the {asked} of them"
    places = (
        "are no places" if not fit else "is one place" if fit == 1 else f"are {count(fit, 'place')}"
    )
    return f"There {places} for {whom}, so nobody is booked."
