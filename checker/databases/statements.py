"""What a statement can leave behind in a server besides databases and their contents.

A list of what is harmless, not of what is not: something unknown costs a restart of the private
server (0.2 s), something overlooked would cost the next check its fairness.
"""

from __future__ import annotations

import re

from checker.databases.records import LogEntry

_KINDS = frozenset(
    (
        *("Quit", "Field List", "Ping", "Statistics", "Reset connection", "Set option"),
        *("Long Data", "Fetch", "Close stmt", "Reset stmt"),
    )
)
_WITH_STATEMENT = frozenset(("Query", "Prepare", "Execute", "Bulk_execute"))
_HARMLESS = re.compile(
    r"""
    (?: SELECT | INSERT | UPDATE | DELETE | REPLACE | WITH | VALUES
      | SHOW | DESC | DESCRIBE | EXPLAIN | COMMIT | ROLLBACK | SAVEPOINT | RELEASE | USE
      | START\s+TRANSACTION
      | (?: CREATE | ALTER | DROP | TRUNCATE | RENAME ) \s+
        (?: OR\s+REPLACE\s+ )? (?: TEMPORARY\s+ )? (?: TABLE | DATABASE | SCHEMA )
      | (?: CREATE | DROP ) \s+ (?: UNIQUE\s+ | FULLTEXT\s+ )? INDEX
      | SET (?! .* \b (?: PASSWORD | ROLE | STATEMENT ) \b )
    ) \b
    | BEGIN (?: \s+ WORK )? \s* \Z
    | (?: --(?=\s|\Z) | \# ) [^\n]* \Z
    | \Z
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
#: System databases, settings for everybody, files, and code hidden in a comment.
_SUSPICIOUS = re.compile(
    r"\b(?:mysql|sys|performance_schema|global|sql_log_off|outfile|dumpfile)\b|/\*M?!",
    re.IGNORECASE,
)


def leaves_server_as_it_was(entry: LogEntry) -> bool:
    """Tell whether dropping the databases undoes all that this log entry can have done."""
    if entry.kind in ("Connect", "Init DB"):
        return not _SUSPICIOUS.search(entry.database)
    if entry.kind in _WITH_STATEMENT:
        return is_harmless(entry.text)
    return entry.kind in _KINDS


def is_harmless(statements: str) -> bool:
    """Tell the same of one or several statements.

    They are cut at every semicolon, also in quotes: how a server reads quotes depends on
    settings, and to suspect too much is safe.
    """
    if _SUSPICIOUS.search(statements):
        return False
    return all(_HARMLESS.match(statement.lstrip()) for statement in statements.split(";"))
