"""Sources, field gate, dispatcher, store, supervisor and command line."""
