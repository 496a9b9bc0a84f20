"""How a report's sentences call those whom its tables name by a word of the domain."""

from collections.abc import Mapping

from lms.agencies.rules import Sector

NO_AGENCY = "no agency"
SAID_OF_SECTOR = {
    Sector.LOCAL_AUTHORITY.words: "the local authority",
    Sector.POLICE.words: "the police",
    Sector.FIRE.words: "the fire service",
    Sector.VOLUNTARY_AND_COMMUNITY.words: "the voluntary sector",
    Sector.FAITH.words: "faith groups",
    Sector.INDEPENDENT.words: "independent providers",
    Sector.OTHER.words: "others",
    NO_AGENCY: "people with no agency given",
}


def as_said(groups: Mapping[str, int]) -> dict[str, int]:
    """Sectors with their figures, as a sentence calls them."""
    return {SAID_OF_SECTOR.get(label, label): figure for label, figure in groups.items()}
