"""What can go wrong that a person should read about: each carries its own sentence.

Imported by everything; imports nothing.
"""

from __future__ import annotations


class DomainError(Exception):
    """A refusal: `sentence` says what happened, `way_out` what can be done, `field` where."""

    def __init__(
        self, sentence: str, *, field: str | None = None, way_out: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.way_out = way_out


class Refused(DomainError):
    """A rule says no: the request was understood and is not allowed as things stand."""


class NotFound(DomainError):
    """There is no such thing, or this viewer may not know of it."""

    def __init__(self, sentence: str = "There is nothing at this address.") -> None:
        super().__init__(sentence)


class Gone(DomainError):
    """A link that was good once: used, expired or overtaken by events."""


class Busy(DomainError):
    """The database was locked for longer than anyone should wait; nothing was changed."""

    def __init__(self, sentence: str = "Many people are booking at this moment.") -> None:
        super().__init__(sentence, way_out="Nothing was changed. Try again in a few seconds.")
