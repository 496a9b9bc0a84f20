"""Figures that other systems hold: entered by hand, shown as entered, never added to our own."""
