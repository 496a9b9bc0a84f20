"""The sign of a partnership: a drawing in its own colour, or a logo as it came."""

from __future__ import annotations

from datetime import datetime

from lms.access import Viewer
from lms.agencies.commands.partnerships import get_within, record_change
from lms.agencies.rules import clean_mark
from lms.db import transaction
from lms.errors import Refused
from lms.files import Sent, kept_picture

WIDEST, HIGHEST = 480, 132  # four dots to one of the screen, in the largest place that it has
LOWEST = 24
LONGEST = 8  # times as wide as high
LONGEST_DRAWING = 20_000


def set_logo(partnership_id: int, sent: Sent, *, by: Viewer | None, now: datetime) -> None:
    """Give a partnership the sign that was sent: a picture, or a drawing (SVG).

    Refused, by the field `file`, where it is neither, or cannot stand in a header.
    """
    if (drawing := _drawing_in(sent)) is not None:
        set_mark(partnership_id, drawing, by=by, now=now)
        return
    with (
        kept_picture(sent, width=WIDEST, height=HIGHEST, now=now) as (file, (width, height)),
        transaction() as session,
    ):
        if width > LONGEST * height or height > LONGEST / 2 * width:
            raise Refused(
                "That picture is too long and thin to stand in a header. Cut it to the logo.",
                field="file",
            )
        if height < LOWEST:
            raise Refused(
                f"That picture is {height} dots high, too small to be sharp. Send one of "
                f"{HIGHEST} or more.",
                field="file",
            )
        partnership = get_within(session, partnership_id)
        partnership.logo, partnership.mark_svg = file, None
        session.flush()
        said = f"set the logo of {partnership.name}"
        record_change(session, "set logo", said, partnership, by, now)


def set_mark(partnership_id: int, drawing: str, *, by: Viewer | None, now: datetime) -> None:
    """Give a partnership a mark of its own; an empty `drawing` takes it away. Refused if unfit."""
    mark = clean_mark(drawing) if drawing.strip() else None
    if drawing.strip() and mark is None:
        raise Refused(
            "That is no drawing that can stand in a header. Send an SVG of shapes alone, 38 by 33, "
            "under 8,000 characters; or the logo as PNG.",
            field="file",
        )
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        partnership.mark_svg, partnership.logo = mark, None
        said = f"set the mark of {partnership.name}"
        record_change(session, "set mark", said, partnership, by, now)


def remove_logo(partnership_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Go back to the sign that everybody has who sent none."""
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        partnership.mark_svg = partnership.logo = None
        said = f"took the logo of {partnership.name} away"
        record_change(session, "remove logo", said, partnership, by, now)


def _drawing_in(sent: Sent) -> str | None:
    """What was sent, where it is text that may be a drawing."""
    begins = sent.content.read(LONGEST_DRAWING)
    sent.content.seek(0)
    if not begins.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<svg", b"<?xml", b"<!--", b"<!DOC")):
        return None
    drawing = begins.decode("utf-8-sig", "replace")
    return drawing[drawing.find("<svg") :] if "<svg" in drawing else drawing
