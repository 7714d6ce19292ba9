from flask import Flask
from flask_wtf.csrf import CSRFProtect
from flask_wtf.csrf import generate_csrf

app = Flask(__name__)
app.secret_key = "change me"
app.config["WTF_CSRF_TIME_LIMIT"] = -1
CSRFProtect(app)


@app.get("/login")
def form():
    return generate_csrf()


@app.get("/next-day")
def next_day():
    one = app.test_client()
    token = one.get("/login").text
    return one.post("/login", data={"csrf_token": token})


@app.post("/login")
def login():
    return "welcome"
