"""Replies as a page and files."""
