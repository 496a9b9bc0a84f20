"""What every test may ask for: a real database of each kind, the application, clock, mail."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from playwright import sync_api as chromium_api

from lms.clock import FixedClock
from lms.files import Store
from lms.files.store import FolderStore
from tests.support.browser import Browser
from tests.support.chromium import NoChromiumError, start_chromium
from tests.support.databases import PostgresqlDatabase, SqliteTemplate, worker_name
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.postgresql import NoPostgresqlError
from tests.support.standing import standing_app

settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=100,
)
settings.load_profile("house")

MONDAY_MORNING = datetime(2027, 1, 18, 10, 0, tzinfo=UTC)
NOT_RUN: set[str] = set()
LONG_FILES = (
    "tests/demo/test_demonstration.py",
    "tests/browser/test_every_page_type.py",
    "tests/browser/test_every_page_type_of_staff.py",
    "tests/concurrency/test_places.py",
    "tests/cli/test_serving.py",
    "tests/evaluation/test_a_year.py",
    "tests/messaging/test_killed.py",
    "tests/reporting/test_accuracy.py",
    "tests/web/test_fuzzed_forms.py",
    "tests/architecture/test_every_page.py",
    "tests/web/test_looks.py",
)


@cache
def sqlite_template() -> SqliteTemplate:
    return SqliteTemplate(Path(tempfile.mkdtemp(prefix="lms-test-")))


@cache
def postgresql_database() -> PostgresqlDatabase | None:
    try:
        return PostgresqlDatabase(worker_name())
    except NoPostgresqlError:
        if os.environ.get("CI") == "true":
            raise
        return None


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield sqlite_template().standing()
        return
    postgresql = postgresql_database()
    if postgresql is None:
        NOT_RUN.add("PostgreSQL: no server and no binaries to start one")
        pytest.skip("PostgreSQL is not installed")
    yield postgresql.fresh()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Monday 18 January 2027, 10am, until the test moves it."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def mailer() -> KeptMail:
    return KeptMail()


@pytest.fixture
def app(database: str, clock: FixedClock, mailer: KeptMail) -> Iterator[Flask]:
    """The real application on a real database, within its context."""
    with standing_app(database, clock, mailer) as application:
        yield application


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> Store:
    """A place for uploaded files, empty."""
    store: Store = FolderStore(tmp_path / "files")
    app.extensions["lms.files"] = store
    return store


@pytest.fixture
def make(app: Flask, clock: FixedClock) -> Make:
    """Rows for a test to stand on: `make.event(...)`, `make.person(...)`."""
    return Make(clock)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A client that checks every page which it is shown."""
    return Browser(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[chromium_api.Browser]:
    """The real browser, for what only it can tell: axe, focus, script, widths."""
    with chromium_api.sync_playwright() as playwright:
        try:
            started = start_chromium(playwright)
        except NoChromiumError:
            if os.environ.get("CI") == "true":
                raise
            NOT_RUN.add("the real browser: no Chromium")
            pytest.skip("Chromium is not installed")
        yield started
        started.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that no process is left alone with one at the end."""
    places = {name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: places.get(item.location[0], len(places)))


def pytest_collection_finish() -> None:
    """What is loaded by now lasts until the end: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_sessionfinish() -> None:
    if sqlite_template.cache_info().currsize:
        shutil.rmtree(sqlite_template().folder, ignore_errors=True)
    if postgresql_database.cache_info().currsize and (postgresql := postgresql_database()):
        postgresql.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for part in sorted(NOT_RUN):
        terminalreporter.write_line(f"not run: {part}")
