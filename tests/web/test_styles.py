"""The style sheet: every class that a template writes is there, and so is every token."""

from __future__ import annotations

import re
from pathlib import Path

from lms.config import REPOSITORY

STYLES = (REPOSITORY / "static" / "lms.css").read_text()
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CLASSES = re.compile(r'class="([^"]*)"')
WRITTEN_BY_JINJA = re.compile(r"\S*\{\{.*?(\}\}|$)\S*|\{%.*?%\}")


def classes_written(template: Path) -> set[str]:
    """The classes that stand in a template in full."""
    text = COMMENT.sub("", template.read_text())
    words = " ".join(WRITTEN_BY_JINJA.sub(" ", found) for found in CLASSES.findall(text))
    return {word for word in words.split() if re.fullmatch(r"[a-z][\w-]*", word)}


def test_every_class_of_a_template_has_a_style() -> None:
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", STYLES))
    unknown = {
        f"{template.relative_to(REPOSITORY)}: {name}"
        for template in (REPOSITORY / "templates").rglob("*.html")
        for name in classes_written(template) - known - {"if", "kind", "value", "in"}
    }
    assert sorted(unknown) == []


def test_the_tokens_are_those_of_the_look() -> None:
    tokens = dict(re.findall(r"--([a-z][a-z0-9-]*): ?(#[0-9a-f]{3,6})", STYLES))
    expected = {
        "brand": "#14505c",
        "brand-dark": "#0b343d",
        "brand-mid": "#2f8594",
        "brand-tint": "#e4eff0",
        "brand-line": "#b5d2d6",
        "sand": "#f8f4ec",
        "sand-line": "#e2d9c8",
        "accent": "#e9a53f",
        "ink": "#1b2527",
        "ink-2": "#4b5759",
        "link": "#0d5a69",
        "line": "#d8d3c8",
        "control": "#5c696b",
        "error": "#ad2118",
        "success": "#1d6a3a",
        "few": "#7a4a00",
    }
    assert {name: tokens.get(name) for name in expected} == expected
