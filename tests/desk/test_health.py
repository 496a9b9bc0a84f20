"""What machines ask, with the database there and with it away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lms.clock import FixedClock
from lms.db import transaction
from lms.jobs import run_all
from tests.support.databases import build_app
from tests.support.mail import KeptMail

BASE = "http://127.0.0.1:8000"
CLOSED_PORT = "postgresql://postgres@127.0.0.1:9/nowhere"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def stranded(clock: FixedClock) -> FlaskClient:
    """A client of an application whose database is away."""
    return build_app(CLOSED_PORT, clock=clock, mailer=KeptMail()).test_client()


def test_live_asks_nothing_of_the_database(client: FlaskClient, stranded: FlaskClient) -> None:
    for asked in (client, stranded):
        answer = asked.get("/health/live", base_url=BASE)
        assert (answer.status_code, answer.json) == (200, {"status": "live"})
        assert "Set-Cookie" not in answer.headers


def test_ready_while_a_worker_works(client: FlaskClient, clock: FixedClock) -> None:
    run_all(clock.now())
    clock.advance(timedelta(seconds=30))
    answer = client.get("/health/ready", base_url=BASE)
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "database": "reachable",
        "schema": "at this version",
        "worker": "ran 30 seconds ago",
    }
    assert "Set-Cookie" not in answer.headers


def test_not_ready_without_a_worker(client: FlaskClient, clock: FixedClock) -> None:
    answer = client.get("/health/ready", base_url=BASE)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["worker"] == "has never run"
    run_all(clock.now())
    clock.advance(timedelta(minutes=4))
    assert client.get("/health/ready", base_url=BASE).status_code == 503


def test_not_ready_before_the_database_is_at_this_version(
    client: FlaskClient, clock: FixedClock
) -> None:
    run_all(clock.now())
    with transaction() as session:
        head = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/health/ready", base_url=BASE)
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["schema"] == "not at this version"


def test_with_the_database_away_ready_says_so(stranded: FlaskClient) -> None:
    answer = stranded.get("/health/ready", base_url=BASE)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] == "cannot be reached"


@pytest.mark.parametrize(
    "address", ["/events", "/sign-in", "/manage", "/manage/messages", "/no/such/page"]
)
def test_with_the_database_away_pages_say_so(stranded: FlaskClient, address: str) -> None:
    with stranded.session_transaction(base_url=BASE) as cookie:
        cookie["_user_id"] = "a key that somebody signed in with"
    answer = stranded.get(address, base_url=BASE)
    assert answer.status_code == 503
    assert "The service cannot answer at this moment" in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"]


def test_a_sqlite_file_that_cannot_be_opened_is_away_too(clock: FixedClock, tmp_path: Path) -> None:
    app = build_app(f"sqlite:///{tmp_path}/no/such/folder.db", clock=clock, mailer=KeptMail())
    assert app.test_client().get("/health/ready", base_url=BASE).status_code == 503
