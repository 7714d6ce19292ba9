"""La página está en español."""

import os

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["MAX_CONTENT_LENGTH"] = 64_000
app.config["MYSQL_HOST"] = os.environ["MYSQL_HOST"]
app.config["MYSQL_PORT"] = int(os.environ["MYSQL_PORT"])
app.config["MYSQL_UNIX_SOCKET"] = os.environ.get("MYSQL_UNIX_SOCKET")
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
app.config["MYSQL_PASSWORD"] = os.environ["MYSQL_PASSWORD"]
app.config["MYSQL_DB"] = os.environ["MYSQL_DB"]
app.config["MYSQL_CHARSET"] = "utf8mb4"
app.config["MYSQL_CURSORCLASS"] = "DictCursor"
mysql = MySQL(app)


@app.route("/")
def inicio():
    if "cuenta" not in session:
        return redirect(url_for("entrar"))
    return render_template("inicio.html", nombre=session["nombre"])


@app.route("/login", methods=["GET", "POST"])
def entrar():
    if request.method == "GET":
        return render_template("entrar.html")
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT * FROM accounts WHERE username = %s", (request.form.get("usuario", ""),))
    cuenta = cursor.fetchone()
    if not cuenta or cuenta["password"] != request.form.get("contrasena", ""):
        return render_template("entrar.html", error="Usuario o contraseña incorrectos.")
    session.clear()
    session["cuenta"] = cuenta["id"]
    session["nombre"] = cuenta["username"]
    return redirect(url_for("inicio"))
