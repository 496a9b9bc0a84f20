"""Named cohorts: groups of people whose reach is asked about, as a list or as a number (R2)."""
