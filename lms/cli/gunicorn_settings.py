"""How gunicorn runs our pages; `lms serve` hands over the rest on the command line."""

from __future__ import annotations

import threading
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers import gthread
from gunicorn.workers.base import Worker

from lms.cli.ahead import keep_worked_out
from lms.cli.supervision import leave_with_supervisor
from lms.config import load_settings
from lms.web import logs


class DiscreetLogger(Logger):  # type: ignore[misc]
    """The access log without what opens something: addresses of links, and where they led from."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found = super().atoms(resp, req, environ, request_time)
        return {k: logs.hidden(v) if isinstance(v, str) else v for k, v in found.items()}

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


settings = load_settings()
logs.install(settings.log_format)

# A browser opens connections before it knows what to ask: none may hold a thread meanwhile.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.05

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
preload_app = True  # read once, shared by all processes; nothing is connected before they part
logger_class = DiscreetLogger
accesslog = "-"
access_log_format = '%(h)s "%(r)s" %(s)s %(B)s %(M)sms'
forwarded_allow_ips = "*" if settings.trusted_proxies else "127.0.0.1"


def post_worker_init(worker: Worker) -> None:
    """Have what takes long ready before the first reader comes."""
    threading.Thread(target=keep_worked_out, args=(worker.wsgi,), daemon=True).start()


def when_ready(server: Arbiter) -> None:
    """Go when `lms serve` goes, even where it was killed and could not say so."""
    threading.Thread(target=leave_with_supervisor, args=(server.pid,), daemon=True).start()
