"""Bookings with the moves that led to their state, and what people answered about them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, text

from bench.decade.dice import numbers, rolled
from bench.decade.ground import BOOKINGS_OF_AN_EVENT, OUTCOMES, PARTNERSHIPS, put

STRIDE = 7919  # a prime: the people of one event lie far apart, and none comes twice
PATH, OUTCOME, LATE, REPLY, ANSWER, TYPED, REASON = range(7)  # the dice of bookings


@dataclass(frozen=True)
class Path:
    """How many bookings in a hundred go that way, through which states, and how they began."""

    share: int
    states: tuple[str, ...]
    origin: str = "own"


PATHS = (
    Path(56, ("confirmed",)),
    Path(6, ("requested", "confirmed"), "agency_lead"),
    Path(6, ("confirmed",), "coordinator"),
    Path(4, ("waiting", "offered", "confirmed")),
    Path(12, ("confirmed", "cancelled")),
    Path(8, ("waiting",)),
    Path(3, ("waiting", "offered", "lapsed")),
    Path(5, ("confirmed",), "walk_in"),
)
CALLED_OFF = "t.is_cancelled = 1 AND w.state IN ('confirmed', 'waiting')"
WHEN = "CASE s.step WHEN 0 THEN t.asked WHEN 1 THEN t.later ELSE t.last END"

WAYS = Table(
    "bench_ways",
    MetaData(),
    Column("k", Integer, primary_key=True),
    Column("origin", String),
    Column("state", String),
    prefixes=["TEMPORARY"],
)
STEPS = Table(
    "bench_steps",
    WAYS.metadata,
    Column("k", Integer, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("before", String),
    Column("after", String),
    prefixes=["TEMPORARY"],
)


def put_bookings(connection: Connection, count: int, people: int) -> None:
    """`count` bookings, 25 of each event; `people` is a multiple of PARTNERSHIPS."""
    WAYS.metadata.create_all(connection)
    ways = [path for path in PATHS for _ in range(path.share)]
    put(
        connection,
        WAYS,
        [{"k": k, "origin": way.origin, "state": way.states[-1]} for k, way in enumerate(ways)],
    )
    steps = [
        {"k": k, "step": step, "before": before, "after": after}
        for k, way in enumerate(ways)
        for step, (before, after) in enumerate(zip((None, *way.states), way.states, strict=False))
    ]
    put(connection, STEPS, steps)
    connection.execute(text(_bookings(count, people)))
    connection.execute(text(_moves()))


def _bookings(count: int, people: int) -> str:
    """Of a cancelled event everything is cancelled; one place in a hundred was handed over."""
    place, event = f"n % {BOOKINGS_OF_AN_EVENT}", f"n / {BOOKINGS_OF_AN_EVENT}"
    area = f"{event} % {PARTNERSHIPS}"
    drawn = f"({rolled(event, REPLY, people)} + CAST({place} AS BIGINT) * {STRIDE})"
    person = f"{area} + {drawn} * {PARTNERSHIPS} % {people}"
    other = f"CASE WHEN {place} % 7 = 6 THEN ({person} + 1) % {people} ELSE {person} END"
    outcome = """CASE WHEN came < 80 THEN 'attended' WHEN came < 85 THEN 'part_attended'
        WHEN came < 96 THEN 'did_not_attend' ELSE 'excused' END"""
    return f"""
INSERT INTO booking (id, reference, event_id, person_id, name_as_given, agency_id, agency_typed,
  area_id, job_role, state, is_approved, is_unnamed, replaces_id, origin, ticket, priority,
  priority_reason, confirm_at_once, lapses, holds_place, is_over_capacity, requested_at,
  confirmed_at, cancelled_at, is_late_cancellation, access_needs, dietary_needs, outcome,
  outcome_reason, counts_as_confirmed_at_start)
WITH RECURSIVE {numbers(count)}, drawn AS (
  SELECT n, 1 + {event} AS event_id, 1 + {other} AS person_id, w.origin,
    CASE WHEN {CALLED_OFF} THEN 'cancelled' ELSE w.state END AS state,
    t.is_past * (1 - t.is_cancelled) AS has_run, {rolled("n", OUTCOME, 100)} AS came,
    {rolled("n", LATE, 100)} AS late, {rolled("n", TYPED, 50)} AS typed, t.asked, t.later, t.last
  FROM numbers JOIN bench_times t ON t.event_id = 1 + {event}
  JOIN bench_ways w ON w.k = {rolled("n", PATH, 100)})
SELECT n + 1, 'B-' || (n + 1), d.event_id, d.person_id, '',
  CASE WHEN typed > 0 THEN m.agency_id END, CASE WHEN typed > 0 THEN '' ELSE 'A small charity' END,
  1 + (d.person_id - 1) % {PARTNERSHIPS}, p.job_role, state, true, false,
  CASE WHEN n % 100 = 99 AND state = 'confirmed' THEN n END, origin, n + 1, 0, '', false, 0,
  false, false, asked, CASE WHEN state IN ('confirmed', 'cancelled') THEN asked END,
  CASE WHEN state = 'cancelled' THEN later END,
  CASE WHEN state = 'cancelled' THEN late < 30 END, '', '',
  CASE WHEN has_run = 1 AND state = 'confirmed'
    THEN CASE WHEN origin = 'walk_in' THEN 'attended' ELSE {outcome} END END,
  '', CASE WHEN has_run = 1 THEN state = 'confirmed' AND origin <> 'walk_in' END
FROM drawn d JOIN person p ON p.id = d.person_id
JOIN membership m ON m.person_id = d.person_id
ORDER BY n"""


def _moves() -> str:
    """From state to state in time; of a cancelled event one more."""
    return f"""
INSERT INTO booking_move (booking_id, from_state, to_state, at, by_what, why)
SELECT booking_id, before, after, at, 'delegate', '' FROM (
  SELECT b.id AS booking_id, s.step, s.before, s.after, {WHEN} AS at
  FROM booking b JOIN bench_times t ON t.event_id = b.event_id
  JOIN bench_steps s ON s.k = {rolled("b.id - 1", PATH, 100)}
  UNION ALL
  SELECT b.id, 9, w.state, 'cancelled', t.last
  FROM booking b JOIN bench_times t ON t.event_id = b.event_id
  JOIN bench_ways w ON w.k = {rolled("b.id - 1", PATH, 100)}
  WHERE {CALLED_OFF}
) moved ORDER BY booking_id, step"""


def put_evaluations(connection: Connection) -> None:
    """Forms before, at the end and eight weeks after, and how confident those were who answered."""
    connection.execute(text(_evaluations()))
    connection.execute(text(_confidence()))
    connection.execute(
        text(f"""
INSERT INTO reason (evaluation_id, is_help, code, words)
SELECT id, false, CASE {rolled("id", REASON, 3)} WHEN 0 THEN 'no_time' WHEN 1 THEN 'systems'
  ELSE 'manager' END, '' FROM evaluation WHERE stage = 'impact' AND answered_at IS NOT NULL""")
    )


def _evaluations() -> str:
    had_place = "b.counts_as_confirmed_at_start AND t.is_past = 1"
    came = "b.outcome IN ('attended', 'part_attended')"
    parts = (
        ("pre", "t.later", "t.last", 55, had_place),
        ("post", "t.ended", "t.ended", 60, f"{came} AND t.is_past = 1"),
        ("impact", "t.eight_weeks", "t.eight_weeks", 35, f"{came} AND t.is_eight_weeks_past = 1"),
    )
    asked = " UNION ALL ".join(
        f"""SELECT b.id AS booking_id, '{stage}' AS stage, {invited} AS invited_at,
  CASE WHEN {rolled("b.id", REPLY + n, 100)} < {share} THEN {answered} END AS answered_at
  FROM booking b JOIN bench_times t ON t.event_id = b.event_id WHERE {which}"""
        for n, (stage, invited, answered, share, which) in enumerate(parts)
    )
    return f"""
INSERT INTO evaluation (booking_id, stage, invited_at, answered_at, is_baseline)
SELECT booking_id, stage, invited_at, answered_at, true FROM ({asked}) asked"""


def _confidence() -> str:
    each = " UNION ALL ".join(f"SELECT {k} AS k" for k in range(OUTCOMES))
    return f"""
INSERT INTO confidence (evaluation_id, outcome_id, is_look_back, value)
SELECT v.id, (e.course_id - 1) * {OUTCOMES} + o.k + 1, false,
  1 + {rolled("v.id", ANSWER, 3)} + CASE WHEN v.stage = 'pre' THEN 0 ELSE 1 END
FROM evaluation v JOIN booking b ON b.id = v.booking_id JOIN event e ON e.id = b.event_id
CROSS JOIN ({each}) o WHERE v.answered_at IS NOT NULL"""
