from app import app
from flask import Blueprint

pages = Blueprint("pages", __name__)


@pages.get("/login")
def login():
    return app.name
