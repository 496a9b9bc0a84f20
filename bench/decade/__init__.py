"""Ten years of a region: up to ten million bookings, made up in SQL, the same each time."""

from bench.decade.made import Decade, make_decade

__all__ = ["Decade", "make_decade"]
