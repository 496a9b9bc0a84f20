"""migrate, tick, check and serve, as they are typed; and what stays out of the logs."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms.cli import main
from lms.cli.application import read_london_time
from lms.cli.rehearsal import taken_back
from lms.cli.working import find_running_worker, is_running
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.jobs import JobRun, run_all
from lms.messaging.commands import Draft, Sender, enqueue
from lms.messaging.models import Message
from lms.messaging.sender import worker_name
from lms.web.logs import hidden
from tests.support.databases import SECRET, row_counts
from tests.support.mail import KeptMail
from tests.support.make import Make

REPOSITORY = Path(__file__).resolve().parents[2]
SIGN_OF_LIFE = '"status":"live"'
Typed = Callable[..., Result]


@pytest.fixture
def environment(database: str, tmp_path: Path) -> dict[str, str]:
    return {
        "LMS_DATABASE_URL": database,
        "LMS_SECRET_KEY": SECRET,
        "LMS_MAIL_URL": f"file://{tmp_path}/mail",
        "LMS_LOG_FORMAT": "json",
    }


@pytest.fixture
def typed(environment: dict[str, str]) -> Typed:
    """Type a command; settings may be changed by name."""

    def run(*words: str, **settings: str) -> Result:
        return CliRunner().invoke(main, words, env={**environment, **settings})

    return run


def test_a_tick_says_what_it_did_and_is_marked_as_rehearsal(typed: Typed, app: Flask) -> None:
    result = typed("tick", "--at", "2027-03-08T09:00")
    assert result.exit_code == 0, result.output
    done = json.loads(result.stdout)
    assert done["at"] == "2027-03-08T09:00+00:00"
    assert done["sent"] == {}
    assert list(done["jobs"])[-1] == "outbox"
    assert set(done["jobs"].values()) == {0}
    assert {run.is_rehearsal for run in db.session.query(JobRun)} == {True}


def test_a_tick_at_this_very_time_is_no_rehearsal(typed: Typed, app: Flask) -> None:
    assert typed("tick").exit_code == 0
    assert {run.is_rehearsal for run in db.session.query(JobRun)} == {False}


def test_a_tick_at_another_time_is_refused_where_mail_reaches_people(
    typed: Typed, app: Flask
) -> None:
    result = typed("tick", "--at", "2027-03-08T09:00", LMS_MAIL_URL="smtp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "Mail would reach people" in result.stderr
    assert db.session.query(JobRun).count() == 0
    dry = typed("tick", "--dry-run", "--at", "2027-03-08T09:00", LMS_MAIL_URL="smtp://127.0.0.1:9")
    assert dry.exit_code == 0


def test_a_tick_at_another_time_is_refused_while_a_worker_runs(
    typed: Typed, app: Flask, clock: FixedClock
) -> None:
    leave_row(f"{socket.gethostname()}:{os.getppid()}", clock)
    result = typed("tick", "--at", "2027-03-08T09:00")
    assert result.exit_code == 1
    assert "A worker runs" in result.stderr
    assert typed("tick").exit_code == 0


def leave_row(worker: str, clock: FixedClock) -> None:
    now = clock.now()
    with transaction() as session:
        session.add(JobRun(job="outbox", started_at=now, ended_at=now, worker=worker))


def test_a_worker_on_another_machine_is_known_by_its_rows(app: Flask, clock: FixedClock) -> None:
    leave_row("elsewhere:1", clock)
    assert find_running_worker(clock.now() + timedelta(minutes=2)) == "elsewhere:1"
    assert find_running_worker(clock.now() + timedelta(minutes=4)) is None


def test_a_worker_that_has_ended_is_not_running() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True
    )
    assert is_running(f"{socket.gethostname()}:{int(ended.stdout)}") is False
    assert is_running(worker_name()) is False, "we ourselves are no other worker"
    assert is_running("elsewhere:1") is None


def test_a_dry_run_tells_and_does_nothing(app: Flask, clock: FixedClock, mailer: KeptMail) -> None:
    app.extensions["lms.purposes"] = {"test": lambda _facts, _now: True}
    with transaction() as session:
        draft = Draft("test", 1, "0", "m@agency.example", "M", Sender("W", ""), "Subject", "Body")
        enqueue(session, draft, clock.now())
    before = row_counts(app)
    with taken_back(app):
        outcome = run_all(clock.now(), is_rehearsal=True)
        assert outcome.done["outbox"] == 1
        assert db.session.query(Message).one().state == "sent"
    assert row_counts(app) == before
    assert db.session.query(Message).one().state == "queued"
    assert run_all(clock.now()).done["outbox"] == 1


@pytest.mark.parametrize(
    ("typed_time", "utc"),
    [
        ("2027-03-08T09:00", "2027-03-08T09:00:00+00:00"),
        ("2027-04-05T09:00", "2027-04-05T08:00:00+00:00"),
        ("2027-04-05", "2027-04-04T23:00:00+00:00"),
        ("2027-04-05T09:00+02:00", "2027-04-05T07:00:00+00:00"),
    ],
)
def test_times_are_londons_unless_they_say_otherwise(typed_time: str, utc: str) -> None:
    assert read_london_time(typed_time).isoformat() == utc


def test_the_database_of_another_program_stays_as_it_is(typed: Typed, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE person (shoe_size INTEGER)")
    connection.close()
    result = typed("migrate", LMS_DATABASE_URL=f"sqlite:///{other}")
    assert result.exit_code == 1
    assert "tables that are not ours, such as person" in result.stderr


def test_a_file_that_is_no_database_is_named_so(typed: Typed, tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Dear coordinator, " * 100)
    for command in ("migrate", "check"):
        result = typed(command, LMS_DATABASE_URL=f"sqlite:///{letter}")
        assert result.exit_code == 1
        assert "file is not a database" in result.stderr


def test_a_folder_that_cannot_be_made_is_named(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = typed("migrate", LMS_DATABASE_URL=f"sqlite:///{tmp_path}/file/lms.db")
    assert result.exit_code == 1
    assert "cannot be made" in result.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_real_people_are_not_served_as_a_demonstration(
    typed: Typed, make: Make, command: str
) -> None:
    make.person()
    result = typed(command, LMS_DEMONSTRATION="1")
    assert result.exit_code == 1
    assert "this database holds real people" in result.stderr


def test_what_is_no_time_is_wrong_usage(typed: Typed) -> None:
    assert typed("tick", "--at", "next Monday").exit_code == 2


def test_check_lists_what_is_wrong(typed: Typed, app: Flask) -> None:
    result = typed("check")
    assert result.exit_code == 1
    assert "Job outbox: has never run." in result.stderr
    typed("tick")
    result = typed("check")
    assert result.exit_code == 0, result.stderr
    assert "In order: no message is stuck." in result.stdout


def test_check_finds_a_message_that_is_stuck(typed: Typed, app: Flask, clock: FixedClock) -> None:
    app.extensions["lms.purposes"] = {"test": lambda _facts, _now: True}
    with transaction() as session:
        draft = Draft("test", 1, "0", "m@agency.example", "M", Sender("W", ""), "Subject", "Body")
        enqueue(session, draft, clock.now() - timedelta(days=365))
    result = typed("check")
    assert result.exit_code == 1
    assert "(test): due since 2026-01-18 10:00 UTC and not sent." in result.stderr


def test_every_faulty_setting_is_named(typed: Typed) -> None:
    result = typed("tick", LMS_MAIL_URL="carrier://pigeon", LMS_BASE_URL="nonsense")
    assert result.exit_code == 1
    assert "LMS_MAIL_URL" in result.stderr
    assert "LMS_BASE_URL" in result.stderr


def test_a_database_that_is_away_is_a_sentence(typed: Typed) -> None:
    result = typed("tick", LMS_DATABASE_URL="postgresql://postgres@127.0.0.1:9/nowhere")
    assert result.exit_code == 1
    assert "The database cannot be had" in result.stderr
    assert "Traceback" not in result.stderr


def test_migrate_makes_a_database_and_serve_wants_one(typed: Typed, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/lms.db"
    result = typed("migrate", LMS_DATABASE_URL=url)
    assert result.exit_code == 0, result.output
    assert typed("tick", LMS_DATABASE_URL=url).exit_code == 0
    refused = typed("serve", LMS_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert refused.exit_code == 1
    assert "Run: lms migrate" in refused.stderr


def test_only_the_demonstration_is_served_at_another_time(typed: Typed) -> None:
    result = typed("serve", "--at", "2027-01-18T10:00")
    assert result.exit_code == 1
    assert "Only the demonstration" in result.stderr


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /places/12.abcdefghijklmnopqrstuvwxyz234567 HTTP/1.1", "GET /places/[link] HTTP/1.1"),
        ("GET /sign-in/Zm9vYmFy-_x HTTP/1.1", "GET /sign-in/[link] HTTP/1.1"),
        ("GET /certificates/K7PM-4QXD-92HT.pdf HTTP/1.1", "GET /certificates/[code].pdf HTTP/1.1"),
        (
            "GET /certificates?code=k7pm+4qxd+92ht HTTP/1.1",
            "GET /certificates?code=[code] HTTP/1.1",
        ),
        (
            "GET /manage/events/7/certificates/12/revoke",
            "GET /manage/events/7/certificates/12/revoke",
        ),
        ("POST /sign-in/code HTTP/1.1", "POST /sign-in/code HTTP/1.1"),
        ("smtps://me:secret@mail.example:465", "smtps://me:[password]@mail.example:465"),
        ("GET /events?from=2027-01-01 HTTP/1.1", "GET /events?from=2027-01-01 HTTP/1.1"),
    ],
)
def test_what_opens_something_stays_out_of_the_logs(said: str, kept: str) -> None:
    assert hidden(said) == kept


class Served:
    """`lms serve` in a process of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.log = folder / "serve.log"
        log = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lms", "serve", "--port", str(self.port), "--workers", "1"],
            cwd=REPOSITORY,
            env={**os.environ, **environment, "LMS_BASE_URL": f"http://127.0.0.1:{self.port}"},
            stderr=log,
        )
        log.close()

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as found:
                return found.status, found.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_for(self, path: str, status: int) -> str:
        return wait_until(lambda: (a := self.ask(path))[0] == status and (a[1] or " "), self.log)

    def workers(self) -> list[int]:
        """Process ids that said they had started working, in order."""
        entries = [
            json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"
        ]
        started = [entry for entry in entries if entry["event"] == "worker started"]
        return [int(entry["worker"].rpartition(":")[2]) for entry in started]


def wait_until(met: Callable[[], object], log: Path, seconds: float = 60) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := met():
            return str(found)
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    environment = {
        "LMS_DATABASE_URL": f"sqlite:///{tmp_path}/lms.db",
        "LMS_SECRET_KEY": SECRET,
        "LMS_MAIL_URL": f"file://{tmp_path}/mail",
        "LMS_LOG_FORMAT": "json",
    }
    CliRunner().invoke(main, ["migrate"], env=environment)
    running = Served(environment, tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_serve_answers_restarts_its_worker_and_takes_it_along(served: Served) -> None:
    assert SIGN_OF_LIFE in served.wait_for("/health/live", 200)
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(40)]
    assert served.ask("/health/live")[0] == 200, "connections that ask nothing hold every thread"
    for connection in idle:
        connection.close()
    served.wait_for("/health/ready", 200)
    served.ask("/places/12.abcdefghijklmnopqrstuvwxyz234567")
    (first,) = served.workers()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(served.workers()) == 2, served.log)
    second = served.workers()[-1]
    served.process.terminate()
    assert served.process.wait(timeout=40) == 0
    assert not is_alive(second)
    assert served.ask("/health/live")[0] == 0
    assert "/places/[link]" in served.log.read_text()
    assert "abcdefghijklmnopqrstuvwxyz234567" not in served.log.read_text()


def test_when_serve_is_killed_nothing_of_it_stays(served: Served) -> None:
    served.wait_for("/health/ready", 200)
    (worker,) = served.workers()
    served.process.kill()
    served.process.wait()
    wait_until(lambda: not is_alive(worker) and served.ask("/health/live")[0] == 0, served.log)
