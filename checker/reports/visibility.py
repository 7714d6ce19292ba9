"""Which checks of a report a student may see.

The workshop's own checks are always visible. An instructor's own ones may be shown after the due
date only, or never.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.verdicts.outcomes import Visibility


def visibility_of(check: Mapping[str, Any]) -> Visibility:
    """Return a check's visibility; one that says nothing is visible.

    :raises ValueError: it says something unknown; to show it then would be a guess.
    """
    return Visibility(check.get("visibility", Visibility.VISIBLE))


def may_see(check: Mapping[str, Any], *, after_due_date: bool) -> bool:
    """Tell whether a student may see a check's result.

    :param after_due_date: whether the due date has passed.
    """
    visibility = visibility_of(check)
    return visibility is Visibility.VISIBLE or (
        visibility is Visibility.AFTER_DUE_DATE and after_due_date
    )
