from flask import Flask
from flask_login import LoginManager, UserMixin, login_user

app = Flask(__name__)
app.secret_key = "change me"
app.config["REMEMBER_COOKIE_DURATION"] = "30 days"
login_manager = LoginManager(app)


class User(UserMixin):
    id = 1


@login_manager.user_loader
def load_user(user_id):
    return User() if user_id == "1" else None


@app.post("/login")
def login():
    login_user(User(), remember=True)
    return "welcome"
