"""Links that cannot be guessed, derived when they are sent, so that nothing at rest holds one.

A token names what it opens (`purpose` and `subject`, a number) and carries an HMAC over both.
It is checked against a ring of keys, newest first, so that old links survive a new key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

MAC_BYTES = 20
CODE_LETTERS = 7
LONGEST_NUMBER = 10


@dataclass(frozen=True)
class KeyRing:
    """Signing keys, newest first; never empty."""

    keys: tuple[str, ...]

    def _mac(self, key: str, message: str) -> bytes:
        return hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()[:MAC_BYTES]

    def token(self, purpose: str, subject: str) -> str:
        """The one token for `subject` (letters, digits, `-`), the same each time."""
        mac = base64.b32encode(self._mac(self.keys[0], f"{purpose}:{subject}"))
        return f"{subject}.{mac.decode().rstrip('=').lower()}"

    def read(self, purpose: str, token: str) -> str | None:
        """The subject that `token` was made for, or None where any part of it was altered."""
        subject, dot, given = token.partition(".")
        if not dot:
            return None
        for key in self.keys:
            mac = base64.b32encode(self._mac(key, f"{purpose}:{subject}"))
            if hmac.compare_digest(mac.decode().rstrip("=").lower().encode(), given.encode()):
                return subject
        return None

    def code(self, purpose: str, number: int) -> str:
        """A code that can be typed by hand, such as 1204-K7Q4M2X: a number with seven letters.

        Of 17 thousand million, so that trying them out over the network leads nowhere.
        """
        return f"{number}-{self._letters(self.keys[0], purpose, number)}"

    def read_code(self, purpose: str, typed: str) -> int | None:
        """The number that a code was made for, however it is typed; None for one that is altered.

        Capitals, spaces and dashes do not matter.
        """
        written = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
        digits, letters = written[:-CODE_LETTERS], written[-CODE_LETTERS:]
        if not (digits.isdigit() and len(digits) <= LONGEST_NUMBER):
            return None
        number = int(digits)
        for key in self.keys:
            if hmac.compare_digest(self._letters(key, purpose, number), letters):
                return number
        return None

    def _letters(self, key: str, purpose: str, number: int) -> str:
        left = int.from_bytes(self._mac(key, f"{purpose}:{number}"), "big")
        letters = []
        for _ in range(CODE_LETTERS):
            left, at = divmod(left, len(REFERENCE_LETTERS))
            letters.append(REFERENCE_LETTERS[at])
        return "".join(letters)

    def digits(self, purpose: str, subject: str) -> str:
        """Six digits for `subject`, to be typed by hand; derived, so that nothing stores them."""
        number = int.from_bytes(self._mac(self.keys[0], f"{purpose}:{subject}")[:8], "big")
        return f"{number % 1_000_000:06d}"


def new_secret() -> str:
    """An opaque random value for a cookie: 32 bytes, safe in an address."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What the database keeps in place of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """A reference that can be read out over the telephone: WSP-7Q4K-2M9X (no 0, 1, I, L, O, U).

    Of 656 thousand million: among ten million bookings a new one is taken once in 65,000 times,
    and the database refuses it then.
    """
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def reference_from(prefix: str, secret: str) -> str:
    """The one reference for `secret`: what is made under it a second time is known by it."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest()[:8], "big")
    letters = ""
    for _ in range(8):
        number, at = divmod(number, len(REFERENCE_LETTERS))
        letters += REFERENCE_LETTERS[at]
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
