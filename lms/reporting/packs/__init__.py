"""Packs by e-mail: a link to the figures of the quarter, or of one's own agency's month."""
