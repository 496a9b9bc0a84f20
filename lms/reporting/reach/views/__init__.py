"""Reach as a page and files."""
