"""Says figures whose digits would promise too much."""

from math import ceil, floor, log10


def per_ul(parasites: float) -> str:
    """Say parasites per microlitre, to two digits."""
    digits = 1 - floor(log10(parasites)) if parasites >= 1 else 0
    return f"{round(parasites, digits):,.0f} parasites/ul"


def at_least_per_ul(parasites: float) -> str:
    """Say parasites per microlitre that are enough: to two digits, rounded up."""
    step = 10.0 ** max(0, floor(log10(max(parasites, 1.0))) - 1)
    return per_ul(ceil(parasites / step) * step)
