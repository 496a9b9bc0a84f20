"""`lms serve`: a web server and, beside it, a worker that is restarted when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import structlog

log = structlog.get_logger()

SUPERVISOR = "LMS_SUPERVISOR"
LOOK_EVERY_SECONDS = 0.2
LONGEST_REST_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
PATIENCE_SECONDS = 30.0


def leave_with_supervisor(process: int) -> None:
    """Ask `process` to stop once `lms serve` is gone; returns at once where there is none."""
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    while supervisor and _is_alive(supervisor):
        time.sleep(1)
    if supervisor:
        os.kill(process, signal.SIGTERM)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Supervisor:
    """Keeps the web server and, if wanted, a worker; when one stops for good, so does the other."""

    def __init__(self, web: Sequence[str], worker: Sequence[str] | None) -> None:
        self._web_command = web
        self._worker_command = worker
        self._is_stopping = False
        self._rest = 1.0
        self._worker: subprocess.Popen[bytes] | None = None
        self._worker_started = 0.0

    def run(self) -> int:
        """Serve until told to stop (0) or until the web server stops by itself (its status)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        web = _start(self._web_command)
        try:
            self._start_worker()
            while not self._is_stopping and web.poll() is None:
                self._look_after_worker()
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            _end([process for process in (self._worker, web) if process])
        return 0 if self._is_stopping else web.returncode or 1

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _start_worker(self) -> None:
        if self._worker_command is not None:
            self._worker_started = time.monotonic()
            self._worker = _start(self._worker_command)

    def _look_after_worker(self) -> None:
        if self._worker is None or self._worker.poll() is None:
            return
        log.error("the worker stopped and is started again", status=self._worker.returncode)
        if time.monotonic() - self._worker_started > STEADY_AFTER_SECONDS:
            self._rest = 1.0
        self._wait(self._rest)
        self._rest = min(self._rest * 2, LONGEST_REST_SECONDS)
        if not self._is_stopping:
            self._start_worker()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECONDS)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child in a group of its own, so that Ctrl-C reaches it once, by way of us."""
    environment = {**os.environ, SUPERVISOR: str(os.getpid())}
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - ours


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, wait for all, and end what does not listen."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def python(*arguments: str) -> list[str]:
    """A command for this same Python."""
    return [sys.executable, *arguments]
