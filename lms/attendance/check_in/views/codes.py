"""The codes of sessions: where they lead, and how they are shown."""

from __future__ import annotations

import segno
from markupsafe import Markup

from lms.agencies.look import show_partnership
from lms.attendance.check_in.queries import Door, address_of, get_door
from lms.web.held_links import keys
from lms.web.pages import now, settings

BASE = "/check-in"
CHECK_IN = f"{BASE}/<code>"


def door_of(code: str) -> Door:
    """What a code in an address leads to, in its partnership's look. Raises NotFound, Gone."""
    door = get_door(code, keys(), now())
    show_partnership(door.partnership)
    return door


def square_of(code: str) -> Markup:
    """The QR code of a session as a drawing for a page; it bears losing a tenth of it."""
    address = f"{settings().base_url.rstrip('/')}{address_of(code)}"
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, border=4, svgclass="square__drawing"))  # noqa: S704
