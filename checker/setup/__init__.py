"""Making the machine ready: system packages and `.venv`. It runs before both: stdlib only."""
