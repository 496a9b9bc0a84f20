"""What two records say of a person, made what one says: nothing twice, nothing lost."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.commands import end_sessions_within
from lms.accounts.models import Membership, Person, RoleGrant
from lms.booking.models import Demand
from lms.catalogue.models import EventTrainer, course_trainer
from lms.records.queries.pairs import FILLED

OF_PERSONS = (
    *("person_email", "membership", "role_grant", "demand", "event_trainer", "course_trainer"),
)


def fold_person(session: Session, keep_id: int, drop_id: int, now: datetime) -> None:
    """Fold the record that goes into the one that is kept; both must be locked."""
    _fold_details(session, keep_id, drop_id)
    _end_sessions(session, keep_id, drop_id, now)
    _fold_memberships(session, keep_id, drop_id)
    _fold_roles(session, keep_id, drop_id)
    _fold_demand(session, keep_id, drop_id, now)
    _fold_trainers(session, keep_id, drop_id)
    session.flush()


def _fold_details(session: Session, keep_id: int, drop_id: int) -> None:
    """What the kept record does not say is taken from the other. Mail goes on going to the kept
    one's address, and nobody is their own manager (B10)."""
    keep, drop = session.get_one(Person, keep_id), session.get_one(Person, drop_id)
    for name in FILLED:
        if not getattr(keep, name):
            setattr(keep, name, getattr(drop, name))
    if keep.emails:
        for email in drop.emails:
            email.is_primary = False
    if keep.line_manager_email in {email.address for email in (*keep.emails, *drop.emails)}:
        keep.line_manager_email = None


def _end_sessions(session: Session, keep_id: int, drop_id: int, now: datetime) -> None:
    """Whoever was signed in as the one that goes signs in again; so does the other where roles
    change hands."""
    end_sessions_within(session, drop_id, now)
    if session.get_one(Person, drop_id).grants:
        end_sessions_within(session, keep_id, now)


def _fold_memberships(session: Session, keep_id: int, drop_id: int) -> None:
    """Two times at one agency that meet are one, from the earlier beginning to the later end."""
    own = list(session.scalars(select(Membership).where(Membership.person_id == keep_id)))
    theirs = select(Membership).where(Membership.person_id == drop_id).order_by(Membership.id)
    for other in list(session.scalars(theirs)):
        for mine in own:
            same = (mine.agency_id, mine.agency_typed) == (other.agency_id, other.agency_typed)
            mine_days = (mine.started_on, mine.ended_on)
            if same and _meet(mine_days, (other.started_on, other.ended_on)):
                mine.started_on = min(mine.started_on, other.started_on)
                mine.ended_on = _later(mine.ended_on, other.ended_on)
                session.delete(other)
                break


def _fold_roles(session: Session, keep_id: int, drop_id: int) -> None:
    """The same of a role that both hold for the same."""
    own = list(session.scalars(select(RoleGrant).where(RoleGrant.person_id == keep_id)))
    theirs = select(RoleGrant).where(RoleGrant.person_id == drop_id).order_by(RoleGrant.id)
    for other in list(session.scalars(theirs)):
        for mine in own:
            is_same = (mine.role, mine.partnership_id, mine.agency_id) == (
                *(other.role, other.partnership_id, other.agency_id),
            )
            if is_same and _meet((mine.starts_on, mine.ends_on), (other.starts_on, other.ends_on)):
                mine.starts_on = min(mine.starts_on, other.starts_on)
                mine.ends_on = _later(mine.ends_on, other.ends_on)
                session.delete(other)
                break


def _meet(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two periods share a day or touch; None has no end."""
    (began, ended), (other_began, other_ended) = one, other
    return (other_ended is None or began <= other_ended) and (ended is None or other_began <= ended)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _fold_demand(session: Session, keep_id: int, drop_id: int, now: datetime) -> None:
    """A wish for a course that both have is one wish, since the earlier day (B16)."""
    wishes = select(Demand).where(Demand.ended_at.is_(None))
    own = {row.course_id: row for row in session.scalars(wishes.where(Demand.person_id == keep_id))}
    for other in session.scalars(wishes.where(Demand.person_id == drop_id)):
        mine = own.get(other.course_id)
        if mine is not None:
            mine.asked_at = min(mine.asked_at, other.asked_at)
            other.ended_at = now


def _fold_trainers(session: Session, keep_id: int, drop_id: int) -> None:
    """Nobody gives one event twice, nor stands twice in a course's pool."""
    own = set(
        session.scalars(select(EventTrainer.event_id).where(EventTrainer.person_id == keep_id))
    )
    theirs = select(EventTrainer).where(EventTrainer.person_id == drop_id)
    for other in list(session.scalars(theirs)):
        if other.event_id in own:
            session.delete(other)
    session.flush()
    session.execute(
        update(EventTrainer).where(EventTrainer.person_id == drop_id).values(person_id=keep_id)
    )
    pool = course_trainer.c
    can_give = select(pool.course_id).where(pool.person_id == keep_id)
    session.execute(
        course_trainer.delete().where(
            pool.person_id == drop_id, pool.course_id.in_(can_give.scalar_subquery())
        )
    )
    session.execute(
        update(course_trainer).where(pool.person_id == drop_id).values(person_id=keep_id)
    )
