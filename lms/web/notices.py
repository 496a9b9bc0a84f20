"""The green banner: after a change, one sentence on the page that it belongs to, and Undo."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, get_flashed_messages

CATEGORY = "done"


class Done(NamedTuple):
    """`undo` is the address that takes the change back, by POST."""

    sentence: str
    undo: str | None


def done(sentence: str, *, undo: str | None = None) -> None:
    """Say on the next page what was done. `undo` must be a local address that takes a POST."""
    flash([sentence, undo], CATEGORY)  # type: ignore[arg-type]


def take_done() -> Done | None:
    """What there is to say on this page, once."""
    said = get_flashed_messages(category_filter=[CATEGORY])
    return Done(*said[-1]) if said else None
