"""What touches a person in every slice: two records made one, and taken apart again."""
