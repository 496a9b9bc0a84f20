"""Two Jinja environments: ours, which is strict, and a plain one for the Design System's macros.

The macros of govuk-frontend-jinja read parameters that nobody gave, so they cannot live where
an unknown name is an error. Our templates call them as `{{ govuk.button({"text": "Book"}) }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, g
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from lms import access
from lms.web import figures, lines, navigation, notices, words

Macro = Callable[[Mapping[str, Any]], Markup]


class DesignSystem:
    """The Design System's components as callables that take one mapping and return Markup.

    There is one for all applications of a process: its macros know nothing of any.
    """

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._macros: dict[str, Macro] = {}

    def __getattr__(self, name: str) -> Macro:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._macros:
            self._macros[name] = self._load(name)
        return self._macros[name]

    def _load(self, name: str) -> Macro:
        folder = name.replace("_", "-")
        template = self._templates.get_template(
            f"govuk_frontend_jinja/components/{folder}/macro.html"
        )
        macro: Macro = getattr(template.module, f"govuk{name.title().replace('_', '')}")
        return macro


DESIGN_SYSTEM = DesignSystem()


def install(app: Flask) -> None:
    """Set our environment up, with the words, the drawings and the Design System in it."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals.update(figures.DRAWINGS)
    app.jinja_env.globals.update(
        govuk=DESIGN_SYSTEM,
        meta_line=lines.meta_line,
        event_pages=navigation.event_pages,
        agency_pages=navigation.agency_pages,
    )
    app.context_processor(_what_the_layout_needs)


def _what_the_layout_needs() -> dict[str, Any]:
    """Slices above add to this: agencies puts the partnership in its place."""
    viewer = access.viewer()
    return {
        "partnership": g.get("partnership"),
        "viewer": viewer,
        "navigation": navigation.for_viewer(viewer),
        "take_done": notices.take_done,
    }


def without_context() -> dict[str, Any]:
    """What the layout needs when nothing may be read: the database is away, or a page broke."""
    return {
        "partnership": None,
        "viewer": None,
        "navigation": (),
        "take_done": lambda: None,
    }
