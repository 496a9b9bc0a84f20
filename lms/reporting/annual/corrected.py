"""A frozen report as it was published, with what was corrected since beside it (R6)."""

from __future__ import annotations

from dataclasses import replace

from lms.reporting.annual.document import (
    Block,
    Document,
    Highlight,
    Highlights,
    Paragraph,
    Points,
    Section,
)
from lms.reporting.freezing.queries import Frozen
from lms.words import short_day


def with_corrections(frozen: Frozen) -> Document:
    """The document of the edition that stands; its figures stay, corrections are written beside."""
    document = frozen.document
    sections = tuple(_beside(section, frozen) for section in document.sections)
    return replace(document, sections=(_standing(frozen), *sections))


def _standing(frozen: Frozen) -> Section:
    blocks: list[Block] = [Paragraph(frozen.sentence)]
    if frozen.edition.reason:
        blocks.append(Paragraph(f"Published anew: {frozen.edition.reason}", "note"))
    if frozen.corrected:
        blocks.append(Points(tuple(f"{one.sentence}." for one in frozen.corrected)))
    return Section("corrections", "Published figures and corrections", tuple(blocks))


def _beside(section: Section, frozen: Frozen) -> Section:
    return replace(section, blocks=tuple(_corrected(block, frozen) for block in section.blocks))


def _corrected(block: Block, frozen: Frozen) -> Block:
    if not isinstance(block, Highlights):
        return block
    return Highlights(tuple(_highlight(item, frozen) for item in block.items))


def _highlight(item: Highlight, frozen: Frozen) -> Highlight:
    for one in frozen.corrected:
        if one.label == item.label and one.on:
            said = f"corrected to {one.now:,} on {short_day(one.on)} {one.on.year}"
            return replace(item, note=said)
    return item
