"""The person who visits an app: opens pages, fills in forms, keeps cookies, tells what happened."""

from checker.visitor.clock import Clock
from checker.visitor.cookies import Cookie, CookieJar
from checker.visitor.errors import CannotSubmit, NoForm, NoLoginForm, VisitError
from checker.visitor.exchanges import Answer, Exchange, Request
from checker.visitor.forms import Button, Field, Form
from checker.visitor.pages import Page, generic
from checker.visitor.urls import URL, resolve
from checker.visitor.visitor import Visitor

__all__ = [
    "URL",
    "Answer",
    "Button",
    "CannotSubmit",
    "Clock",
    "Cookie",
    "CookieJar",
    "Exchange",
    "Field",
    "Form",
    "NoForm",
    "NoLoginForm",
    "Page",
    "Request",
    "VisitError",
    "Visitor",
    "generic",
    "resolve",
]
