"""Narrowing a list by plain links with counts, which can be bookmarked and need no script.

A facet is one question about the things listed ("Level"); of each, one value may be chosen, by
its name in the query. A count says how many would be left, with the other choices as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

T = TypeVar("T")
ALL = "All"


@dataclass(frozen=True)
class Facet(Generic[T]):
    """`values_of` says which values a thing has; `choices` are (value, text) in order of sight."""

    name: str
    heading: str
    choices: Sequence[tuple[str, str]]
    values_of: Callable[[T], Collection[str]]


@dataclass(frozen=True)
class Option:
    text: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    heading: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Chip:
    """A choice that holds; its link takes it away."""

    text: str
    href: str


@dataclass(frozen=True)
class Narrowed(Generic[T]):
    """What is left, and how to go on narrowing it or back."""

    things: tuple[T, ...]
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    href_all: str
    total: int


def address(path: str, query: Mapping[str, str], **changes: str | None) -> str:
    """`path` with the query changed; None or '' takes a name out."""
    wanted = {**query, **changes}
    kept = {name: value for name, value in wanted.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def narrow(
    things: Iterable[T], facets: Sequence[Facet[T]], path: str, query: Mapping[str, str]
) -> Narrowed[T]:
    """Choose among `things` by the query; every other name in the query is kept in the links."""
    listed = tuple(things)
    chosen = _chosen(facets, query)
    others = {name: value for name, value in query.items() if name not in chosen}
    return Narrowed(
        things=tuple(thing for thing in listed if _fits(thing, facets, chosen)),
        groups=tuple(_group(facet, facets, listed, path, query) for facet in facets),
        chips=_chips(facets, chosen, path, query),
        href_all=address(path, others),
        total=len(listed),
    )


def _chosen(facets: Sequence[Facet[T]], query: Mapping[str, str]) -> dict[str, str]:
    """The choices that hold: a value that no facet knows is no choice."""
    return {
        facet.name: query[facet.name]
        for facet in facets
        if query.get(facet.name) in dict(facet.choices)
    }


def _fits(thing: T, facets: Sequence[Facet[T]], chosen: Mapping[str, str]) -> bool:
    return all(
        chosen[facet.name] in facet.values_of(thing) for facet in facets if facet.name in chosen
    )


def _group(
    facet: Facet[T],
    facets: Sequence[Facet[T]],
    things: Sequence[T],
    path: str,
    query: Mapping[str, str],
) -> Group:
    chosen = _chosen(facets, query)
    value_now = chosen.pop(facet.name, None)
    left = [thing for thing in things if _fits(thing, facets, chosen)]
    options = [Option(ALL, len(left), address(path, query, **{facet.name: None}), not value_now)]
    for value, text in facet.choices:
        count = sum(value in facet.values_of(thing) for thing in left)
        if count or value == value_now:
            href = address(path, query, **{facet.name: value})
            options.append(Option(text, count, href, value == value_now))
    return Group(facet.heading, tuple(options))


def _chips(
    facets: Sequence[Facet[T]], chosen: Mapping[str, str], path: str, query: Mapping[str, str]
) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            dict(facet.choices)[chosen[facet.name]],
            address(path, query, **{facet.name: None}),
        )
        for facet in facets
        if facet.name in chosen
    )
