"""Load from this machine to this machine: many clients, bounded in time, latencies kept.

Clients are processes of their own, so that measuring does not run in the server's interpreter. Each
keeps one connection open, as a browser does.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Measured:
    """What a load came to: answers, failures, and how long each took, in seconds."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of the answers stay under."""
        if len(self.latencies) < 2:
            return 0.0
        cuts = statistics.quantiles(self.latencies, n=100, method="inclusive")
        return cuts[round(share * 100) - 1] * 1000


class Client:
    """One browser's worth of connection and cookies."""

    def __init__(self, base_url: str, cookies: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(base_url)
        self.connection = http.client.HTTPConnection(
            parts.hostname or "127.0.0.1", parts.port, timeout=30
        )
        self.cookies = dict(cookies or {})

    def request(
        self, method: str, path: str, body: str | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        headers = {"Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers, content


def hammer(base_url: str, path: str, *, clients: int, seconds: float) -> Measured:
    """Ask for one page again and again from `clients` connections for `seconds`."""
    with ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        runs = [pool.submit(_one_client, base_url, path, seconds) for _ in range(clients)]
        parts = [run.result() for run in runs]
        measured = Measured(time.perf_counter() - started)
    for latencies, failures in parts:
        measured.latencies += latencies
        measured.failures += failures
    return measured


def _one_client(base_url: str, path: str, seconds: float) -> tuple[list[float], int]:
    client, latencies, failures = Client(base_url), [], 0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        begun = time.perf_counter()
        status, _, _ = client.request("GET", path)
        latencies.append(time.perf_counter() - begun)
        failures += status != 200
    return latencies, failures


def each_once(jobs: list[Callable[[], bool]], *, at_once: int) -> Measured:
    """Run every job once, `at_once` at a time; a job answers whether it went well."""

    def timed(job: Callable[[], bool]) -> tuple[float, bool]:
        begun = time.perf_counter()
        went_well = job()
        return time.perf_counter() - begun, went_well

    with ThreadPoolExecutor(at_once) as pool:
        started = time.perf_counter()
        results = list(pool.map(timed, jobs))
        measured = Measured(time.perf_counter() - started)
    measured.latencies = [seconds for seconds, _ in results]
    measured.failures = sum(not went_well for _, went_well in results)
    return measured
