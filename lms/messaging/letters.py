"""From a claimed envelope to an e-mail: links filled in, several joined, headers made safe."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from lms import words
from lms.config import Settings
from lms.messaging.claims import Envelope, Letter
from lms.messaging.commands import one_line
from lms.messaging.templates import SEAM, with_links, without_seams
from lms.tokens import KeyRing

LONGEST_PLAIN_LINE = 900  # RFC 5322 allows 998
OFTEN_THE_SAME = frozenset(
    {
        *("from", "reply-to", "subject", "date", "auto-submitted", "mime-version"),
        *("content-type", "content-transfer-encoding", "content-disposition"),
    }
)


class RememberedHeaders(HeaderRegistry):
    """Parses once what many messages say alike, and makes the class of a header once.

    Half of what sending a message costs would otherwise go into its headers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type] = {}
        self._parsed = lru_cache(maxsize=200)(super().__call__)

    def __call__(self, name: str, value: object) -> BaseHeader:
        if name.lower() in OFTEN_THE_SAME:
            return self._parsed(name, str(value))
        return super().__call__(name, value)

    def __getitem__(self, name: str) -> type:
        if name not in self._classes:
            self._classes[name] = super().__getitem__(name)
        return self._classes[name]


OURS = SMTP.clone(header_factory=RememberedHeaders())
UNFOLDED = OURS.clone(max_line_length=LONGEST_PLAIN_LINE)
"""Python folds a long header right after its name, which some mail programs show as a space."""
RULE = "\n\n----\n\n"


def as_email(envelope: Envelope, settings: Settings, keys: KeyRing, now: datetime) -> EmailMessage:
    """The e-mail that the mail server is given. Raises ValueError for an address that is none."""
    first = envelope.letters[0]
    message = EmailMessage(policy=OURS)
    message["From"] = Address(one_line(first.from_name), addr_spec=settings.mail_from)
    message["To"] = Address(one_line(first.to_name), addr_spec=first.to_address)
    if first.reply_to:
        message["Reply-To"] = Address(one_line(first.from_name), addr_spec=first.reply_to)
    message["Subject"] = one_line(_subject(envelope.letters))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    body = with_links(joined([letter.body for letter in envelope.letters]), keys, settings.base_url)
    message.set_content(body, cte=_encoding(body))
    if first.calendar and first.calendar_method:
        _invite(message, first.calendar, first.calendar_method)
    if all(str(value).isascii() for value in message.values()):
        message.policy = UNFOLDED  # encoded words alone have to be short
    return message


def _subject(letters: tuple[Letter, ...]) -> str:
    more = len(letters) - 1
    return letters[0].subject + (f" (and {words.number(more)} more)" if more else "")


def joined(bodies: list[str]) -> str:
    """One body of several: greeted once, signed once, each with its own words and its reason."""
    parts = [body.split(SEAM) for body in bodies]
    if len(bodies) == 1 or any(len(part) != len(parts[0]) or len(part) != 4 for part in parts):
        return RULE.join(without_seams(body).strip() for body in bodies) + "\n"
    greeting, _, sign_off, _ = (text.strip() for text in parts[0])
    said = RULE.join(part[1].strip() for part in parts)
    reasons = dict.fromkeys(part[3].strip() for part in parts)
    blocks = [greeting, said, sign_off, "\n".join(filter(None, reasons))]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _encoding(body: str) -> str:
    """As it is where every mail server passes it on unharmed, else quoted-printable."""
    is_plain = body.isascii() and max(map(len, body.split("\n"))) <= LONGEST_PLAIN_LINE
    return "7bit" if is_plain else "quoted-printable"


def _invite(message: EmailMessage, calendar: str, method: str) -> None:
    """The invitation twice: for programs that read the alternative, and as a file for others."""
    message.add_alternative(
        calendar, subtype="calendar", params={"method": method}, cte="base64", charset="utf-8"
    )
    message.add_attachment(
        calendar.encode(), maintype="application", subtype="ics", filename="invitation.ics"
    )
