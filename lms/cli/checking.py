"""`lms check`: audits of what must always hold. A slice adds its own to AUDITS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from lms import jobs
from lms.booking.queries import audits as booking
from lms.cli import main, refuse
from lms.cli.application import with_database
from lms.db import broken_references
from lms.files import audit_files
from lms.messaging import queries as messaging
from lms.records.queries import pairs as records
from lms.web.pages import now as present

Audit = Callable[[datetime], list[str]]
"""Looks at the database as of an instant; returns a sentence for each thing that is wrong."""

AUDITS: tuple[tuple[str, Audit], ...] = (
    ("no event is beyond capacity plus overrides", booking.audit_places),
    ("nobody has two live bookings at an event", booking.audit_live_bookings),
    ("every history replays to its state", booking.audit_histories),
    ("every offered place has a running offer", booking.audit_offers),
    ("every approval waited for is asked for", booking.audit_approvals),
    ("nobody holds a place at a cancelled event", booking.audit_cancelled_events),
    ("every event is when its sessions are", booking.audit_times),
    ("every reference finds its row", lambda _now: broken_references()),
    ("every uploaded file is there, and no other", audit_files),
    ("nothing belongs to a record that was joined with another", records.audit_joined),
    ("no message is stuck", messaging.audit_messages),
    ("no job is silent", jobs.audit_jobs),
)


@main.command()
@with_database
def check() -> None:
    """Audit what must always hold; exit 1 with a list where something does not."""
    now = present()
    faults = [fault for _, audit in AUDITS for fault in audit(now)]
    if faults:
        refuse(*faults)
    for name, _ in AUDITS:
        click.echo(f"In order: {name}.")
