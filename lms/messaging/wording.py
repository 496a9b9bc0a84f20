"""The kinds of message there are, and what a partnership may say in them in words of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from lms.errors import NotFound, Refused
from lms.messaging.rules import (
    WHOLE,
    refuse_missing_parts,
    refuse_unknown_placeholders,
)
from lms.messaging.templates import (
    SEAM,
    OwnWords,
    our_words,
    parts_of,
    render_in,
    without_placeholders,
)

Facts = Mapping[str, Any]
LONGEST_SUBJECT = 150
LONGEST_BODY = 5000


def _no_values(facts: Facts) -> dict[str, str]:
    del facts
    return {}


@dataclass(frozen=True)
class Kind:
    """One kind of message. Each slice exports its own as KINDS.

    `goes` says when it goes and to whom; `example` are facts to show it with; `values` are those
    that own words may name, by placeholder. `may_go` are parts of our words that own words may
    leave out. One that is `fixed` is said in our words alone: `fixed` says why.
    """

    template: str
    title: str
    goes: str
    example: Facts = field(default_factory=dict)
    values: Callable[[Facts], dict[str, str]] = _no_values
    may_go: frozenset[str] = frozenset()
    fixed: str = ""

    @property
    def name(self) -> str:
        """As it stands in an address: 'booking-confirmed'."""
        return self.template.replace("/mail/", "-").replace("_", "-")

    @property
    def parts(self) -> list[str]:
        """The parts of our words that own words can keep."""
        return parts_of(self.template)

    @property
    def needed(self) -> list[str]:
        """Those of them that have to stay."""
        return [part for part in self.parts if part not in self.may_go]

    def values_of(self, facts: Facts) -> dict[str, str]:
        """What stands for each placeholder that is a fact."""
        partnership = facts.get("partnership")
        named = {
            "name": facts.get("to_name") or "",
            "partnership": getattr(partnership, "title", ""),
        }
        return {**named, **self.values(facts)}


def kinds() -> list[Kind]:
    """Every kind of message there is, in the order of the slices."""
    found: dict[str, Kind] = current_app.extensions["lms.kinds"]
    return list(found.values())


def get_kind(name: str) -> Kind:
    """The kind of that name in an address. Raises NotFound."""
    found = next((kind for kind in kinds() if kind.name == name), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Example:
    """A kind of message with made-up facts, as from one partnership."""

    kind: Kind
    partnership: Any

    @property
    def facts(self) -> dict[str, Any]:
        return {**self.kind.example, "partnership": self.partnership}

    @property
    def values(self) -> dict[str, str]:
        return self.kind.values_of(self.facts)

    def ours(self) -> OwnWords:
        """Our words, as they could be typed."""
        return our_words(self.kind.template, self.values, self.facts)

    def shown(self, own: OwnWords | None) -> tuple[str, str]:
        """Subject and body as somebody would get them; `own` None: in our words."""
        return render_in(self.kind.template, own, self.values, self.facts)

    def parts(self) -> list[tuple[str, str]]:
        """What each placeholder reads here: facts first, then the parts of our words."""
        return [*self.values.items(), *((name, self._part(name)) for name in self.kind.parts)]

    def _part(self, name: str) -> str:
        _, body = self.shown(OwnWords("", f"{{{name}}}"))
        return without_placeholders(body.split(SEAM)[1]).strip("\n")


def checked(kind: Kind, words: OwnWords, known: Mapping[str, str]) -> OwnWords:
    """The words, if they may be said; else raises Refused, naming the field."""
    if kind.fixed:
        raise Refused(kind.fixed)
    subject = " ".join(words.subject.split())
    body = "\n".join(line.rstrip() for line in words.body.replace("\r", "").split("\n")).strip("\n")
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"Keep the subject within {LONGEST_SUBJECT} characters", field="subject")
    if len(body) > LONGEST_BODY:
        raise Refused(f"Keep the text within {LONGEST_BODY:,} characters", field="body")
    refuse_unknown_placeholders(subject, known, field="subject")
    refuse_unknown_placeholders(body, [WHOLE, *kind.parts, *known], field="body")
    refuse_missing_parts(body, kind.needed, field="body")
    return OwnWords(subject, body)
