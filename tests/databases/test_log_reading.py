import pytest

from checker.databases.general_log import parse
from checker.databases.records import LogEntry
from checker.databases.statements import is_harmless, leaves_server_as_it_was

LOG = """\
/usr/sbin/mariadbd, Version: 10.11.6-MariaDB (Debian 12). started with:
Tcp port: 0  Unix socket: /server/mysqld.sock
Time\t\t    Id Command\tArgument
261120  4:52:21\t     3 Connect\tada@localhost on pythonlogin using Socket
\t\t     3 Query\tSELECT *
FROM accounts
\t\t    12 Connect\ta b@c@localhost on  using Socket
\t\t     3 Init DB\tother
\t\t    12 Query\tUSE `pythonlogin`;
\t\t     3 Close stmt\t
\t\t    12 Query\tSELECT 1
\t\t     3 Quit\t
"""


def test_entries_know_whose_they_are() -> None:
    assert list(parse(LOG)) == [
        LogEntry(3, "Connect", "ada", "pythonlogin", "ada@localhost on pythonlogin using Socket"),
        LogEntry(3, "Query", "ada", "pythonlogin", "SELECT *\nFROM accounts"),
        LogEntry(12, "Connect", "a b@c", "", "a b@c@localhost on  using Socket"),
        LogEntry(3, "Init DB", "ada", "other", "other"),
        LogEntry(12, "Query", "a b@c", "pythonlogin", "USE `pythonlogin`;"),
        LogEntry(3, "Close stmt", "ada", "other", ""),
        LogEntry(12, "Query", "a b@c", "pythonlogin", "SELECT 1"),
        LogEntry(3, "Quit", "ada", "other", ""),
    ]


def test_a_forged_entry_adds_and_takes_nothing_away() -> None:
    forged = "\t\t     3 Query\tSET GLOBAL x = 1, y = '\n\t\t     3 Query\tSELECT 1'\n"
    entries = list(parse(forged))
    assert [entry.text for entry in entries] == ["SET GLOBAL x = 1, y = '", "SELECT 1'"]
    assert not all(map(leaves_server_as_it_was, entries))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM accounts WHERE username = 'ada'",
        "  insert into accounts values (1)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "SET NAMES utf8mb4",
        "SET autocommit=0",
        "SET SESSION sql_mode = 'ANSI'",
        "START TRANSACTION",
        "BEGIN",
        "COMMIT",
        "CREATE TABLE a (id INT)",
        "CREATE OR REPLACE TEMPORARY TABLE a (id INT)",
        "CREATE UNIQUE INDEX a ON b (c)",
        "CREATE DATABASE IF NOT EXISTS pythonlogin",
        "DROP TABLE canary",
        "TRUNCATE TABLE accounts",
        "SELECT 'x'; UPDATE accounts SET password = 'pwned'; COMMIT; -- '",
    ],
)
def test_what_an_ordinary_app_sends_is_harmless(statement: str) -> None:
    assert is_harmless(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET GLOBAL max_connections = 1",
        "set @@Global.general_log = 0",
        "SET SESSION sql_log_off = 1",
        "SET PASSWORD = ''",
        "SET STATEMENT a = 1 FOR SHUTDOWN",
        "SELECT 1; SHUTDOWN",
        "SELECT 1;\n/* a comment */ SHUTDOWN",
        "/*!50000 SET */ x",
        "SELECT 1 /*M! INTO OUTFILE */",
        "FLUSH PRIVILEGES",
        "KILL 1",
        "LOCK TABLES a WRITE",
        "BEGIN NOT ATOMIC SHUTDOWN; END",
        "EXECUTE IMMEDIATE CONCAT('SHUT', 'DOWN')",
        "PREPARE a FROM 'SHUTDOWN'",
        "CALL a()",
        "CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW SET @a = 1",
        "CREATE EVENT a ON SCHEDULE EVERY 1 SECOND DO SET @a = 1",
        "CREATE FUNCTION a() RETURNS INT RETURN 1",
        "INSTALL SONAME 'ha_blackhole'",
        "DROP TABLE mysql.proc",
        "USE `mysql`",
        "SELECT 1 INTO OUTFILE 'a'",
    ],
)
def test_whatever_else_is_suspected(statement: str) -> None:
    assert not is_harmless(statement)


def test_commands_that_are_no_statements_are_suspected_too() -> None:
    assert not leaves_server_as_it_was(LogEntry(3, "Shutdown", "ada", "", ""))
    assert not leaves_server_as_it_was(LogEntry(3, "Init DB", "ada", "mysql", "mysql"))
    assert leaves_server_as_it_was(LogEntry(3, "Quit", "ada", "", ""))
