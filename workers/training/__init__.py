"""Training, thresholds and evaluation of models; the only part of workers that segments."""

from workers.training.choices import Choices, chosen
from workers.training.fit_settings import FitSettings
from workers.training.recipes import recipe_of
from workers.training.train import train

__all__ = ["Choices", "FitSettings", "chosen", "recipe_of", "train"]
