"""A published document as it is kept: with everything but the words of those it quotes (E10).

A quote disappears everywhere at the moment its writer withdraws consent, so an edition keeps which
statements stood in it, and draws their words whenever it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from lms.evaluation.queries.statements import Released, still_released
from lms.reporting.annual.changed import who_said
from lms.reporting.annual.document import (
    Block,
    Document,
    Paragraph,
    Quotation,
    Quotations,
    as_facts,
    from_facts,
)
from lms.reporting.models import FrozenYear
from lms.words import number, sentence_case

Change = Callable[[Quotations], tuple[Block, ...]]


def kept_document(document: Document) -> str:
    """The document as JSON, without a word that somebody may yet take back."""
    wordless = _with_quotations(document, lambda block: (_wordless(block),))
    return json.dumps(as_facts(wordless), ensure_ascii=False)


def document_of(edition: FrozenYear) -> Document:
    """The document of an edition, its quotes as they may be quoted at this moment."""
    kept = from_facts(json.loads(edition.document))
    quoted = [
        one.statement
        for section in kept.sections
        for block in section.blocks
        if isinstance(block, Quotations)
        for one in block.items
        if one.statement is not None
    ]
    live = still_released(quoted)
    return _with_quotations(kept, lambda block: _drawn(block, live))


def _with_quotations(document: Document, change: Change) -> Document:
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                made
                for block in section.blocks
                for made in (change(block) if isinstance(block, Quotations) else (block,))
            ),
        )
        for section in document.sections
    )
    return replace(document, sections=sections)


def _wordless(block: Quotations) -> Quotations:
    return Quotations(tuple(Quotation("", "", one.statement) for one in block.items))


def _drawn(block: Quotations, live: Mapping[int, Released]) -> tuple[Block, ...]:
    """The quotes that may stand, and how many have gone."""
    found = [live[one.statement or 0] for one in block.items if one.statement in live]
    quotes = tuple(Quotation(one.words, who_said(one), one.id) for one in found)
    gone = len(block.items) - len(quotes)
    shown: list[Block] = [Quotations(quotes)] if quotes else []
    return (*shown, Paragraph(withdrawn_since(gone), "note")) if gone else tuple(shown)


def withdrawn_since(gone: int) -> str:
    """What stands where quotes stood."""
    if gone == 1:
        return "A statement that stood here was withdrawn since."
    return f"{sentence_case(number(gone))} statements that stood here were withdrawn since."
