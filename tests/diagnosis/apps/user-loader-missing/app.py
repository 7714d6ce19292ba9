from flask import Flask
from flask_login import LoginManager, UserMixin, login_required, login_user

app = Flask(__name__)
app.secret_key = "change me"
login_manager = LoginManager(app)


class User(UserMixin):
    id = 1


@app.post("/login")
def login():
    login_user(User())
    return "welcome"


@app.get("/")
@login_required
def home():
    return "home"
