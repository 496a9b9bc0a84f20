"""Commands that keep the service going: migrate, serve, worker, tick."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime

import click
from flask import current_app
from flask_migrate import upgrade

from lms.cli import main, refuse
from lms.cli.application import LondonTime, need_this_version, opened
from lms.cli.rehearsal import taken_back
from lms.cli.supervision import Supervisor, python
from lms.cli.working import Worker, find_running_worker
from lms.clock import Clock, FixedClock, SystemClock, london
from lms.config import REPOSITORY, Settings, load_settings
from lms.db import schema_version, table_names
from lms.demo.building import refuse_real_people
from lms.errors import Refused
from lms.jobs import Outcome, run_all
from lms.messaging.queries import count_sent_by_purpose
from lms.messaging.transports import NoTransport


@main.command()
def migrate() -> None:
    """Bring the database to this version."""
    settings = load_settings()
    make_folder_of_database(settings)
    with opened(settings):
        refuse_foreign_tables()
        upgrade(directory=str(REPOSITORY / "migrations"))
    click.echo("The database is at this version.")


def refuse_foreign_tables() -> None:
    """Another program's database stays as it is."""
    if schema_version() is None and (foreign := table_names()):
        raise Refused(
            f"The database holds tables that are not ours, such as {foreign[0]}. Nothing was"
            " changed: name an empty one in LMS_DATABASE_URL."
        )


def make_folder_of_database(settings: Settings) -> None:
    """A SQLite file needs its folder to be there before it."""
    if settings.is_sqlite:
        path = settings.database_url.removeprefix("sqlite:///")
        folder = (REPOSITORY / "instance" / path).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"The folder {folder} cannot be made: {error.strerror}.") from error


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--with-worker/--without-worker", default=None, help="Default: with, on SQLite.")
@click.option("--at", type=LondonTime(), help="Start the clock then; in the demonstration only.")
def serve(
    host: str, port: int, workers: int, with_worker: bool | None, at: datetime | None
) -> None:
    """Serve the pages, with the scheduler and mail sender beside them."""
    settings = load_settings()
    if at is not None:
        set_clock_of_children(settings, at)
    with opened(settings):
        need_this_version()
        if settings.demonstration:
            refuse_real_people()
    web = python(
        *("-m", "gunicorn", "--config", "python:lms.cli.gunicorn_settings"),
        *("--chdir", str(REPOSITORY), "--bind", f"{host}:{port}", "--workers", str(workers)),
        "wsgi:app",
    )
    is_wanted = settings.is_sqlite if with_worker is None else with_worker
    sys.exit(Supervisor(web, python("-m", "lms", "worker") if is_wanted else None).run())


def set_clock_of_children(settings: Settings, at: datetime) -> None:
    """Web server and worker, also one that is started again later, share one shifted clock."""
    if not settings.demonstration:
        raise Refused("Only the demonstration can be served at another time.")
    os.environ["LMS_CLOCK_AHEAD"] = str((at - SystemClock().now()).total_seconds())


@main.command()
def worker() -> None:
    """Run the scheduler and mail sender; as many as you like, on as many machines."""
    settings = load_settings()
    with opened(settings) as app:
        need_this_version()
        if settings.demonstration:
            refuse_real_people()
        Worker(app).run()


@main.command()
@click.option("--at", type=LondonTime(), help="As if it were that London time. Default: now.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; do none of it.")
def tick(at: datetime | None, dry_run: bool) -> None:
    """Do, once, all that is due, and print what was done as JSON."""
    settings = load_settings()
    clock: Clock = FixedClock(at) if at else SystemClock()
    with opened(settings, clock=clock, mailer=NoTransport() if dry_run else None):
        need_this_version()
        now = clock.now()
        if at is not None and not dry_run:
            refuse_rehearsal_in_earnest(settings)
        outcome, sent = rehearse(now) if dry_run else do_all(now, is_rehearsal=at is not None)
    click.echo(json.dumps({"at": said(now), "jobs": outcome.done, "sent": sent}, indent=2))
    if outcome.faults:
        refuse(*(f"Job {job}: {fault}" for job, fault in outcome.faults.items()))


def refuse_rehearsal_in_earnest(settings: Settings) -> None:
    """At another time than now nothing may reach people, or get in a worker's way."""
    if not settings.mail_url.startswith("file:"):
        raise Refused(
            "Mail would reach people: another time than now needs LMS_MAIL_URL=file:///folder,"
            " or --dry-run."
        )
    running = find_running_worker(SystemClock().now())
    if running:
        raise Refused(f"A worker runs ({running}): stop it first, or use --dry-run.")


def do_all(now: datetime, *, is_rehearsal: bool) -> tuple[Outcome, dict[str, int]]:
    """Run every job; returns what each did, and how many messages of each purpose left."""
    before = count_sent_by_purpose(now)
    outcome = run_all(now, is_rehearsal=is_rehearsal)
    after = count_sent_by_purpose(now)
    sent = {purpose: count - before.get(purpose, 0) for purpose, count in after.items()}
    return outcome, {purpose: count for purpose, count in sent.items() if count}


def rehearse(now: datetime) -> tuple[Outcome, dict[str, int]]:
    """The same, and nothing of it is kept."""
    with taken_back(current_app._get_current_object()):  # type: ignore[attr-defined]
        return do_all(now, is_rehearsal=True)


def said(instant: datetime) -> str:
    """As London's clock reads, with its offset."""
    return london(instant).isoformat(timespec="minutes")
