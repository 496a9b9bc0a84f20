"""Refusals: what the product says when it will not do what was asked."""


class DomainError(Exception):
    """A refusal that carries a sentence for the person, and perhaps a field and a way out."""

    def __init__(
        self, sentence: str, *, field: str | None = None, way_out: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.way_out = way_out


class NotFound(DomainError):
    """There is no such thing, or the one who looks may not see it."""


class Busy(DomainError):
    """Another change holds the lock for too long: nothing was done, try again."""


class Gone(DomainError):
    """It was there once, and has ended: an expired link, a lapsed offer."""


class Refused(DomainError):
    """A rule of the trade says no."""
