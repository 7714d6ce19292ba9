from flask import Flask

app = Flask(__name__)


def find_account(name):
    print("looking for", name)


@app.get("/")
def home():
    account = find_account("ada")
    return "Hello, " + account.username
