"""What falls due in this slice."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.booking.commands import (
    ask_who_declined,
    end_lapsed_approvals,
    end_lapsed_offers,
    end_unnamed_places,
    fill_places,
    pass_on_refused_offers,
    remind_of_approvals,
    review_charges,
    send_due_reminders,
    tell_of_new_dates,
    warn_of_approvals,
    warn_of_few,
    warn_of_unnamed_places,
)
from lms.booking.queries import events_with_someone_to_serve
from lms.db import db
from lms.jobs import Job

SWEEP_EVERY = timedelta(minutes=2)
DEMAND_EVERY = timedelta(minutes=5)
CHARGES_EVERY = timedelta(minutes=10)
DECISIONS_EVERY = timedelta(minutes=10)


def end_offers(now: datetime) -> int:
    """End offers that have run out, and pass on those that could not be delivered."""
    return end_lapsed_offers(now) + pass_on_refused_offers(now)


def see_to_unnamed(now: datetime) -> int:
    """Let go of places without a name at their naming date, and warn of those that near it."""
    return end_unnamed_places(now) + warn_of_unnamed_places(now)


def chase_approvals(now: datetime) -> int:
    """End what nobody approved in time, then remind and warn of the rest."""
    return end_lapsed_approvals(now) + remind_of_approvals(now) + warn_of_approvals(now)


def sweep_places(now: datetime) -> int:
    """Fill what was missed: a place that came free by a date, or while everything was busy."""
    due = events_with_someone_to_serve(db.session(), now)
    return sum(fill_places(event_id, now) for event_id in due)


JOBS: tuple[Job, ...] = (
    Job("offers", end_offers, describes="Ends offers that ran out or could not be delivered"),
    Job("naming", see_to_unnamed, describes="Lets go of places that nobody was named for"),
    Job("approvals", chase_approvals, describes="Reminds of approvals, and ends what ran out"),
    Job("demand", tell_of_new_dates, DEMAND_EVERY, "Tells of new dates to those who asked"),
    Job("places", sweep_places, SWEEP_EVERY, "Gives free places to those who wait"),
    Job("charges", review_charges, CHARGES_EVERY, "Proposes charges for places not used"),
    Job("decisions", warn_of_few, DECISIONS_EVERY, "Warns of events with fewer people than needed"),
    Job("declined", ask_who_declined, describes="Asks those whose calendar declined"),
    Job(
        "reminders",
        send_due_reminders,
        describes="Reminds delegates a week before and on the working day before",
    ),
)
