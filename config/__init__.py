"""Typed settings and the errors that every part shares."""

from config.errors import SmearwatchError, StoppedError, UsageError
from config.load import load
from config.settings import Settings

__all__ = ["Settings", "SmearwatchError", "StoppedError", "UsageError", "load"]
