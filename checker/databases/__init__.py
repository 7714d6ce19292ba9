"""The databases that submissions work on, and the checker's own look into them."""

from checker.databases.choice import start_server
from checker.databases.database import Database
from checker.databases.inspector import Inspector
from checker.databases.records import Connection, LogEntry, TextValue
from checker.databases.server import Server
from checker.databases.trouble import DatabaseTrouble, SchemaError, ServerError

__all__ = [
    "Connection",
    "Database",
    "DatabaseTrouble",
    "Inspector",
    "LogEntry",
    "SchemaError",
    "Server",
    "ServerError",
    "TextValue",
    "start_server",
]
