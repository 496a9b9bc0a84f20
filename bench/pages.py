"""The public list and the event page against the bare page."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from bench import seed
from bench.figures import Figure
from bench.load import Client, Measured, hammer
from bench.sites import BARE, application, database, served, service

CLIENTS, SECONDS = 8, 6.0


def measure_pages(kind: str) -> list[Figure]:
    """200 events in one page, and one event, from 8 clients."""
    with database(kind) as url:
        with application(url):
            made = seed.events(200)
        with service(url) as base_url:
            paths = {"public list, 200 events": "/events", "event page": f"/events/{made[0]}"}
            sizes = {what: Client(base_url).request("GET", path) for what, path in paths.items()}
            ours = {
                what: hammer(base_url, path, clients=CLIENTS, seconds=SECONDS)
                for what, path in paths.items()
            }
    bare = {what: _bare(content) for what, (_, _, content) in sizes.items()}
    return [_page_figure(what, kind, ours[what], bare[what]) for what in paths]


def _bare(content: bytes) -> Measured:
    """The same bytes from a template of the bare application."""
    with tempfile.TemporaryDirectory() as folder:
        page = re.sub(r"[{}]", "", content.decode())
        Path(folder, "page.html").write_text(page, encoding="utf-8")
        with served("bench.bare:app", {"BENCH_TEMPLATES": folder, **BARE}) as base_url:
            return hammer(base_url, "/page/page", clients=CLIENTS, seconds=SECONDS)


def _page_figure(what: str, kind: str, ours: Measured, bare: Measured) -> Figure:
    share = ours.rate / bare.rate
    p95 = ours.percentile(0.95)
    return Figure(
        what=what,
        database=kind,
        measured=f"{ours.rate:.0f}/s, p95 {p95:.0f} ms, {share:.0%} of bare; "
        f"{ours.failures} failed",
        target="≥ 50% of bare page; p95 < 100 ms",
        yardstick=f"bare page {bare.rate:.0f}/s, p95 {bare.percentile(0.95):.0f} ms",
        is_met=share >= 0.5 and p95 < 100 and not ours.failures,
    )
