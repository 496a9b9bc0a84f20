"""The programme and who waits, as a page and files."""
