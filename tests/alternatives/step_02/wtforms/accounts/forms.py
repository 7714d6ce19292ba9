"""The forms. Names may have any character that can be printed."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, EqualTo, Length, ValidationError


def trimmed(text):
    return text.strip() if text else text


def printable(form, field):
    if not field.data.isprintable():
        raise ValidationError("There is a character in this name that cannot be shown.")


class Registration(FlaskForm):
    name = StringField(filters=[trimmed], validators=[DataRequired(), Length(max=50), printable])
    email = EmailField(filters=[trimmed], validators=[DataRequired(), Email()])
    password = PasswordField(validators=[Length(8, 128)])
    again = PasswordField(validators=[EqualTo("password")])


class Login(FlaskForm):
    email = EmailField(filters=[trimmed])
    password = PasswordField()


class Logout(FlaskForm):
    pass
