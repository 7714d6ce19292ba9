"""The lessons, held against the files they show and the starters they change."""
