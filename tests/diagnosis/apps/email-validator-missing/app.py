import sys

from flask import Flask

sys.modules["email_validator"] = None  # as where it is not installed

from flask_wtf import FlaskForm  # noqa: E402
from wtforms import StringField  # noqa: E402
from wtforms.validators import Email  # noqa: E402

app = Flask(__name__)
app.secret_key = "change me"


class RegisterForm(FlaskForm):
    email = StringField("E-mail", [Email()])


@app.get("/")
def home():
    return str(RegisterForm(data={"email": "ada@example.com"}).validate())
