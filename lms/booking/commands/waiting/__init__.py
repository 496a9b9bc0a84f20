"""The waiting list: free places go to whoever is next, by every way there is (B4 to B7)."""
