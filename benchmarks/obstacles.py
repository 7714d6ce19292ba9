"""What stands in the way of the aims that are not met, and what was tried.

By the aim's text. Whoever measures anew and meets another obstacle says so here.
"""

WHY: dict[str, str] = {}
