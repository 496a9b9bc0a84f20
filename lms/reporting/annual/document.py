"""A report as one document of sections and blocks: what is said, not how it is set.

The page, the PDF and the Word file are set from the same document, and a frozen year keeps it as
JSON, so that what was published can be set again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Paragraph:
    """Sentences. `kind`: finding (said large), text, or note (small, under a figure)."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Highlight:
    """A figure that stands large; `unknown` where nobody has entered it."""

    figure: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Highlights:
    items: tuple[Highlight, ...]


@dataclass(frozen=True)
class Head:
    """A column: its name, the denominator under it, whether it holds figures."""

    name: str
    under: str = ""
    is_numeric: bool = True


@dataclass(frozen=True)
class Row:
    """Its first cell names it. `kind`: plain, group (a sector), inside (its agencies), total.

    Where it has fewer cells than the table has columns, the last one stands in place of the rest.
    """

    cells: tuple[str, ...]
    kind: str = "plain"


@dataclass(frozen=True)
class Table:
    """A table with a caption that names it; the total, if any, is its last row."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class BarOf:
    """A bar: `value` and `before` are to the same scale, `text` and `before_text` their words."""

    label: str
    value: float
    text: str
    before: float | None = None
    before_text: str = ""
    is_dark: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars in order. The caption is the finding, the reading says what is drawn."""

    caption: str
    reading: str
    bars: tuple[BarOf, ...]

    @property
    def alternative(self) -> str:
        """The same in words, for whoever does not see it."""
        said = "; ".join(
            f"{bar.label} {bar.text}{f' ({bar.before_text})' if bar.before_text else ''}"
            for bar in self.bars
        )
        return f"Bar chart. {self.caption}. {said}."


@dataclass(frozen=True)
class PartOf:
    """A part of a whole, in its fixed order."""

    label: str
    n: int
    share: str


@dataclass(frozen=True)
class Stack:
    """One bar in parts."""

    caption: str
    reading: str
    parts: tuple[PartOf, ...]

    @property
    def alternative(self) -> str:
        said = "; ".join(f"{part.label} {part.n:,} ({part.share})" for part in self.parts)
        return f"One bar in parts. {self.caption}. {said}."


@dataclass(frozen=True)
class Quotation:
    """What somebody wrote. `statement` is the row from which the words are drawn anew (E10)."""

    words: str
    who: str
    statement: int | None = None


@dataclass(frozen=True)
class Quotations:
    items: tuple[Quotation, ...]


Block = Paragraph | Points | Highlights | Table | Bars | Stack | Quotations


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `key` is its place in an address."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The whole. `caption` stands over the title, `lead` under it; `made_on` says of which day."""

    title: str
    caption: str
    lead: str
    made_on: str
    sections: tuple[Section, ...]


# --- As JSON ------------------------------------------------------------------------------------

KINDS: dict[str, type[Any]] = {
    one.__name__.lower(): one
    for one in (Paragraph, Points, Highlights, Table, Bars, Stack, Quotations)
}
INNER: Mapping[tuple[str, str], type[Any]] = {
    ("Highlights", "items"): Highlight,
    ("Table", "heads"): Head,
    ("Table", "rows"): Row,
    ("Bars", "bars"): BarOf,
    ("Stack", "parts"): PartOf,
    ("Quotations", "items"): Quotation,
}


def as_facts(document: Document) -> dict[str, Any]:
    """The document as JSON can hold it; each block names its kind."""
    facts = _facts(document)
    facts["sections"] = [
        {**_facts(section), "blocks": [block_facts(block) for block in section.blocks]}
        for section in document.sections
    ]
    return facts


def block_facts(block: Block) -> dict[str, Any]:
    """One block as JSON can hold it, with its kind."""
    facts = {"kind_of_block": type(block).__name__.lower(), **_facts(block)}
    if isinstance(block, Bars | Stack):
        facts["alternative"] = block.alternative
    return facts


def _facts(thing: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _facts(value) if hasattr(value, "__dataclass_fields__") else value


def from_facts(facts: Mapping[str, Any]) -> Document:
    """The document that `as_facts` wrote."""
    sections = tuple(
        Section(each["key"], each["heading"], tuple(_block(one) for one in each["blocks"]))
        for each in facts["sections"]
    )
    rest = {name: facts[name] for name in ("title", "caption", "lead", "made_on")}
    return Document(sections=sections, **rest)


def _block(facts: Mapping[str, Any]) -> Block:
    kind = KINDS[facts["kind_of_block"]]
    known = {field.name for field in fields(kind)}
    given = {
        name: _inner(kind.__name__, name, value) for name, value in facts.items() if name in known
    }
    block: Block = kind(**given)
    return block


def _inner(kind: str, name: str, value: Any) -> Any:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    inner = INNER.get((kind, name))
    if inner is None:
        return tuple(value)
    return tuple(
        inner(**{k: tuple(v) if k == "cells" else v for k, v in one.items()}) for one in value
    )
