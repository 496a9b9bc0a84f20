"""Certificates: issued, verified by anybody who is shown one, revoked, never edited (A6)."""
