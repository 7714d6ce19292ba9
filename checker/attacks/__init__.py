"""The attacks that the lessons end with: each works on one step's app and fails on a later one's.

An attack is judged by what it brings about: a session obtained, a row changed. An app that only
hides the symptom still falls, and one that does it in its own way does not.
"""

from __future__ import annotations

from checker.attacks import (
    cross_site_form,
    disabled_account,
    password_dump,
    shared_computer,
    sql_login,
    sql_update,
    stolen_cookie,
    unguarded_page,
)
from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.story import Scene, Story

#: In the order of the lessons.
ATTACKS = (
    sql_login.ATTACK,
    sql_update.ATTACK,
    shared_computer.ATTACK,
    password_dump.ATTACK,
    disabled_account.ATTACK,
    unguarded_page.ATTACK,
    stolen_cookie.ATTACK,
    cross_site_form.ATTACK,
)

__all__ = ["ATTACKS", "Attack", "Scene", "Story", "Target", "Unplayable"]
