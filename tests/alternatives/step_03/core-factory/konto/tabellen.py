from flask import current_app, g
from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, func

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(50), nullable=False, unique=True),
    Column("password", String(255), nullable=False),
    Column("email", String(254), nullable=False, unique=True),
    Column("active", Boolean, nullable=False, default=True),
    sqlite_autoincrement=True,
    mysql_charset="utf8mb4",
)
for column in (accounts.c.username, accounts.c.email):
    Index(f"{column.name}_lower", func.lower(column), unique=True).ddl_if(dialect="sqlite")


def connection():
    if "connection" not in g:
        g.connection = current_app.extensions["engine"].connect()
    return g.connection
