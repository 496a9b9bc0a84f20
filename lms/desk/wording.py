"""What messages say, and a partnership's own words for them: the list, and one to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.agencies.models import Partnership
from lms.agencies.queries import partnership_chosen, partnerships_run_by
from lms.desk.queries import find_name
from lms.errors import Refused
from lms.messaging import queries
from lms.messaging.models import Wording
from lms.messaging.rules import WHOLE
from lms.messaging.templates import OwnWords, without_placeholders
from lms.messaging.wording import Example, Kind, checked, get_kind, kinds
from lms.web.addresses import row_id_in

HEADINGS = {
    "booking": "Places, events and those who approve",
    "attendance": "Registers",
    "evaluation": "Evaluations",
    "certificates": "Certificates",
    "desk": "To those who run the programme",
    "accounts": "Signing in",
}
OURS, NOTHING = "ours", OwnWords("", f"{{{WHOLE}}}")


@dataclass(frozen=True)
class WordingList:
    """Every kind of message, by what it is about, and whether it is said in own words."""

    chosen: Partnership
    partnerships: list[Partnership]
    groups: dict[str, list[tuple[Kind, bool]]]

    @property
    def own(self) -> int:
        return sum(is_own for group in self.groups.values() for _, is_own in group)

    @property
    def total(self) -> int:
        return sum(map(len, self.groups.values()))


def wording_list(viewer: Viewer, query: Mapping[str, str]) -> WordingList:
    """The kinds of message of one of the viewer's partnerships."""
    chosen = partnership_chosen(viewer, row_id_in(query.get("partnership")))
    own = queries.templates_with_own_words(chosen.id)
    groups: dict[str, list[tuple[Kind, bool]]] = {}
    for kind in kinds():
        part = kind.template.partition("/")[0]
        heading = HEADINGS.get(part, part.capitalize())
        groups.setdefault(heading, []).append((kind, kind.template in own))
    return WordingList(chosen, partnerships_run_by(viewer), groups)


@dataclass(frozen=True)
class Earlier:
    """What was said before, or is said now."""

    id: int
    changed_at: datetime
    by: str
    ended_at: datetime | None


@dataclass(frozen=True)
class WordingPage:
    """One kind of message: the words to begin with, what it reads like, what was said before."""

    chosen: Partnership
    example: Example
    start: OwnWords
    is_own: bool
    earlier: list[Earlier]

    @property
    def kind(self) -> Kind:
        return self.example.kind

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Each placeholder that is a fact, with what it reads in the example."""
        return list(self.example.values.items())

    @property
    def parts(self) -> list[tuple[str, str, bool]]:
        """Each part of our words: its name, how it reads, whether it has to stay."""
        known = self.example.values
        needed = self.kind.needed
        read = self.example.parts()
        return [(name, text, name in needed) for name, text in read if name not in known]

    @property
    def our_subject(self) -> str:
        """Our own, as it could be typed."""
        return self.example.ours().subject

    def preview(self, words: OwnWords | None) -> tuple[str, str]:
        """Subject and text as somebody would get them; words that may not be said show ours."""
        try:
            own = checked(self.kind, words, self.example.values) if words else None
        except Refused:
            own = None
        subject, body = self.example.shown(own)
        return subject, without_placeholders(body).strip("\n")


def wording_page(name: str, viewer: Viewer, query: Mapping[str, str]) -> WordingPage:
    """One kind of message of one of the viewer's partnerships. Raises NotFound."""
    chosen = partnership_chosen(viewer, row_id_in(query.get("partnership")))
    kind = get_kind(name)
    example = Example(kind, chosen)
    said = queries.wordings_of(chosen.id, kind.template)
    in_force = next((each for each in said if each.ended_at is None), None)
    return WordingPage(
        chosen=chosen,
        example=example,
        start=_start(example, said, in_force, query.get("from", "")),
        is_own=in_force is not None,
        earlier=[
            Earlier(
                each.id,
                each.changed_at,
                find_name(each.changed_by_person_id) or "Somebody",
                each.ended_at,
            )
            for each in said
        ],
    )


def _start(
    example: Example, said: list[Wording], in_force: Wording | None, wanted: str
) -> OwnWords:
    """What the form begins with: ours part by part, words of before, or what is said now."""
    if wanted == OURS:
        return OwnWords("", example.ours().body)
    chosen = next((each for each in said if str(each.id) == wanted), in_force)
    return OwnWords(chosen.subject, chosen.body) if chosen else NOTHING
