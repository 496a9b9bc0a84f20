"""Whose name it is: by an own address, by a confirmed alias; a likeness is only proposed (A5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from lms.words import Word

MOST_PROPOSALS = 3
ALIKE_FROM = 0.84
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
SAID_OF_THEM = frozenset(
    {"guest", "unverified", "external", "host", "co-host", "me", "she/her", "he/him", "they/them"}
)
ORGANISES = frozenset({"organizer", "organiser", "co-organizer", "co-organiser"})
OF_A_DEVICE = frozenset(
    {
        "iphone",
        "ipad",
        "phone",
        "tablet",
        "laptop",
        "pc",
        "galaxy",
        "user",
        "guest",
        "zoom",
        "teams",
    }
    | {"owner", "admin", "training", "reception", "office", "meeting", "room", "staff", "samsung"}
)


class MatchedBy(Word):
    ADDRESS = "address"
    ALIAS = "alias"
    HAND = "hand"


@dataclass(frozen=True)
class OnRegister:
    """A name of the register, with all addresses by which the person is known."""

    booking_id: int
    name: str
    agency: str
    addresses: frozenset[str]
    person_id: int | None

    @cached_property
    def key(self) -> str:
        """The name as it is compared with those of a file."""
        return name_key(self.name)


@dataclass(frozen=True)
class Roll:
    """All that names can be matched with: the register, the aliases, and who gives the event."""

    names: tuple[OnRegister, ...]
    aliases: Mapping[str, int]  # folded name or address → person
    trainers: tuple[tuple[str, frozenset[str]], ...] = ()  # name and addresses

    def by_booking(self, booking_id: int) -> OnRegister | None:
        return next((name for name in self.names if name.booking_id == booking_id), None)


@dataclass(frozen=True)
class Match:
    """Whose row it is; else who it may be, the likeliest first, or why it is nobody's."""

    booking_id: int | None = None
    by: MatchedBy | None = None
    proposals: tuple[OnRegister, ...] = ()
    aside: str = ""  # why it is set aside by itself


def match(name: str, addresses: Sequence[str], role: str, roll: Roll) -> Match:
    """Whose row it is, as far as that is certain."""
    own = (known for one in addresses for known in roll.names if one in known.addresses)
    known = next(own, None)
    if known:
        return Match(known.booking_id, MatchedBy.ADDRESS)
    aliased = _by_alias(name, addresses, roll)
    if aliased:
        return Match(aliased.booking_id, MatchedBy.ALIAS)
    if _gives_the_event(name, addresses, roll):
        return Match(aside="gives the event")
    proposals = _alike(name, roll.names)
    if not proposals and role.casefold() in ORGANISES:
        return Match(aside="organised the meeting")
    return Match(proposals=proposals)


def _by_alias(name: str, addresses: Sequence[str], roll: Roll) -> OnRegister | None:
    keys = [*addresses, name_key(name)]
    persons = [roll.aliases[key] for key in keys if key in roll.aliases]
    return next((known for p in persons for known in roll.names if known.person_id == p), None)


def _gives_the_event(name: str, addresses: Sequence[str], roll: Roll) -> bool:
    key = name_key(name)
    return any(
        known_addresses.intersection(addresses) or (not addresses and name_key(known) == key)
        for known, known_addresses in roll.trainers
    )


def name_key(name: str) -> str:
    """A name as it is compared: its words in order, without accents, case and what is bracketed.

    'Pettifer, Ada (Guest)', 'ada pettifer' and 'Ada PETTIFER' are one.
    """
    decomposed = unicodedata.normalize("NFKD", plain_name(name).casefold())
    letters = (
        c if c.isalnum() else "" if c in "'’`." or unicodedata.combining(c) else " "
        for c in decomposed
    )
    return " ".join("".join(letters).split())


def plain_name(name: str) -> str:
    """The name as people write it: 'Pettifer, Ada (Guest)' is Ada Pettifer."""
    plain = BRACKETS.sub(_unless_said_of_them, name)
    last, comma, first = plain.partition(",")
    if comma and first.strip():
        plain = f"{first} {last}"
    return " ".join(plain.split()) or name


def _unless_said_of_them(found: re.Match[str]) -> str:
    """A bracket that only says something of them goes; one with another name stays."""
    return "" if found[1].strip().casefold() in SAID_OF_THEM else f" {found[1]} "


def alias_of(name: str, addresses: Sequence[str]) -> str:
    """What is remembered of a row once it is confirmed: the address, else the name."""
    return addresses[0] if addresses else name_key(name)


def is_worth_remembering(name: str, addresses: Sequence[str]) -> bool:
    """Whether the alias is likely to mean the same person again: no device, no first name alone."""
    words = name_key(name).split()
    return bool(addresses) or (len(words) > 1 and not OF_A_DEVICE.intersection(words))


def _alike(name: str, known: Iterable[OnRegister]) -> tuple[OnRegister, ...]:
    wanted = _readings(name)
    scored = [(max(_likeness(key, one.key) for key in wanted), one) for one in known]
    likely = [(score, one) for score, one in scored if score >= ALIKE_FROM]
    likely.sort(key=lambda pair: (-pair[0], pair[1].name, pair[1].booking_id))
    return tuple(one for _, one in likely[:MOST_PROPOSALS])


def _readings(name: str) -> list[str]:
    """The name as a whole, and apart what stands in and outside the brackets: 'Ada (Ada P)'."""
    inside = [text for text in BRACKETS.findall(name) if text.casefold() not in SAID_OF_THEM]
    keys = [name_key(text) for text in (name, BRACKETS.sub(" ", name), *inside)]
    return [key for key in dict.fromkeys(keys) if key] or [""]


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: the same words in any order are 1, a known first name or initial less."""
    ours, theirs = one.split(), other.split()
    if not ours or not theirs:
        return 0.0
    if sorted(ours) == sorted(theirs):
        return 1.0
    if len(theirs) > 1 and set(theirs) <= set(ours):
        return 0.97  # 'Ada Pettifer Walsall Council'
    if len(ours) > 1 and ours[-1] == theirs[-1] and ours[0][0] == theirs[0][0]:
        return 0.93 if len(ours[0]) == 1 or theirs[0].startswith(ours[0]) else 0.88
    if len(ours) == 1 and ours[0] in (theirs[0], theirs[-1]) and ours[0] not in OF_A_DEVICE:
        return 0.86
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE_FROM else 0.0
