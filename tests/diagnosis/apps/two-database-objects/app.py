from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from models import Account, db as models_db

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"
db = SQLAlchemy(app)


@app.get("/")
def home():
    return str(models_db.session.query(Account).count())
