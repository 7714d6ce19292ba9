"""The notebooks, held against what runs and what a reader needs."""
