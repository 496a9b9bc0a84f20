"""PDF files for print and for screen readers: a template, facts, and nothing of this machine.

A template is `templates/<slice>/<name>.typ`. It reads its facts as `json(bytes(sys.inputs.data))`
and shows them as values, so that what somebody typed is never read as markup; the paper itself
(tags, language, colours, mark, footer) is templates/components/paper.typ. Every file is tagged to
PDF/UA-1. The letters are FiraGO's (templates/fonts: Latin, Greek, Cyrillic, Arabic, Hebrew,
Devanagari, Thai, Georgian). What it cannot draw stands as `?`, since a tagged file may hold no
missing glyph; `undrawable` says beforehand which characters those are.

A file takes 2 to 10 ms, and some 40 MB once, in a process that makes its first; one of 200 pages
takes half a megabyte a page more.
"""

from __future__ import annotations

import functools
import json
import struct
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import Compiler, Fonts

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
FONTS = TEMPLATES / "fonts"
STAND_IN = "?"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS = "\u200c\u200d"  # they shape the letters of Persian, Urdu and Hindi


def render(template: str, facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF that a template ('certificates/certificate') makes of facts that JSON can hold.

    The same facts and instant give the same bytes. Text may stand in any facts, however deep.
    """
    made = _document(template, facts).compile(
        format="pdf", pdf_standards=["ua-1"], timestamp=int(made_at.timestamp())
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} made no file")
    return made


def picture(template: str, facts: Mapping[str, Any], *, dots_per_inch: int = 200) -> bytes:
    """The same as a PNG, for files that hold pictures: a template that makes one page."""
    made = _document(template, facts).compile(format="png", ppi=dots_per_inch)
    if not isinstance(made, bytes):
        raise TypeError(f"{template} made no picture")
    return made


def _document(template: str, facts: Mapping[str, Any]) -> Compiler:
    import typst  # noqa: PLC0415 - 20 MB that only those who print need

    return typst.Compiler(
        input=str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_drawable(facts), ensure_ascii=False)},
    )


def undrawable(text: str) -> str:
    """The characters of a text that no font of ours can draw, each once, in order."""
    known = _known_characters()
    return "".join(dict.fromkeys(c for c in _plain(text) if ord(c) not in known and c != "\n"))


def _drawable(fact: Any) -> Any:
    """The same facts with every text in letters that can be drawn."""
    if isinstance(fact, str):
        known = _known_characters()
        plain = _plain(fact)
        return "".join(c if ord(c) in known or c == "\n" else STAND_IN for c in plain)
    if isinstance(fact, Mapping):
        return {key: _drawable(value) for key, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [_drawable(value) for value in fact]
    return fact


def _plain(text: str) -> str:
    """Letters composed, and nothing in it that has no shape: control, direction, private use."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        c for c in composed if c in JOINERS or c == "\n" or unicodedata.category(c) not in INVISIBLE
    )


@functools.cache
def _fonts() -> Fonts:
    import typst  # noqa: PLC0415 - as above

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@functools.cache
def _known_characters() -> frozenset[int]:
    """What every weight of our font can draw."""
    each = [_characters_of(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset(set.intersection(*each)) | {ord(c) for c in JOINERS}


def _characters_of(font: bytes) -> set[int]:
    """The characters that a TrueType font names in its Unicode table (`cmap`, format 4)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    offsets = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * tables, 16)
    }
    cmap = offsets[b"cmap"]
    table = cmap + struct.unpack_from(">I", font, cmap + 8)[0]
    form, _, _, doubled = struct.unpack_from(">HHHH", font, table)
    if form != 4:
        raise ValueError(f"a font with a table of characters of format {form}")
    columns = [
        struct.unpack_from(f">{doubled // 2}H", font, table + start)
        for start in (14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled)
    ]
    glyphs = table + 16 + 3 * doubled  # where the last column starts; its figures count from there
    return {
        character
        for at, (end, start, delta, offset) in enumerate(zip(*columns, strict=True))
        for character in range(start, end + 1)
        if _glyph(font, character - start, character + delta, glyphs + 2 * at, offset)
    }


def _glyph(font: bytes, step: int, simple: int, column: int, offset: int) -> int:
    """The number of a character's glyph, 0 where it has none (the two ways of format 4)."""
    if offset == 0:
        return simple % 0x10000
    return int(struct.unpack_from(">H", font, column + offset + 2 * step)[0])
