"""Static files: an address that changes with the content, kept for a year, compressed once."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

COMPRESSED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
FOR_A_YEAR = "public, max-age=31536000, immutable"


class Shelf:
    """The static folder; a file's hash and its compressed form are worked out once per content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes: dict[tuple[str, int], str] = {}
        self._compressed: dict[str, bytes] = {}

    def version(self, filename: str) -> str | None:
        path = self._folder / filename
        if not path.is_file():
            return None
        key = (filename, path.stat().st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        return self._hashes[key]

    def compress(self, version: str, body: bytes) -> bytes:
        if version not in self._compressed:
            self._compressed[version] = gzip.compress(body, 9, mtime=0)
        return self._compressed[version]


def install(app: Flask) -> None:
    """Version the addresses of static files and set how long they are kept."""
    shelf = Shelf(Path(app.static_folder or ""))

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = shelf.version(values["filename"])

    def keep(response: Response) -> Response:
        return _keep(response, shelf) if request.endpoint == "static" else response

    app.url_defaults(add_version)
    app.after_request(keep)


def _keep(response: Response, shelf: Shelf) -> Response:
    filename = str((request.view_args or {}).get("filename", ""))
    version = shelf.version(filename)
    if version is None:
        return response
    current = request.args.get("v") == version
    response.headers["Cache-Control"] = FOR_A_YEAR if current else "no-cache"
    if filename.endswith("-worker.js"):  # it serves the pages that ask for it, not its own folder
        response.headers["Service-Worker-Allowed"] = "/"
    if response.status_code == 200 and response.mimetype in COMPRESSED:
        _compress(response, shelf, version)
    return response


def _compress(response: Response, shelf: Shelf, version: str) -> None:
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return
    response.direct_passthrough = False
    response.set_data(shelf.compress(version, response.get_data()))
    response.content_encoding = "gzip"
