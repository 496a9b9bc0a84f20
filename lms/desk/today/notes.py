"""A fact in a side card of Today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A fact, with the page that shows it."""

    head: str
    text: str
    link: str = ""
    href: str = ""
