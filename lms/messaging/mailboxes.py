"""Where mail comes back to: an IMAP folder, or a folder of `.eml` files."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_SECONDS = 30
MOST_BYTES = 256 * 1024
"""Of a longer mail only the beginning is read: what it is about stands there."""
PORTS = {"imap": 143, "imaps": 993}
SEEN = "seen"

Handle = Callable[[bytes], bool]


class Mailbox(Protocol):
    """Shows each mail that is new, and never again once it has been handled."""

    def visit(self, handle: Handle, most: int) -> None:
        """Hand over up to `most` new mails; where `handle` says False, stop and leave that one."""


def from_url(url: str) -> Mailbox | None:
    """The mailbox that LMS_BOUNCE_URL names; None where it names none."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMailbox(Path(unquote(parts.path)))
    if parts.scheme in PORTS:
        return ImapMailbox(parts)
    return None


class FolderMailbox:
    """New mails are `.eml` files in a folder; those handled move into its folder `seen`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def visit(self, handle: Handle, most: int) -> None:
        for path in sorted(self.folder.glob("*.eml"))[:most]:
            with suppress(FileNotFoundError):  # another worker was faster
                with path.open("rb") as file:
                    raw = file.read(MOST_BYTES)
                if not handle(raw):
                    return
                (self.folder / SEEN).mkdir(exist_ok=True)
                path.rename(self.folder / SEEN / path.name)


class ImapMailbox:
    """New mails are those not yet seen; each is marked as seen once it is handled.

    `imaps://` speaks TLS from the first byte, `imap://` changes to it where the server offers it;
    certificates are checked. The address's path names the folder, else it is the inbox.
    """

    def __init__(self, parts: SplitResult, *, context: ssl.SSLContext | None = None) -> None:
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or "INBOX"
        self._context = context or ssl.create_default_context()

    def visit(self, handle: Handle, most: int) -> None:
        with self._opened() as server:
            _, found = server.uid("search", "UNSEEN")
            for uid in (found[0] or b"").split()[:most]:
                raw = self._fetch(server, uid.decode())
                if raw is not None and not handle(raw):
                    return
                server.uid("store", uid.decode(), "+FLAGS", r"(\Seen)")

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        server = self._connected()
        try:
            server.login(self._user, self._password)
            answer, said = server.select(f'"{self._folder}"')
            if answer != "OK":
                raise OSError(f"The mailbox has no folder {self._folder}: {said!r}")
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _connected(self) -> imaplib.IMAP4:
        if self._scheme == "imaps":
            return imaplib.IMAP4_SSL(
                self._host, self._port, ssl_context=self._context, timeout=TIMEOUT_SECONDS
            )
        server = imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT_SECONDS)
        if "STARTTLS" in server.capabilities:
            server.starttls(self._context)
        return server

    def _fetch(self, server: imaplib.IMAP4, uid: str) -> bytes | None:
        """The beginning of a mail, without marking it; None where it has gone meanwhile."""
        _, found = server.uid("fetch", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        texts = [item[1] for item in found if isinstance(item, tuple)]
        return texts[0] if texts else None
