"""Servers to measure: the service on a database of its own, and the bare pages beside it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg
from flask import Flask

from lms.clock import SystemClock
from tests.support.databases import SECRET, build_app, migrate
from tests.support.mail import KeptMail
from tests.support.postgresql import server_address

REPOSITORY = Path(__file__).resolve().parents[1]
BARE = {"LMS_DEMONSTRATION": "1"}  # the server reads the settings of its log there
DATABASE = f"lms_bench_{os.getpid()}"


@contextmanager
def database(kind: str) -> Iterator[str]:
    """An empty, migrated database of that kind, dropped afterwards."""
    if kind == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="lms-bench-"))
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        yield url
        shutil.rmtree(folder)
        return
    server = server_address()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    url = f"{server}/{DATABASE}"
    migrate(url)
    yield url
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """The application on that database, to seed it with."""
    app = build_app(url, clock=SystemClock(), mailer=KeptMail())
    with app.app_context():
        yield app


@contextmanager
def served(what: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Serve a WSGI application (`module:name`) as `lms serve` does; its address."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:lms.cli.gunicorn_settings"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--chdir", str(REPOSITORY), what),
    ]
    settings = {**os.environ, **(environment or {}), "LMS_BASE_URL": base_url}
    process = subprocess.Popen(
        command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(base_url)
        yield base_url
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def service(url: str) -> Iterator[str]:
    """The service itself on that database."""
    environment = {
        "LMS_DATABASE_URL": url,
        "LMS_SECRET_KEY": SECRET,
        "LMS_MAIL_URL": f"file://{tempfile.gettempdir()}/lms-bench-mail",
    }
    with served("wsgi:app", environment) as base_url:
        yield base_url


def _wait_for(base_url: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urlopen(f"{base_url}/health/live", timeout=2):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
