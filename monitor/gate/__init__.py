"""The field gate: which frames show something not yet counted, and which of their cells are new."""
