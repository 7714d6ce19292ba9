from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return "the login form"


if __name__ in "__main__":
    app.run(debug=True)
