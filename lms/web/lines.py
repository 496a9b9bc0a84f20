"""Lines of text that need a little markup, made once for each text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

SHORT = 24  # characters that a phone can keep on one line


def meta_line(parts: Sequence[str]) -> Markup:
    """Parts with a dot between them; a short part stays whole, with its dot."""
    return _meta_line(tuple(parts))


@lru_cache(maxsize=2048)
def _meta_line(parts: tuple[str, ...]) -> Markup:
    dotted = [*(f"{part} ·" for part in parts[:-1]), *parts[-1:]]
    return Markup(" ").join(
        Markup('<span class="meta-part">{}</span>').format(part)
        if len(part) <= SHORT
        else escape(part)
        for part in dotted
    )
