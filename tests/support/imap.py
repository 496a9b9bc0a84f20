"""A small IMAP server in this process: one mailbox, as much of RFC 3501 as a reader needs."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

FETCH = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


class Inbox:
    """Its mails by uid, and which of them have been seen. The password is `open sesame`."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.folder = "INBOX"

    def put(self, mail: bytes) -> None:
        self.mails[len(self.mails) + 1] = mail


class Conversation(socketserver.StreamRequestHandler):
    """One client, from its greeting to its LOGOUT."""

    inbox: Inbox

    def handle(self) -> None:
        self._say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            verb, _, said = rest.partition(" ")
            answer = getattr(self, f"_{verb.lower()}", None)
            self._say(f"{tag} {answer(said) if answer else 'BAD what?'}")
            if verb.upper() == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _capability(self, _said: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, said: str) -> str:
        return "OK in" if '"open sesame"' in said else "NO wrong password"

    def _select(self, said: str) -> str:
        if said.strip('"') != self.inbox.folder:
            return "NO no such folder"
        self._say(f"* {len(self.inbox.mails)} EXISTS")
        return "OK [READ-WRITE] selected"

    def _uid(self, said: str) -> str:
        verb, _, rest = said.partition(" ")
        return str(getattr(self, f"_uid_{verb.lower()}")(rest))

    def _uid_search(self, _said: str) -> str:
        unseen = [str(uid) for uid in self.inbox.mails if uid not in self.inbox.seen]
        self._say(f"* SEARCH {' '.join(unseen)}")
        return "OK found"

    def _uid_fetch(self, said: str) -> str:
        uid, most = int(said.split(" ", maxsplit=1)[0]), FETCH.search(said)
        assert most is not None, said
        mail = self.inbox.mails[uid][: int(most[1])]
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(mail)}}}\r\n".encode())
        self.wfile.write(mail + b")\r\n")
        return "OK fetched"

    def _uid_store(self, said: str) -> str:
        self.inbox.seen.add(int(said.split(" ", maxsplit=1)[0]))
        return "OK stored"

    def _logout(self, _said: str) -> str:
        self._say("* BYE")
        return "OK out"


@contextmanager
def serving(inbox: Inbox) -> Iterator[int]:
    """Serve `inbox` on a free port; gives the port."""
    handler = type("OneInbox", (Conversation,), {"inbox": inbox})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
