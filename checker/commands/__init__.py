"""The commands of ``python3 -m checker``, a few to a file."""
