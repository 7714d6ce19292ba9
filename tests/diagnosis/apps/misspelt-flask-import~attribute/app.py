import flask

app = flask.Flask(__name__)


@app.get("/login")
def login():
    return flask.render_templates("login.html")
