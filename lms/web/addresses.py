"""Numbers in addresses: only those that a row can have, so that no other reaches the database."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class RowIdConverter(IntegerConverter):
    """`<int:…>` in an address: a larger number than any row's is no address of ours (404)."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **limits})


def row_id(text: str) -> int:
    """A number in the query, as `request.args.get(name, type=row_id)` reads it; else ValueError."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return number


def row_id_in(text: Any) -> int | None:
    """The number that was sent; None for what no row can have."""
    try:
        return row_id(str(text))
    except ValueError:
        return None


def install(app: Flask) -> None:
    """Read the numbers of all addresses so."""
    app.url_map.converters["int"] = RowIdConverter
