"""Counts a known slide in real processes while a seeded schedule of faults strikes them."""
