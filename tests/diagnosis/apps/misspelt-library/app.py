from flask import Flask
from Flask_SQLAchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
