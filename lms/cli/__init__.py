"""The `lms` command. Exit status 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import sys
from typing import Any

import click

from lms.config import SettingsError
from lms.db import UNREACHABLE
from lms.errors import DomainError


class Commands(click.Group):
    """Commands that may refuse: the reason on standard error, exit status 1, nothing changed."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            refuse(*error.faults)
        except DomainError as error:
            refuse(" ".join(filter(None, [error.sentence, error.way_out])))
        except UNREACHABLE as error:
            refuse(f"The database cannot be had: {getattr(error, 'orig', None) or error}".strip())


def refuse(*reasons: str) -> None:
    """Say why on standard error, and leave with status 1."""
    for reason in reasons:
        click.echo(reason, err=True)
    sys.exit(1)


@click.group(cls=Commands)
def main() -> None:
    """Training and learning for a safeguarding partnership."""


from lms.cli import (  # noqa: E402 - they register themselves on `main`
    checking,  # noqa: F401
    demonstration,  # noqa: F401
    imports,  # noqa: F401
    people,  # noqa: F401
    reports,  # noqa: F401
    serving,  # noqa: F401
)
