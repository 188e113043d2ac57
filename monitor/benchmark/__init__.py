"""What we measure ourselves against, and how."""
