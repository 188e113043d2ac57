"""Scoring: wire messages, models, training, backends and the worker process."""
