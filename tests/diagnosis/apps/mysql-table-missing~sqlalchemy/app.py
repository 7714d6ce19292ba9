import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "mysql+mysqldb://{MYSQL_USER}:{MYSQL_PASSWORD}@/{MYSQL_DB}?unix_socket={MYSQL_UNIX_SOCKET}".format_map(
    os.environ
)
db = SQLAlchemy(app)


class Account(db.Model):
    __tablename__ = "people"
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(50), unique=True, nullable=False)
    password = db.Column(db.String(255), nullable=False)


@app.get("/find/<username>")
def find(username):
    account = db.session.execute(db.select(Account).filter_by(username=username)).scalar()
    return "found" if account else "not found"
