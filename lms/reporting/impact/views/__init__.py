"""Impact as a page and files."""
