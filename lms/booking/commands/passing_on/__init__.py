"""A place is given up, exchanged, handed to a colleague, or taken on the other side."""
