"""Says figures whose digits would promise too much."""

from math import floor, log10


def per_ul(parasites: float) -> str:
    """Say parasites per microlitre, to two digits."""
    digits = 1 - floor(log10(parasites)) if parasites >= 1 else 0
    return f"{round(parasites, digits):,.0f} parasites/ul"
