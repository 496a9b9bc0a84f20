"""The library of ready questions: a file that comes with the program."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lms.errors import NotFound
from lms.evaluation.rules import Measure, OwnWords, QuestionKind, Stage, own_words


@dataclass(frozen=True)
class Ready:
    """A question that can be taken as it is, and the forms that it makes sense on."""

    key: str
    stages: frozenset[Stage]
    words: OwnWords


@cache
def list_ready() -> tuple[Ready, ...]:
    """Every ready question, in the order of the file."""
    text = files("lms.evaluation").joinpath("data/library.toml").read_text(encoding="utf-8")
    return tuple(map(_ready, tomllib.loads(text)["question"]))


def get_ready(key: str) -> Ready:
    """One ready question. Raises NotFound."""
    found = next((ready for ready in list_ready() if ready.key == key), None)
    if found is None:
        raise NotFound
    return found


def _ready(entry: dict[str, Any]) -> Ready:
    facts = {**entry}
    key, stages = facts.pop("key"), facts.pop("stages")
    kind, measures = QuestionKind(facts.pop("kind")), Measure(facts.pop("measures"))
    wording = facts.pop("wording")
    return Ready(key, frozenset(map(Stage, stages)), own_words(kind, wording, measures, **facts))
