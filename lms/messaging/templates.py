"""Words of a message: facts in, subject and body out, links and codes as placeholders.

A template is `templates/<slice>/mail/<message>.txt` beside `<message>.subject.txt`. It extends
`mail/envelope.txt` and fills its blocks `words` and `why`; the envelope itself needs the facts
`to_name` and `partnership` (title, contact_name, contact_phone, contact_days; or None).

A partnership may say a message in words of its own (wording.py). They are no template: nothing in
them is run. What stands in braces in them is a fact, or a part of our words: a block that our
template has inside `words`, which brings the conditions and the links with it.

A placeholder is all that stands in the outbox of a link or a code: `[[link /places place 12]]`. It
becomes what it stands for when the message is sent (see sender.py). Facts cannot smuggle one in:
whatever a template writes out is disarmed, unless it was made by `link` or `code`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context
from sqlalchemy import select
from sqlalchemy.orm import SessionTransaction

from lms.config import REPOSITORY
from lms.db import db
from lms.messaging.models import Wording
from lms.messaging.rules import WHOLE, pieces_of, placeholders_in
from lms.tokens import KeyRing
from lms.web.words import FILTERS

log = structlog.get_logger()

SEAM = "\f"
"""Stands between greeting, words, sign-off and why it was sent, so that several can share them."""

PLACEHOLDER = re.compile(r"\[\[(link|code) ([^\]\s]+)(?: ([a-z_-]+) ([0-9a-z-]+))?\]\]")
BLOCKS_OF_ALL = frozenset({"words", "why"})
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


@dataclass(frozen=True)
class OwnWords:
    """What a partnership says in the place of our words; an empty subject leaves ours."""

    subject: str
    body: str


Values = Mapping[str, str]


def render(template: str, **facts: Any) -> tuple[str, str]:
    """The subject and the body of `templates/<template>`, such as 'booking/mail/confirmed'.

    In the words of the partnership among the facts, where it has words of its own for this, and
    they name nothing that a later version of ours has no more: a booking must not fail for that.
    """
    own = words_in_force(template, facts.get("partnership"))
    if own is None:
        return render_in(template, None, {}, facts)
    values = current_app.extensions["lms.kinds"][template].values_of(facts)
    unknown = {*placeholders_in(own.subject)} - values.keys()
    unknown |= {*placeholders_in(own.body)} - {WHOLE, *parts_of(template), *values}
    if unknown:
        log.warning("own words not said", template=template, unknown=sorted(unknown))
        return render_in(template, None, {}, facts)
    return render_in(template, own, values, facts)


def render_in(
    template: str, own: OwnWords | None, values: Values, facts: Mapping[str, Any]
) -> tuple[str, str]:
    """The same in these words, or in ours; `values` are the facts that own words may name."""
    subject = _part_of(template, ".subject.txt").render(facts)
    if own is None:
        return " ".join(subject.split()), _tidied(_part_of(template, ".txt").render(facts))
    if own.subject:
        subject = filled(own.subject, values)
    return " ".join(subject.split()), _tidied(_body_in(template, own.body, values, facts))


def parts_of(template: str) -> list[str]:
    """The parts of our words that own words can keep, in the order in which they stand."""
    blocks = _part_of(template, ".txt").blocks
    return [name for name in blocks if name not in BLOCKS_OF_ALL]


def our_words(template: str, values: Values, facts: Mapping[str, Any]) -> OwnWords:
    """Our words as somebody could have typed them: facts and parts stand as placeholders."""
    subject = " ".join(_part_of(template, ".subject.txt").render(facts).split())
    body = _part_of(template, ".txt")
    said: list[str] = []

    def show(context: Context) -> Iterator[str]:
        ours = context.blocks["words"][0]
        for name in parts_of(template):
            context.blocks[name] = [_standing_for(name)]
        said.extend(ours(context))
        return iter(())

    _run(body, facts, show)
    text = "".join(said).replace("}{", "}\n\n{")
    text = re.sub(r"^(\{\w+\})$", r"\1\n", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[^\s({“])\{", " {", _with_names(text, values))
    return OwnWords(_with_names(subject, values), _tidied(text).strip("\n"))


def filled(text: str, values: Mapping[str, str]) -> Placeholder:
    """A text that somebody wrote, with its placeholders filled in; it can smuggle in nothing.

    A value that is empty takes the space before it along. Raises KeyError for an unknown name.
    """
    made, plain = [], ""
    for before, name in pieces_of(text):
        value = values[name] if name is not None else ""
        plain += before if value or name is None else before.removesuffix(" ")
        if isinstance(value, Placeholder):
            made += [str(_disarmed(plain)), value]
            plain = ""
        else:
            plain += value
    return Placeholder("".join([*made, str(_disarmed(plain))]))


def _part_of(template: str, suffix: str) -> Template:
    return _environment().get_template(f"{template}{suffix}")


def _run(
    body: Template, facts: Mapping[str, Any], words: Callable[[Context], Iterator[str]]
) -> str:
    """A message's body with its block `words` as given, everything around it as ever."""
    context = body.new_context(dict(facts))
    ours = context.blocks["words"]
    context.blocks["words"] = [lambda seen: _with_ours(seen, ours, words)]
    return "".join(body.root_render_func(context))


def _with_ours(
    context: Context, ours: Any, words: Callable[[Context], Iterator[str]]
) -> Iterator[str]:
    context.blocks["words"] = ours
    yield from words(context)


def _body_in(template: str, text: str, values: Values, facts: Mapping[str, Any]) -> str:
    wanted = set(placeholders_in(text))

    def own(context: Context) -> Iterator[str]:
        names = {WHOLE: "words", **{name: name for name in parts_of(template)}}
        parts = {
            name: Placeholder(_stripped("".join(context.blocks[block][0](context))))
            for name, block in names.items()
            if name in wanted
        }
        yield filled(text, {**values, **parts}) + "\n"

    return _run(_part_of(template, ".txt"), facts, own)


def _stripped(part: str) -> str:
    """Without the line breaks around it; facts that are set in keep that."""
    part = part.rstrip().lstrip("\n")
    return part if part.startswith("  ") else part.lstrip()


def _standing_for(name: str) -> Callable[[Context], Iterator[str]]:
    return lambda _context: iter([f"{{{name}}}"])


def _with_names(text: str, values: Values) -> str:
    """The text with each fact's value as its name, the longest first."""
    for name, value in sorted(values.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(value, f"{{{name}}}") if value else text
    return text


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


# --- A partnership's own words --------------------------------------------------------------

_known: WeakKeyDictionary[SessionTransaction, dict[int, dict[str, OwnWords]]] = WeakKeyDictionary()
"""Read once a transaction: a hundred thousand messages may be written in one."""


def words_in_force(template: str, partnership: Any) -> OwnWords | None:
    """What that partnership says in a message, if it has words of its own for it."""
    partnership_id = getattr(partnership, "id", None)
    if partnership_id is None:
        return None
    session = db.session()
    with session.no_autoflush:
        session.connection()
        transaction = session.get_transaction()
        known = _known.setdefault(transaction, {}) if transaction else {}
        if partnership_id not in known:
            rows = session.execute(
                select(Wording.template, Wording.subject, Wording.body).where(
                    Wording.partnership_id == partnership_id, Wording.ended_at.is_(None)
                )
            )
            known[partnership_id] = {name: OwnWords(*said) for name, *said in rows}
    return known[partnership_id].get(template)
