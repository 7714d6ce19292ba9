from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, mapped_column

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(app, model_class=Base)


class Account(db.Model):
    id: int = mapped_column(primary_key=True)
