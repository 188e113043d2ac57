"""Looking after itself: what a person should know of camera, optics and lamp while they run."""
