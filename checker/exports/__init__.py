"""Graders for other platforms: what is written for them, and what they call there."""
