"""People with an address and an agency each, by one statement a table."""

from __future__ import annotations

from sqlalchemy import Connection, text

from bench.decade.dice import numbers, rolled
from bench.decade.ground import AGENCIES, PARTNERSHIPS

FORENAMES = ("Asha", "Ben", "Carol", "Dev", "Ebo", "Fay", "Gus", "Hana", "Ivo", "Jo", "Kit", "Lena")
SURNAMES = ("Ahmed", "Blake", "Cole", "Dunn", "Evans", "Fox", "Gill", "Hall", "Ince", "Jones")
ROLES = ("Social worker", "Teacher", "Health visitor", "Police officer", "Youth worker", "Nurse")
IN_AN_AREA = AGENCIES // PARTNERSHIPS

AGENCY = (
    f"1 + n % {PARTNERSHIPS} + {PARTNERSHIPS}"
    f" * ({rolled('n', 7, IN_AN_AREA)} * {rolled('n', 8, IN_AN_AREA)} / {IN_AN_AREA})"
)
"""Of a person's area; some agencies are large, and most small."""


def put_people(connection: Connection, count: int) -> None:
    """Person n + 1 belongs to area n % PARTNERSHIPS, so that an event finds its own."""
    statements = (
        f"""INSERT INTO person (id, name, sort_name, job_role, phone, access_needs, dietary_needs,
              feed_number, works_on, created_at, revision)
            SELECT n + 1, f.word || ' ' || s.word, lower(s.word) || ' ' || lower(f.word), r.word,
              '', '', '', 0, '', '2015-01-01 00:00:00', 0
            FROM numbers JOIN forename f ON f.k = {rolled("n", 9, len(FORENAMES))}
            JOIN surname s ON s.k = {rolled("n", 10, len(SURNAMES))}
            JOIN role r ON r.k = {rolled("n", 11, len(ROLES))}""",
        """INSERT INTO person_email (person_id, address, is_primary, bounced_because)
            SELECT n + 1, 'person' || n || '@region.example', true, '' FROM numbers""",
        f"""INSERT INTO membership (person_id, agency_id, agency_typed, started_on)
            SELECT n + 1, {AGENCY}, '', '2015-01-01' FROM numbers""",
    )
    words = ", ".join(
        f"{name}(k, word) AS (VALUES {', '.join(f'''({k}, '{w}')''' for k, w in enumerate(known))})"
        for name, known in (("forename", FORENAMES), ("surname", SURNAMES), ("role", ROLES))
    )
    for statement in statements:
        into, _, chosen = statement.partition("SELECT")
        connection.execute(text(f"{into} WITH RECURSIVE {numbers(count)}, {words} SELECT {chosen}"))
