"""Checks that this machine can count: what was found, and what to do about each failure."""

from monitor.doctor.check import Check
from monitor.doctor.examine import examine

__all__ = ["Check", "examine"]
