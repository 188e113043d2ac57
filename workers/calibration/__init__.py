"""From scores to probabilities, and how often a threshold errs; pure functions."""
