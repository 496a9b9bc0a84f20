"""Charges for places that were not used: proposed by themselves, decided by people (B11)."""
