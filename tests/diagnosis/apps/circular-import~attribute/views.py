import app
from flask import Blueprint

pages = Blueprint("pages", app.app.name)
