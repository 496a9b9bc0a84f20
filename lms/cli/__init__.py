"""The `lms` command. Exit status 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Training and learning for a safeguarding partnership."""
