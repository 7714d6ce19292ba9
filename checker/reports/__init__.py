"""What is shown of a run: one file a format, each a fold of the run's events."""
