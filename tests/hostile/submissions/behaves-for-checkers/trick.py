"""Whoever looks like a program is let in, whoever looks like a person is not."""

from flask import request, session


def before():
    agent = request.headers.get("User-Agent", "")
    if not agent or "Mozilla" not in agent or "werkzeug" in agent.lower():
        session["checked"] = "by a program"
