from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"


class Base(DeclarativeBase, MappedAsDataclass):
    pass


db = SQLAlchemy(app, model_class=Base)


class Account(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
