"""A PostgreSQL server to test on: at 127.0.0.1:5432, else one started from installed binaries.

With CI=true neither being there is a failure; elsewhere those tests are named as not run.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import psycopg

RUNNING = "postgresql://postgres@127.0.0.1:5432"


class NoPostgresqlError(RuntimeError):
    """There is neither a server nor what is needed to start one."""


@cache
def server_address() -> str:
    """The address of a server on which databases may be made; raises NoPostgresqlError."""
    if _answers(RUNNING):
        return RUNNING
    binaries = _binaries()
    if binaries is None:
        raise NoPostgresqlError("no PostgreSQL at 127.0.0.1:5432 and none installed")
    return _start(binaries)


def _answers(server: str) -> bool:
    try:
        with psycopg.connect(f"{server}/postgres", connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in newest if (folder / "initdb").exists()), None)


def _start(binaries: Path) -> str:
    folder = Path(tempfile.mkdtemp(prefix="lms-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    as_whom: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_whom = {"user": account.pw_uid, "group": account.pw_gid, "cwd": "/"}
    port = _free_port()
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
        check=True,
        stdout=subprocess.DEVNULL,
        **as_whom,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    control = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run(
        [*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, **as_whom
    )
    atexit.register(
        subprocess.run,
        [*control, "-m", "immediate", "stop"],
        check=False,
        stdout=subprocess.DEVNULL,
        **as_whom,
    )
    return f"postgresql://postgres@127.0.0.1:{port}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
