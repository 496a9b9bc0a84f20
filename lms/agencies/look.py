"""How a partnership looks on its pages: its name, whom to ask, its colours, its mark."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import g
from markupsafe import Markup

from lms import access
from lms.agencies.models import Partnership
from lms.agencies.queries import list_partnerships
from lms.agencies.rules import PETROL, Brand
from lms.words import slug


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
    )


def brand_of(partnership: Partnership) -> Brand:
    """The colours of one partnership."""
    return Brand(
        brand=partnership.brand,
        dark=partnership.brand_dark,
        tint=partnership.brand_tint,
        line=partnership.brand_line,
    )


def brand_href(partnership: Partnership) -> str:
    """Where the colours are; the address changes with them, so that they may be kept for ever."""
    brand = brand_of(partnership)
    if brand == PETROL:
        return ""
    return f"/brand/{slug(partnership.name)}-{_hash(brand)}.css"


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
    """The look of this page: what the view said, else the viewer's own, else the first one's."""
    partnerships = sorted(list_partnerships(), key=lambda partnership: partnership.id)
    by_id = {partnership.id: partnership for partnership in partnerships}
    chosen = next((by_id[i] for i in _wanted_ids() if i in by_id), None)
    worn = chosen or (partnerships[0] if partnerships else None)
    return look_of(worn) if worn else None


def _wanted_ids() -> list[int]:
    said = g.get("partnership_id")
    viewer = access.viewer()
    own = [grant.partnership_id for grant in viewer.grants] if viewer else []
    return [i for i in (said, *own) if i is not None]
