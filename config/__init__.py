"""Typed settings and the errors that every part shares."""

from config.errors import SmearwatchError, UsageError
from config.load import load
from config.settings import Settings

__all__ = ["Settings", "SmearwatchError", "UsageError", "load"]
