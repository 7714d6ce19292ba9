import pytest

from checker.databases.schema import Statement, split


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" \n ; ;; ", []),
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';', \";\", `;` ;", ["SELECT ';', \";\", `;`"]),
        (r"SELECT 'a\';b'; SELECT 'c'';d'", [r"SELECT 'a\';b'", "SELECT 'c'';d'"]),
        ("-- one; two\n# three; four\n/* five; six */ SELECT 1;", ["SELECT 1"]),
        ("SELECT 1 -- one; two\n+ 1;", ["SELECT 1 -- one; two\n+ 1"]),
        ("SELECT 3--1; SELECT 2", ["SELECT 3--1", "SELECT 2"]),
        ("/*!40101 SET NAMES utf8 */;", ["/*!40101 SET NAMES utf8 */"]),
        ("SELECT 'never closed; SELECT 2", ["SELECT 'never closed; SELECT 2"]),
        ("\ufeffSELECT 1;\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
        (
            "DELIMITER ;;\nCREATE TRIGGER t BEGIN a; b; END;;\nDELIMITER ;\nSELECT 1;",
            ["CREATE TRIGGER t BEGIN a; b; END", "SELECT 1"],
        ),
    ],
)
def test_statements_end_at_semicolons_that_mean_it(text: str, statements: list[str]) -> None:
    assert [statement.text for statement in split(text)] == statements


def test_each_statement_knows_its_line() -> None:
    text = "-- a comment\n\nCREATE TABLE a (\n  id INT\n);\n\n  CREATE TABLE b (id INT);"
    assert [statement.line for statement in split(text)] == [3, 7]


def test_splitting_takes_time_in_proportion_to_the_text() -> None:
    assert len(list(split("INSERT INTO a VALUES ('it''s', \"x\"); /* ' */ \\" * 20_000))) == 20_001


@pytest.mark.parametrize(
    "text", ["create user 'a'@'b'", "GRANT ALL ON *.* TO a", "FLUSH  PRIVILEGES", "DROP USER a"]
)
def test_statements_about_accounts_are_known(text: str) -> None:
    assert Statement(1, text).is_about_accounts
    assert not Statement(1, text).is_about_databases


@pytest.mark.parametrize(
    "text",
    ["create database if not exists x", "CREATE SCHEMA x", "USE x", "use `x`", "DROP DATABASE x"],
)
def test_statements_about_databases_are_known(text: str) -> None:
    assert Statement(1, text).is_about_databases
    assert not Statement(1, "CREATE TABLE user (id INT)").is_about_databases
