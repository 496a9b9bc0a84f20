"""What merging changed, row by row, so that it can be put back exactly.

Columns that merely name another record from now on are kept as lists of rows. Everything finer is
found by looking twice at the rows concerned: before, and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Enum, Table, and_, select, update
from sqlalchemy.orm import Session

from lms.db import Base, UtcDateTime
from lms.records.references import Reference

Key = tuple[Any, ...]
Row = dict[str, Any]
Picture = dict[tuple[str, Key], Row]
LEFT_OUT = {"revision", "sequence"}  # figures of locks and calendars only ever rise
AT_ONCE = 500


@dataclass
class Journal:
    """As it is written down: values as JSON knows them."""

    repointed: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Journal:
        return cls(**json.loads(text))

    def rows_of(self, table: str) -> list[int]:
        """The ids of a table's rows that were changed in more than whose they are."""
        return [entry["key"][0] for entry in self.changed if entry["table"] == table]


# --- Looking -----------------------------------------------------------------------------------


def take_picture(session: Session, scope: Iterable[tuple[Table, ColumnElement[bool]]]) -> Picture:
    """The rows of a scope as they are, after what is pending was written."""
    session.flush()
    picture: Picture = {}
    for table, condition in scope:
        for row in session.execute(select(table).where(condition)).mappings():
            values = {name: value for name, value in row.items() if name not in LEFT_OUT}
            picture[table.name, tuple(row[column.name] for column in table.primary_key)] = values
    return picture


def note_differences(journal: Journal, before: Picture, after: Picture) -> None:
    """Write down what is other, new or gone in the second picture."""
    for (name, key), was in before.items():
        table = Base.metadata.tables[name]
        now = after.get((name, key))
        if now is None:
            journal.removed.append({"table": name, "row": _packed(was)})
        elif now != was:
            other = [column for column in was if was[column] != now[column]]
            journal.changed.append(
                {
                    "table": name,
                    "key": list(_packed(dict(zip(_key(table), key, strict=True))).values()),
                    "before": _packed({column: was[column] for column in other}),
                    "after": _packed({column: now[column] for column in other}),
                }
            )
    journal.added += [
        {"table": name, "key": list(key)} for name, key in after if (name, key) not in before
    ]


def repoint(
    session: Session, journal: Journal, references: Iterable[Reference], old: int, new: int
) -> None:
    """Let every row of these columns that names `old` name `new`, and write down which."""
    for reference in references:
        table, column = reference.row, reference.names
        [own] = list(table.primary_key)
        keys = list(session.scalars(select(own).where(column == old).order_by(own)))
        if keys:
            session.execute(update(table).where(column == old).values({column.name: new}))
            journal.repointed.append({"table": table.name, "column": column.name, "keys": keys})


# --- Putting back ------------------------------------------------------------------------------


def put_back(session: Session, journal: Journal, old: int, new: int) -> None:
    """Undo what was written down; what has been changed again since stays as it is now."""
    for entry in journal.repointed:
        _repoint_back(session, entry, old, new)
    gone = [entry for entry in journal.added if not _take_away(session, entry)]
    for entry in journal.changed:
        _change_back(session, entry)
    for entry in journal.removed:
        if not _is_gone_since(session, entry, gone, old, new):
            table = Base.metadata.tables[entry["table"]]
            session.execute(table.insert().values(_unpacked(table, entry["row"])))


def _take_away(session: Session, entry: Mapping[str, Any]) -> bool:
    table = Base.metadata.tables[entry["table"]]
    deleted = table.delete().where(_is(table, entry["key"])).returning(*table.primary_key)
    return session.execute(deleted).first() is not None


def _is_gone_since(
    session: Session,
    entry: Mapping[str, Any],
    gone: Sequence[Mapping[str, Any]],
    old: int,
    new: int,
) -> bool:
    """Whether a row ended after the merge: the one that stood in its place, or what it hangs on."""
    table = Base.metadata.tables[entry["table"]]
    row = _unpacked(table, entry["row"])
    in_its_place = [
        new if row[name] == old and name == "person_id" else row[name] for name in _key(table)
    ]
    if {"table": table.name, "key": in_its_place} in gone:
        return True
    hangs_on = [
        (key.column, row[column.name])
        for column in table.columns
        for key in column.foreign_keys
        if row[column.name] is not None
    ]
    return any(
        session.scalar(select(owner).where(owner == value)) is None for owner, value in hangs_on
    )


def _repoint_back(session: Session, entry: Mapping[str, Any], old: int, new: int) -> None:
    table = Base.metadata.tables[entry["table"]]
    column = table.c[entry["column"]]
    [own] = list(table.primary_key)
    for start in range(0, len(entry["keys"]), AT_ONCE):
        some = own.in_(entry["keys"][start : start + AT_ONCE])
        session.execute(update(table).where(some, column == new).values({column.name: old}))


def _change_back(session: Session, entry: Mapping[str, Any]) -> None:
    table = Base.metadata.tables[entry["table"]]
    found = session.execute(select(table).where(_is(table, entry["key"]))).mappings().one_or_none()
    if found is None:
        return
    before, after = _unpacked(table, entry["before"]), _unpacked(table, entry["after"])
    back = {column: value for column, value in before.items() if found[column] == after[column]}
    if back:
        session.execute(update(table).where(_is(table, entry["key"])).values(back))


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _is(table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


# --- Values as JSON knows them -----------------------------------------------------------------


def _packed(row: Row) -> Row:
    return {name: _pack(value) for name, value in row.items()}


def _pack(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    return value


def _unpacked(table: Table, row: Row) -> Row:
    return {name: _unpack(table.c[name], value) for name, value in row.items()}


def _unpack(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value
