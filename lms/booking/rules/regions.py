"""B17: what an event that several partnerships share means for its places."""

from datetime import date

from lms.booking.rules.facts import Share, ShareKind


def shares_of_allocation(
    partnership_id: int, name: str, places: int, release_on: date | None
) -> tuple[Share, Share]:
    """What a partnership is allocated, as B3 counts it: its people have at most so many places,
    and so many are held for them. Both until the release: then what is left is free for all."""
    return (
        _of_partnership(ShareKind.CAP, partnership_id, name, places, release_on),
        _of_partnership(ShareKind.RESERVATION, partnership_id, name, places, release_on),
    )


def _of_partnership(
    kind: ShareKind, partnership_id: int, name: str, places: int, release_on: date | None
) -> Share:
    return Share(kind, places, partnership_id=partnership_id, name=name, ends_on=release_on)
