"""The forms, with their rules and CSRF tokens."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, StringField, SubmitField
from wtforms.validators import Email, EqualTo, InputRequired, Length, Regexp


def strip(text):
    return text.strip() if text else text


class RegistrationForm(FlaskForm):
    username = StringField("Username", [Length(1, 50), Regexp(r"^[\w.-]+\Z")], filters=[strip])
    email = EmailField("E-mail", [InputRequired(), Length(max=254), Email()], filters=[strip])
    password = PasswordField("Password", [Length(8, 128)])
    confirm = PasswordField("Confirm password", [EqualTo("password")])
    submit = SubmitField("Create account")


class LoginForm(FlaskForm):
    identifier = StringField("E-mail or username", filters=[strip])
    password = PasswordField("Password")
    remember_me = BooleanField("Keep me signed in")
    submit = SubmitField("Sign in")


class ConfirmForm(FlaskForm):
    password = PasswordField("Your password")
    submit = SubmitField("Continue")


class PasswordForm(FlaskForm):
    current = PasswordField("Current password")
    password = PasswordField("New password", [Length(8, 128)])
    confirm = PasswordField("Confirm new password", [EqualTo("password")])
    submit = SubmitField("Save")


class EmptyForm(FlaskForm):
    """Nothing but a token."""
