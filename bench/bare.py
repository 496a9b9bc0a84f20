"""The bare page: the same server and the same bytes from a template without an expression.

Also the bare booking: the rows of a booking written in SQL behind the same kind of route.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, render_template
from sqlalchemy import create_engine, event, text

app = Flask(__name__, template_folder=os.environ.get("BENCH_TEMPLATES", "."))
ADDRESS = os.environ.get("BENCH_DATABASE", "sqlite://").replace(
    "postgresql://", "postgresql+psycopg://"
)
engine = create_engine(ADDRESS, pool_size=16)
ROWS = (
    "UPDATE event SET revision = revision + 1 WHERE id = :event",
    "UPDATE person SET revision = revision + 1 WHERE id = :person",
    "INSERT INTO booking (reference, event_id, person_id, state, origin, ticket, requested_at,"
    " name_as_given, agency_typed, job_role, priority, priority_reason, confirm_at_once, lapses,"
    " holds_place, is_over_capacity, access_needs, dietary_needs, outcome_reason)"
    " VALUES (:reference, :event, :person, 'confirmed', 'own', :person, CURRENT_TIMESTAMP, '', '',"
    " '', 0, '', false, 0, false, false, '', '', '')",
    "INSERT INTO booking_move (booking_id, to_state, at, by_what, why)"
    " SELECT id, state, requested_at, 'delegate', '' FROM booking WHERE reference = :reference",
    "INSERT INTO message (key, purpose, subject_id, occurrence, to_address, to_name, from_name,"
    " reply_to, subject, body, is_digestible, is_urgent, queued_at, state, next_attempt_at,"
    " attempts, was_refused) VALUES (:reference, 'bench', :person, '0', 'a@b.example', '', '',"
    " '', '', '', false, false, CURRENT_TIMESTAMP, 'queued', CURRENT_TIMESTAMP, 0, false)",
)


if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def _as_the_service_does(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "busy_timeout=3000", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@app.get("/health/live")
def live() -> str:
    return "alive"


@app.get("/page/<name>")
def page(name: str) -> str:
    return render_template(f"{Path(name).name}.html")


@app.post("/book/<int:event_id>/<int:person_id>")
def book(event_id: int, person_id: int) -> str:
    facts = {"event": event_id, "person": person_id, "reference": f"B-{event_id}-{person_id}"}
    with engine.begin() as connection:
        for statement in ROWS:
            connection.execute(text(statement), facts)
    return "booked"
