"""What a check came to: outcomes, the events of a run, and why something failed."""
