"""Evaluation: how many were asked at each stage, and how many answered."""
