"""What evaluations are due, open, answered and missing."""
