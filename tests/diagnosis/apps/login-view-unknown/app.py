from flask import Flask
from flask_login import LoginManager, UserMixin, login_required, login_user

app = Flask(__name__)
app.secret_key = "change me"
login_manager = LoginManager(app)
login_manager.login_view = "log_in"


class User(UserMixin):
    id = 1


@login_manager.user_loader
def load_user(user_id):
    return User() if user_id == "1" else None


@app.post("/login")
def login():
    login_user(User())
    return "welcome"


@app.get("/")
@login_required
def home():
    return "home"
