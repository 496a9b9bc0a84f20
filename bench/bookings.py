"""A booking over HTTP, contended, against its rows in SQL behind the same kind of route."""

from __future__ import annotations

import re
import time
from collections import Counter
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import select, update

from bench import seed
from bench.figures import Figure
from bench.load import Client, Measured, each_once
from bench.sites import BARE, application, database, served, service
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.db import db, transaction

PEOPLE, PLACES, AT_ONCE = 400, 50, 32


def measure_bookings(kind: str) -> list[Figure]:
    """400 signed-in people for 50 places, 32 at once: the form page and the POST."""
    with database(kind) as url:
        with application(url) as app:
            event, bare_event = seed.events(2)
            for one in (event, bare_event):
                _empty(one)
            people = seed.signed_in_people(app, PEOPLE)
        posts: list[float] = []
        with service(url) as base_url:
            attempts = [partial(_book, base_url, event, cookie, posts) for _, cookie in people]
            ours = each_once(attempts, at_once=AT_ONCE)
        with application(url):
            states = Counter(
                db.session.scalars(select(Booking.state).where(Booking.event_id == event))
            )
        with served("bench.bare:app", {"BENCH_DATABASE": url, **BARE}) as base_url:
            plain = [partial(_book_bare, base_url, bare_event, person) for person, _ in people]
            rows = each_once(plain, at_once=AT_ONCE)
    return [_attempts(kind, ours, states), _posts(kind, posts, ours, rows)]


def _empty(event: int) -> None:
    """Fifty free places, and nobody there yet."""
    with transaction() as session:
        session.execute(update(Booking).where(Booking.event_id == event).values(state="cancelled"))
        session.execute(update(Event).where(Event.id == event).values(capacity=PLACES))


def _attempts(kind: str, ours: Measured, states: Counter[str]) -> Figure:
    p95 = ours.percentile(0.95)
    exact = states["confirmed"] == PLACES and states["waiting"] == PEOPLE - PLACES
    return Figure(
        what="booking, form page and POST, 400 people for 50 places, 32 at once",
        database=kind,
        measured=f"{ours.rate:.0f} attempts/s, p95 {p95:.0f} ms; {states['confirmed']} confirmed, "
        f"{states['waiting']} waiting, {ours.failures} failed",
        target="50 and 350, 0 failed; ≥ 100 attempts/s; p95 < 500 ms",
        yardstick="",
        is_met=exact and not ours.failures and ours.rate >= 100 and p95 < 500,
    )


def _posts(kind: str, posts: list[float], ours: Measured, rows: Measured) -> Figure:
    """The POSTs' rate, had there been nothing else: the share of each attempt that they took."""
    share_of_time = sum(posts) / sum(ours.latencies)
    rate = ours.rate / share_of_time
    return Figure(
        what="the booking's POST alone",
        database=kind,
        measured=f"{rate:.0f}/s, {rate / rows.rate:.0%} of the rows in SQL",
        target="≥ 40% of the same rows in SQL behind a route",
        yardstick=f"rows in SQL {rows.rate:.0f}/s, {rows.failures} failed",
        is_met=rate >= 0.4 * rows.rate,
    )


def _book(base_url: str, event: int, cookie: str, posts: list[float]) -> bool:
    client = Client(base_url, {"lms": cookie})
    path = f"/events/{event}/book"
    status, _, content = client.request("GET", path)
    if status != 200:
        return False
    fields = urlencode(_fields(content.decode()))
    begun = time.perf_counter()
    status, headers, _ = client.request("POST", path, fields)
    posts.append(time.perf_counter() - begun)
    return status in {302, 303} and "/bookings/" in headers.get("Location", "")


def _book_bare(base_url: str, event: int, person: int) -> bool:
    status, _, _ = Client(base_url).request("POST", f"/book/{event}/{person}", "")
    return status == 200


def _fields(html: str) -> dict[str, str]:
    """The names and values of the page's inputs, as a browser would send them."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        facts = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if facts.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        if "name" in facts:
            fields[facts["name"]] = facts.get("value", "")
    return fields
