"""Rules that choose the score from which a cell is flagged; pure functions, a file a rule."""
