"""The figures of an edition, as they are kept."""

from __future__ import annotations

import json

from lms.reporting.freezing.rules import Figure, Figures


def figures_in(kept: str) -> dict[str, Figure]:
    """The figures by what they are of, in the order of the report."""
    return {key: Figure(label, value) for key, label, value in json.loads(kept)}


def figures_as_kept(figures: Figures) -> str:
    """The same as JSON."""
    return json.dumps([(key, one.label, one.value) for key, one in figures.items()])
