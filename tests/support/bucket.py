"""A server that speaks as much S3 as a store of files needs: it keeps what it is given in memory.

The client and all that it signs are the real ones; what only a whole server would do (checking
the signature, parts of large uploads) was tried against one by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

BUCKET = "papers"
WHEN = "2027-01-18T10:00:00.000Z"


class _Bucket(BaseHTTPRequestHandler):
    held: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
            self._answer(403)
        elif self._key is None:
            self._answer(404)
        else:
            self.held[self._key] = content
            self._answer(200, etag=content)

    def do_GET(self) -> None:
        if self._key == "":
            self._answer(200, self._listed(parse_qs(urlsplit(self.path).query)["prefix"][0]))
        elif self._key in self.held:
            self._answer(200, self.held[self._key], etag=self.held[self._key])
        else:
            self._answer(404)

    def do_POST(self) -> None:
        """Take several away at once: how this client takes one away."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall(r"<Key>(.*?)</Key>", asked)
        for key in keys:
            self.held.pop(unescape(key), None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())

    @property
    def _key(self) -> str | None:
        """What the request is about: "" for the bucket itself, None for another bucket."""
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        return key if bucket == BUCKET else None

    def _listed(self, prefix: str) -> bytes:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(held)}</Size>"
            f"<LastModified>{WHEN}</LastModified></Contents>"
            for key, held in sorted(self.held.items())
            if key.startswith(prefix)
        )
        return (
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()
        )

    def _answer(self, status: int, body: bytes = b"", *, etag: bytes | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Mon, 18 Jan 2027 10:00:00 GMT")
        if etag is not None:
            self.send_header("ETag", f'"{md5(etag, usedforsecurity=False).hexdigest()}"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@contextmanager
def bucket() -> Iterator[str]:
    """A bucket for as long as the block lasts, by its LMS_FILES_URL."""
    handler = type("Bucket", (_Bucket,), {"held": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            endpoint = f"http://127.0.0.1:{server.server_address[1]}"
            yield f"s3://key:secret@{BUCKET}/lms?region=eu-west-2&endpoint={endpoint}"
        finally:
            server.shutdown()
            thread.join()
