"""The programme’s events, and the rows made of them."""
