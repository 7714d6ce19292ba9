from flask import Flask
from flask_login import LoginManager, UserMixin, login_required, login_user

app = Flask(__name__)
app.secret_key = "change me"
login_manager = LoginManager(app)


class User(UserMixin):
    def __init__(self, user_id):
        self.id = user_id


@login_manager.user_loader
def load_user(user_id):
    return User(int(user_id))


@app.post("/login")
def login():
    login_user(User("ada"))
    return "welcome"


@app.get("/")
@login_required
def home():
    return "home"
