"""Words of a message: facts in, subject and body out, links and codes as placeholders.

A template is `templates/<slice>/mail/<message>.txt` beside `<message>.subject.txt`. It extends
`mail/envelope.txt` and fills its blocks `words` and `why`; the envelope itself needs the facts
`to_name` and `partnership` (title, contact_name, contact_phone, contact_days; or None).

A placeholder is all that stands in the outbox of a link or a code: `[[link /places place 12]]`. It
becomes what it stands for when the message is sent (see sender.py). Facts cannot smuggle one in:
whatever a template writes out is disarmed, unless it was made by `link` or `code`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lms.config import REPOSITORY
from lms.tokens import KeyRing
from lms.web.words import FILTERS

SEAM = "\f"
"""Stands between greeting, words, sign-off and why it was sent, so that several can share them."""

PLACEHOLDER = re.compile(r"\[\[(link|code) ([^\]\s]+)(?: ([a-z_-]+) ([0-9a-z-]+))?\]\]")
LIKE_A_PLACEHOLDER = re.compile(r"\[(?=\[|link |code )")


class Placeholder(str):
    """What `link` and `code` make, and nothing else."""

    __slots__ = ()


def link(path_prefix: str, purpose: str, subject: object) -> Placeholder:
    """A link that works without sign-in: `link('/places', 'place', booking_id)`."""
    return Placeholder(f"[[link {path_prefix} {purpose} {subject}]]")


def code(purpose: str, subject: object) -> Placeholder:
    """Six digits to be typed: `code('sign-in', attempt_id)`."""
    return Placeholder(f"[[code six-digits {purpose} {subject}]]")


def address(path: str) -> str:
    """The whole address of a page that asks for sign-in, or of a public one."""
    return f"{current_app.extensions['lms.settings'].base_url}{path}"


def render(template: str, **facts: Any) -> tuple[str, str]:
    """The subject and the body of `templates/<template>`, such as 'booking/mail/confirmed'."""
    folder, name = template.split("/", 1)
    environment = _environment()
    subject = environment.get_template(f"{folder}/{name}.subject.txt").render(**facts)
    body = environment.get_template(f"{folder}/{name}.txt").render(**facts)
    return " ".join(subject.split()), _tidied(body)


def without_placeholders(text: str) -> str:
    """As it may be shown to somebody other than the one it is for: no link is live."""
    return PLACEHOLDER.sub(lambda found: f"[{found[1]}]", without_seams(text))


def without_seams(text: str) -> str:
    """The text as one piece."""
    return _tidied(text.replace(SEAM, ""))


def with_links(text: str, keys: KeyRing, base_url: str) -> str:
    """The text with its placeholders made into links and codes."""

    def fill(found: re.Match[str]) -> str:
        kind, prefix, purpose, subject = found.groups()
        if kind == "code":
            return keys.digits(purpose, subject)
        return f"{base_url}{prefix}/{keys.token(purpose, subject)}"

    return PLACEHOLDER.sub(fill, text)


def _tidied(body: str) -> str:
    lines = "\n".join(line.rstrip(" \t") for line in body.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _disarmed(value: Any) -> Any:
    """What a template writes out, unable to pass for a placeholder or a seam."""
    if isinstance(value, Placeholder | int | float | date | datetime) or value is None:
        return value
    text = str(value).replace("\r", "").replace(SEAM, " ")  # first: "[l\\rink" would slip through
    return LIKE_A_PLACEHOLDER.sub("[ ", text)


def _first_name(name: str) -> str:
    """How somebody is greeted; empty for a name that is not known."""
    return name.partition(" ")[0]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(REPOSITORY / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=_disarmed,
    )
    environment.filters.update(FILTERS, first_name=_first_name)
    environment.globals.update(link=link, code=code, address=address, seam=Placeholder(SEAM))
    return environment
