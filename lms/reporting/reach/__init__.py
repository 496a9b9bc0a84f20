"""Reach: how many of those who could have come did."""
