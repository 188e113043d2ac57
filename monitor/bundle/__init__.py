"""A slide as one archive: written, checked, counted again, scored again, put back."""
