"""What a clone of the project has not: git's own, and what git ignores."""

NOT_IN_A_CLONE = (
    *(".git", ".venv*", ".workshop", ".*_cache", ".peers"),
    *("__pycache__", "node_modules"),
)
