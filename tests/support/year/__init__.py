"""A year of 52 events and 1,504 attendances: planned by lot, lived through the verbs, reckoned."""
