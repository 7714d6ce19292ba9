"""``doctor`` and ``selftest``: is this machine all right, and is the project?"""

from __future__ import annotations

import argparse

from checker.commands.workshop import Workshop


def doctor(_options: argparse.Namespace) -> int:
    """Look at everything that the workshop needs and print the remedies."""
    from checker import doctor as items

    return items.run(Workshop.open().console)


def selftest(options: argparse.Namespace) -> int:
    """Run the project's own tests."""
    from checker import selftest as tests

    return tests.run(options.arguments)
