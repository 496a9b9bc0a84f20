"""How a partnership looks on its pages: its name, whom to ask, its colours, its mark."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass

from flask import current_app, g
from markupsafe import Markup

from lms import access
from lms.agencies.models import Partnership
from lms.agencies.queries import list_partnerships
from lms.agencies.rules import PETROL, Brand
from lms.files import bytes_of
from lms.files.store import NotStoredError
from lms.words import slug

PRINTED_ARCHES = (
    '<svg viewBox="0 0 38 33"><g fill="none" stroke="currentColor" stroke-width="4">'
    '<path d="M3 33V18a16 16 0 0 1 32 0v15"/><path d="M11 33V19a8 8 0 0 1 16 0v14"/></g></svg>'
)
PRINTED_MARK = (
    '<svg viewBox="0 0 38 33"><g fill="none" stroke="currentColor" stroke-linecap="round"'
    ' stroke-width="4"><path d="M3 31V18a16 16 0 0 1 32 0v13"/>'
    '<path d="M11 31V19a8 8 0 0 1 16 0v12" stroke-opacity=".7"/></g>'
    '<circle cx="19" cy="27.5" r="3.5" fill="#e9a53f"/></svg>'
)


@dataclass(frozen=True)
class Look:
    """What the layout knows of a partnership; `brand_href` is empty where its colours are ours."""

    id: int
    name: str
    title: str
    strapline: str
    contact_name: str
    contact_email: str
    contact_phone: str
    contact_days: str
    brand_href: str
    mark_svg: Markup | None
    logo_href: str = ""


def look_of(partnership: Partnership) -> Look:
    """The look of one partnership."""
    return Look(
        id=partnership.id,
        name=partnership.name,
        title=partnership.title,
        strapline=partnership.strapline,
        contact_name=partnership.contact_name,
        contact_email=partnership.contact_email,
        contact_phone=partnership.contact_phone,
        contact_days=partnership.contact_days,
        brand_href=brand_href(partnership),
        mark_svg=Markup(partnership.mark_svg) if partnership.mark_svg else None,  # noqa: S704
        logo_href=logo_href(partnership),
    )


def brand_of(partnership: Partnership) -> Brand:
    """The colours of one partnership."""
    return Brand(
        brand=partnership.brand,
        dark=partnership.brand_dark,
        tint=partnership.brand_tint,
        line=partnership.brand_line,
    )


def printed_look(partnership: Partnership) -> dict[str, str]:
    """What templates/components/paper.typ needs to know of a partnership."""
    brand = brand_of(partnership)
    logo = _printed_logo(partnership)
    mark = logo or partnership.mark_svg or PRINTED_MARK
    has_own = bool(logo or partnership.mark_svg)
    return {
        "name": partnership.name,
        "title": partnership.title,
        "contact_name": partnership.contact_name,
        "contact_email": partnership.contact_email,
        "contact_phone": partnership.contact_phone,
        "mark": _drawn(mark, brand.brand),
        "watermark": "" if has_own else _drawn(PRINTED_ARCHES, brand.tint),
        **vars(brand),
    }


def _printed_logo(partnership: Partnership) -> str:
    """The logo as a drawing that holds it; empty where there is none, or it cannot be fetched."""
    if partnership.logo is None:
        return ""
    try:
        picture = bytes_of(partnership.logo)
    except NotStoredError as error:
        current_app.logger.warning("files: %s", error)
        return ""
    width, height = struct.unpack(">II", picture[16:24])  # a PNG says so in its head
    held = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="{held}" width="{width}" height="{height}"/></svg>'
    )


def _drawn(mark: str, colour: str) -> str:
    """A mark as a picture of its own, in one colour."""
    if "xmlns=" not in mark:
        mark = mark.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return mark.replace("currentColor", colour)


def brand_href(partnership: Partnership) -> str:
    """Where the colours are; the address changes with them, so that they may be kept for ever."""
    brand = brand_of(partnership)
    if brand == PETROL:
        return ""
    return f"/brand/{slug(partnership.name)}-{_hash(brand)}.css"


def logo_href(partnership: Partnership) -> str:
    """Where the logo is; a new one has a new address."""
    if partnership.logo_file_id is None:
        return ""
    return f"/brand/{slug(partnership.name)}-{partnership.logo_file_id}.png"


def brand_css(brand: Brand) -> str:
    """The style sheet of a partnership's own colours."""
    names = {"brand": "brand", "dark": "brand-dark", "tint": "brand-tint", "line": "brand-line"}
    lines = [f"  --{names[field]}: {colour};" for field, colour in vars(brand).items()]
    return "\n".join([":root {", *lines, "}", ""])


def _hash(brand: Brand) -> str:
    return hashlib.sha256("".join(vars(brand).values()).encode()).hexdigest()[:8]


def show_partnership(partnership: int | Partnership) -> None:
    """Let this page wear the look of that partnership; its row, if at hand, saves a read."""
    if isinstance(partnership, Partnership):
        g.partnership = look_of(partnership)
    else:
        g.partnership_id = partnership


def worn_look() -> Look | None:
    """The look of this page."""
    worn = worn_partnership()
    return look_of(worn) if worn else None


def worn_partnership() -> Partnership | None:
    """Whose look it is: what the view said, else the viewer's own, else the first one's."""
    partnerships = sorted(list_partnerships(), key=lambda partnership: partnership.id)
    by_id = {partnership.id: partnership for partnership in partnerships}
    chosen = next((by_id[i] for i in _wanted_ids() if i in by_id), None)
    return chosen or (partnerships[0] if partnerships else None)


def _wanted_ids() -> list[int]:
    said = g.get("partnership_id")
    viewer = access.viewer()
    own = [grant.partnership_id for grant in viewer.grants] if viewer else []
    return [i for i in (said, *own) if i is not None]
