"""What can go wrong while measuring, and is said in a sentence."""


class BenchmarkError(Exception):
    """Nothing can be measured, or what was measured means nothing; the text says why."""
