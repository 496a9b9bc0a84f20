"""Partnerships and people from the command line: the first ones, and a way in for them."""

from __future__ import annotations

from typing import TextIO

import click
from flask import current_app

from lms.access import Role
from lms.accounts.commands import PersonDetails, add_person, make_sign_in_link
from lms.accounts.models import Person
from lms.accounts.queries import find_person_by_address
from lms.accounts.rules import normal_address
from lms.agencies.commands import PartnershipDetails, add_partnership, set_mark
from lms.agencies.queries import (
    find_agency_by_name,
    find_partnership_by_name,
    list_agencies,
    list_partnerships,
)
from lms.cli import main
from lms.cli.application import with_database
from lms.errors import Refused
from lms.records.commands import merge_people, unmerge_people
from lms.tables import nearest
from lms.web.pages import now as present
from lms.words import count, sentence_case

ROLE_NAMES = [role.value.replace("_", "-") for role in Role]


@main.group("partnership")
def partnership() -> None:
    """Partnerships that this installation serves."""


@partnership.command("add")
@click.option("--name", required=True, help="Short, such as Walsall.")
@click.option("--title", required=True, help='Such as "Walsall Safeguarding Partnership".')
@click.option("--contact", required=True, metavar="EMAIL", help="Who answers questions.")
@with_database
def add_one(name: str, title: str, contact: str) -> None:
    """Add a partnership."""
    details = PartnershipDetails(name=name, title=title, contact_email=normal_address(contact))
    add_partnership(details, by=None, now=present())
    click.echo(f"Added {title}.")


@partnership.command("mark")
@click.argument("name")
@click.argument("file", type=click.File(encoding="utf-8"))
@with_database
def mark(name: str, file: TextIO) -> None:
    """Give a partnership a mark of its own: an SVG FILE, 38 by 33, drawn in currentColor."""
    set_mark(_partnership_id(name), file.read(), by=None, now=present())
    click.echo(f"{name} has its mark.")


@main.group("person")
def person() -> None:
    """People."""


@person.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--agency", required=True)
@click.option("--role", type=click.Choice(ROLE_NAMES))
@click.option("--partnership", "partnership_name", help="For which partnership the role is.")
@with_database
def add_somebody(
    email: str, name: str, agency: str, role: str | None, partnership_name: str | None
) -> None:
    """Add a person, with a role for a partnership if one is given."""
    add_person(
        PersonDetails(name=name, email=email, agency_id=_agency_id(agency)),
        role=Role(role.replace("-", "_")) if role else None,
        partnership_id=_the_only_partnership_or(partnership_name) if role else None,
        by=None,
        now=present(),
    )
    click.echo(f"Added {name}.")


def _agency_id(name: str) -> int:
    found = find_agency_by_name(name)
    if found is None:
        hint = nearest(name, [agency.name for agency in list_agencies()])
        raise Refused(f"There is no agency called {name}.{hint}")
    return found.id


def _the_only_partnership_or(name: str | None) -> int | None:
    if name is not None:
        return _partnership_id(name)
    there = list_partnerships()
    return there[0].id if len(there) == 1 else None


def _partnership_id(name: str) -> int:
    found = find_partnership_by_name(name)
    if found is None:
        hint = nearest(name, [partnership.name for partnership in list_partnerships()])
        raise Refused(f"There is no partnership called {name}.{hint}")
    return found.id


@person.command("sign-in-link")
@click.argument("email")
@with_database
def sign_in_link(email: str) -> None:
    """Print a link that signs a person in once, within a day."""
    secret = make_sign_in_link(_person_at(email).id, now=present())
    base_url = current_app.extensions["lms.settings"].base_url
    click.echo(f"{base_url}/sign-in/{secret}")


@person.command("merge")
@click.argument("keep")
@click.argument("drop")
@with_database
def merge(keep: str, drop: str) -> None:
    """Join the record of the address DROP with that of KEEP, which stays.

    Of two bookings that one person cannot have, the one of which more would be lost stays.
    """
    kept, dropped = _person_at(keep), _person_at(drop)
    done = merge_people(kept.id, dropped.id, by=None, now=present())
    ended = f" {sentence_case(count(done.ended, 'booking'))} ended by it." if done.ended else ""
    click.echo(f"Joined the record of {done.dropped} with that of {done.kept}.{ended}")


@person.command("unmerge")
@click.argument("keep")
@with_database
def unmerge(keep: str) -> None:
    """Take the record that was last joined with that of the address KEEP apart again."""
    found = _person_at(keep)
    name = unmerge_people(found.id, by=None, now=present())
    click.echo(f"The record of {name} is apart again from that of {found.name}.")


def _person_at(address: str) -> Person:
    found = find_person_by_address(normal_address(address))
    if found is None:
        raise Refused(f"Nobody here has the address {address}.")
    return found
